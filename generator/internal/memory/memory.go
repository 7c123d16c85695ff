// Package memory knows what earlier runs found out about Go code, and whether that still holds.
//
// What a run finds out is kept under a [Key], a hash of all that it depended on: the tool itself,
// the Go release and its settings, the module files, and the content of every local file that could
// have had a say. Nobody decides whether something is out of date; what depends on other things has
// another key, and is not found. Modules in the module cache and the standard library do not
// change, so their versions stand for their content.
//
//	memory        what is kept, by key
//	surroundings  what everything depends on
//	places        where import paths lie on this machine
//	disk          what directories and files hold
//	tree          the packages that patterns match
//	closure       the packages that others depend on
//
// A nil *Memory remembers nothing and finds nothing. Its methods may be called by several
// goroutines at once.
package memory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"os"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/cache"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A Memory is that of one run. It looks at each file once: whoever has changed files opens another
// one.
type Memory struct {
	store        *cache.Cache
	surroundings surroundings
	disk         disk

	mu   sync.Mutex
	kept []entry // not yet in the store
}

// An entry is something to keep.
type entry struct {
	key   Key
	value any
}

// A Key is a hash of everything that something depends on.
type Key = cache.ActionID

// A Look is what the caller sees in a file by its bytes.
type Look struct {
	IsOutput bool // the caller wrote it
	IsMarked bool // the caller works on its package
}

// Open opens what is kept in the directory store, for a run of the go command in dir with the given
// flags.
//
// It returns nil where nothing can be remembered, because not all that counts can be known: without
// a module, with a driver of packages other than the go command, with files that stand in for
// others; or because the store cannot be used.
func Open(ctx context.Context, store, dir string, flags []string, look func(src []byte) Look) *Memory {
	s, ok := survey(ctx, dir, flags)
	if !ok || os.MkdirAll(store, 0o777) != nil {
		return nil
	}
	c, err := cache.Open(store)
	if err != nil {
		return nil
	}
	_ = c.Trim() // what has not been used for days; at most once a day
	return &Memory{store: c, surroundings: s, disk: disk{look: look, began: time.Now()}}
}

// Key returns the key of something that depends on the given texts, and on what everything depends
// on.
func (m *Memory) Key(texts ...string) Key {
	if m == nil {
		return Key{}
	}
	return keyOf(append([]string{string(m.surroundings.key[:])}, texts...)...)
}

// keyOf returns the hash of texts, of which none can be taken for a part of another.
func keyOf(texts ...string) (key Key) {
	h := sha256.New()
	for _, text := range texts {
		_ = binary.Write(h, binary.LittleEndian, int64(len(text))) // a hash takes everything
		_, _ = h.Write([]byte(text))
	}
	h.Sum(key[:0])
	return key
}

// Has reports whether something is kept under the key.
func (m *Memory) Has(key Key) bool {
	if m == nil {
		return false
	}
	_, err := m.store.Get(key)
	return err == nil
}

// Recall reports whether something was kept under the key, and stores it in what into points to.
func (m *Memory) Recall(key Key, into any) bool {
	if m == nil {
		return false
	}
	data, _, err := m.store.GetBytes(key)
	return err == nil && gob.NewDecoder(bytes.NewReader(data)).Decode(into) == nil
}

// Keep keeps a value under the key from Close on. It must not change until then.
func (m *Memory) Keep(key Key, value any) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = append(m.kept, entry{key, value})
}

// Close ends the run: what is to be kept goes to the store, unless a file has changed since its key
// was made, while others were reading it. What cannot be stored will be found out again.
func (m *Memory) Close() {
	if m == nil || len(m.kept) == 0 || !m.surroundings.isUnchanged() || !m.disk.isUnchanged() {
		return
	}
	parallel.Each(m.kept, func(e entry) {
		var data bytes.Buffer
		if gob.NewEncoder(&data).Encode(e.value) == nil {
			// Without verifying: what is found under a key may be said in other words.
			_, _, _ = m.store.PutNoVerify(e.key, bytes.NewReader(data.Bytes()))
		}
	})
}
