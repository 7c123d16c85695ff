package conformance

import (
	"context"
	"fmt"
)

// F1 answers from memory when all else failed; F3 is the same.
//
//resilgen:wrap
//resilgen:retry attempts=2 jitter=none budget=off
//resilgen:fallback remembered
type F1 interface {
	Get(ctx context.Context, key string) (string, error)
}

// remembered says what it was called with.
func remembered(_ context.Context, key string, err error) (string, error) {
	return fmt.Sprintf("%s, in spite of %v", key, err), nil
}

// F4 has a memory that fails, too.
//
//resilgen:wrap
//resilgen:fallback forgotten
type F4 interface {
	Get(ctx context.Context, key string) (string, error)
}

func forgotten(context.Context, string, error) (string, error) { return "", ErrB }
