module example.com/fleet/stock

go 1.26.0

replace github.com/resilgen/resilgen => ../../..

require github.com/resilgen/resilgen v0.0.0-00010101000000-000000000000

require (
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	github.com/sony/gobreaker/v2 v2.4.0 // indirect
	golang.org/x/time v0.16.0 // indirect
)
