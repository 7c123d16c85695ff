package generator

// This file is the sentences that explain choices. Each is said of one method or of several.

import (
	"fmt"
	"regexp"
)

// sentence explains a choice, where there is something to say of retries.
func (c class) sentence(methods []string, why string) string {
	subject, one := enumerate(methods), len(methods) == 1
	why = ofSeveral(why, one)
	verb := func(singular, plural string) string {
		if one {
			return singular
		}
		return plural
	}
	switch c {
	case reads:
		return fmt.Sprintf("%s: failed attempts are repeated, since by %s only %s.",
			subject, verb("its name it", "their names they"), verb("reads", "read"))
	case writes:
		return fmt.Sprintf("%s %s not repeated: by %s something, and an attempt that failed may have done so.",
			subject, verb("is", "are"), verb("its name it changes", "their names they change"))
	case unclear:
		return fmt.Sprintf("%s %s not repeated: %s not say that %s only %s.",
			subject, verb("is", "are"), verb("its name does", "their names do"), verb("it", "they"), verb("reads", "read"))
	case consumes:
		return fmt.Sprintf("%s %s not repeated, because %s.", subject, verb("is", "are"), why)
	case closes:
		return fmt.Sprintf("%s %s left alone: %s to get through while a breaker is open, too.",
			subject, verb("is", "are"), verb("it has", "they have"))
	}
	return fmt.Sprintf("%s %s through: %s.", subject, verb("passes", "pass"), why)
}

// sayWithout says that a policy cannot act on some methods, and why.
func sayWithout(methods []string, policy, why string) string {
	verb, one := "have", len(methods) == 1
	if one {
		verb = "has"
	}
	return fmt.Sprintf("%s %s no %s: %s.", enumerate(methods), verb, policy, ofSeveral(why, one))
}

// ofSeveral returns a reason that is said of one method as it is said of several.
func ofSeveral(why string, one bool) string {
	if one {
		return why
	}
	return singular.ReplaceAllStringFunc(why, func(s string) string { return plurals[s] })
}

var (
	singular = regexp.MustCompile(`^it (?:has|takes|returns|goes)\b`)
	plurals  = map[string]string{"it has": "they have", "it takes": "they take", "it returns": "they return", "it goes": "they go"}
)
