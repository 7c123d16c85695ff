// Scratch is a user's program in small: .ci/run copies it out of the checkout and makes it a module
// of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
)

//go:generate go tool resilgen

// Processor is a remote service.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1ms
//resilgen:breaker
//resilgen:timeout attempt=1s
type Processor interface {
	Process(ctx context.Context, request string) (string, error)
}

// flaky fails every first attempt.
type flaky struct{ attempts int }

func (f *flaky) Process(ctx context.Context, request string) (string, error) {
	if f.attempts++; f.attempts == 1 {
		return "", errors.New("busy")
	}
	return fmt.Sprintf("%s done after %d attempts", request, f.attempts), nil
}

func main() {
	var p Processor = NewResilientProcessor(&flaky{})
	answer, err := p.Process(context.Background(), "request")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer)
}
