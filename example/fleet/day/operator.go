package main

// The operator: the story of the day, and what he writes into the file.

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A step is one part of the story.
type step struct {
	title string
	delay time.Duration // of the stock
	file  *string       // what the operator writes; nil for nothing
	news  resil.EventKind
	ticks int // how long customers come then
}

const (
	patient = `policies:
  critical:
    timeout: { attempt: 800ms, call: 2500ms }
`
	mistyped = `policies:
  critical:
    timeout: { attempt: 800ms, call: 2500ms }
    retry: { atempts: 2 }
`
)

var story = []step{
	{title: "All is well.", delay: healthy, ticks: 2},
	{title: fmt.Sprintf("The stock gets slow: it takes %v. An attempt may take 100ms, says the policy critical.", slow), delay: slow, ticks: 3},
	{title: "The operator gives the policy critical more time, in overrides.yaml:", delay: slow, file: new(patient), news: resil.PolicyChanged, ticks: 3},
	{title: "The operator wants fewer attempts, and mistypes:", delay: slow, file: new(mistyped), news: resil.OverridesRefused, ticks: 2},
	{title: "The stock has recovered. The operator empties the file:", delay: healthy, file: new(""), news: resil.PolicyChanged, ticks: 2},
}

// play plays the story, in a scratch directory. A tick is how often it is told what became of the
// customers.
func play(ctx context.Context, w io.Writer, tick time.Duration) error {
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "overrides.yaml")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		return err
	}
	return open(ctx, w, file, func(ctx context.Context, f *fleet, c *crowd, out *lines) error {
		for i, s := range story {
			out.printf("%d. %s", i+1, s.title)
			f.stock.SetDelay(s.delay)
			if err := s.operate(ctx, f, file, out); err != nil {
				return err
			}
			for range s.ticks {
				if !f.report(ctx, c, out, tick) {
					return nil
				}
			}
		}
		return nil
	})
}

// byHand leaves the file to a person.
func byHand(ctx context.Context, w io.Writer, file string) error {
	return open(ctx, w, file, func(ctx context.Context, f *fleet, c *crowd, out *lines) error {
		out.printf("The stock is slow: it takes %v. Edit %s, or leave by Ctrl-C.", slow, file)
		f.stock.SetDelay(slow)
		for f.report(ctx, c, out, time.Second) {
		}
		return nil
	})
}

// open runs the services, and lets customers come until the day is over or ctx ends.
func open(ctx context.Context, w io.Writer, file string, day func(context.Context, *fleet, *crowd, *lines) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &lines{out: w}
	f, err := start(ctx, out, file)
	if err != nil {
		return err
	}
	var c crowd
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c.come(ctx, f.shopURL)
	}()
	err = day(ctx, f, &c, out)
	cancel()
	<-gone
	if stopped := f.stop(); err == nil {
		err = stopped
	}
	return err
}

// operate writes the file, if there is something to write, and waits until the services have taken
// notice.
func (s step) operate(ctx context.Context, f *fleet, file string, out *lines) error {
	if s.file == nil {
		return nil
	}
	for line := range strings.Lines(*s.file) {
		out.printf("       %s", strings.TrimSuffix(line, "\n"))
	}
	begin, hanging := time.Now(), time.After(time.Minute)
	if err := os.WriteFile(file, []byte(*s.file), 0o644); err != nil {
		return err
	}
	for {
		select {
		case e := <-f.news:
			if e.Kind == s.news {
				out.printf("     noticed after %v", time.Since(begin).Round(time.Millisecond))
				return nil
			}
		case <-ctx.Done():
			return nil
		case <-hanging:
			return fmt.Errorf("the file was changed, and nobody noticed")
		}
	}
}

// report says what became of the customers of a tick, and whether the day goes on.
func (f *fleet) report(ctx context.Context, c *crowd, out *lines, tick time.Duration) bool {
	before := f.stock.Requests()
	select {
	case <-time.After(tick):
	case <-ctx.Done():
		return false
	}
	t := c.take()
	out.printf("   %3d served, %3d turned away; longest wait %4d ms; %d requests at the stock",
		t.served, t.turnedAway, t.longest.Milliseconds(), f.stock.Requests()-before)
	return true
}
