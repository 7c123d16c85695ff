package main

// This file is the manual page on overrides.

const overridesPage = `Overrides change the numbers of a running program without a rebuild: in an outage, for one region, for a
trial. They stand in a YAML or JSON file:

    policies:                          # by the name of the policy: the value of its constant
      critical:
        retry: { attempts: 2 }

    clients:                           # by the name of the client: package and interface,
      pay.Processor:                   # or the name given with resil.WithName
        breaker: { open: 30s }         # a directive: for all methods of the client
        Charge:                        # a method: for this one
          timeout: { attempt: 500ms, call: 2s }
          hedge: off

Under policies stand directives. Under a client stand directives, which begin with a lower-case letter,
and methods, which begin with an upper-case one; under a method stand directives.

VALUES

Directives have the keys of annotations, and values are written as there: attempts: 4, failures: 50%,
open: 10s, rate: 100/s, jitter: full. The word off in place of the keys switches a policy off. See
resilgen help directives. What names Go cannot stand here, since only a compiler could find it: on,
never, ignore, key, rewind, fallback, failure, wrap, use. What annotations say of these stays in effect.

A breaker, a bulkhead, a ratelimit or a timeout that the annotation lacks is switched on, with its
defaults for the keys that are not given. A retry or a hedge is not: nobody has thought about repeating
the method. Nor is anything that the annotation switched off, or that cannot act on the method; the
reasons are those of generating: resilgen explain -format=json has them as traits.

WHAT WINS

Key by key, from the weakest to the strongest:

    what was generated < policies: < clients: < the method of a client

IN THE PROGRAM

    o, err := resil.LoadOverrides("overrides.yaml")
    if err != nil {
        return err
    }
    p := pay.NewResilientProcessor(client, resil.WithOverrides(o))
    if err := o.Check(); err != nil { // when all clients have been made
        return err
    }

LoadOverrides reads the file once; for YAML the program imports package
github.com/resilgen/resilgen/runtime/overrides, if only as _, so that others need not link it. Watch, of that
package, follows it, and applies changes within a second while the program runs: also when an editor replaces
the file, or Kubernetes swaps the link of a ConfigMap.

A change applies to all of a client at once, with an event and a line in the log that say what changed
from what to what. Calls in flight finish under the policy with which they began. A breaker keeps its
state, unless its window changed. Calls do not get slower by overrides.

WHAT IS WRONG WITH A FILE

A key, client or method that does not exist, a value that cannot be read, and numbers that contradict
each other are errors. All of them are told at once, with line and column:

    overrides.yaml:3:26: retry initial=5: want a time with its unit, such as 100ms, 2s or 1m30s
    overrides.yaml:6:5: pay.Processor has no guarded method Chrage: one of Charge, Process

A file with an error changes nothing: the program goes on with what it had.

SEE ALSO

resilgen help policies, resilgen help directives
`
