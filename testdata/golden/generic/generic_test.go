package generic

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

// memory is a store that fails every other call.
type memory[K comparable, V any] struct {
	values map[K]V
	calls  int
}

func (m *memory[K, V]) call() error {
	if m.calls++; m.calls%2 == 1 {
		return errors.New("down")
	}
	return nil
}

func (m *memory[K, V]) Get(_ context.Context, key K) (V, error) { return m.values[key], m.call() }

func (m *memory[K, V]) Put(_ context.Context, key K, value V) error {
	err := m.call()
	if err == nil {
		m.values[key] = value
	}
	return err
}

func (m *memory[K, V]) Find(context.Context, func(K, V) bool) (map[K][]V, error) {
	return nil, m.call()
}
func (m *memory[K, V]) Len() int { return len(m.values) }

func TestStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewResilientStore[string, int](&memory[string, int]{values: map[string]int{}})
		if err := store.Put(t.Context(), "a", 1); err != nil {
			t.Fatal(err)
		}
		if value, err := store.Get(t.Context(), "a"); value != 1 || err != nil {
			t.Errorf("Get = %d, %v", value, err)
		}
		if store.Len() != 1 {
			t.Errorf("Len = %d", store.Len())
		}
	})
}

func TestAliasOfInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		names := NewResilientNames(&memory[int, string]{values: map[int]string{7: "seven"}})
		if name, err := names.Get(t.Context(), 7); name != "seven" || err != nil {
			t.Errorf("Get = %q, %v", name, err)
		}
	})
}
