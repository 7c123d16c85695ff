package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// The collector is off while little is in use, and as before from the collection on that finds
// much. What the user has set stays.
func TestCollectLate(t *testing.T) {
	percent := debug.SetGCPercent(70)
	defer debug.SetGCPercent(percent)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(math.MaxInt64))

	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		collectLate(func(asked string) string { return map[string]string{name: "50"}[asked] })
		if percent, limit := collection(); percent != 70 || limit != math.MaxInt64 {
			t.Errorf("with %s set by the user, the collector is set to %d%% and %d bytes", name, percent, limit)
		}
	}

	runtime.GC()
	collectLate(func(string) string { return "" })
	runtime.GC()
	time.Sleep(50 * time.Millisecond)
	if percent, limit := collection(); percent != -1 || limit != enough {
		t.Errorf("while little is in use, the collector is set to %d%% and %d bytes", percent, limit)
	}

	much := make([]byte, enough)
	defer runtime.KeepAlive(much)
	for range 100 {
		runtime.GC()
		if percent, limit := collection(); percent == 70 && limit == math.MaxInt64 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("with much in use, the collector is not as before")
}

// collection returns how the collector is set.
func collection() (percent, limit int64) {
	samples := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/gomemlimit:bytes"}}
	metrics.Read(samples)
	return int64(samples[0].Value.Uint64()), int64(samples[1].Value.Uint64())
}
