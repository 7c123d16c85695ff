package main

// The request_processor: a service of limited capacity that, like most, wastes work when it is
// overloaded.

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Four workers that hold a request for 40 ms each work off 100 requests a second. The full queue is
// half a second of work: more than callers care to wait, so that whatever stands at its end is done
// for nobody. Few queues are chosen better.
const (
	workers     = 4
	serviceTime = 40 * time.Millisecond // on average; evenly spread over half to one and a half of it
	queueLength = 50
	failureRate = 0.20 // of the requests that are worked off fail, load or no load
	retryAfter  = "1"  // seconds: the header for those for whom the queue has no room
)

// capacity is what the processor can do at best, in requests per second.
const capacity = float64(workers) * float64(time.Second) / float64(serviceTime)

// A backend is the request_processor. It serves HTTP; its workers run until the context of
// [newBackend] ends.
type backend struct {
	queue chan *job
	crew  sync.WaitGroup

	mu        sync.Mutex
	durations *rand.Rand    // dice for how long requests take
	failures  *rand.Rand    // dice for which of them fail: the same ones, whatever the durations
	up        chan struct{} // closed while the workers can work; open during an outage
	upSince   time.Time     // the end of the last outage
	received  map[int]int   // requests that arrived, by their ID: a retry counts again
	done      int           // requests worked off
	wasted    int           // those among them whose caller had left
}

// A job is one request in the queue.
type job struct {
	came   time.Time
	caller context.Context // ends when the caller hangs up
	result chan int        // the HTTP status; has room for it, so that no worker waits for a caller
}

func newBackend(ctx context.Context, seed uint64) *backend {
	b := &backend{
		queue:     make(chan *job, queueLength),
		durations: rand.New(rand.NewPCG(seed, 1)),
		failures:  rand.New(rand.NewPCG(seed, 2)),
		up:        make(chan struct{}),
		received:  map[int]int{},
	}
	close(b.up)
	for range workers {
		b.crew.Go(func() { b.work(ctx) })
	}
	return b
}

// ServeHTTP puts the request into the queue and waits for its turn; without room it sheds the
// request at once.
func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req Request
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	b.received[req.ID]++
	b.mu.Unlock()

	j := &job{came: time.Now(), caller: r.Context(), result: make(chan int, 1)}
	select {
	case b.queue <- j:
	default:
		w.Header().Set("Retry-After", retryAfter)
		http.Error(w, "the queue is full", http.StatusServiceUnavailable)
		return
	}
	select {
	case status := <-j.result:
		if status != http.StatusOK {
			http.Error(w, "no luck today", status)
			return
		}
		json.NewEncoder(w).Encode(Response(req))
	case <-r.Context().Done():
		// The caller has hung up. The job stays in the queue and takes a worker's time all the
		// same: nobody tells the database behind a real service either.
	}
}

// work takes one job after the other, until the context ends. On a busy machine timers fire late;
// the next job makes up for that, so that the capacity depends on the service times alone.
func (b *backend) work(ctx context.Context) {
	var end time.Time // of the last job, had its timer fired in time
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-b.queue:
			if !b.awaitUp(ctx) {
				return
			}
			end = b.endOf(j, end)
			if !sleep(ctx, time.Until(end)) {
				return
			}
			j.result <- b.finish(j)
		}
	}
}

// awaitUp waits for the end of an outage and reports whether the context lasted that long.
func (b *backend) awaitUp(ctx context.Context) bool {
	b.mu.Lock()
	up := b.up
	b.mu.Unlock()
	select {
	case <-up:
		return true
	case <-ctx.Done():
		return false
	}
}

// endOf draws how long the job takes, from the moment when its worker was free to begin it.
func (b *backend) endOf(j *job, free time.Time) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range []time.Time{j.came, b.upSince} {
		if t.After(free) {
			free = t
		}
	}
	return free.Add(serviceTime/2 + time.Duration(b.durations.Int64N(int64(serviceTime))))
}

// finish counts the job and draws its HTTP status.
func (b *backend) finish(j *job) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	if j.caller.Err() != nil {
		b.wasted++
	}
	if b.failures.Float64() < failureRate {
		return http.StatusInternalServerError
	}
	return http.StatusOK
}

// setDown begins or ends an outage: the workers stand still (a database hangs, say), the queue
// fills up and stays.
func (b *backend) setDown(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-b.up:
		if down {
			b.up = make(chan struct{})
		}
	default:
		if !down {
			b.upSince = time.Now()
			close(b.up)
		}
	}
}

// sleep waits for d and reports whether the context lasted that long.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
