package overrides

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	resil "github.com/resilgen/resilgen/runtime"
)

// settle is how long the file must be left alone before it is read: editors and deployments write in several steps.
const settle = 50 * time.Millisecond

// Watch loads a file as [resil.LoadOverrides] does, and reloads it whenever it changes until ctx ends. A changed file that is wrong changes nothing:
// the clients' observers and loggers are told line and column, and the next change is awaited.
//
// Not the file is watched but its directory, since editors replace files, and Kubernetes mounts a ConfigMap as a link to a directory that it swaps.
func Watch(ctx context.Context, path string) (*resil.Overrides, error) {
	o, err := resil.LoadOverrides(path)
	if err != nil {
		return nil, err
	}
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := watcher.Add(filepath.Dir(path)); err != nil {
		watcher.Close()
		return nil, err
	}
	go watch(ctx, o, watcher)
	return o, nil
}

// watch reloads when the directory has been quiet for a moment after a change. Which file changed does not matter: reloading looks at the content.
func watch(ctx context.Context, o *resil.Overrides, watcher *fsnotify.Watcher) {
	defer watcher.Close()
	quiet := time.NewTimer(settle) // the file may have changed between loading and watching
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-watcher.Events:
			quiet.Reset(settle)
		case <-watcher.Errors: // events were lost
			quiet.Reset(settle)
		case <-quiet.C:
			_ = o.Reload() // the clients are told what is wrong
		}
	}
}
