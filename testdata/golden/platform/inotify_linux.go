package platform

import "context"

// Inotify exists on Linux.
//
//resilgen:wrap
//resilgen:retry
type Inotify interface {
	Watch(ctx context.Context, path string) error
}
