// Package shared pins that a policy which several methods have is written once, so that changing it changes one line.
package shared

import "context"

// Users has one policy for most methods, another for two, and one that stands alone.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=50ms
//resilgen:breaker failures=5 open=30s
//resilgen:retry methods=Save,Remove attempts=2 never=errExists
//resilgen:timeout methods=Count call=2s
type Users interface {
	Get(ctx context.Context, id int) (string, error)
	List(ctx context.Context) ([]string, error)
	Find(ctx context.Context, name string) ([]int, error)
	Save(ctx context.Context, id int, name string) error
	Remove(ctx context.Context, id int) error
	Count(ctx context.Context) (int, error)
	Login(ctx context.Context, id int) error
	Logout(ctx context.Context, id int) error
}
