// Package house has the policies of a house of many services: what golden package policies uses and does not say itself.
package house

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
)

// A Name is the name of a policy, which may be a type of its own.
type Name string

const (
	// Base is what the others build on.
	//
	//resilgen:policy
	//resilgen:retry initial=50ms jitter=none never=ErrGone
	//resilgen:timeout attempt=1s
	Base = "base"

	// Critical is for calls that a customer waits for.
	//
	//resilgen:policy
	//resilgen:use Base
	//resilgen:retry attempts=3 on=IsBusy,io.ErrUnexpectedEOF,*net.OpError,resil.ErrTimeout
	//resilgen:breaker failures=30%
	Critical = "critical"
)

// Patient is for calls that nobody waits for.
//
//resilgen:policy
//resilgen:retry attempts=8 max=1m
//resilgen:timeout call=10m
const Patient Name = "patient"

// PerTenant keeps tenants apart. Where a method has a parameter TenantOf, that is the key.
//
//resilgen:policy
//resilgen:breaker key=TenantOf ignore=IsBusy,io.EOF
const PerTenant = "per tenant"

// TenantOf returns whose an order is.
func TenantOf(id string) string { tenant, _, _ := strings.Cut(id, "/"); return tenant }

// ErrGone is final.
var ErrGone = errors.New("gone")

// IsBusy tells failures that pass.
func IsBusy(err error) bool {
	var busy interface{ Busy() bool }
	return errors.As(err, &busy) && busy.Busy()
}

// Dial mentions what the policies name, so that this file imports it.
func Dial(context.Context) (io.Reader, net.Conn) { return nil, nil }
