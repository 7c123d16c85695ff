package main

import (
	"net/http"
	"testing"
	"time"
)

func TestNormalAgain(t *testing.T) {
	for _, c := range []struct {
		name  string
		from  time.Duration // clients are served again
		after time.Duration
		ok    bool
	}{
		{"at once", 2 * time.Second, 0, true},
		{"before the outage ends", time.Second, 0, true},
		{"later", 3 * time.Second, 910 * time.Millisecond, true}, // the second after the last one turned away, at 2.9 s
		{"with a second left", 5 * time.Second, 2910 * time.Millisecond, true},
		{"too late to tell", 5500 * time.Millisecond, 0, false},
		{"never", never, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, ok := normalAgain(lived(time.Second, c.from), day, 2)
			if after != c.after || ok != c.ok {
				t.Errorf("got %v, %v; want %v, %v", after, ok, c.after, c.ok)
			}
		})
	}
}

func TestQuantile(t *testing.T) {
	var s samples
	for i := 100; i > 0; i-- {
		s = append(s, sample{status: http.StatusOK, took: time.Duration(i)}, sample{took: time.Duration(1000 * i)})
	}
	for _, c := range []struct {
		served bool
		q      float64
		want   time.Duration
	}{
		{true, 0.5, 50}, {true, 0.99, 99}, {true, 1, 100}, {true, 0.001, 1}, {false, 0.5, 50000},
	} {
		if got := s.quantile(c.served, c.q); got != c.want {
			t.Errorf("quantile %v of served=%v is %d, want %d", c.q, c.served, got, c.want)
		}
	}
	if got := s[:1].quantile(false, 0.5); got != 0 {
		t.Errorf("a quantile of nobody is %v", got)
	}
}
