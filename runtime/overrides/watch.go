// Package overrides reads policy overrides from YAML files, and watches them. Programs that do not
// import it do not link a YAML library.
//
//	o, err := overrides.Watch(ctx, "overrides.yaml")
//	if err != nil { … }
//	p := NewResilientProcessor(client, resil.WithOverrides(o))
//	if err := o.Check(); err != nil { … } // when all clients have been made
//
// What a file says is documented at [resil.Overrides].
package overrides

import (
	"context"

	resil "github.com/resilgen/resilgen/runtime"
)

// Watch loads a file as [resil.LoadOverrides] does, and follows it until ctx ends, as
// [resil.Overrides.Watch] does. The goroutine that does so ends with ctx; what is in force then
// stays.
func Watch(ctx context.Context, path string) (*resil.Overrides, error) {
	o, err := resil.LoadOverrides(path)
	if err != nil {
		return nil, err
	}
	go o.Watch(ctx)
	return o, nil
}
