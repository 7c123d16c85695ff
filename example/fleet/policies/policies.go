// Package policies says how the services of the fleet call each other. Who changes a number here
// changes it for all of them: resilgen check in each service says which one, and go generate takes
// it over.
package policies

// Critical is for calls that a customer waits for, and that may be made twice. Three attempts and
// the waits between them fit the call.
//
//resilgen:policy
//resilgen:retry attempts=3 initial=20ms
//resilgen:breaker failures=50% window=2s open=500ms
//resilgen:timeout attempt=100ms call=400ms
const Critical = "critical"

// Relay is for calls of a service that itself retries what lies behind it. Retrying here too would
// multiply the attempts: three times three for one customer.
//
//resilgen:policy
//resilgen:breaker failures=50% window=2s open=500ms
//resilgen:timeout call=3s
const Relay = "relay"
