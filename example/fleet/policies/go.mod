module example.com/fleet/policies

go 1.26.0
