// Day shows three services under shared policies, and an operator who changes a number while they
// run. It takes about 13 seconds; in example/fleet:
//
//	go run ./day
//
// Customers buy tea in a shop, which asks the stock for the price and gives the order to orders,
// which reserves the tea in the stock. These are three services in three modules, over HTTP on this
// machine's loopback; each call goes through a generated wrapper, under a policy of the module
// policies.
//
// The stock gets slow: slower than the policy named critical lets an attempt take. Nobody is
// served, though the stock would answer. The operator writes two numbers into a file, and customers
// are served again, without a release or a restart. Then he mistypes, and nothing happens but a
// message.
//
// Here the program itself plays the operator. To be the operator, name a file:
//
//	go run ./day -overrides overrides.yaml
//
// Then the stock stays slow until Ctrl-C, and what happens is up to you: edit that file in another
// window.
//
// The files, in reading order: main.go, fleet.go (the services), customers.go, operator.go (the
// story).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	file := flag.String("overrides", "", "be the operator, by editing this `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait for the services to stop
	var err error
	if *file != "" {
		err = byHand(ctx, os.Stdout, *file)
	} else {
		err = play(ctx, os.Stdout, time.Second)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "day:", err)
		os.Exit(1)
	}
}
