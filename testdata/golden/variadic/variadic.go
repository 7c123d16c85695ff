// Package variadic pins variadic parameters: named, unnamed, blank, of any type, guarded and not. They are passed on as the slice that they are.
package variadic

import "context"

// Cache is a remote cache.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
type Cache interface {
	Get(ctx context.Context, keys ...string) (map[string]string, error)
	Delete(context.Context, ...string) error
	Touch(ctx context.Context, _ ...[]byte) error
	Each(ctx context.Context, visit ...func(key string, tags ...string)) error
	Printf(format string, args ...any)
	Hash(...any) int
}
