package overrides_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/runtime/overrides"
)

// What changes in the file is in force within a second, while the program runs.
func ExampleWatch() {
	dir, err := os.MkdirTemp("", "overrides")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "overrides.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			fmt.Println(err)
		}
	}
	write("clients: {}\n")

	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	o, err := overrides.Watch(ctx, path)
	if err != nil {
		fmt.Println(err)
		return
	}
	changes := make(chan resil.Event)
	newStore(resil.WithOverrides(o), resil.WithObserver(resil.ObserverFunc(func(e resil.Event) { changes <- e })))

	write("clients:\n  store.Inventory:\n    Count: { retry: { attempts: 5 } }\n")
	fmt.Println((<-changes).Change)

	// Output:
	// retry attempts: 4 → 5
}

// newStore stands for the constructor of a generated wrapper.
func newStore(opts ...resil.Option) *resil.Client {
	c := resil.New("store.Inventory", struct{}{}, opts...)
	retry, err := resil.ParsePolicy("retry")
	if err != nil {
		panic(err)
	}
	c.Guard("Count", retry)
	return c.Ready()
}
