package failure

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// server replies with its errors, one after the other, then with values.
type server struct {
	errs  []error
	calls int
}

func (s *server) reply(key string) *Cmd[string] {
	s.calls++
	if len(s.errs) >= s.calls {
		return &Cmd[string]{val: "stale", err: s.errs[s.calls-1]}
	}
	return &Cmd[string]{val: key + "!"}
}

func (s *server) Get(_ context.Context, key string) *Cmd[string]  { return s.reply(key) }
func (s *server) Find(_ context.Context, key string) *Cmd[string] { return s.reply(key) }
func (s *server) Load(_ context.Context, key string) *Cmd[string] { return s.reply(key) }
func (s *server) Del(_ context.Context, keys ...string) *Cmd[int64] {
	return &Cmd[int64]{err: s.reply("").Err()}
}
func (s *server) Close() error { return nil }

func TestRepliesAreRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, call := range map[string]func(Cache) *Cmd[string]{
			"get":  func(c Cache) *Cmd[string] { return c.Get(t.Context(), "key") },
			"find": func(c Cache) *Cmd[string] { return c.Find(t.Context(), "key") },
			"load": func(c Cache) *Cmd[string] { return c.Load(t.Context(), "key") },
		} {
			backend := &server{errs: []error{errDown, errDown}}
			if cmd := call(NewResilientCache(backend)); cmd.Val() != "key!" || cmd.Err() != nil || backend.calls != 3 {
				t.Errorf("%s: %q, %v after %d calls", name, cmd.Val(), cmd.Err(), backend.calls)
			}
		}
	})
}

// What no policy acted on stays as it came, the value too.
func TestRepliesAsTheyCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &server{errs: []error{ErrNil, ErrNil, ErrNil, ErrNil}}
		cache := NewResilientCache(backend)
		for range 4 {
			if cmd := cache.Get(t.Context(), "key"); cmd.Val() != "stale" || cmd.Err() != ErrNil {
				t.Errorf("%q, %v", cmd.Val(), cmd.Err())
			}
		}
		if s := cache.Resil.Method("Get").State(); s != resil.Closed || backend.calls != 4 {
			t.Errorf("%s after %d calls", s, backend.calls)
		}
	})
}

// What a policy has to say is in the reply: in that of the last attempt, or in a new one.
func TestPoliciesSpeakThroughReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &server{errs: []error{errDown, errDown, errDown, errDown}}
		cache := NewResilientCache(backend)
		cmd := cache.Get(t.Context(), "key")
		if failed := new(resil.Error); !errors.As(cmd.Err(), &failed) || !errors.Is(cmd.Err(), errDown) || cmd.Val() != "stale" {
			t.Errorf("given up: %q, %v", cmd.Val(), cmd.Err())
		}
		if cmd := cache.Get(t.Context(), "key"); !errors.Is(cmd.Err(), resil.ErrOpen) || cmd.Val() != "" || backend.calls != 3 {
			t.Errorf("rejected: %q, %v after %d calls", cmd.Val(), cmd.Err(), backend.calls)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, cmd := range []*Cmd[string]{cache.Get(ctx, ""), cache.Find(ctx, "")} {
			if cmd.Err() != context.Canceled {
				t.Errorf("cancelled before: %v", cmd.Err())
			}
		}
		if n := cache.Del(ctx, "a", "b"); n.Err() != context.Canceled {
			t.Errorf("cancelled before: %v", n.Err())
		}
	})
}

func TestFallbackOfReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &server{errs: []error{errDown, errDown, errDown}}
		if cmd := NewResilientCache(backend).Load(t.Context(), "key"); cmd.Val() != "empty" || cmd.Err() != nil {
			t.Errorf("%q, %v", cmd.Val(), cmd.Err())
		}
	})
}

func TestHealthyRepliesAreFree(t *testing.T) {
	cmd := &Cmd[string]{}
	cache := NewResilientCache(same{cmd: cmd})
	ctx := context.Background()
	cache.Get(ctx, "key")
	if n := testing.AllocsPerRun(1000, func() { cache.Get(ctx, "key") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// same always gives the same reply.
type same struct {
	Cache
	cmd *Cmd[string]
}

func (s same) Get(context.Context, string) *Cmd[string] { return s.cmd }

// site answers with its statuses, one after the other.
type site struct {
	statuses []int
	calls    int
}

func (s *site) Get(context.Context, string) Response {
	s.calls++
	return Response{s.statuses[(s.calls-1)%len(s.statuses)], "as it came"}
}

func TestFunctionsTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct {
			statuses []int
			want     Response
			calls    int
		}{
			"success":    {[]int{200}, Response{200, "as it came"}, 1},
			"recovered":  {[]int{500, 500, 200}, Response{200, "as it came"}, 3},
			"not wanted": {[]int{404}, Response{404, "as it came"}, 1},
			"given up":   {[]int{500}, Response{503, "failure.Site.Get: gave up after 3 attempts in 0s: no attempts left: as it came"}, 3},
		} {
			backend := &site{statuses: tt.statuses}
			if got := NewResilientSite(backend).Get(t.Context(), "/"); got != tt.want || backend.calls != tt.calls {
				t.Errorf("%s: %v after %d calls, want %v after %d", name, got, backend.calls, tt.want, tt.calls)
			}
		}
		wrapped := NewResilientSite(&site{statuses: []int{500}})
		wrapped.Get(t.Context(), "/")
		time.Sleep(time.Second)
		if got := wrapped.Get(t.Context(), "/"); got.Status != 503 || got.Text != "failure.Site.Get: circuit breaker is open for another 9s" {
			t.Errorf("rejected: %v", got)
		}
	})
}

// pairs has the pair from a certain call on.
type pairs struct{ calls, from int }

func (p *pairs) Get(_ context.Context, key string) (int, bool) {
	p.calls++
	return p.calls, p.calls >= p.from
}

func TestGenericFunctionsOfAllResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if value, ok := NewResilientPairs(&pairs{from: 2}).Get(t.Context(), "key"); value != 2 || !ok {
			t.Errorf("%d, %t", value, ok)
		}
		if value, ok := NewResilientPairs(&pairs{from: 9}).Get(t.Context(), "key"); value != 0 || ok {
			t.Errorf("%d, %t", value, ok)
		}
	})
}
