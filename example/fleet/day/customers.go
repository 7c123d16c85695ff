package main

// The customers: they come at an even pace, whether or not those before them have been served.

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// pace is the time from one customer to the next.
const pace = 50 * time.Millisecond

// A crowd is the customers of a day.
type crowd struct {
	under sync.WaitGroup // way

	mu    sync.Mutex
	count tally
}

// A tally is what became of some customers.
type tally struct {
	served, turnedAway int
	longest            time.Duration // that one of them waited
}

// come sends customers until ctx ends, and returns when each has left.
func (c *crowd) come(ctx context.Context, shopURL string) {
	for tick := time.NewTicker(pace); ; {
		select {
		case <-tick.C:
			c.under.Go(func() { c.buy(shopURL) })
		case <-ctx.Done():
			tick.Stop()
			c.under.Wait()
			return
		}
	}
}

// buy is one customer. Who has come in is served or turned away, whatever happens to the day.
func (c *crowd) buy(shopURL string) {
	begin := time.Now()
	reply, err := http.Post(shopURL+"/buy/tea", "", nil)
	if err == nil {
		reply.Body.Close()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.longest = max(c.count.longest, time.Since(begin))
	if err == nil && reply.StatusCode == http.StatusOK {
		c.count.served++
	} else {
		c.count.turnedAway++
	}
}

// take returns what became of the customers who have left since it was last called.
func (c *crowd) take() tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.count
	c.count = tally{}
	return t
}
