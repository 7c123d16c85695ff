package resil_test

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

type silent struct{ closed *int }

func (s *silent) Close() { *s.closed++ }

type loud struct{ closed *int }

func (l *loud) Close() error { *l.closed++; return errOther }

func TestCloseClosesWhatCanBeClosed(t *testing.T) {
	closed := 0
	for _, result := range []any{nil, (*silent)(nil), (*loud)(nil), 7, &silent{&closed}, &loud{&closed}} {
		resil.Close(result)
	}
	if closed != 2 {
		t.Errorf("closed %d times", closed)
	}
}

// TestResultsOfLosersAreDiscarded: what the losers of a hedge return is discarded when nobody waits
// any more. Whatever that does, it ends nothing, and the others' results are discarded too; a panic
// is counted, and the first one logged.
func TestResultsOfLosersAreDiscarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := guard(t, "hedge after=1s max=4\nretry budget=off", resil.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		var begun, discarded atomic.Int64
		goOn := make(chan struct{})
		attempt := func(context.Context) (int, error) {
			n := int(begun.Add(1))
			time.Sleep(10*time.Second - time.Duration(n)*time.Second/2)
			return n, nil
		}
		for n := range 2 {
			begun.Store(0)
			won, err := resil.Hedged(t.Context(), g, attempt, func(n int) {
				discarded.Add(1)
				switch n {
				case 2:
					panic("boom")
				case 3:
					runtime.Goexit()
				case 4:
					<-goOn
				}
			})
			if won != 1 || err != nil {
				t.Errorf("%d won: %v", won, err)
			}
			time.Sleep(time.Minute)
			if d := discarded.Load(); d != int64(4*(n+1)) {
				t.Errorf("%d results discarded", d)
			}
		}
		close(goOn)
		synctest.Wait()
		if s := g.Client().Snapshot(); s.DiscardPanics != 2 || s.ObserverPanics != 0 {
			t.Errorf("%d panics", s.DiscardPanics)
		}
		const want = `level=ERROR msg="resil: discard panicked" client=test.Client method=Method panic=boom stack=`
		if strings.Count(log.String(), want) != 1 || strings.Count(log.String(), "discard panicked") != 1 || !strings.Contains(log.String(), "discard_test.go") {
			t.Errorf("logged:\n%s", &log)
		}
	})
}

// TestResultsOfFailedAttemptsAreDiscarded: what a failed attempt returned is discarded while the
// call goes on, which neither a panic nor a Close that hangs can keep from that.
func TestResultsOfFailedAttemptsAreDiscarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "hedge after=1h\nretry attempts=2 initial=0 budget=off", resil.WithLogger(slog.New(slog.DiscardHandler)))
		for _, discard := range []func(int){func(int) { panic("boom") }, func(int) { time.Sleep(time.Hour) }} {
			began, attempts := time.Now(), atomic.Int64{}
			resil.Hedged(t.Context(), g, func(context.Context) (int, error) { attempts.Add(1); return 0, errBackend }, discard)
			if n := attempts.Load(); n != 4 || time.Since(began) != 0 {
				t.Errorf("%d attempts in %s", n, time.Since(began))
			}
		}
		time.Sleep(2 * time.Hour)
		if n := g.Client().Snapshot().DiscardPanics; n != 3 { // what the last attempt returned is the caller's
			t.Errorf("%d panics", n)
		}
	})
}
