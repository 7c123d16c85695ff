package main

// The load: clients that come by a script, whether or not those before them have been served (an
// open loop, as on the internet). Each makes one request, waits for a while, and leaves.

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long a client waits for the gateway's answer.
const patience = time.Second

// A phase is one stretch of the script.
type phase struct {
	name   string
	length time.Duration
	rate   float64 // clients per second, on average
	down   bool    // the processor's workers stand still
}

// script is what each of the three ways has to go through. A normal client costs the processor 1.25
// requests (every fifth fails), so that normal load takes 5/8 of the capacity. With capacity / 4 in
// place of capacity / 2, backoff alone recovers too, only later.
var script = []phase{
	{name: "normal", length: 1500 * time.Millisecond, rate: capacity / 2},
	{name: "spike", length: 2 * time.Second, rate: 3 * capacity},
	{name: "after spike", length: 3 * time.Second, rate: capacity / 2},
	{name: "outage", length: 1500 * time.Millisecond, rate: capacity / 2, down: true},
	{name: "after outage", length: 3 * time.Second, rate: capacity / 2},
}

// begins returns when the phase begins.
func begins(script []phase, i int) (begin time.Duration) {
	for _, p := range script[:i] {
		begin += p.length
	}
	return begin
}

// An arrival is one client who will come.
type arrival struct {
	phase int
	at    time.Duration // since the script began
}

// schedule draws the arrivals of a script: independent clients, so the gaps between them are
// exponentially distributed. The same seed makes the same clients.
func schedule(script []phase, seed uint64) []arrival {
	chance := rand.New(rand.NewPCG(seed, 3))
	var arrivals []arrival
	var begin time.Duration
	for i, p := range script {
		gap := func() time.Duration { return time.Duration(chance.ExpFloat64() / p.rate * float64(time.Second)) }
		for at := gap(); at < p.length; at += gap() {
			arrivals = append(arrivals, arrival{phase: i, at: begin + at})
		}
		begin += p.length
	}
	return arrivals
}

// A tally counts the clients of one phase while they come and go.
type tally struct {
	came, served, failed atomic.Int64
}

// A crowd is all the clients of one run.
type crowd struct {
	url     string
	http    *http.Client
	tallies []tally // by phase
}

// come lets the clients come as scheduled and returns what became of them, by ID, when the last has
// left. If the context ends first, all leave at once and nobody else comes.
func (c *crowd) come(ctx context.Context, arrivals []arrival) samples {
	became := make(samples, len(arrivals))
	start := time.Now()
	var clients sync.WaitGroup
	for id, a := range arrivals {
		if !sleep(ctx, time.Until(start.Add(a.at))) {
			arrivals = arrivals[:id]
			break
		}
		clients.Go(func() { became[id] = c.visit(ctx, id, a, time.Since(start)-a.at) })
	}
	clients.Wait()
	return became[:len(arrivals)]
}

// visit is one client's stay.
func (c *crowd) visit(ctx context.Context, id int, a arrival, late time.Duration) sample {
	tally, begin := &c.tallies[a.phase], time.Now()
	tally.came.Add(1)
	s := sample{arrival: a, late: late, status: c.ask(ctx, Request{ID: id}), took: time.Since(begin)}
	if s.served() {
		tally.served.Add(1)
	} else {
		tally.failed.Add(1)
	}
	return s
}

// ask makes one client's request and returns the status of the answer, 0 for none.
func (c *crowd) ask(ctx context.Context, req Request) int {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := json.Marshal(req)
	if err != nil {
		return 0
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	reply, err := c.http.Do(post)
	if err != nil {
		return 0
	}
	defer reply.Body.Close()
	if _, err := io.Copy(io.Discard, reply.Body); err != nil {
		return 0
	}
	return reply.StatusCode
}
