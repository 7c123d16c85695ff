package resil_test

import (
	"context"
	"errors"
	"fmt"

	resil "github.com/resilgen/resilgen/runtime"
)

// A program, or its test, gives a method another policy than its annotation, in the same words.
func ExampleWithPolicy() {
	impatient, err := resil.ParsePolicy("retry attempts=2 initial=0")
	if err != nil {
		fmt.Println(err)
		return
	}
	down := &warehouse{errs: []error{errRefused, errRefused, errRefused}}
	inventory := NewResilientInventory(down, resil.WithPolicy("Count", impatient))

	_, err = inventory.Count(context.Background(), "apples")
	if e, ok := errors.AsType[*resil.Error](err); ok {
		fmt.Println(e.Attempts, "attempts instead of the annotation's 3")
	}

	// Output:
	// 2 attempts instead of the annotation's 3
}

// A tool checks what somebody wrote: each setting by itself, those of a directive together, and the
// policy that they make.
func ExampleSetting_Check() {
	check := func(settings ...resil.Setting) {
		for _, s := range settings {
			if e, ok := errors.AsType[*resil.SettingError](s.Check()); ok {
				fmt.Println(e)
				return
			}
		}
		p := resil.NewPolicy(settings...)
		fmt.Println(errors.Join(resil.CheckTogether(settings...), p.Validate(), p.Contradictions()))
	}
	check(resil.Setting{Directive: "retry", Key: "initial", Value: "100"})
	check(resil.Setting{Directive: "bulkhead", Value: "off"}, resil.Setting{Directive: "bulkhead", Key: "max", Value: "8"})
	check(resil.Setting{Directive: "hedge", Key: "after", Value: "1s"}, resil.Setting{Directive: "timeout", Key: "call", Value: "1s"})
	check(resil.Setting{Directive: "timeout", Key: "call", Value: "1s"})

	// Output:
	// retry initial=100: want a time with its unit, such as 100ms, 2s or 1m30s
	// bulkhead off stands alone: the other arguments would have no effect
	// hedge: after=1s is not below the timeout call=1s: the call would be over
	// <nil>
}

// A tool that completes annotations asks which keys there are, and what they are if nobody says.
func ExampleDirectives() {
	for _, d := range resil.Directives() {
		if d.Name != "bulkhead" {
			continue
		}
		for _, k := range d.Keys {
			fmt.Printf("%s=%s: %.20s…\n", k.Name, k.Default, k.Meaning)
		}
	}

	// Output:
	// max=: attempts at once; re…
	// wait=0: how long an attempt …
	// scope=method: whose attempts count…
}
