// Package unnamed pins the names that are made up: ctx for the context, the type's name where it has one that will do, arg1 and so on by
// position otherwise; err for the error, result or result1, result2 for what comes with it.
package unnamed

import (
	"context"
	"net/url"
	"time"
)

// Bank has no names but those of its types.
//
//resilgen:wrap
//resilgen:retry
type Bank interface {
	Open(context.Context, Customer) (Account, error)
	Close(context.Context, *Account) error
	Transfer(context.Context, Account, Account, int) error
	Describe(context.Context, string, []Account, map[string]Account) (string, int, error)
	Visit(context.Context, *url.URL, time.Duration, **Account) error
	Blank(_ context.Context, _ Customer, _ int, named string, _ ...Account) (_ Account, _ error)
	Words(context.Context, Func, Type, String, Err, Context) (Err, error)
	Made(_ context.Context, _ int, arg2 string, result string, err bool) (string, error)
	ContextLast(Customer, context.Context) error
	Several(context.Context, context.Context) error
	PassesThrough(Customer, int) string
}

// A Customer has accounts.
type Customer struct{}

// An Account belongs to a customer.
type Account struct{}

// Types whose names in lower case are words of the language, or names that the generated code wants.
type (
	Func    struct{}
	Type    struct{}
	String  struct{}
	Err     struct{}
	Context struct{}
)
