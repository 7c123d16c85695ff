package key

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// partly fails for the second of two keys of each kind.
type partly struct{ calls int }

func (p *partly) down(is bool) error {
	p.calls++
	if is {
		return errDown
	}
	return nil
}

func (p *partly) ByHost(_ context.Context, host string) (string, error) {
	return host, p.down(host == "down")
}
func (p *partly) Mirrored(_ context.Context, host string) (string, error) {
	return host, p.down(host == "down")
}
func (p *partly) ByTenant(_ context.Context, tenant Tenant, _ string) error {
	return p.down(tenant == "down")
}
func (p *partly) ByShard(_ context.Context, shard int32) error { return p.down(shard < 0) }
func (p *partly) ByRegion(_ context.Context, _ string, region Region) error {
	return p.down(region == 200)
}
func (p *partly) ByAddr(_ context.Context, addr netip.Addr) error { return p.down(addr.Is6()) }
func (p *partly) Get(_ context.Context, key Tenant) error         { return p.down(key == "down") }
func (p *partly) At(_ context.Context, key int) error             { return p.down(key < 0) }

func TestEachValueHasItsBreaker(t *testing.T) {
	type wrappers struct {
		context.Context
		*ResilientFetch
		table *ResilientTable[Tenant, int]
	}
	for name, call := range map[string]func(w wrappers, down bool) error{
		"string":      func(w wrappers, down bool) error { _, err := w.ByHost(w, choose(down, "up", "down")); return err },
		"string kind": func(w wrappers, down bool) error { return w.ByTenant(w, choose[Tenant](down, "up", "down"), "") },
		"integer":     func(w wrappers, down bool) error { return w.ByShard(w, choose[int32](down, 7, -7)) },
		"unsigned":    func(w wrappers, down bool) error { return w.ByRegion(w, "", choose[Region](down, 7, 200)) },
		"text": func(w wrappers, down bool) error {
			return w.ByAddr(w, choose(down, netip.IPv4Unspecified(), netip.IPv6Unspecified()))
		},
		"hedged":          func(w wrappers, down bool) error { _, err := w.Mirrored(w, choose(down, "up", "down")); return err },
		"generic string":  func(w wrappers, down bool) error { return w.table.Get(w, choose[Tenant](down, "up", "down")) },
		"generic integer": func(w wrappers, down bool) error { return w.table.At(w, choose(down, 7, -7)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &partly{}
				w := wrappers{t.Context(), NewResilientFetch(backend), NewResilientTable[Tenant, int](backend)}
				for range 2 { // hedged attempts open the breaker in the first call
					if err := call(w, true); err == nil {
						t.Error("the second key is not down")
					}
				}
				began := backend.calls
				if err := call(w, true); !errors.Is(err, resil.ErrOpen) || backend.calls != began {
					t.Errorf("%v, want a rejection", err)
				}
				if err := call(w, false); err != nil {
					t.Errorf("the first key: %v", err)
				}
				time.Sleep(time.Hour) // until idle breakers are dropped
			})
		})
	}
}

func choose[T any](second bool, a, b T) T {
	if second {
		return b
	}
	return a
}
