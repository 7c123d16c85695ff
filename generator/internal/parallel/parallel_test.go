package parallel

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Every number has its turn, an error notwithstanding, and as many run at once as there are
// processors.
func TestDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		processors := runtime.GOMAXPROCS(0)
		calls, began := make([]int, 3*processors), time.Now()
		first := errors.New("first")
		err := Do(len(calls), func(i int) error {
			calls[i]++
			time.Sleep(time.Second)
			if i < processors {
				return first
			}
			return errors.New("later")
		})
		if err != first {
			t.Errorf("got error %v, want the first", err)
		}
		for i, n := range calls {
			if n != 1 {
				t.Errorf("%d calls for %d", n, i)
			}
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("%d calls of 1s on %d processors took %s", len(calls), processors, took)
		}
	})
}

func TestEach(t *testing.T) {
	var sum atomic.Int64
	Each([]int64{1, 10, 100}, func(n int64) { sum.Add(n) })
	if sum.Load() != 111 {
		t.Errorf("the items that were passed add up to %d, want 111", sum.Load())
	}
}
