package main

// This file is the manual page on named policies: resilgen help policies.

const policiesPage = `A policy is a set of directives with a name, for all services that should behave alike. It is a string
constant of a Go package, versioned, documented and reviewed like any other code:

    package policies

    // Critical is for calls that a customer waits for.
    //
    //resilgen:policy
    //resilgen:retry attempts=3 initial=50ms
    //resilgen:breaker failures=30%
    const Critical = "critical"

An interface, or one of its methods, applies it:

    // Processor takes payments.
    //
    //resilgen:wrap
    //resilgen:use policies.Critical
    //resilgen:timeout attempt=1s call=5s
    type Processor interface {
        Charge(ctx context.Context, amount int) (Receipt, error)
    }

NAMING IT

The constant is named as Go would name it in that file: Critical of the same package, policies.Critical
of a package that the file imports, or with the full import path,

    //resilgen:use example.com/platform/policies.Critical

because a file may not import what only a comment uses. The package can belong to the same module, to
another one of the workspace, to a module that go.mod requires or replaces, or to a vendored one.

use takes methods= on an interface, like other directives. A policy may use others. A policy that
leads back to itself is an error that shows the circle.

WHAT WINS

Key by key, from the weakest to the strongest:

    the defaults of the directives
    the policies that a policy uses
    the policy itself
    directives on the interface
    directives on the interface with methods=, later ones over earlier
    directives on the method

So a service takes the policy of its platform and changes one number of it. off at any level removes
what is weaker. What operators change at run time stands above all this: resilgen help overrides.

AFTER GENERATING

The generated file holds the numbers in effect as literals, so that a change of policy is a diff that
can be reviewed, and names the constant, so that a policy that was removed breaks the build instead of
a promise. When a policy changes, perhaps in another module, resilgen check says which number did, and
resilgen explain where each number comes from. Nothing changes until the service generates anew.

The value of the constant ("critical") is the name of the policy when the program runs: in metrics, and
in the file by which operators change numbers. Two policies of one program should not have the same.

SEE ALSO

resilgen help directives, resilgen help overrides
`
