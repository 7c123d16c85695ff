module example.com/fleet/day

go 1.26.0

replace (
	example.com/fleet/orders => ../orders
	example.com/fleet/policies => ../policies
	example.com/fleet/shop => ../shop
	example.com/fleet/stock => ../stock
	github.com/resilgen/resilgen => ../../..
)

require (
	example.com/fleet/orders v0.0.0-00010101000000-000000000000
	example.com/fleet/shop v0.0.0-00010101000000-000000000000
	example.com/fleet/stock v0.0.0-00010101000000-000000000000
	github.com/resilgen/resilgen v0.0.0-00010101000000-000000000000
)

require (
	example.com/fleet/policies v0.0.0-00010101000000-000000000000 // indirect
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	github.com/sony/gobreaker/v2 v2.4.0 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/time v0.16.0 // indirect
)
