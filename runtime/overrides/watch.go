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
