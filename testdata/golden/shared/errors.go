package shared

import "errors"

var errExists = errors.New("exists")
