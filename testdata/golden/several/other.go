package several

import "context"

// Other stands in another file, and its wrapper too.
//
//resilgen:wrap
//resilgen:retry
type Other interface {
	Other(ctx context.Context) error
}
