//go:build !race

package platform

import "context"

// Fast exists on one system, and not under the race detector.
//
//resilgen:wrap
//resilgen:retry
type Fast interface {
	Copy(ctx context.Context, to, from string) error
}
