package overrides_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/runtime/overrides"
)

// attempts is a file that overrides the attempts of a retry, which are 4.
func attempts(n int) string {
	return fmt.Sprintf("clients: { c: { Get: { retry: { attempts: %d } } } }\n", n)
}

// A watched is a client under a file that is watched, and what was told.
type watched struct {
	t       *testing.T
	dir     string // a fresh one
	path    string // of the file
	guard   *resil.Guard
	mu      sync.Mutex
	changed int
	refused []string
}

// watch watches a file with 3 attempts, in a bubble: its time does not pass by reading and writing.
func watch(t *testing.T, prepare func(w *watched)) *watched {
	w := &watched{t: t, dir: t.TempDir()}
	w.path = filepath.Join(w.dir, "o.yaml")
	prepare(w)
	o, err := overrides.Watch(t.Context(), w.path)
	must(t, err)
	c := resil.NewClient("c", t, resil.WithOverrides(o), resil.WithObserver(w))
	p, err := resil.ParsePolicy("retry")
	must(t, err)
	w.guard = c.Guard("Get", p)
	c.Ready()
	w.settles(3, 1, 0)
	return w
}

func written(w *watched) { write(w.t, w.path, attempts(3)) }

func (w *watched) Observe(e resil.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Kind {
	case resil.PolicyChanged:
		w.changed++
	case resil.OverridesRefused:
		w.refused = append(w.refused, e.Err.Error())
	}
	// The program's own log is another change in the directory.
	write(w.t, filepath.Join(w.dir, "app.log"), fmt.Sprintln(e.Time, e.Kind, e.Change, e.Err))
}

// settles waits for a second, and fails unless so many attempts are in force then, after so many
// changes and refusals.
func (w *watched) settles(attempts, changed, refused int) {
	w.t.Helper()
	time.Sleep(time.Second)
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := w.guard.Policy().Retry.Attempts; got != attempts || w.changed != changed || len(w.refused) != refused {
		w.t.Errorf("%d attempts after %d changes, want %d after %d; refused %d times, want %d: %q",
			got, w.changed, attempts, changed, len(w.refused), refused, w.refused)
	}
}

// TestWatchSeesChangesHoweverTheyAreWritten: a change is in force within a second, however the file
// is written and the path leads to it, and so is the next; what is wrong is refused, once.
func TestWatchSeesChangesHoweverTheyAreWritten(t *testing.T) {
	inPlace := func(w *watched, text string) { write(w.t, w.path, text) }
	for name, test := range map[string]struct {
		prepare func(w *watched)
		change  func(w *watched, text string)
	}{
		"written in place": {written, inPlace},
		"replaced, as editors do": {written, func(w *watched, text string) {
			write(w.t, w.path+".new", text)
			must(w.t, os.Rename(w.path+".new", w.path))
		}},
		"removed and written again": {written, func(w *watched, text string) {
			must(w.t, os.Remove(w.path))
			time.Sleep(100 * time.Millisecond)
			write(w.t, w.path, text)
		}},
		"linked, as Kubernetes mounts a ConfigMap": {func(w *watched) {
			mount(w, attempts(3))
			must(w.t, os.Symlink(filepath.Join("..data", "o.yaml"), w.path))
		}, mount},
		"a link to a file elsewhere, edited there": {func(w *watched) {
			elsewhere := filepath.Join(w.t.TempDir(), "real.yaml")
			write(w.t, elsewhere, attempts(3))
			must(w.t, os.Symlink(elsewhere, w.path))
		}, inPlace},
		"a link in the way, turned elsewhere": {func(w *watched) {
			w.path = filepath.Join(w.dir, "link", "o.yaml")
			turn(w, attempts(3))
		}, turn},
		"in a directory that is made anew": {func(w *watched) {
			w.path = filepath.Join(w.dir, "sub", "dir", "o.yaml")
			anew(w, attempts(3))
		}, anew},
		"with the size and the times that it had": {written, func(w *watched, text string) {
			before, err := os.Stat(w.path)
			must(w.t, err)
			write(w.t, w.path, text)
			must(w.t, os.Chtimes(w.path, before.ModTime(), before.ModTime()))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := watch(t, test.prepare)
				test.change(w, attempts(5))
				w.settles(5, 2, 0)
				test.change(w, attempts(3))
				w.settles(3, 3, 0)
				test.change(w, attempts(0))
				w.settles(3, 3, 1)
				time.Sleep(time.Minute)
				w.settles(3, 3, 1)
				test.change(w, attempts(6))
				w.settles(6, 4, 1)
			})
		})
	}
}

// mount writes the file as the kubelet does: into a new directory, to which a link is turned.
func mount(w *watched, text string) {
	next, err := os.MkdirTemp(w.dir, "..2026_")
	must(w.t, err)
	write(w.t, filepath.Join(next, "o.yaml"), text)
	must(w.t, os.Symlink(filepath.Base(next), filepath.Join(w.dir, "..data_tmp")))
	must(w.t, os.Rename(filepath.Join(w.dir, "..data_tmp"), filepath.Join(w.dir, "..data")))
}

// turn turns a directory on the way to the file, which is a link, to a new one.
func turn(w *watched, text string) {
	next := w.t.TempDir()
	write(w.t, filepath.Join(next, "o.yaml"), text)
	must(w.t, os.RemoveAll(filepath.Dir(w.path)))
	must(w.t, os.Symlink(next, filepath.Dir(w.path)))
}

// anew makes the directories of the file anew.
func anew(w *watched, text string) {
	must(w.t, os.RemoveAll(filepath.Join(w.dir, "sub")))
	must(w.t, os.MkdirAll(filepath.Dir(w.path), 0o755))
	write(w.t, w.path, text)
}

// TestWatchInABusyDirectory: what else happens in the directory neither holds up a change nor has a
// wrong file refused again, even if it is the program's own log of the refusal.
func TestWatchInABusyDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, written)
		ctx, stop := context.WithCancel(t.Context())
		var busy sync.WaitGroup
		busy.Go(func() {
			for ctx.Err() == nil {
				write(t, filepath.Join(w.dir, "data"), time.Now().String())
				time.Sleep(10 * time.Millisecond)
			}
		})
		write(t, w.path, attempts(5))
		w.settles(5, 2, 0)
		write(t, w.path, attempts(0))
		w.settles(5, 2, 1)
		time.Sleep(10 * time.Second)
		w.settles(5, 2, 1)
		stop()
		busy.Wait()
	})
}

// TestHalfWrittenFilesAreNotJudged: a file is judged when it is left alone, not between two steps
// of whoever writes it: not even if it is nothing at first, which would be right.
func TestHalfWrittenFilesAreNotJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, written)
		for range 10 { // at any moment between two looks
			time.Sleep(37 * time.Millisecond)
			write(t, w.path, "")
			time.Sleep(150 * time.Millisecond)
			write(t, w.path, "clients: { c: {")
			time.Sleep(150 * time.Millisecond)
			write(t, w.path, attempts(5))
			time.Sleep(time.Second)
			write(t, w.path, attempts(3))
			time.Sleep(time.Second)
		}
		w.settles(3, 21, 0)
	})
}

// TestVanishedFilesChangeNothing: a file that is gone changes nothing, which is told once, and is
// read when it is back.
func TestVanishedFilesChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, written)
		must(t, os.Remove(w.path))
		time.Sleep(time.Minute)
		w.settles(3, 1, 1)
		written(w)
		w.settles(3, 1, 1)
		must(t, os.Remove(w.path))
		w.settles(3, 1, 2)
		must(t, os.Mkdir(w.path, 0o755))
		time.Sleep(time.Minute)
		w.settles(3, 1, 3)
		must(t, os.Remove(w.path))
		write(t, w.path, attempts(5))
		w.settles(5, 2, 3)
	})
}

// TestRefusedTwice: what was refused is judged again when it comes again after something else.
func TestRefusedTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, written)
		for n := range 3 {
			write(t, w.path, attempts(0))
			w.settles(3, 1, 1+n)
			written(w)
			w.settles(3, 1, 1+n)
		}
	})
}

// TestWatchEnds: with its context, Watch ends, and leaves in force what is.
func TestWatchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "o.yaml")
		write(t, path, attempts(3))
		o, err := resil.LoadOverrides(path)
		must(t, err)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			o.Watch(ctx)
			close(ended)
		}()
		time.Sleep(time.Minute)
		stop()
		<-ended
		c := resil.NewClient("c", t, resil.WithOverrides(o))
		p, err := resil.ParsePolicy("retry")
		must(t, err)
		g := c.Guard("Get", p)
		c.Ready()
		write(t, path, attempts(5))
		time.Sleep(time.Minute)
		if g.Policy().Retry.Attempts != 3 {
			t.Error(g.Policy())
		}
		if err := o.Reload(); err != nil || g.Policy().Retry.Attempts != 5 {
			t.Error(err, g.Policy())
		}
	})
}

// TestWatchTellsOfMissingFiles: who asks to watch a file that is not there, or is wrong, is told.
func TestWatchTellsOfMissingFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.yaml")
	if _, err := overrides.Watch(t.Context(), path); !os.IsNotExist(err) {
		t.Error(err)
	}
	write(t, path, attempts(0))
	if _, err := overrides.Watch(t.Context(), path); err == nil {
		t.Error("a wrong file is no error")
	}
}

// TestWatchThroughAChangeOfDirectory: a path is where it was when the file was loaded.
func TestWatchThroughAChangeOfDirectory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		t.Chdir(t.TempDir())
		w := watch(t, func(w *watched) {
			w.path = "o.yaml"
			written(w)
		})
		here, err := filepath.Abs("o.yaml")
		must(t, err)
		t.Chdir(t.TempDir())
		write(t, here, attempts(5))
		w.settles(5, 2, 0)
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
