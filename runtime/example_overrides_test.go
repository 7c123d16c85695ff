package resil_test

import (
	"fmt"
	"os"
	"path/filepath"

	resil "github.com/resilgen/resilgen/runtime"
)

// Several programs share a file. Each accepts that it names clients of the others, and stops at
// what is wrong.
func ExampleOverrides_Check() {
	dir, err := os.MkdirTemp("", "overrides")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "overrides.json")
	err = os.WriteFile(file, []byte(`{"clients": {
		"pay.Processor": {"Balance": {"retry": {"attempts": 2}}},
		"stock.Store":   {"retry": "off"}
	}}`), 0o644)
	if err != nil {
		fmt.Println(err)
		return
	}

	o, err := resil.LoadOverrides(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	NewResilientProcessor(processor{}, resil.WithOverrides(o))

	for _, err := range o.Check().(interface{ Unwrap() []error }).Unwrap() {
		e := err.(*resil.OverridesError)
		fmt.Printf("%d:%d: %s: %s\n", e.Line, e.Column, e.Kind, e.Message)
	}
	fmt.Println("else:", o.Check(resil.Pending))

	// Output:
	// 3:3: pending: no client is called stock.Store: there is pay.Processor
	// else: <nil>
}

// processor stands for a client, and NewResilientProcessor for a generated constructor.
type processor struct{}

func NewResilientProcessor(next processor, opts ...resil.Option) *resil.Client {
	c := resil.New("pay.Processor", next, opts...)
	retry, err := resil.ParsePolicy("retry")
	if err != nil {
		panic(err)
	}
	c.Guard("Balance", retry)
	return c.Ready()
}
