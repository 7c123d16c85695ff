// Package key pins breakers for each value of a parameter: of string kind, an integer, or anything that has a text.
package key

import (
	"context"
	"net/netip"
)

// Fetch asks hosts that have nothing to do with each other.
//
//resilgen:wrap
//resilgen:breaker failures=2 open=1s
type Fetch interface {
	//resilgen:breaker key=host
	ByHost(ctx context.Context, host string) (string, error)

	//resilgen:breaker key=tenant
	ByTenant(ctx context.Context, tenant Tenant, string string) error

	//resilgen:breaker key=shard
	ByShard(ctx context.Context, shard int32) error

	//resilgen:breaker key=region
	ByRegion(ctx context.Context, strconv string, region Region) error

	//resilgen:breaker key=addr
	ByAddr(ctx context.Context, addr netip.Addr) error

	// Mirrored is hedged too.
	//
	//resilgen:breaker key=host
	//resilgen:hedge after=1s
	Mirrored(ctx context.Context, host string) (string, error)
}

// A Tenant is of string kind.
type Tenant string

// A Region is a number.
type Region uint8

// Table has type parameters for keys.
//
//resilgen:wrap
//resilgen:breaker failures=2 key=key
type Table[K ~string, N ~int | ~int64] interface {
	Get(ctx context.Context, key K) error
	At(ctx context.Context, key N) error
}
