package resil

// ParseOverrides returns what is wrong with the text of a file by itself.
func ParseOverrides(path, text string) []*OverridesError {
	f, err := parseOverrides(path, []byte(text))
	if err != nil {
		panic(err)
	}
	return f.wrong
}

// JudgeOverrides returns the policies of a client's methods under a text, and what is wrong with it
// for the client, left out or pending.
func JudgeOverrides(path, text string, c *Client) (policies []Policy, wrong, leftOut, pending []*OverridesError) {
	f, err := parseOverrides(path, []byte(text))
	if err != nil {
		panic(err)
	}
	l := natureOf(c)
	v := f.judge(c.name, l)
	return v.policies, v.wrong, v.leftOut, f.pending(map[string][]clientNature{c.name: {l.detached()}})
}
