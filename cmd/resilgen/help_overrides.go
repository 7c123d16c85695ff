package main

// This file is the manual page on overrides: resilgen help overrides.

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
and methods, which begin with an upper-case one; under a method stand directives. A file is one document of at most
1 MiB; with aliases of YAML written out, it holds at most a hundred thousand values.

VALUES

Directives have the keys of annotations, and values are written as there: attempts: 4, failures: 50%,
open: 10s, rate: 100/s, jitter: full. The word off in place of the keys switches a policy off. A
directive that the annotation lacks is switched on, with its defaults for the keys that are not given,
if it may be. See resilgen help directives. What names Go cannot stand here, since only a compiler could find it: on,
never, ignore, key, rewind, fallback, failure, wrap, use. What annotations say of these stays in effect.

WHAT MAY BE SWITCHED ON

Off is always possible, and so are other numbers for what a method has. To one that has none, overrides can
add

    breaker, bulkhead, ratelimit   always: they only hold calls back
    timeout                        unless something of a result outlives the call
    retry, hedge                   never: nobody has thought about repeating the method

Nor is anything added that the annotation switched off, or that cannot act on the method: resilgen explain
-format=json has the reasons as traits. Under a client, what a method may not have is left out for it, and told.
Under a method it is an error, with that reason. Under policies, numbers change only for what methods have.

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
the file, or Kubernetes swaps the link of a ConfigMap. A file that is gone changes nothing, and is read again
when it is back.

A change applies to all of a client at once, with an event and a line in the log that say what changed
from what to what. Calls in flight finish under the policy with which they began. A breaker keeps its
state, unless its window changed. Calls do not get slower by overrides.

WHAT IS NOT IN FORCE

Everything in a file that is not in force is told at once, by events, in the log, and by Check, with line and
column. There are three kinds.

Wrong is what cannot be read, or contradicts itself. If it is the file, nothing changes: the program goes
on with what it had. If it is what the file means for one client, nothing changes for this client, and the
others get their numbers. What could never work, overrides cannot bring about either.

    overrides.yaml:3:26: retry initial=5: want a time with its unit, such as 100ms, 2s or 1m30s
    overrides.yaml:9:15: retry cannot act on pay.Processor.Charge: its annotation says retry off

Left out is what a method may not have that a section of its client or policy sweeps in.

    overrides.yaml:7:5: pay.Processor: retry is left out for Charge: its annotation says retry off

Pending is what is said of clients, methods and policies that do not exist. It applies when they do.

    overrides.yaml:12:5: pay.Processor has no guarded method Chrage: one of Charge, Process

Where several programs share a file, each finds the clients of the others pending. It accepts them by

    if err := o.Check(resil.Pending); err != nil {

SEE ALSO

resilgen help policies, resilgen help directives
`
