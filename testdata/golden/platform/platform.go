//go:build (linux || darwin || windows) && !plan9

// Package platform pins files that are not for every platform: the constraint is carried over, and so is the suffix of the name.
package platform

import "context"

// Disk exists on some systems.
//
//resilgen:wrap
//resilgen:retry
type Disk interface {
	Free(ctx context.Context) (uint64, error)
}
