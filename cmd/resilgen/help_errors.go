package main

// This file is the manual page on errors: those that calls return, and those that resilgen reports:
// resilgen help errors.

const errorsPage = `WHAT CALLS RETURN

An error on which no policy acted comes back as it came: the very same value, so that == and type
assertions work as without the wrapper. What else a guarded call returns is one of these. resil is
github.com/resilgen/resilgen/runtime.

    *resil.Error      retries ran out or were cut short. It knows Client, Method, Attempts, Elapsed,
                      Err (what the last attempt returned) and Reason (why there was no other),
                      and unwraps to both
    *resil.OpenError  a breaker let no attempt through. It knows Client, Scope, Until, Cause (the
                      failure that opened it) and RetryAfter() (what is left of the open time)

Compare with errors.Is, and look inside with errors.As, never with ==:

    resil.ErrOpen           the breaker is open, or half-open with all its probes under way
                            (also gobreaker.ErrOpenState)
    resil.ErrTimeout        an attempt or the call took longer than the policy allows
                            (also context.DeadlineExceeded)
    resil.ErrBulkheadFull   as many attempts as the bulkhead allows were running
    resil.ErrRateLimited    the attempt would have exceeded the rate limit
    resil.ErrAttempts       as the Reason of an Error: all attempts were made
    resil.ErrBudget         as the Reason of an Error: the whole client fails too often to retry

context.Canceled, and context.DeadlineExceeded that is no resil.ErrTimeout, tell that the caller's own
context ended.

The errors of the wrapped client are found as ever: errors.Is(err, sql.ErrNoRows) sees through an Error.

    receipt, err := p.Charge(ctx, 100)
    if open, ok := errors.AsType[*resil.OpenError](err); ok {
        w.Header().Set("Retry-After", strconv.Itoa(1+int(open.RetryAfter().Seconds())))
        http.Error(w, "payments are resting", http.StatusServiceUnavailable)
    } else if errors.Is(err, resil.ErrTimeout) {
        http.Error(w, "payments are slow", http.StatusGatewayTimeout)
    }

An Error reads like this:

    pay.Processor.Charge: gave up after 4 attempts in 1.3s: no attempts left: 503 overloaded

The results beside an error are those of the last attempt, or zero values if there was none. Where
results carry their error (//resilgen:failure), it is there instead.

WHAT CLIENTS CAN SAY

    resil.Permanent(err)      an answer that no repetition will change: it is not retried, and a
                              success to the breaker. The mark stays on the error, for guarded
                              callers further out
    resil.RetryAfter(err, d)  when to come back: the next attempt waits that long, up to hint=. So
                              does any error with a method RetryAfter() time.Duration

WHAT RESILGEN REPORTS

Mistakes in annotations are told at their place, all of them at once, and then nothing is written:

    pay/store.go:6:1: there is no directive //resilgen:rety (did you mean retry?)
    pay/store.go:9:2: timeout cannot act on Get: it takes no context
    pay/store.go:12:31: timeout: 4 attempts × 1s + waits up to 700ms = 4.7s > call=3s: the last
        attempts could not take their time

Other places that have to do with a mistake, such as the directive of a named policy that it comes from,
stand below it, each on an indented line.

check names the generated files that generating would change:

    store_resil.go: missing: run go generate
    store_resil.go: stale: run go generate
    store_resil.go: orphaned: its source asks for nothing any more; run go generate, or delete it

With -format=json these are one document, {"findings": [...]}, each with severity, kind, file, line,
column, endLine, endColumn, message, suggestion, related (other places, each with file, line, column,
endLine, endColumn and message) and diff; what is unknown is left out. With -format=github they are
annotations of a pull request: resilgen help ci.

The exit status is 0 if all is well, 1 if there are findings, 2 if the command was misused or failed;
then standard error says why.
`
