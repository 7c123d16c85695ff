package resil

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"
)

// TestLimiterLeavers: fifty who wait and leave, in whatever order, take nothing along. The next
// call waits for the next token, not for what they would have used.
func TestLimiterLeavers(t *testing.T) {
	forwards := make([]int, 50)
	for i := range forwards {
		forwards[i] = i
	}
	backwards := slices.Clone(forwards)
	slices.Reverse(backwards)
	for name, order := range map[string][]int{"forwards": forwards, "backwards": backwards, "in any order": rand.Perm(50)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l, began := newLimiter(1, 1), time.Now()
				l.tryTake()
				var leave [50]context.CancelFunc
				var left atomic.Int64
				for i := range leave {
					var ctx context.Context
					ctx, leave[i] = context.WithCancel(t.Context())
					go func() {
						if l.take(ctx, time.Hour, time.Time{}) == context.Canceled {
							left.Add(1)
						}
					}()
					synctest.Wait()
				}
				time.Sleep(500 * time.Millisecond)
				for _, i := range order {
					leave[i]()
					synctest.Wait()
				}
				if err := l.take(t.Context(), time.Hour, time.Time{}); err != nil || time.Since(began) != time.Second || left.Load() != 50 {
					t.Errorf("%v after %s, %d left", err, time.Since(began), left.Load())
				}
			})
		})
	}
}

// TestLimiterHotCallers: 32 callers who try again and again get all that there is, at 200/s for 2
// s, however long they wait for it, and however soon they leave.
func TestLimiterHotCallers(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct{ wait, leave time.Duration }{
		{0, time.Hour}, {ms, time.Hour}, {5 * ms, time.Hour}, {20 * ms, time.Hour}, {time.Hour, time.Hour},
		{5 * ms, 3 * ms}, {20 * ms, 3 * ms}, {time.Hour, 3 * ms}, {time.Hour, 30 * ms},
	} {
		t.Run(fmt.Sprintf("wait=%s, left after %s", test.wait, test.leave), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLimiter(200, 1)
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second-1)
				defer cancel()
				var taken atomic.Int64
				var crowd sync.WaitGroup
				for n := range 32 {
					crowd.Go(func() {
						time.Sleep(time.Duration(n) * ms / 8)
						for ctx.Err() == nil {
							ctx, cancel := context.WithCancel(ctx)
							timer := time.AfterFunc(test.leave, cancel)
							if l.take(ctx, test.wait, time.Time{}) == nil {
								taken.Add(1)
							} else {
								time.Sleep(ms)
							}
							timer.Stop()
							cancel()
						}
					})
				}
				crowd.Wait()
				if n := taken.Load(); n != 400 {
					t.Errorf("%d tokens", n)
				}
			})
		})
	}
}

// TestLimiterTake: how long a caller waits for the second token, and what it is told.
func TestLimiterTake(t *testing.T) {
	const ms = time.Millisecond
	const years = 10 * 365 * 24 * time.Hour
	for _, test := range []struct {
		name                  string
		rate                  float64
		wait, end             time.Duration // end 0: none
		cancel, deadline, set time.Duration // 0: never
		setTo                 float64
		want                  error
		took                  time.Duration
	}{
		{name: "no wait", rate: 10, want: errNoToken},
		{name: "as long as it takes", rate: 10, wait: 100 * ms, took: 100 * ms},
		{name: "too short", rate: 10, wait: 100*ms - 1, want: errNoToken},
		{name: "the end is soon enough", rate: 10, wait: time.Second, end: 100 * ms, took: 100 * ms},
		{name: "the end is too soon", rate: 10, wait: time.Second, end: 100*ms - 1, want: errNoToken},
		{name: "the end has passed", rate: 10, wait: time.Second, end: -ms, want: errNoToken},
		{name: "the caller's deadline is soon enough", rate: 10, wait: time.Second, deadline: 100*ms + 1, took: 100 * ms},
		{name: "the caller's deadline is too soon", rate: 10, wait: time.Second, deadline: 100*ms - 1, want: errNoToken},
		{name: "the caller leaves", rate: 10, wait: time.Second, cancel: 70 * ms, want: context.Canceled, took: 70 * ms},
		{name: "the caller had left", rate: 10, wait: time.Second, cancel: -1, want: context.Canceled},
		{name: "the caller had left and would not wait", rate: 10, cancel: -1, want: context.Canceled},
		{name: "one in ten seconds", rate: 0.1, wait: time.Minute, took: 10 * time.Second},
		{name: "a third a second", rate: 1. / 3, wait: 3 * time.Second, took: 3 * time.Second},
		{name: "one a nanosecond", rate: 1e9, wait: 1, took: 1},
		{name: "any number", rate: 1e20, wait: 1},
		{name: "one in ten years", rate: 1 / years.Seconds(), wait: years, took: years},
		{name: "one in ten years, and not as long", rate: 1 / years.Seconds(), wait: years, cancel: time.Hour, want: context.Canceled, took: time.Hour},
		{name: "never", rate: 1e-300, wait: never, want: errNoToken},
		{name: "faster", rate: 0.01, wait: time.Hour, set: 50 * time.Second, setTo: 1, took: 50*time.Second + 500*ms},
		{name: "slower", rate: 1, wait: 2 * time.Second, set: 500 * ms, setTo: 0.5, took: 1500 * ms},
		{name: "too slow", rate: 1, wait: 2 * time.Second, set: 500 * ms, setTo: 0.1, want: errNoToken, took: 500 * ms},
		{name: "too slow for the end", rate: 1, wait: time.Hour, end: 2 * time.Second, set: 500 * ms, setTo: 0.1, want: errNoToken, took: 500 * ms},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLimiter(test.rate, 1)
				if err := l.take(t.Context(), 0, time.Time{}); err != nil {
					t.Fatal(err)
				}
				ctx := callerContext(t, test.cancel, test.deadline)
				if test.set > 0 {
					time.AfterFunc(test.set, func() { l.set(test.setTo, 1) })
				}
				began := time.Now()
				var end time.Time
				if test.end != 0 {
					end = began.Add(test.end)
				}
				err := l.take(ctx, test.wait, end)
				if took := time.Since(began); err != test.want || took != test.took {
					t.Errorf("%v after %s, want %v after %s", err, took, test.want, test.took)
				}
			})
		})
	}
}

// TestLimiterInOrder: tokens go to those who wait in the order in which they came, nobody comes in
// between, and a change of the rate changes nothing about that but the time.
func TestLimiterInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, 3)
		for range 3 {
			l.tryTake()
		}
		began := time.Now()
		var mu sync.Mutex
		var served []int
		var when []time.Duration
		for id := range 6 {
			go func() {
				if err := l.take(t.Context(), time.Hour, time.Time{}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				served, when = append(served, id), append(when, time.Since(began))
			}()
			synctest.Wait()
		}
		time.Sleep(2500 * time.Millisecond)
		l.set(2, 1) // half a token is there: the next in a quarter of a second
		for range 100 {
			if l.tryTake() {
				t.Error("overtaken")
			}
			time.Sleep(20 * time.Millisecond)
		}
		synctest.Wait()
		s, ms := time.Second, time.Millisecond
		if want := []time.Duration{s, 2 * s, 2750 * ms, 3250 * ms, 3750 * ms, 4250 * ms}; !slices.Equal(when, want) || !slices.IsSorted(served) {
			t.Errorf("served %v at %v, want %v", served, when, want)
		}
	})
}

// TestLimiterSet: when the rate falls, those are sent away at once whose token comes too late then,
// each counted behind those who stay.
func TestLimiterSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1, 1)
		l.tryTake()
		began := time.Now()
		const s, ms = time.Second, time.Millisecond
		for id, visit := range []struct {
			wait, took time.Duration
			want       error
		}{
			{10 * s, 1500 * ms, nil},
			{2500 * ms, 500 * ms, errNoToken}, // instead of at 2 s it would come at 3.5 s
			{4 * s, 3500 * ms, nil},
			{5499 * ms, 500 * ms, errNoToken},
			{5500 * ms, 5500 * ms, nil},
		} {
			go func() {
				if err := l.take(t.Context(), visit.wait, time.Time{}); err != visit.want || time.Since(began) != visit.took {
					t.Errorf("number %d: %v after %s, want %+v", id, err, time.Since(began), visit)
				}
			}()
			synctest.Wait()
		}
		time.Sleep(500 * ms)
		l.set(0.5, 1)
		time.Sleep(10 * s)
	})
}

// TestLimiterLosesNothing: while somebody waits all the time, there are as many tokens as come,
// whatever others do meanwhile, and at whatever rate.
func TestLimiterLosesNothing(t *testing.T) {
	for _, perSecond := range []float64{0.1, 1. / 3, 1, 7.3, 200, 1e5, 3e8, 0.7e9, 1e9, 2.5e9} {
		for _, burst := range []int{1, 20} {
			t.Run(fmt.Sprintf("%v/s, burst %d", perSecond, burst), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					const want = 300
					span := time.Duration((want - float64(burst)) / perSecond * float64(time.Second))
					one := span / want // what a token takes, about
					l := newLimiter(perSecond, burst)
					ctx, cancel := context.WithCancel(t.Context()) // no deadline, before which nobody would wait
					time.AfterFunc(span, cancel)
					var taken atomic.Int64
					var crowd sync.WaitGroup
					visit := func(ctx context.Context, wait time.Duration, end time.Time) {
						if l.take(ctx, wait, end) == nil {
							taken.Add(1)
						}
					}
					crowd.Go(func() {
						for ctx.Err() == nil {
							visit(ctx, never, time.Time{})
						}
					})
					for range 8 {
						crowd.Go(func() {
							for ctx.Err() == nil {
								ctx, cancel := context.WithCancel(ctx)
								time.AfterFunc(rand.N(10*one+2), cancel)
								visit(ctx, rand.N(20*one+2), time.Now().Add(rand.N(20*one+2)))
								cancel()
								time.Sleep(rand.N(5*one+2) + 1)
							}
						})
					}
					crowd.Wait()
					if n := taken.Load(); math.Abs(float64(n-want)) > 1+perSecond*1e-9 { // a nanosecond is one instant
						t.Errorf("%d tokens in %s, want %d", n, span, want)
					}
				})
			})
		}
	}
}

// TestLimiterLate: who wakes up late takes its token as of when it was due. A bucket that holds one
// does not lose those that come until then, if they are waited for.
func TestLimiterLate(t *testing.T) {
	l, now := newLimiter(10, 1), time.Now()
	l.bucket.AllowN(now, 1)
	var takers []*taker
	for range 10 {
		takers = append(takers, l.join(now, now.Add(time.Hour)))
	}
	now = now.Add(500 * time.Millisecond)
	for i, taker := range takers {
		if left := l.advance(taker, now); (left == 0) != (i < 5) {
			t.Errorf("number %d: another %s", i, left)
		}
	}
	if left := l.advance(takers[5], now); left.Round(time.Microsecond) != 100*time.Millisecond {
		t.Errorf("number 5: another %s", left)
	}
}

// TestLimiterRounding: at any rate, who sleeps for as long as it takes gets its token then. It need
// not try often, and all tokens together come in time.
func TestLimiterRounding(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		perSecond := math.Pow(10, rapid.Float64Range(-9, 11).Draw(r, "magnitude of the rate"))
		l := newLimiter(perSecond, rapid.IntRange(1, 3).Draw(r, "burst"))
		began := time.Now()
		for l.bucket.AllowN(began, 1) && l.bucket.TokensAt(began) > -1 {
		}
		missing := l.bucket.TokensAt(began) // less than nothing above one a nanosecond
		now, n := began, 0
		for ; n < 1000 && now.Sub(began) < 200*365*24*time.Hour; n++ {
			taker, tries := l.join(now, now.Add(never)), 0
			for left := l.advance(taker, now); left > 0; left = l.advance(taker, now) {
				now = now.Add(left)
				tries++
			}
			if tries > 4 { // mostly it is one; over years, a float64 does not count in nanoseconds
				r.Fatalf("%d tries for one token", tries)
			}
		}
		if came := now.Sub(began).Seconds()*perSecond + missing; math.Abs(came-float64(n)) > 1+1e-9*perSecond {
			r.Errorf("%d tokens in %s, when %v had come", n, now.Sub(began), came)
		}
	})
}

// TestLimiterCrowd lets many come, wait, lose patience and change the rate at once, for the race
// detector. They get no more tokens than can have come, and afterwards nobody stands in the way.
func TestLimiterCrowd(t *testing.T) {
	const fastest, largest = 1e6, 10
	l := newLimiter(fastest, largest)
	began := time.Now()
	var taken atomic.Int64
	var crowd sync.WaitGroup
	for range 32 {
		crowd.Go(func() {
			for range 300 {
				ctx, cancel := context.WithCancel(context.Background())
				var end time.Time
				wait := time.Duration(rand.IntN(200)) * time.Microsecond
				switch rand.IntN(4) {
				case 0:
					wait = 0
				case 1:
					time.AfterFunc(time.Duration(rand.IntN(100))*time.Microsecond, cancel)
					wait = time.Hour
				case 2:
					end = time.Now().Add(time.Duration(rand.IntN(100)) * time.Microsecond)
				}
				if l.take(ctx, wait, end) == nil {
					taken.Add(1)
				}
				cancel()
			}
		})
	}
	crowd.Go(func() {
		for range 500 {
			l.set(fastest/float64(1+rand.IntN(100)), 1+rand.IntN(largest))
			time.Sleep(20 * time.Microsecond)
		}
		l.set(fastest, largest)
	})
	crowd.Wait()
	if n, most := taken.Load(), largest+time.Since(began).Seconds()*fastest; n == 0 || float64(n) > most {
		t.Errorf("%d tokens, at most %v came", n, most)
	}
	if l.queue.Len() != 0 {
		t.Errorf("%d wait", l.queue.Len())
	}
	for range 2 * largest {
		if err := l.take(t.Context(), time.Hour, time.Time{}); err != nil {
			t.Error(err)
		}
	}
}

// TestLimiterAllocations: who does not wait allocates nothing, whether there is a token or not.
func TestLimiterAllocations(t *testing.T) {
	l, empty := newLimiter(1e9, 1000), newLimiter(0.001, 1)
	empty.tryTake()
	end := time.Now().Add(time.Hour)
	for name, f := range map[string]func(){
		"token":            func() { l.take(t.Context(), time.Second, end) },
		"no token":         func() { empty.take(t.Context(), 0, end) },
		"no token in time": func() { empty.take(t.Context(), time.Second, end) },
	} {
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkLimiter(b *testing.B) {
	ctx := context.Background()
	ours, theirs := newLimiter(1e12, 1<<30), rate.NewLimiter(1e12, 1<<30)
	none, theirNone := newLimiter(1e-9, 1), rate.NewLimiter(1e-9, 1)
	none.tryTake()
	theirNone.Allow()
	for _, bench := range []struct {
		name string
		f    func()
	}{
		{"token/limiter", func() { ours.take(ctx, 0, time.Time{}) }},
		{"token/rate", func() { theirs.Allow() }},
		{"no token/limiter", func() { none.take(ctx, 0, time.Time{}) }},
		{"no token in time/limiter", func() { none.take(ctx, time.Second, time.Time{}) }},
		{"no token/rate", func() { theirNone.Allow() }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.f()
			}
		})
		b.Run(bench.name+"/parallel", func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					bench.f()
				}
			})
		})
	}
}
