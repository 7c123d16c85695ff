package resil

// This file knows how long attempts take, for hedges that wait for a quantile.

import (
	"math"
	"sync"
	"time"
)

// A latency remembers how long a method's recent attempts took, well enough to tell a quantile: a
// histogram of buckets that grow by a tenth, so a quantile is at most that much too long. Old
// attempts fade: every 1000 attempts all counts are halved.
type latency struct {
	mu     sync.Mutex
	counts [latencyBuckets]uint32
	total  uint32
}

const (
	latencyBuckets = 160                    // from 100 µs to over 6 minutes
	latencyFirst   = 100 * time.Microsecond // the end of the first bucket
	latencyGrowth  = 1.1
	latencyEnough  = 20 // attempts before there is a quantile
	latencyFade    = 1000
)

var logGrowth = math.Log(latencyGrowth)

func (l *latency) add(d time.Duration) {
	i := 0
	if d > latencyFirst {
		i = min(int(math.Ceil(math.Log(float64(d)/float64(latencyFirst))/logGrowth)), latencyBuckets-1)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[i]++
	l.total++
	if l.total >= latencyFade {
		l.fade()
	}
}

func (l *latency) fade() {
	l.total = 0
	for i := range l.counts {
		l.counts[i] /= 2
		l.total += l.counts[i]
	}
}

// quantile returns the time that the share q of the attempts took at most; false while there are
// too few to tell.
func (l *latency) quantile(q float64) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total < latencyEnough {
		return 0, false
	}
	i, sum := 0, l.counts[0]
	for float64(sum) < q*float64(l.total) && i < latencyBuckets-1 {
		i++
		sum += l.counts[i]
	}
	return time.Duration(float64(latencyFirst) * math.Pow(latencyGrowth, float64(i))), true
}
