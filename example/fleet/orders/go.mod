module example.com/fleet/orders

go 1.26.0

replace (
	example.com/fleet/policies => ../policies
	example.com/fleet/stock => ../stock
	github.com/resilgen/resilgen => ../../..
)

tool github.com/resilgen/resilgen/cmd/resilgen

require (
	example.com/fleet/policies v0.0.0-00010101000000-000000000000
	example.com/fleet/stock v0.0.0-00010101000000-000000000000
	github.com/resilgen/resilgen v0.0.0-00010101000000-000000000000
)

require (
	github.com/agnivade/levenshtein v1.2.2 // indirect
	github.com/cenkalti/backoff/v4 v4.3.0 // indirect
	github.com/dave/jennifer v1.7.1 // indirect
	github.com/rogpeppe/go-internal v1.16.0 // indirect
	github.com/sony/gobreaker/v2 v2.4.0 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/time v0.16.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)
