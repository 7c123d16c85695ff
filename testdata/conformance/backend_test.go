package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A backend is what the wrappers of all cases wrap. It answers by a script, notes when it ran, and knows nothing of policies.
type backend struct {
	answers []answer // one for each execution; the last for all that follow; none: success

	mu     sync.Mutex
	start  time.Time
	ran    []time.Duration // when executions began
	opened []*result       // what Open returned
	ended  []error         // how the contexts of executions had ended when they returned
}

// An answer is what the backend does in one execution.
type answer struct {
	takes time.Duration
	err   error
	deaf  bool         // it does not listen to its context
	then  func() error // or this says what the error is, at the end
}

var (
	works = answer{}
	fails = answer{err: ErrA}
	hangs = answer{takes: 1000 * time.Hour}
)

func failsWith(err error) answer { return answer{err: err} }

func takes(d time.Duration, err error) answer { return answer{takes: d, err: err} }

func newBackend(answers ...answer) *backend { return &backend{answers: answers, start: time.Now()} }

// begin notes an execution and returns what to do.
func (b *backend) begin() answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ran = append(b.ran, time.Since(b.start))
	if len(b.answers) == 0 {
		return works
	}
	return b.answers[min(len(b.ran), len(b.answers))-1]
}

// Call is the method of most interfaces.
func (b *backend) Call(ctx context.Context) error {
	err := b.begin().run(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = append(b.ended, ctx.Err())
	return err
}

func (a answer) run(ctx context.Context) error {
	listen := ctx
	if a.deaf {
		listen = context.Background()
	}
	if a.takes > 0 {
		select {
		case <-time.After(a.takes):
		case <-listen.Done():
			return listen.Err()
		}
	}
	if a.then != nil {
		return a.then()
	}
	return a.err
}

// The methods of R20 and B4.

func (b *backend) Full(ctx context.Context) error   { return b.Call(ctx) }
func (b *backend) Equal(ctx context.Context) error  { return b.Call(ctx) }
func (b *backend) Share(ctx context.Context) error  { return b.Call(ctx) }
func (b *backend) Capped(ctx context.Context) error { return b.Call(ctx) }
func (b *backend) Other(context.Context) error      { return nil }

// Get is the method of F1 and F4.
func (b *backend) Get(ctx context.Context, key string) (string, error) {
	return "the value of " + key, b.Call(ctx)
}

// A result is what Open returns. It lives on the context of its attempt, as the body of an HTTP response does.
type result struct {
	ctx    context.Context
	mu     sync.Mutex
	closed int
}

func (r *result) Read([]byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}

func (r *result) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed++
	return nil
}

// open runs an execution that has a result, whether it fails or not.
func (b *backend) open(ctx context.Context) (*result, error) {
	b.mu.Lock()
	r := &result{ctx: ctx}
	b.opened = append(b.opened, r)
	b.mu.Unlock()
	return r, b.Call(ctx)
}

// An opener is a backend whose results are closers.
type opener struct{ *backend }

func (o opener) Open(ctx context.Context) (io.Closer, error) { return o.open(ctx) }

// A reader is a backend whose results are bodies.
type reader struct{ *backend }

func (r reader) Open(ctx context.Context) (io.ReadCloser, error) { return r.open(ctx) }

// closed returns how often each result was closed.
func (b *backend) closed() (counts []int) {
	for _, r := range b.opened {
		r.mu.Lock()
		counts = append(counts, r.closed)
		r.mu.Unlock()
	}
	return counts
}

// reads holds that a body can be read long after the call, and that its context ends when it is closed.
func reads(t *testing.T, body io.ReadCloser, from *result) {
	t.Helper()
	time.Sleep(time.Hour)
	if _, err := body.Read(nil); err != io.EOF {
		t.Errorf("after an hour: %v", err)
	}
	if from.ctx.Err() != nil || from.closed != 0 {
		t.Errorf("closed %d times, its context ended with %v", from.closed, from.ctx.Err())
	}
	if err := body.Close(); err != nil || from.closed != 1 || from.ctx.Err() == nil {
		t.Errorf("closed: %v, %d times, its context ended with %v", err, from.closed, from.ctx.Err())
	}
}

// executed holds when the backend ran.
func (b *backend) executed(t *testing.T, want ...time.Duration) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Equal(b.ran, want) {
		t.Errorf("it ran at %v, want %v", b.ran, want)
	}
}

// executions holds how often the backend ran.
func (b *backend) executions(t *testing.T, want int) {
	t.Helper()
	if got := b.count(); got != want {
		t.Errorf("it ran %d times, want %d", got, want)
	}
}

// count returns how often the backend has run.
func (b *backend) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ran)
}

// will makes the backend answer so from now on.
func (b *backend) will(a answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers = []answer{a}
}

// is holds that an error is all of those.
func is(t *testing.T, err error, all ...error) {
	t.Helper()
	for _, want := range all {
		if !errors.Is(err, want) {
			t.Errorf("error %v is not %v", err, want)
		}
	}
}

// same holds that an error is that very value.
func same(t *testing.T, err, want error) {
	t.Helper()
	if err != want {
		t.Errorf("error %v is not %v itself", err, want)
	}
}

// took holds how long it is since then.
func took(t *testing.T, since time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(since); got != want {
		t.Errorf("it took %s, want %s", got, want)
	}
}

// A caller is what most interfaces are.
type caller interface {
	Call(ctx context.Context) error
}

// play plays a script of calls. S and F are calls that the backend answers well and badly, s and f the same but after 4 s, R a call that
// must be rejected; a duration is time that passes; open, closed and half-open must be the breaker's state.
func play(t *testing.T, c caller, client *resil.Client, b *backend, script string) {
	t.Helper()
	answers := map[string]answer{"S": works, "F": fails, "s": takes(4*time.Second, nil), "f": takes(4*time.Second, ErrA)}
	for i, word := range strings.Fields(script) {
		at := fmt.Sprintf("%s, word %d: %s", script, i+1, word)
		if d, err := time.ParseDuration(word); err == nil {
			time.Sleep(d)
			synctest.Wait() // whatever is due at this very moment has been done
			continue
		}
		before := b.count()
		switch a, call := answers[word]; {
		case call:
			b.will(a)
			if err := c.Call(t.Context()); err != a.err || b.count() != before+1 {
				t.Fatalf("%s: %v", at, err)
			}
		case word == "R":
			if err := c.Call(t.Context()); !errors.Is(err, resil.ErrOpen) || b.count() != before {
				t.Fatalf("%s: not rejected: %v", at, err)
			}
		default:
			if got := client.Method("Call").State().String(); got != word {
				t.Fatalf("%s: %s", at, got)
			}
		}
	}
}

// inBackground calls on another goroutine, and returns when the call is under way. The channel yields its error.
func inBackground(ctx context.Context, call func(context.Context) error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- call(ctx) }()
	synctest.Wait()
	return done
}
