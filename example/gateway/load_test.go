package main

import (
	"context"
	"io"
	"math"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestSchedule(t *testing.T) {
	arrivals := schedule(script, 1)
	if !reflect.DeepEqual(arrivals, schedule(script, 1)) {
		t.Error("one seed makes two schedules")
	}
	if reflect.DeepEqual(arrivals, schedule(script, 2)) {
		t.Error("two seeds make one schedule")
	}
	if !slices.IsSortedFunc(arrivals, func(a, b arrival) int { return int(a.at - b.at) }) {
		t.Error("the arrivals are not in order")
	}
	came := make([]int, len(script))
	for _, a := range arrivals {
		came[a.phase]++
		if begin := begins(script, a.phase); a.at < begin || a.at >= begin+script[a.phase].length {
			t.Errorf("a client of phase %d comes at %v", a.phase, a.at)
		}
	}
	for i, p := range script {
		want := p.rate * p.length.Seconds()
		if math.Abs(float64(came[i])-want) > 4*math.Sqrt(want) {
			t.Errorf("%d clients in phase %s, want about %.0f", came[i], p.name, want)
		}
	}
}

// TestScriptFits holds what the script promises: a spike of three times the capacity, and three
// runs in less than forty seconds.
func TestScriptFits(t *testing.T) {
	if spike := script[1]; spike.rate != 3*capacity {
		t.Errorf("the spike has %v clients a second, want three times %v", spike.rate, capacity)
	}
	// A run lasts until the last client has lost patience and the services have stopped.
	if run := begins(script, len(script)) + 2*patience; time.Duration(len(ways))*run > 40*time.Second {
		t.Errorf("%d runs of %v are too long", len(ways), run)
	}
}

// keepSilent never answers. Only who has read the body learns that the client has left.
func keepSilent(_ http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// TestClientsComeWhetherServedOrNot runs against a gateway that never answers: the loop is open.
func TestClientsComeWhetherServedOrNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newPipes()
		silent, err := n.serve(http.HandlerFunc(keepSilent))
		if err != nil {
			t.Fatal(err)
		}
		script := []phase{{name: "only", length: 3 * time.Second, rate: 20}}
		arrivals := schedule(script, 1)
		clients := &crowd{url: silent.url, http: n.client(), tallies: make([]tally, 1)}
		begin := time.Now()
		became := clients.come(t.Context(), arrivals)
		if took, want := time.Since(begin), arrivals[len(arrivals)-1].at+patience; took != want {
			t.Errorf("the last client left after %v, want %v", took, want)
		}
		if len(became) != len(arrivals) {
			t.Errorf("%d clients came, want %d", len(became), len(arrivals))
		}
		for id, s := range became {
			if s.arrival != arrivals[id] || s.status != 0 || s.took != patience {
				t.Errorf("client %d: %+v, want one who left after %v", id, s, patience)
			}
		}
		if err := silent.stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestClientsLeaveWhenInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newPipes()
		silent, err := n.serve(http.HandlerFunc(keepSilent))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		clients := &crowd{url: silent.url, http: n.client(), tallies: make([]tally, len(script))}
		begin := time.Now()
		became := clients.come(ctx, schedule(script, 1))
		if took := time.Since(begin); took != time.Second {
			t.Errorf("the clients stayed for %v after an interruption at 1s", took)
		}
		if came := clients.tallies[0].came.Load(); int(came) != len(became) {
			t.Errorf("%d samples of %d clients", len(became), came)
		}
		if err := silent.stop(); err != nil {
			t.Error(err)
		}
	})
}
