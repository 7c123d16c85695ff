// Package impl is known to others by the aliases in lib.
package impl

import "context"

type Options struct{ Limit int }

type Result struct{ Found []string }

type Service interface {
	Find(ctx context.Context, options *Options, more ...func(*Options)) (map[string]Result, error)
}

type Content[T any] struct{ Value T }

type Box[T any] interface {
	Get(ctx context.Context, key string) (Content[T], error)
	Put(ctx context.Context, content Content[*Options]) error
}
