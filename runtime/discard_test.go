package resil_test

import (
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

type silent struct{ closed *int }

func (s *silent) Close() { *s.closed++ }

type loud struct{ closed *int }

func (l *loud) Close() error { *l.closed++; return errOther }

func TestClose(t *testing.T) {
	closed := 0
	for _, result := range []any{nil, (*silent)(nil), (*loud)(nil), 7, &silent{&closed}, &loud{&closed}} {
		resil.Close(result)
	}
	if closed != 2 {
		t.Errorf("closed %d times", closed)
	}
}
