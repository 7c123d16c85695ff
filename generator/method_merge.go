package generator

// This file merges the directives that apply to a method, key by key: what named policies bring,
// then the directives of the interface, those with methods=, and those on the method itself, later
// over earlier. Of policies, too, one that is used on the method wins over one of the interface;
// but what the interface says in its own words always wins over what a policy says for everybody.

// merge returns the settings that apply to a method.
func (a *typedInterface) merge(m member, names *resolution) effectiveSettings {
	result := effectiveSettings{settings: make([]appliedSetting, 0, 8)} // as many as most methods have
	for l := usedOnInterface; l <= onMethod; l++ {
		directives := a.own
		if l == usedOnMethod || l == onMethod {
			directives = a.methods[m.Name()]
		}
		for _, d := range directives {
			asked, applies := d.appliesTo(m, l)
			switch isUsed := l <= usedOnMethod; {
			case !applies || isUsed != (d.Name == "use"):
			case isUsed:
				for _, i := range d.policies {
					for _, layer := range names.layers[i.Pos()] {
						result.applyLayer(layer, l, asked)
					}
				}
			case d.Name == off:
				result = allOff()
			default:
				result.apply(d.settings, l, asked, nil)
			}
		}
	}
	return result
}

// allOff returns what is in effect below //resilgen:off: nothing.
func allOff() effectiveSettings {
	refused := map[string]string{}
	for _, doc := range settingDocs {
		refused[doc.Name] = off
	}
	return effectiveSettings{refused: refused}
}
