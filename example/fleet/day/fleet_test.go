package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// unhurried keeps deadlines out of tests that run on machines of any speed. Its last line is free
// for what a test changes.
const unhurried = `policies:
  relay: { timeout: { call: 5m } }
  critical:
    timeout: { attempt: 1m, call: 4m }
`

// startTest starts the services, and stops them when the test is over.
func startTest(t *testing.T, file string) *fleet {
	t.Helper()
	write(t, file, unhurried)
	f, err := start(t.Context(), &lines{out: io.Discard}, file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.stop(); err != nil {
			t.Error(err)
		}
	})
	if err := f.flush(); err != nil {
		t.Fatal(err)
	}
	for len(f.news) > 0 { // what the file says from the start
		<-f.news
	}
	return f
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// buy buys an item, and returns what the shop says.
func buy(f *fleet, item string) (status int, body string, err error) {
	reply, err := http.Post(f.shopURL+"/buy/"+item, "", nil)
	if err != nil {
		return 0, "", err
	}
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	return reply.StatusCode, string(text), err
}

// TestBuying: what a customer hears comes through all three services, and an answer is not taken
// for an outage.
func TestBuying(t *testing.T) {
	f := startTest(t, filepath.Join(t.TempDir(), "overrides.yaml"))
	for _, tt := range []struct {
		item, says string
		status     int
		requests   int // at the stock
	}{
		{"tea", "tea for 3.50\n", http.StatusOK, 2},
		{"sand", "there is no such item", http.StatusNotFound, 1},
	} {
		before := f.stock.Requests()
		status, says, err := buy(f, tt.item)
		if err != nil || status != tt.status || !strings.Contains(says, tt.says) {
			t.Errorf("%s: %d %q %v, want %d %q", tt.item, status, says, err, tt.status, tt.says)
		}
		if n := f.stock.Requests() - before; n != tt.requests {
			t.Errorf("%s: %d requests at the stock, want %d", tt.item, n, tt.requests)
		}
	}
}

// TestOverridesUnderLoad edits the file while customers buy without a pause. What is right applies
// to all services that use the policy, what is wrong is refused with its place, and no customer is
// turned away. Waiting is for events, with a bound only against hanging.
func TestOverridesUnderLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "overrides.yaml")
	f := startTest(t, file)
	var served atomic.Int64
	var crowd sync.WaitGroup
	over := make(chan struct{})
	for range 8 {
		crowd.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
				}
				if status, says, err := buy(f, "tea"); err != nil || status != http.StatusOK {
					t.Errorf("a customer was turned away: %d %q %v", status, says, err)
				}
				served.Add(1)
			}
		})
	}
	for _, edit := range []struct {
		line string
		want []string // of the events that follow, in any order
	}{
		{"    retry: { attempts: 2 }\n", []string{
			"policy changed orders.Stock.Reserve: retry attempts: 3 → 2",
			"policy changed shop.Stock.Price: retry attempts: 3 → 2"}},
		{"    retry: { atempts: 4 }\n", []string{
			"overrides refused: " + file + ":5:14: retry has no key atempts"}},
		{"    breaker: { open: 30 }\n", []string{
			"overrides refused: " + file + ":5:22: breaker open=30: want a time with its unit"}},
		{"    retry: off\n", []string{
			"policy changed orders.Stock.Reserve: retry attempts=2 ",
			"policy changed shop.Stock.Price: retry attempts=2 "}},
		{"", []string{
			"policy changed orders.Stock.Reserve: retry: off → ",
			"policy changed shop.Stock.Price: retry: off → "}},
	} {
		await(t, &served, 20)
		begin := time.Now()
		write(t, file, unhurried+edit.line)
		for range edit.want {
			got := next(t, f)
			if !containsPrefix(edit.want, got) {
				t.Errorf("after %q: %s, want %q", edit.line, got, edit.want)
			}
		}
		t.Logf("%q: noticed after %v", edit.line, time.Since(begin))
		await(t, &served, 20)
	}
	close(over)
	crowd.Wait()
}

// next returns the next event of overrides, in words.
func next(t *testing.T, f *fleet) string {
	t.Helper()
	select {
	case e := <-f.news:
		if e.Kind == resil.OverridesRefused {
			return fmt.Sprintf("%v: %v", e.Kind, e.Err)
		}
		return fmt.Sprintf("%v %s.%s: %s", e.Kind, e.Client, e.Method, e.Change)
	case <-time.After(time.Minute):
		t.Fatal("nobody noticed the change")
		return ""
	}
}

func containsPrefix(prefixes []string, s string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// await waits until n more customers have been served.
func await(t *testing.T, served *atomic.Int64, n int64) {
	t.Helper()
	hanging := time.Now().Add(time.Minute)
	for until := served.Load() + n; served.Load() < until; time.Sleep(time.Millisecond) {
		if time.Now().After(hanging) {
			t.Fatal("nobody is served any more")
		}
	}
}

// TestStory plays the day at a quick pace. How many are served depends on the machine; what the
// operator does and sees does not.
func TestStory(t *testing.T) {
	var out bytes.Buffer
	if err := play(t.Context(), &out, time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"orders.Stock.Reserve: timeout attempt: 100ms → 800ms, timeout call: 400ms → 2.5s\n",
		"shop.Stock.Price: timeout attempt: 100ms → 800ms, timeout call: 400ms → 2.5s\n",
		"overrides.yaml:4:14: retry has no key atempts",
		"shop.Stock.Price: timeout attempt: 800ms → 100ms, timeout call: 2.5s → 400ms\n",
	} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("want once %q in\n%s", want, &out)
		}
	}
}

// TestInterruptEndsTheDay: Ctrl-C ends the day at any point of it, without an error, also if a
// person is the operator, with the file that is in the checkout.
func TestInterruptEndsTheDay(t *testing.T) {
	for name, day := range map[string]func(context.Context, io.Writer) error{
		"story":   func(ctx context.Context, w io.Writer) error { return play(ctx, w, time.Hour) },
		"by hand": func(ctx context.Context, w io.Writer) error { return byHand(ctx, w, "../overrides.yaml") },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			if err := day(ctx, writerFunc(func([]byte) { cancel() })); err != nil {
				t.Error(err)
			}
		})
	}
	if err := byHand(t.Context(), io.Discard, "missing.yaml"); err == nil {
		t.Error("a missing file is no error")
	}
}

// A writerFunc is told what is written.
type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}
