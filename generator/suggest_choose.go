package generator

// This file chooses policies for the methods of an interface that has none, by their names and
// signatures. What can be told from neither is chosen so that nothing can be done twice by
// accident, and every choice comes with the sentence that explains it.

import (
	"go/types"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A class is what a method seems to be.
type class int

const (
	reads    class = iota // it can be repeated
	writes                // its name says that it changes something
	unclear               // its name says neither
	consumes              // what it takes or where it stands allows no second attempt
	closes                // it ends the use of the client
	opaque                // no policy can act on it
)

// A choice is what is chosen for a method.
type choice struct {
	method string
	class  class
	why    string            // of consumes and opaque, as the end of a sentence
	cannot map[string]string // by policy, why others cannot act on the method

	outlives bool // a result outlives the call, and so keeps timeouts away
}

// trialDirectives are the directives by which it is found out what can act on which method. They
// name no method, so a policy that cannot act is no error.
var trialDirectives = []string{"wrap", "retry", "breaker", "timeout call=1m"}

// choose chooses for a method, given what became of it under trialDirectives.
func choose(m Method, sig *types.Signature) choice {
	c := choice{method: m.Name, cannot: map[string]string{}}
	for _, l := range m.LeftOut {
		c.cannot[l.Policy] = l.Reason
	}
	words := splitWords(m.Name)
	switch verb := firstVerb(words); {
	case m.Verdict == PassedThrough:
		c.class, c.why = opaque, m.Reason
	case endsUse(m.Name, sig):
		c.class = closes
	case c.cannot["retry"] != "":
		c.class, c.why = consumes, c.cannot["retry"]
	case readVerbs[verb] && isPositioned(sig) && positioned[verb]:
		c.class, c.why = consumes, "it goes on from where the last attempt ended"
	case readVerbs[verb] && !disguised.MatchString(m.Name) && !takesStatement(sig) &&
		!slices.ContainsFunc(words, func(w string) bool { return writeVerbs[w] }):
		c.class = reads
	case writeVerbs[verb]:
		c.class = writes
	default:
		c.class = unclear
	}
	delete(c.cannot, "retry") // that has its class
	c.outlives = c.cannot["timeout"] != "" && contextIndex(sig) >= 0 && c.class != opaque && c.class != closes
	return c
}

// splitWords takes the name of a method apart: ZRangeByScore is Z, Range, By and Score.
func splitWords(name string) (words []string) {
	runes := []rune(name)
	start := 0
	for i := 1; i <= len(runes); i++ {
		switch {
		case i == len(runes):
		case runes[i] == '_':
		case unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]):
		case unicode.IsUpper(runes[i]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]): // the B in HTTPBody
		default:
			continue
		}
		if word := strings.Trim(string(runes[start:i]), "_"); word != "" {
			words = append(words, word)
		}
		start = i
	}
	return words
}

// firstVerb returns the first word that may be a verb: not the letters by which some clients sort
// their methods (HGet, MGet), nor how many are meant.
func firstVerb(words []string) string {
	for _, w := range words {
		short := utf8.RuneCountInString(w) <= 2 && strings.ToUpper(w) == w
		if known := readVerbs[w] || writeVerbs[w]; known || !short && !quantities[w] {
			return w
		}
	}
	return ""
}

var (
	quantities = wordSet("Batch Bulk Multi Must Try")
	readVerbs  = wordSet(`Browse Card Contains Count Describe Echo Exist Exists Explain Fetch Find Get Glob Has Head Health
		Healthy Info Inspect Is Keys Len List Look Lookup Lstat Members PTTL Peek Ping Query Range Read Resolve Retrieve
		Scan Search Select Show Size Stat Status TTL Vals Values Version View`)
	writeVerbs = wordSet(`Ack Acquire Add Append Apply Approve Archive Assign Attach Begin Bind Book Buy Cancel Change Charge
		Clear Commit Copy Create Debit Decr Decrement Del Delete Deposit Deregister Dequeue Detach Disable Drop Edit Emit
		Enable Enqueue Evict Exec Execute Expire Flush Grant Import Incr Increment Insert Lock Mark Merge Migrate Modify Move
		Nack Notify Order Patch Pay Pop Post Publish Purge Push Put Record Refund Register Reject Release Remove Rename Replace
		Reserve Reset Restore Revoke Rollback Run Save Sell Send Set Start Store Submit Swap Touch Transfer Truncate Unlink
		Unlock Unregister Update Upload Upsert Withdraw Write`)
	positioned = wordSet("Peek Read Scan")                // verbs that may go on from where they stand
	disguised  = regexp.MustCompile(`GetE[xX]|ReadGroup`) // reads of Redis that change something
)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// endsUse reports whether a method ends the use of the client itself, and not that of something
// that its arguments name.
func endsUse(name string, sig *types.Signature) bool {
	switch name {
	case "Close", "Disconnect", "Dispose", "Quit", "Shutdown", "Stop":
		rest := sig.Params().Len()
		if contextIndex(sig) >= 0 {
			rest--
		}
		return rest == 0
	}
	return false
}

// isPositioned reports whether nothing that the method takes says what to read: no context of a
// request, buffers and numbers at most.
func isPositioned(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		t := v.Type().Underlying()
		if s, ok := t.(*types.Slice); ok {
			t = s.Elem().Underlying()
		}
		if b, ok := t.(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
			return false
		}
	}
	return true
}

// takesStatement reports whether a method takes a text of another language, which may well say to
// change something.
func takesStatement(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		switch strings.ToLower(v.Name()) {
		case "sql", "stmt", "statement", "query", "cypher", "script":
			if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
				return true
			}
		}
	}
	return false
}

// carriesError reports whether a method's error can be asked from its first result, and from
// nothing else.
func carriesError(sig *types.Signature) bool {
	if sig.Results().Len() == 0 || errorIndex(sig) >= 0 {
		return false
	}
	err := method(sig.Results().At(0).Type(), "Err")
	return err != nil && isErrMethod(err)
}

// answerName is how errors are called that are answers: they say no more than that there is
// nothing.
var answerName = regexp.MustCompile(`^((?:Err)?Nil|(?:Err)?EOF|.*(?:NotFound|NotExists?|NoRows|NoDocuments))$`)

// answers returns the error values of a package that are answers and no failures.
func answers(pkg *types.Package) (list []types.Object) {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		_, isVar := obj.(*types.Var)
		_, isConst := obj.(*types.Const)
		if (isVar || isConst) && answerName.MatchString(name) && types.AssignableTo(obj.Type(), errorType) {
			list = append(list, obj)
		}
	}
	return list
}
