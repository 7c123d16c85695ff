package resil

// This file follows a file of overrides while the program runs.

import (
	"context"
	"errors"
	"time"
)

// lookEvery is how often a watched file is looked at. It is judged when two looks saw the same, so
// a change is in force after two to four tenths of a second.
const lookEvery = 200 * time.Millisecond

// Watch follows the file until ctx ends, and then returns: run it in a goroutine of its own. What
// changes is applied as [Overrides.Reload] does, within a second, once for each content, and what
// is wrong is told by events.
//
// Watch reads the file five times a second and looks at nothing but its content. So it does not
// matter how a file is written, by which links it is reached, whether directories on the way are
// made anew, and what else happens there. Two looks have to see the same, because a file may be
// half written at one. A file that is gone changes nothing, which is told once, and is read when it
// is back.
//
// Rejected: the notifications of the operating system. They are about directories, and so about
// other files too; they do not follow links, nor directories that are replaced; they get lost; and
// after each the file must be read to know whether it has changed.
func (o *Overrides) Watch(ctx context.Context) {
	next := time.NewTicker(lookEvery)
	defer next.Stop()
	before := look{err: errors.New("nothing has been seen yet")}
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		before, _ = o.reload(before.same) // the clients are told why it cannot be read
	}
}
