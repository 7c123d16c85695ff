package conformance

import (
	"slices"
	"testing"
	"testing/synctest"
)

var hedgeCases = []scenario{
	{"H1", failsafe, "a fast attempt is alone", virtual(func(t *testing.T) {
		b := newBackend(takes(5*ms, nil))
		got, err := NewResilientH1(reader{b}).Open(t.Context())
		same(t, err, nil)
		b.executions(t, 1)
		reads(t, got, b.opened[0])
	})},
	{"H2", failsafe, "three slow attempts: the first result wins, the others are cancelled and what they return is closed", virtual(func(t *testing.T) {
		b := newBackend(takes(100*ms, nil))
		got, err := NewResilientH2(reader{b}).Open(t.Context())
		took(t, b.start, 100*ms)
		b.executed(t, 0, 10*ms, 20*ms)
		synctest.Wait()
		same(t, err, nil)
		if !slices.Equal(b.closed(), []int{0, 1, 1}) {
			t.Errorf("closed %v", b.closed())
		}
		reads(t, got, b.opened[0])
		if len(b.ended) != 3 || b.ended[0] != nil || b.ended[1] == nil || b.ended[2] == nil {
			t.Errorf("their contexts had ended with %v", b.ended)
		}
	})},
	{"H3", grpc, "a hedged attempt that fails starts the next at once", virtual(func(t *testing.T) {
		b := newBackend(fails, fails, works)
		got, err := NewResilientH2(reader{b}).Open(t.Context())
		same(t, err, nil)
		b.executed(t, 0, 0, 0)
		took(t, b.start, 0)
		synctest.Wait()
		if !slices.Equal(b.closed(), []int{1, 1, 0}) {
			t.Errorf("closed %v", b.closed())
		}
		reads(t, got, b.opened[2])
	})},
	{"H4", failsafe, "beyond the budget there is no hedge, and the attempt that runs is left in peace", virtual(func(t *testing.T) {
		b := newBackend(takes(100*ms, nil))
		got, err := NewResilientH4(reader{b}).Open(t.Context())
		same(t, err, nil)
		same(t, b.ended[0], nil)
		b.executions(t, 1)
		took(t, b.start, 100*ms)
		reads(t, got, b.opened[0])
	})},
}
