package forecast

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// Every key of the language changes a forecast, or is known to change none: whoever adds a key has
// to say here which it is.
func TestEveryKeyIsForecast(t *testing.T) {
	const base = "retry\nbreaker\ntimeout attempt=1s call=1m\nbulkhead max=10\nratelimit rate=100/s\nhedge after=500ms"
	changing := strings.Fields(`
		retry.attempts=5 retry.initial=200ms retry.multiplier=3 retry.max=150ms retry.jitter=20% retry.hint=2s
		retry.budget=off retry.floor=100/s
		breaker.failures=3 breaker.min=1000 breaker.window=1m breaker.open=20s breaker.jitter=none breaker.maxopen=1m
		breaker.per=call
		timeout.attempt=2s timeout.call=3s bulkhead.wait=1s ratelimit.rate=50/s ratelimit.wait=1s
		hedge.after=100ms hedge.max=2`)
	unchanging := strings.Fields(`
		breaker.probes breaker.slow breaker.slowcalls breaker.scope
		bulkhead.max bulkhead.scope ratelimit.burst ratelimit.scope`)
	before := Of(parsePolicy(t, base))
	for _, d := range resil.Directives() {
		for _, k := range d.Keys {
			name := d.Name + "." + k.Name
			if k.Names != resil.NamesNothing || slices.Contains(unchanging, name) {
				continue
			}
			i := slices.IndexFunc(changing, func(s string) bool { return strings.HasPrefix(s, name+"=") })
			if i < 0 {
				t.Errorf("nobody has said whether %s= changes a forecast", name)
				continue
			}
			line := strings.Replace(changing[i], ".", " ", 1)
			if reflect.DeepEqual(Of(parsePolicy(t, base+"\n"+line)), before) {
				t.Errorf("%s changes no forecast", line)
			}
		}
	}
}
