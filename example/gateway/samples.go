package main

// What the clients' samples add up to: shares, quantiles, and the time until all is well again.

import (
	"math"
	"net/http"
	"slices"
	"time"
)

// A sample is what became of one client.
type sample struct {
	arrival
	late     time.Duration // the client came so much later than scheduled, because the machine was busy
	status   int           // of the gateway's answer; 0 for a client who left without one
	took     time.Duration // until the answer, or until the client left
	received int           // requests that the processor received on this client's behalf
}

func (s sample) served() bool { return s.status == http.StatusOK }

// A samples is what became of some clients, in the order in which they came.
type samples []sample

// of returns the samples of the clients who came in the phase.
func (s samples) of(phase int) (came samples) {
	for _, one := range s {
		if one.phase == phase {
			came = append(came, one)
		}
	}
	return came
}

// between returns the samples of the clients who came in a stretch of time.
func (s samples) between(from, to time.Duration) samples {
	at := func(one sample, t time.Duration) int { return int(one.at - t) }
	i, _ := slices.BinarySearchFunc(s, from, at)
	j, _ := slices.BinarySearchFunc(s, to, at)
	return s[i:j]
}

func (s samples) served() (n int) {
	for _, one := range s {
		if one.served() {
			n++
		}
	}
	return n
}

func (s samples) received() (n int) {
	for _, one := range s {
		n += one.received
	}
	return n
}

// quantile returns the time within which a share q of the clients who were served (or were not)
// knew; it is 0 for no clients.
func (s samples) quantile(served bool, q float64) time.Duration {
	var took []time.Duration
	for _, one := range s {
		if one.served() == served {
			took = append(took, one.took)
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[int(math.Ceil(q*float64(len(took))))-1]
}

// A system is normal again from the moment on whose next second sees nearly all of its clients
// served.
const (
	normalFor   = time.Second
	normalShare = 0.95
)

// normalAgain returns how long after the phase's begin the system was normal again, and false if it
// was not within the phase.
func normalAgain(s samples, script []phase, i int) (time.Duration, bool) {
	begin := begins(script, i)
	end := begin + script[i].length
	for from := begin; from+normalFor <= end; from += 10 * time.Millisecond {
		next := s.between(from, from+normalFor)
		if len(next) > 0 && float64(next.served()) >= normalShare*float64(len(next)) {
			return from - begin, true
		}
	}
	return 0, false
}
