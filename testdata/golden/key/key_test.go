package key

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

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
func (p *partly) Put(_ context.Context, key Tenant, _ int) error  { return p.down(key == "down") }

// proxy is partly for a Proxy, whose methods have the same names.
type proxy struct{ *partly }

func (p proxy) Get(_ context.Context, u *url.URL) error { return p.down(u.Host == "down") }
func (p proxy) Hedged(_ context.Context, u *url.URL) (string, error) {
	return "", p.down(u.Host == "down")
}
func (p proxy) Named(_ context.Context, hostOf string) error { return p.down(hostOf == "down") }
func (p proxy) Sharded(_ context.Context, host, _ string) error {
	return p.down(len(host)%2 == 1)
}
func (p proxy) All(_ context.Context, urls ...*url.URL) error { return p.down(urls[0].Host == "down") }
func (p proxy) Parsed(name string) error                      { return p.down(name == "/some/down") }
func (p proxy) Ping(context.Context) error                    { return nil }

func TestEachValueHasItsBreaker(t *testing.T) {
	type wrappers struct {
		context.Context
		*ResilientFetch
		table *ResilientTable[Tenant, int]
		proxy *ResilientProxy
		cache *ResilientCache[Tenant, int]
	}
	up, down := &url.URL{Host: "up"}, &url.URL{Host: "down"}
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
		"function":        func(w wrappers, bad bool) error { return w.proxy.Get(w, choose(bad, up, down)) },
		"function hedged": func(w wrappers, bad bool) error { _, err := w.proxy.Hedged(w, choose(bad, up, down)); return err },
		"parameter of the function's name": func(w wrappers, bad bool) error {
			return w.proxy.Named(w, choose(bad, "up", "down"))
		},
		"function with context": func(w wrappers, bad bool) error { return w.proxy.Sharded(w, choose(bad, "even", "odd"), "") },
		"function variadic":     func(w wrappers, bad bool) error { return w.proxy.All(w, choose(bad, up, down), down) },
		"function of elsewhere": func(w wrappers, bad bool) error { return w.proxy.Parsed(choose(bad, "/some/up", "/some/down")) },
		"function generic":      func(w wrappers, bad bool) error { return w.cache.Put(w, choose[Tenant](bad, "up", "down"), 7) },
		"generic integer":       func(w wrappers, down bool) error { return w.table.At(w, choose(down, 7, -7)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &partly{}
				w := wrappers{t.Context(), NewResilientFetch(backend), NewResilientTable[Tenant, int](backend),
					NewResilientProxy(proxy{backend}), NewResilientCache[Tenant, int](backend)}
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
