package main

// This file is the settings of a method, by directive, and where each was written. A value stands
// as a directive has it, such as 50% or 1m: the codecs of runtime/value.go print it.

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/generator"
)

// A part is what one directive says about a method.
type part struct {
	directive string
	settings  []generator.Origin
}

// partsOf returns what is in effect on a method, by directive.
func partsOf(m generator.Method) (parts []part) {
	for _, s := range m.Settings() {
		if len(parts) == 0 || parts[len(parts)-1].directive != s.Directive {
			parts = append(parts, part{directive: s.Directive})
		}
		last := &parts[len(parts)-1]
		last.settings = append(last.settings, s)
	}
	return parts
}

// from returns where a setting of an interface comes from; the file of the interface is named by
// its base, for it stands above the table.
func (in *invocation) from(i generator.Interface, pos token.Position) string {
	file := shortest(in.wd, pos.Filename)
	if pos.Filename == i.Pos.Filename {
		file = filepath.Base(file)
	}
	return fmt.Sprintf("%s:%d", file, pos.Line)
}

// policyRows returns a row for each place that settings of a directive come from: room for a
// number, directive, place, settings.
func policyRows(parts []part, from func(token.Position) string) (rows [][]string) {
	for _, p := range parts {
		name := p.directive
		for _, row := range p.rows(from) {
			rows = append(rows, append([]string{"", name}, row...))
			name = ""
		}
	}
	return rows
}

// rows returns places and their settings. Defaults come last. The place of a directive that stands
// alone is shown only if all its settings are defaults.
func (p part) rows(from func(token.Position) string) (rows [][]string) {
	var defaults []string
	byDefault := "default"
	for _, s := range p.settings {
		text := strings.TrimSpace(strings.TrimPrefix(s.String(), s.Directive))
		if !s.Pos.IsValid() {
			defaults = append(defaults, text)
			continue
		}
		place := from(s.Pos)
		i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == place })
		switch {
		case text == "":
			byDefault = "default, " + place
		case i >= 0:
			rows[i][1] += " " + text
		default:
			rows = append(rows, []string{place, text})
		}
	}
	if len(rows) > 0 {
		byDefault = "default"
	}
	if len(defaults) > 0 {
		rows = append(rows, []string{byDefault, strings.Join(defaults, " ")})
	}
	return rows
}
