package resil_test

import (
	"fmt"
	"os"
	"path/filepath"

	resil "github.com/resilgen/resilgen/runtime"
)

// Operators change numbers by a file, for one method or for all of a client.
func ExampleLoadOverrides() {
	path := writeOverrides(`{"clients": {"resil_test.Inventory": {"Count": {"retry": {"attempts": 5}}}}}`)
	defer os.RemoveAll(filepath.Dir(path))

	o, err := resil.LoadOverrides(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	inventory := NewResilientInventory(&warehouse{}, resil.WithOverrides(o))
	fmt.Println(inventory.Resil.Method("Count").Policy().Retry.Attempts, "attempts")

	// Output:
	// 5 attempts
}

// A file that has changed is read again while the program runs. One that is wrong changes nothing.
// Package runtime/overrides does so by itself, whenever the file changes.
func ExampleOverrides_Reload() {
	path := writeOverrides(`{}`)
	defer os.RemoveAll(filepath.Dir(path))

	o, err := resil.LoadOverrides(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	inventory := NewResilientInventory(&warehouse{}, resil.WithOverrides(o))
	reload := func(text string) {
		rewrite(path, text)
		if err, ok := o.Reload().(interface{ Unwrap() []error }); ok {
			e := err.Unwrap()[0].(*resil.OverridesError)
			fmt.Printf("%d:%d: %s\n", e.Line, e.Column, e.Message)
		}
		fmt.Println("open for", inventory.Resil.Method("Count").Policy().Breaker.Open)
	}
	reload(`{"clients": {"resil_test.Inventory": {"breaker": {"open": "30s"}}}}`)
	reload(`{"clients": {"resil_test.Inventory": {"breaker": {"open": "30"}}}}`)
	reload(`{}`)

	// Output:
	// open for 30s
	// 1:59: breaker open=30: want a time with its unit, such as 100ms, 2s or 1m30s
	// open for 30s
	// open for 1m0s
}

// Several programs share a file. Each accepts that it names clients of the others, and stops at
// what is wrong.
func ExampleOverrides_Check() {
	path := writeOverrides(`{"clients": {
		"resil_test.Inventory": {"Count": {"retry": {"attempts": 2}}},
		"pay.Processor":   {"retry": "off"}
	}}`)
	defer os.RemoveAll(filepath.Dir(path))

	o, err := resil.LoadOverrides(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	NewResilientInventory(&warehouse{}, resil.WithOverrides(o))

	for _, err := range o.Check().(interface{ Unwrap() []error }).Unwrap() {
		e := err.(*resil.OverridesError)
		fmt.Printf("%d:%d: %s: %s\n", e.Line, e.Column, e.Kind, e.Message)
	}
	fmt.Println("else:", o.Check(resil.Pending))

	// Output:
	// 3:3: pending: no client is called pay.Processor: there is resil_test.Inventory
	// else: <nil>
}

// writeOverrides writes a file into a directory of its own.
func writeOverrides(text string) (path string) {
	dir, err := os.MkdirTemp("", "overrides")
	if err != nil {
		panic(err)
	}
	path = filepath.Join(dir, "overrides.json")
	rewrite(path, text)
	return path
}

func rewrite(path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		panic(err)
	}
}
