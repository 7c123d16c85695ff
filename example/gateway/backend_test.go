package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// process makes one request and returns the reply and how long it took.
func process(ctx context.Context, b *backend, id int) (*http.Response, time.Duration) {
	begin := time.Now()
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "POST", "/process", strings.NewReader(fmt.Sprintf(`{"id":%d}`, id))))
	return w.Result(), time.Since(begin)
}

// withBackend runs the test in virtual time, with a backend that has stopped when it is over.
func withBackend(t *testing.T, test func(t *testing.T, b *backend)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := newBackend(ctx, 1)
		test(t, b)
		cancel()
		b.crew.Wait()
	})
}

func TestBackendShedsWhatItsQueueCannotHold(t *testing.T) {
	withBackend(t, func(t *testing.T, b *backend) {
		b.setDown(true)
		var waiting sync.WaitGroup
		for id := range workers + queueLength {
			waiting.Go(func() { process(t.Context(), b, id) })
			synctest.Wait()
		}
		reply, took := process(t.Context(), b, 1000)
		if reply.StatusCode != http.StatusServiceUnavailable || reply.Header.Get("Retry-After") == "" {
			t.Errorf("with a full queue: %s, Retry-After %q", reply.Status, reply.Header.Get("Retry-After"))
		}
		if took != 0 {
			t.Errorf("shedding took %v", took)
		}
		b.setDown(false)
		waiting.Wait()
		if b.done != workers+queueLength {
			t.Errorf("after the outage %d requests were worked off, want %d", b.done, workers+queueLength)
		}
	})
}

func TestBackendSlowsDownWithLoad(t *testing.T) {
	withBackend(t, func(t *testing.T, b *backend) {
		_, alone := process(t.Context(), b, 0)
		if least, most := serviceTime/2, 3*serviceTime/2; alone < least || alone >= most {
			t.Errorf("a request took %v without load, want %v to %v", alone, least, most)
		}
		var (
			waiting sync.WaitGroup
			took    [workers + queueLength]time.Duration
		)
		for id := range took {
			waiting.Go(func() { _, took[id] = process(t.Context(), b, id) })
			synctest.Wait()
		}
		waiting.Wait()
		last := slices.Max(took[:])
		ideal := time.Duration(float64(len(took)) / capacity * float64(time.Second))
		if last < ideal*3/4 || last > ideal*5/4 {
			t.Errorf("the last of a full queue took %v; by the capacity it should be about %v", last, ideal)
		}
	})
}

func TestBackendFailsEveryFifth(t *testing.T) {
	withBackend(t, func(t *testing.T, b *backend) {
		const n = 1000
		failed := 0
		for id := range n {
			if reply, _ := process(t.Context(), b, id); reply.StatusCode != http.StatusOK {
				failed++
			}
		}
		// Four standard deviations; the dice are the same in every run.
		if failed < 150 || failed > 250 {
			t.Errorf("%d of %d requests failed, want about %.0f", failed, n, failureRate*n)
		}
	})
}

func TestBackendWorksForCallersWhoHaveLeft(t *testing.T) {
	withBackend(t, func(t *testing.T, b *backend) {
		ctx, cancel := context.WithTimeout(t.Context(), serviceTime/4)
		defer cancel()
		if _, took := process(ctx, b, 7); took != serviceTime/4 {
			t.Errorf("the caller waited for %v", took)
		}
		time.Sleep(2 * serviceTime)
		synctest.Wait()
		if b.done != 1 || b.wasted != 1 || b.received[7] != 1 {
			t.Errorf("done %d, wasted %d, received %d; want 1 each", b.done, b.wasted, b.received[7])
		}
	})
}

func TestBackendStandsStillDuringAnOutage(t *testing.T) {
	withBackend(t, func(t *testing.T, b *backend) {
		b.setDown(true)
		b.setDown(true)
		time.AfterFunc(time.Minute, func() { b.setDown(false); b.setDown(false) })
		if _, took := process(t.Context(), b, 1); took < time.Minute || took > time.Minute+2*serviceTime {
			t.Errorf("a request took %v in an outage of a minute", took)
		}
	})
}
