// Package policies pins named policies: of this package, of one that is imported for its policies alone, and by full path. The generated file names
// their constants, and has all their numbers.
package policies

import (
	"context"
	"errors"

	_ "github.com/resilgen/resilgen/testdata/golden/policies/house"
)

// local is for what runs beside us.
//
//resilgen:policy
//resilgen:timeout attempt=100ms
//resilgen:retry on=isBusy
const local = "local"

// ErrBusy is what isBusy knows; other packages have other ideas of that.
var ErrBusy = errors.New("busy")

func isBusy(err error) bool { return errors.Is(err, ErrBusy) }

// Orders uses policies on itself, on some methods and on single ones; what stands beside a use has the last word.
//
//resilgen:wrap
//resilgen:use house.Critical
//resilgen:use local methods=Get*
//resilgen:breaker open=5s
type Orders interface {
	Place(ctx context.Context, id string) error
	Cancel(ctx context.Context, id string) error
	Get(ctx context.Context, id string) (string, error)

	// Export takes its time.
	//
	//resilgen:use github.com/resilgen/resilgen/testdata/golden/policies/house.Patient
	//resilgen:retry attempts=5
	Export(ctx context.Context, house string) error

	// Pay is never repeated.
	//
	//resilgen:retry off
	Pay(ctx context.Context, id string) error

	Name() string

	// Hold tells tenants apart by the function of the policy.
	//
	//resilgen:use house.PerTenant
	Hold(ctx context.Context, order string) error

	// Move has a parameter of its name.
	//
	//resilgen:use house.PerTenant
	Move(ctx context.Context, TenantOf, to string) error
}
