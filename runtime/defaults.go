package resil

// This file brings the defaults. Those that the grammar documents are parsed once, when the program
// starts, and whatever has a default takes it from there.

import "math"

// defaults is a policy of all directives in which every key has the default that the grammar
// documents. unsettledDefaults is the same without those that depend on other keys: by a zero,
// settle sees that nobody has said anything.
//
// init makes them. As initial values they would depend on the rows of the grammar, which in turn
// look at defaults.
var defaults, unsettledDefaults Policy

func init() {
	for i := range directives {
		d := &directives[i]
		d.create(&defaults)
		d.bringDefaults(func(k *key) bool { return !k.settled })
		d.copy(&unsettledDefaults, &defaults)
		d.bringDefaults(func(k *key) bool { return k.settled })
	}
}

// bringDefaults parses the defaults of some keys into the policy of all defaults. One that is the
// value of another key only settle can bring.
func (d *directive) bringDefaults(of func(*key) bool) {
	for i := range d.keys {
		k := &d.keys[i]
		if k.Default == "" || !of(k) || d.key(k.Default) != nil {
			continue
		}
		if err := k.parse(&defaults, k.Default); err != nil {
			panic("resil: the default of " + d.name + " " + k.Name + "=: " + err.Error())
		}
	}
}

// switchOn makes the part with its defaults, unless it is there.
func (d *directive) switchOn(p *Policy) {
	if !d.isOn(p) {
		d.copy(p, &unsettledDefaults)
	}
}

// switchOff removes the part.
func (d *directive) switchOff(p *Policy) { d.copy(p, &Policy{}) }

// settle brings the defaults that depend on other keys.
func (p *Policy) settle() {
	if r := p.Retry; r != nil && r.Max == 0 {
		r.Max = max(defaults.Retry.Max, r.Initial)
	}
	if b := p.Breaker; b != nil && b.needsWindow() {
		b.settle(defaults.Breaker)
	}
	if l := p.RateLimit; l != nil && l.Burst == 0 {
		l.Burst = int(min(math.Ceil(l.Rate), maxCalls)) // a rate is above zero
	}
}

// settle brings the defaults of a breaker that judges shares of a window.
func (b *Breaker) settle(defaults *Breaker) {
	if b.Window == 0 && b.WindowCalls == 0 {
		b.Window, b.WindowCalls = defaults.Window, defaults.WindowCalls
	}
	if b.MinCalls == 0 {
		b.MinCalls = defaults.MinCalls
		if b.WindowCalls > 0 {
			b.MinCalls = min(b.MinCalls, b.WindowCalls)
		}
	}
	if b.SlowCall > 0 && b.SlowRatio == 0 {
		b.SlowRatio = defaults.SlowRatio
	}
}
