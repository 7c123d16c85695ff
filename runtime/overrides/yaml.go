package overrides

// This file reads YAML.

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

func init() {
	tree.Register(".yaml", decode)
	tree.Register(".yml", decode)
}

// maxNodes is how many values a file may hold when its aliases are written out. Aliases of aliases
// let half a kilobyte stand for gigabytes, and an alias may even stand within what it stands for.
const maxNodes = 100_000

// decode reads a YAML document.
func decode(text []byte) (*tree.Node, error) {
	documents, err := parse(text)
	if err != nil {
		return nil, wrong(tree.Place{Line: lineOf(text, err), Column: 1}, "%s", prefix.ReplaceAllString(err.Error(), ""))
	}
	if len(documents) > 1 {
		return nil, wrong(placeOf(documents[1]), "a second document is not expected: a file of overrides is one")
	}
	if len(documents) == 0 {
		return &tree.Node{Place: tree.Place{Line: 1, Column: 1}}, nil // an empty file overrides nothing
	}
	var b builder
	return b.node(documents[0].Content[0], 0)
}

func wrong(at tree.Place, format string, args ...any) error {
	return &tree.Error{Place: at, Message: fmt.Sprintf(format, args...)}
}

func placeOf(y *yaml.Node) tree.Place { return tree.Place{Line: y.Line, Column: y.Column} }

// parse returns the documents of a text, two at most.
func parse(text []byte) (documents []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil { // "internal error: … (please report)"
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	for d := yaml.NewDecoder(bytes.NewReader(text)); len(documents) < 2; {
		var n yaml.Node
		switch err := d.Decode(&n); {
		case errors.Is(err, io.EOF):
			return documents, nil
		case err != nil:
			return nil, err
		}
		documents = append(documents, &n)
	}
	return documents, nil
}

// prefix is how the library begins an error, with the line where it can tell one.
var prefix = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// lineOf returns the line of a syntax error. What the library says is often the line before, or the
// one where something began that goes wrong much later, or none. So the lines are found up to which
// the text can be read: the next one is to blame.
//
// The search takes some dozen readings, however long the text is. It steps back from the end by
// more and more lines to where the text can be read, and then halves what is left.
func lineOf(text []byte, err error) int {
	ends := []int{0} // of the first lines
	for i, c := range text {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	isRead := func(lines int) bool {
		_, err := parse(text[:ends[lines]])
		return err == nil
	}
	bad := len(ends) // lines that cannot be read
	good := bad - 1
	for step := 1; !isRead(good); step *= 2 {
		bad, good = good, max(0, good-step)
	}
	for bad-good > 1 {
		if middle := (good + bad) / 2; isRead(middle) {
			good = middle
		} else {
			bad = middle
		}
	}
	line := good + 1
	if at := prefix.FindStringSubmatch(err.Error()); at[1] != "" { // within what spans lines it may know better
		if n, err := strconv.Atoi(at[1]); err == nil {
			line = max(line, n)
		}
	}
	return line
}

// A builder makes values of YAML nodes, and of aliases copies of what they stand for.
type builder struct {
	nodes int

	// alias is the outermost of those that are being written out: it is to blame for what gets too
	// large.
	alias *yaml.Node
}

func (b *builder) node(y *yaml.Node, depth int) (*tree.Node, error) {
	b.nodes++
	outermost := cmp.Or(b.alias, y)
	switch {
	case depth > tree.MaxDepth:
		return nil, tree.TooDeep(placeOf(outermost))
	case b.nodes > maxNodes:
		return nil, wrong(placeOf(outermost), "with its aliases written out, the file has more than %d values", maxNodes)
	}
	n := &tree.Node{Place: placeOf(y)}
	switch y.Kind {
	case yaml.ScalarNode:
		if y.Tag != "!!null" {
			n.Text = y.Value
		}
	case yaml.AliasNode:
		b.alias = outermost
		of, err := b.node(y.Alias, depth+1)
		if err != nil {
			return nil, err
		}
		if outermost == y {
			b.alias = nil
		}
		of.Place = n.Place
		return of, nil
	case yaml.SequenceNode:
		n.IsList = true
	case yaml.MappingNode:
		n.IsMap = true
		for i := 0; i < len(y.Content); i += 2 {
			if err := b.field(n, y.Content[i], y.Content[i+1], depth+1); err != nil {
				return nil, err
			}
		}
	}
	return n, nil
}

func (b *builder) field(of *tree.Node, key, value *yaml.Node, depth int) error {
	k, err := b.node(key, depth)
	if err != nil {
		return err
	}
	v, err := b.node(value, depth)
	if err != nil {
		return err
	}
	of.Fields = append(of.Fields, tree.Field{Key: *k, Value: *v})
	return nil
}
