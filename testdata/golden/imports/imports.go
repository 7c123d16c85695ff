// Package imports pins the names of imports: two packages of one name, names that are predeclared or taken, paths that do not show
// the name, and imports of the source that are dots, blanks or renamed, which are the source's business alone.
package imports

import (
	htmltemplate "html/template"
	. "net/http"
	_ "net/http/pprof"
	t "text/template"
	stdtime "time"

	. "context"
	crypto "crypto/rand"
	"math/rand"

	predeclared "github.com/resilgen/resilgen/testdata/golden/imports/any"
	other "github.com/resilgen/resilgen/testdata/golden/imports/other-name"
)

// time is taken in this package, and so is url.
var time stdtime.Duration

func url() {}

// Renderer mentions them all.
//
//resilgen:wrap
//resilgen:retry initial=1s
type Renderer interface {
	Render(ctx Context, text *t.Template, html *htmltemplate.Template, time stdtime.Time) (*Request, error)
	Random(ctx Context, source rand.Source) (crypto int, err error)
	Any(ctx Context, any predeclared.Thing, values ...any) (other.Thing, error)

	// Visit is not retried, for url may have been called.
	//
	//resilgen:breaker
	Visit(ctx Context, client Client, url func()) error
}

var (
	_ = crypto.Reader
	_ = url
	_ = time
)
