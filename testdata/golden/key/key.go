// Package key pins breakers for each value of a parameter, or of what a function makes of the
// arguments: of string kind, an integer, or anything that has a text.
package key

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
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

// Proxy asks hosts whose names are in the arguments.
//
//resilgen:wrap
//resilgen:breaker failures=2 open=1s key=hostOf
type Proxy interface {
	Get(ctx context.Context, u *url.URL) error

	// Hedged has a key that a hedge needs once, and a fallback again.
	//
	//resilgen:hedge after=1s
	//resilgen:fallback nothing
	Hedged(ctx context.Context, u *url.URL) (string, error)

	// Named has a parameter of the function's name.
	Named(ctx context.Context, hostOf string) error

	// Sharded has a number for a key, by a function that wants the context.
	//
	//resilgen:breaker key=shardOf
	Sharded(ctx context.Context, hostOf, path string) error

	// All takes as many as come.
	//
	//resilgen:breaker key=firstOf
	All(ctx context.Context, urls ...*url.URL) error

	// Parsed has a key with a text, by a function of another package, which this file does not
	// import.
	//
	//resilgen:breaker key=path.Base
	Parsed(name string) error

	// Ping has nothing to tell hosts by.
	Ping(ctx context.Context) error
}

func hostOf(u *url.URL) Tenant { return Tenant(u.Host) }

func shardOf(_ context.Context, host, _ string) int { return len(host) % 2 }

func firstOf(urls ...*url.URL) *url.URL { return urls[0] }

func nothing(context.Context, *url.URL, error) (string, error) { return "", errDown }

var errDown = errors.New("down")

// Cache is generic, and so is the function of its keys.
//
//resilgen:wrap
//resilgen:breaker failures=2 key=textOf
type Cache[K ~string, V any] interface {
	Put(ctx context.Context, key K, value V) error
}

func textOf[K ~string, V any](key K, _ V) K { return key }

// Table has type parameters for keys.
//
//resilgen:wrap
//resilgen:breaker failures=2 key=key
type Table[K ~string, N ~int | ~int64] interface {
	Get(ctx context.Context, key K) error
	At(ctx context.Context, key N) error
}
