// Program pins that package main can be annotated.
package main

import (
	"context"
	"errors"
	"fmt"
)

// Greeter greets.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0s
type Greeter interface {
	Greet(ctx context.Context, name string) (greeting string, err error)
}

// shy answers only when asked twice.
type shy struct{ asked bool }

func (s *shy) Greet(_ context.Context, name string) (string, error) {
	if !s.asked {
		s.asked = true
		return "", errors.New("shy")
	}
	return "hello " + name, nil
}

func main() {
	fmt.Println(NewResilientGreeter(&shy{}).Greet(context.Background(), "world"))
}
