package generator

import (
	"go/ast"
	goimporter "go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/resilgen/resilgen/templates"
)

func TestChoose(t *testing.T) {
	consumed := Method{LeftOut: []templates.LeftOut{{Policy: "retry", Reason: "an attempt consumes r"}}}
	noError := Method{Verdict: PassedThrough, Reason: "it has no error to judge by"}
	for _, tt := range []struct {
		signature string
		became    Method
		want      class
	}{
		{"Get(ctx context.Context, key string) (string, error)", Method{}, reads},
		{"ListUsers(ctx context.Context) ([]string, error)", Method{}, reads},
		{"HGetAll(ctx context.Context, key string) error", Method{}, reads},
		{"MGet(ctx context.Context, keys ...string) error", Method{}, reads},
		{"BatchGet(ctx context.Context) error", Method{}, reads},
		{"TTL(ctx context.Context) error", Method{}, reads},
		{"ReadFile(name string) ([]byte, error)", Method{}, reads},
		{"LookUp(name string) error", Method{}, reads},
		{"Get_user(ctx context.Context) error", Method{}, reads},

		{"Put(ctx context.Context) error", Method{}, writes},
		{"HSet(ctx context.Context) error", Method{}, writes},
		{"BatchDelete(ctx context.Context) error", Method{}, writes},
		{"CloseAccount(ctx context.Context, id string) error", Method{}, unclear},

		{"GetOrCreate(ctx context.Context) error", Method{}, unclear},
		{"GetDel(ctx context.Context) error", Method{}, unclear},
		{"LoadAndDelete(ctx context.Context) error", Method{}, unclear},
		{"Process(ctx context.Context) error", Method{}, unclear},
		{"Query(ctx context.Context, sql string, args ...any) error", Method{}, unclear},
		{"Query(ctx context.Context, filter []string) error", Method{}, reads},
		{"HGetEX(ctx context.Context) error", Method{}, unclear},
		{"XReadGroup(ctx context.Context) error", Method{}, unclear},
		{"Getaway(ctx context.Context) error", Method{}, unclear},
		{"X(ctx context.Context) error", Method{}, unclear},

		{"Read(p []byte) (int, error)", Method{}, consumes},
		{"ReadDir(n int) error", Method{}, consumes},
		{"ReadByte() (byte, error)", Method{}, consumes},
		{"FindAll(r io.Reader) error", consumed, consumes},

		{"Close() error", Method{}, closes},
		{"Shutdown(ctx context.Context) error", Method{}, closes},
		{"Close(id string) error", Method{}, unclear},

		{"Len() int", noError, opaque},
		{"Close()", noError, opaque},
	} {
		name, sig := parseSignature(t, tt.signature)
		tt.became.Name = name
		if got := choose(tt.became, sig); got.class != tt.want {
			t.Errorf("%s: got class %d, want %d", tt.signature, got.class, tt.want)
		}
	}
}

// standardLibrary imports from source, each package once.
var standardLibrary = goimporter.ForCompiler(token.NewFileSet(), "source", nil)

// parseSignature reads a method as an interface has it.
func parseSignature(t *testing.T, text string) (string, *types.Signature) {
	t.Helper()
	fset := token.NewFileSet()
	src := "package p\nimport (\"context\"; \"io\")\nvar _ io.Reader; var _ context.Context\ntype I interface { " + text + " }"
	f, err := parser.ParseFile(fset, "", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: standardLibrary}
	pkg, err := config.Check("p", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := pkg.Scope().Lookup("I").Type().Underlying().(*types.Interface).Method(0)
	return m.Name(), m.Signature()
}

func TestSplitWords(t *testing.T) {
	for name, want := range map[string]string{
		"Get": "Get", "ZRangeByScore": "Z Range By Score", "HTTPBody": "HTTP Body", "TTL": "TTL", "GetURL": "Get URL",
		"BLPop": "BL Pop", "Get_user": "Get user", "ListV2": "List V2", "ÄndereÜbung": "Ändere Übung", "x": "x",
	} {
		if got := strings.Join(splitWords(name), " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestAnswer(t *testing.T) {
	var got []string
	for _, name := range []string{
		"ErrNotFound", "ErrKeyNotFound", "Nil", "ErrNil", "EOF", "ErrNoRows", "ErrNotExist", "ErrNoDocuments",
		"ErrClosed", "ErrUnexpectedEOF", "NilError", "ErrTimeout",
	} {
		if answerName.MatchString(name) {
			got = append(got, name)
		}
	}
	want := []string{"ErrNotFound", "ErrKeyNotFound", "Nil", "ErrNil", "EOF", "ErrNoRows", "ErrNotExist", "ErrNoDocuments"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
