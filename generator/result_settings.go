package generator

// This file spells out what is in effect on a method: every setting, also those that nobody wrote.

import resil "github.com/resilgen/resilgen/runtime"

// Settings returns all that is in effect on the method, in the order of the language, each with the
// place where it was written. A default has no place. A directive that stands alone comes before
// its keys.
func (m Method) Settings() (all []Origin) {
	written := map[settingName]Origin{}
	for _, o := range m.Origins {
		written[settingName{o.Directive, o.Key}] = o
	}
	ofPolicy := m.policySettings()
	for _, doc := range settingDocs {
		if alone, ok := written[settingName{doc.Name, ""}]; ok {
			all = append(all, alone)
		}
		for _, s := range ofPolicy[doc.Name] {
			o := written[settingName{s.Directive, s.Key}]
			all = append(all, Origin{s, o.Pos, o.NamedPolicy})
		}
		for _, key := range doc.Keys { // functions, which no Policy holds
			if o, ok := written[settingName{doc.Name, key.Name}]; ok && operandOf(o.Setting).isOurs {
				all = append(all, o)
			}
		}
	}
	return all
}

// policySettings returns the settings of the policy by directive. What was written and has no say,
// as the window of a breaker that was made to count failures in a row, is not among them.
func (m Method) policySettings() map[string][]resil.Setting {
	settings := map[string][]resil.Setting{}
	for _, s := range m.Policy.Settings() {
		if s.Key != "" {
			settings[s.Directive] = append(settings[s.Directive], s)
		}
	}
	return settings
}
