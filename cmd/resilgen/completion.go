package main

// This file completes command lines. The shells ask the command itself what could stand at the
// cursor, so that one table of commands and flags serves all of them, and their scripts never grow
// old.

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func completionCommand() command {
	return command{
		name:    "completion",
		usage:   "resilgen completion bash|zsh|fish",
		summary: "print the script that completes command lines in a shell",
		help:    completionPage,
		run:     completion,
	}
}

// completion prints a script, or candidates.
func completion(_ context.Context, in *invocation) (status int, err error) {
	switch {
	case len(in.args) == 2 && in.args[0] == "candidates":
		for _, c := range candidates(in.args[1]) {
			fmt.Fprintln(in.stdout, c)
		}
		return clean, nil
	case len(in.args) == 1 && scripts[in.args[0]] != "":
		fmt.Fprint(in.stdout, scripts[in.args[0]])
		return clean, nil
	case len(in.args) == 0:
		return failed, fmt.Errorf("completion wants a shell: %s", strings.Join(shells(), ", "))
	}
	return failed, fmt.Errorf("no completion for %s: there is %s", strings.Join(in.args, " "), strings.Join(shells(), ", "))
}

func shells() []string { return slices.Sorted(maps.Keys(scripts)) }

// scripts holds what each shell needs to ask us.
var scripts = map[string]string{
	"bash": `# Completes resilgen in bash.
_resilgen() {
	local IFS=$'\n' line=${COMP_LINE:0:COMP_POINT}
	COMPREPLY=($("${COMP_WORDS[0]}" completion candidates "$line" 2>/dev/null | cut -f 1))
	if [[ ${line##*[[:blank:]]} == *=* && $COMP_WORDBREAKS == *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#*=}") # to bash, the word begins behind the =
	fi
	if [[ ${COMPREPLY[0]} == */ ]]; then
		compopt -o nospace 2>/dev/null
	fi
}
complete -F _resilgen resilgen
`,
	"zsh": `#compdef resilgen
# Completes resilgen in zsh.
_resilgen() {
	local -a described directories
	local line
	for line in "${(@f)$("$words[1]" completion candidates "${(j: :)words[1,CURRENT]}" 2>/dev/null)}"; do
		if [[ $line == */ ]]; then
			directories+=("$line")
		elif [[ $line == *$'\t'* ]]; then
			described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
		elif [[ -n $line ]]; then
			described+=("${line//:/\\:}")
		fi
	done
	if (( $#directories )); then
		compadd -S '' -a directories
	fi
	if (( $#described )); then
		_describe resilgen described
	fi
	(( $#directories + $#described ))
}
if [[ $funcstack[1] == _resilgen ]]; then
	_resilgen "$@"
else
	compdef _resilgen resilgen
fi
`,
	"fish": `# Completes resilgen in fish.
complete -c resilgen -f -a '(resilgen completion candidates (commandline -cp | string collect) 2>/dev/null)'
`,
}

// A candidate is what the word at the cursor can become.
type candidate struct{ word, meaning string }

// String returns the word and, behind a tab, its meaning.
func (c candidate) String() string {
	if c.meaning == "" {
		return c.word
	}
	return c.word + "\t" + c.meaning
}

// candidates returns what the last word of a command line can become. A line that ends in a blank
// has an empty last word.
func candidates(line string) []candidate {
	words := strings.Fields(line)
	if len(words) == 0 || strings.TrimRight(line, " \t") != line {
		words = append(words, "")
	}
	last := words[len(words)-1]
	all := expected(words[min(1, len(words)-1):len(words)-1], last)
	return slices.DeleteFunc(all, func(c candidate) bool { return !strings.HasPrefix(c.word, last) })
}

// expected returns what can follow the words behind the name of the command; the last word says of
// which kind.
func expected(before []string, last string) []candidate {
	c, rest, err := choose(before)
	if err != nil {
		return nil
	}
	if n := len(rest); n > 0 {
		if f := c.flag(rest[n-1]); f != nil && takesValue(f) {
			return values(f, last, "")
		}
	}
	name, value, isPair := strings.Cut(last, "=")
	switch {
	case strings.HasPrefix(last, "-") && isPair:
		if f := c.flag(name); f != nil && takesValue(f) {
			return values(f, value, name+"=")
		}
		return nil
	case strings.HasPrefix(last, "-"):
		return c.flagCandidates()
	case len(before) == 0:
		var list []candidate
		for _, c := range commands() {
			list = append(list, candidate{c.name, c.summary})
		}
		return append(list, packagePatterns(last)...)
	}
	return c.arguments(rest, last)
}

// flag returns the flag of the command that a word names; nil if it names none.
func (c command) flag(word string) *flag.Flag {
	name, ok := strings.CutPrefix(word, "-")
	if !ok {
		return nil
	}
	return c.flagSet(new(invocation)).Lookup(strings.TrimPrefix(name, "-"))
}

func (c command) flagCandidates() (list []candidate) {
	c.flagSet(new(invocation)).VisitAll(func(f *flag.Flag) {
		_, meaning := flag.UnquoteUsage(f)
		list = append(list, candidate{"-" + f.Name, meaning})
	})
	return list
}

func takesValue(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return !ok || !b.IsBoolFlag()
}

// values returns what a flag can be set to, behind a prefix: choices and directories are told by
// how its usage calls the value.
func values(f *flag.Flag, last, prefix string) (list []candidate) {
	what, _ := flag.UnquoteUsage(f)
	switch {
	case strings.Contains(what, "|"):
		for choice := range strings.SplitSeq(what, "|") {
			list = append(list, candidate{word: prefix + choice})
		}
	case what == "dir":
		for _, dir := range directories(last) {
			list = append(list, candidate{word: prefix + dir})
		}
	}
	return list
}

// arguments returns what the command can be called with.
func (c command) arguments(before []string, last string) (list []candidate) {
	switch {
	case c.name == "help" && len(before) == 0:
		for _, t := range topics() {
			list = append(list, candidate{t.name, t.summary})
		}
		for _, c := range commands() {
			list = append(list, candidate{c.name, c.summary})
		}
	case c.name == "completion" && len(before) == 0:
		for _, shell := range shells() {
			list = append(list, candidate{word: shell})
		}
	case strings.HasSuffix(c.usage, "packages]"):
		return packagePatterns(last)
	case c.name == "init":
		return slices.DeleteFunc(packagePatterns(last), func(c candidate) bool { return strings.HasSuffix(c.word, "...") })
	}
	return list
}

// packagePatterns returns directories as packages: with a dot in front, because a single word is a
// command.
func packagePatterns(last string) (list []candidate) {
	if last == "" {
		last = "./"
	}
	if last[0] != '.' && !filepath.IsAbs(last) {
		return nil
	}
	if parent, _ := filepath.Split(last); parent != "" {
		list = append(list, candidate{parent + "...", "all packages there"})
	}
	for _, dir := range directories(last) {
		list = append(list, candidate{word: dir})
	}
	return list
}

// directories returns the directories beside what is typed of a path, but those that the go command
// does not look into.
func directories(typed string) (list []string) {
	parent, _ := filepath.Split(typed)
	entries, _ := os.ReadDir(filepath.Clean(parent)) // of "", the current one; what cannot be read completes nothing
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(parent, e.Name())) // through symlinks
		if err == nil && info.IsDir() && !strings.ContainsAny(e.Name()[:1], "._") {
			list = append(list, parent+e.Name()+"/")
		}
	}
	return list
}
