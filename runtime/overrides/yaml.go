// Package overrides reads policy overrides from YAML files, and watches them. Programs that do not import it do not link a YAML library.
//
//	o, err := overrides.Watch(ctx, "overrides.yaml")
//	if err != nil { … }
//	p := NewResilientProcessor(client, resil.WithOverrides(o))
//	if err := o.Check(); err != nil { … } // when all clients have been made
//
// What a file says is documented at [resil.Overrides].
package overrides

import (
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"

	resil "github.com/resilgen/resilgen/runtime"
)

func init() {
	resil.RegisterOverridesFormat(".yaml", decode)
	resil.RegisterOverridesFormat(".yml", decode)
}

// place is how the library says where a syntax error is.
var place = regexp.MustCompile(`^yaml: line (\d+): `)

// decode reads a YAML document. Its error begins with line and column.
func decode(text []byte) (*resil.OverridesNode, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		if at := place.FindStringSubmatch(err.Error()); at != nil {
			return nil, fmt.Errorf("%s:1: %s", at[1], err.Error()[len(at[0]):])
		}
		return nil, fmt.Errorf("1:1: %w", err)
	}
	if len(document.Content) == 0 {
		return &resil.OverridesNode{Line: 1, Column: 1}, nil // an empty file overrides nothing
	}
	return node(document.Content[0])
}

func node(y *yaml.Node) (*resil.OverridesNode, error) {
	n := &resil.OverridesNode{Line: y.Line, Column: y.Column}
	switch y.Kind {
	case yaml.ScalarNode:
		if y.Tag != "!!null" {
			n.Text = y.Value
		}
	case yaml.AliasNode:
		of, err := node(y.Alias)
		if err != nil {
			return nil, err
		}
		of.Line, of.Column = y.Line, y.Column
		return of, nil
	case yaml.MappingNode:
		n.IsMap = true
		for i := 0; i < len(y.Content); i += 2 {
			key, err := node(y.Content[i])
			if err != nil {
				return nil, err
			}
			value, err := node(y.Content[i+1])
			if err != nil {
				return nil, err
			}
			n.Fields = append(n.Fields, resil.OverridesField{Key: *key, Value: *value})
		}
	default:
		return nil, fmt.Errorf("%d:%d: a list is not expected here", y.Line, y.Column)
	}
	return n, nil
}
