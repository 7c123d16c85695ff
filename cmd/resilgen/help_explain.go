package main

// This file is the manual page on what became of every method, and on the document of -format=json:
// resilgen help explain.

const explainPage = `Each annotated interface has a table of its methods, in the order of the source. A method is

    guarded         every policy that was meant for it acts
    in part         some policies act, some cannot
    passed through  no policy acts
    off             no policy acts, because an annotation says off

Below the table stand the policies, with every setting and the place where it was written; what nobody wrote is a
default. Methods with the same settings from the same places share a number.

Below these stands what the policies come to:

    at worst        how often a call is attempted and how long it takes, if every attempt takes as
                    long as it may and every wait is as long as jitter makes it; or if every answer
                    asks for the longest wait that hint= allows. The caller's deadline is left out
    attempts        when the attempts of such a call begin, hedges aside; without an attempt
                    timeout, if each fails at once
    outage          if from one moment on every attempt fails at once: the attempts a second that
                    the other side gets before a breaker opens, also if there were no retry budget,
                    and the time until the breaker opens. Calls come evenly and were healthy before;
                    the method is alone in its client, and every failure is one that is retried
    open            for how long the breaker then rejects calls before it lets probes through

With -html all this is a page instead, with a drawing of the attempts: one file that needs nothing else.

With -format=json there is one document instead, which leaves out what is empty:

    {"interfaces": [{
        "package", "name", "wrapper",         import path, interface, generated type
        "file", "line", "column",
        "methods": [{
            "name",
            "file", "line", "column",         if embedded, of what embeds it
            "verdict",                        as above
            "reason",                         why no policy acts
            "leftOut": [{
                "policy", "reason"            what was meant for it and cannot act, and why
            }],
            "shared": [{
                "policy", "how"               whose state is not the method's alone, and whose it is
            }],
            "traits": {
                "noRetry", "noHedge",         why options and overrides cannot switch these on
                "noTimeout"
            },
            "settings": [{
                "directive", "key", "value",  without a key and a value, it stands alone
                "file", "line", "column"      not of a default
            }],
            "forecast": {                     what the policy comes to; durations as in directives
                "attempts",                   of a call at most, hedges included
                "each", "waits",              the longest attempt, all waits; none where unbounded
                "longest", "hinted",          the longest call, and with hints; none where unbounded
                "timeline": [{
                    "begin", "end"            attempts of the longest call, up to 1000
                }],
                "outages": [{
                    "callsPerSecond",
                    "budgeted", "unbudgeted", attempts a second under the budget and without one
                    "opensAfter"              time until the breaker opens; none if it does not
                }],
                "open": {                     how long a breaker is open at a time; none without one
                    "shortest", "longest",    the first time, as jitter= has it
                    "grown"                   at most, when probes fail, as maxopen= has it
                }
            }
        }]
    }]}

Wrong annotations are findings, as for the other commands, and nothing else is printed.
`
