package naive

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// matches asks one value of the event about one value of the rule.
func (x *evaluation) matches(item sigma.Item, v sigma.Value, s string) bool {
	texts := []string{v.Text}
	if slices.Contains(item.Modifiers, "expand") && v.Kind == sigma.Text {
		texts = x.expand(v.Text)
	}
	for _, text := range texts {
		if x.matchesText(item, text, s) {
			return true
		}
	}
	return false
}

func (x *evaluation) matchesText(item sigma.Item, text, s string) bool {
	mods := item.Modifiers
	switch {
	case slices.Contains(mods, "re"):
		return expression(mods, text).MatchString(s)
	case slices.Contains(mods, "cidr"):
		return network(text, s)
	case slices.Contains(mods, "fieldref"):
		return x.reference(mods, text, s)
	}
	if compared(mods) {
		return compare(mods, text, s)
	}
	for _, p := range x.pattern(mods, text) {
		if item.Field == "" {
			p = append(append([]unit{{any: true}}, p...), unit{any: true})
		}
		if matchUnits(p, x.units(s), slices.Contains(mods, "cased")) {
			return true
		}
	}
	return false
}

func (x *evaluation) expand(text string) []string {
	re := regexp.MustCompile(`\\%|%\w+%`)
	out := []string{""}
	at := 0
	extend := func(tails []string) {
		var next []string
		for _, o := range out {
			for _, t := range tails {
				next = append(next, o+t)
			}
		}
		out = next
	}
	for _, m := range re.FindAllStringIndex(text, -1) {
		extend([]string{text[at:m[0]]})
		if found := text[m[0]:m[1]]; found == `\%` {
			extend([]string{"%"})
		} else {
			values := x.placeholders[strings.Trim(found, "%")]
			if len(values) == 0 {
				panic(unreadable("no value for " + found))
			}
			extend(values)
		}
		at = m[1]
	}
	extend([]string{text[at:]})
	return out
}

func expression(mods []string, text string) *regexp.Regexp {
	flags := ""
	for _, m := range mods {
		switch m {
		case "i", "ignorecase":
			flags += "i"
		case "m", "multiline":
			flags += "m"
		case "s", "dotall":
			flags += "s"
		}
	}
	startswith, endswith := slices.Contains(mods, "startswith"), slices.Contains(mods, "endswith")
	if slices.Contains(mods, "contains") {
		startswith, endswith = false, false
	}
	if startswith && !endswith {
		text = `\A(?:` + text + `)`
	}
	if endswith && !startswith {
		text = `(?:` + text + `)\z`
	}
	if flags != "" {
		text = "(?" + flags + ")" + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		panic(unreadable(err.Error()))
	}
	return re
}

func network(text, s string) bool {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	if prefix, err := netip.ParsePrefix(text); err == nil {
		if prefix.Addr().Is4In6() && prefix.Bits() >= 96 {
			prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
		}
		return prefix.Contains(addr)
	}
	single, err := netip.ParseAddr(text)
	if err != nil {
		panic(unreadable("no network: " + text))
	}
	return single.Unmap() == addr
}

func (x *evaluation) reference(mods []string, field, s string) bool {
	name := plain(readPattern(field))
	others, _ := x.values(strings.ReplaceAll(name, " ", ""))
	for _, o := range others {
		var p []unit
		if slices.Contains(mods, "contains") || slices.Contains(mods, "endswith") {
			p = append(p, unit{any: true})
		}
		p = append(p, x.units(o)...)
		if slices.Contains(mods, "contains") || slices.Contains(mods, "startswith") {
			p = append(p, unit{any: true})
		}
		if matchUnits(p, x.units(s), slices.Contains(mods, "cased")) {
			return true
		}
	}
	return false
}

// transform applies a modifier that changes text.
func transform(modifier string, patterns [][]unit) (out [][]unit) {
	encode := func(f func(string) []string) [][]unit {
		for _, p := range patterns {
			for _, q := range spell(p) {
				for _, s := range f(plain(q)) {
					out = append(out, readUnits(s))
				}
			}
		}
		return out
	}
	wide := func(bigEndian bool) [][]unit {
		for _, p := range patterns {
			for _, q := range spell(p) {
				out = append(out, widen(q, bigEndian))
			}
		}
		return out
	}
	switch modifier {
	case "contains":
		return wrap(patterns, true, true)
	case "startswith":
		return wrap(patterns, false, true)
	case "endswith":
		return wrap(patterns, true, false)
	case "windash":
		return dashed(patterns)
	case "base64":
		return encode(func(s string) []string { return []string{base64.StdEncoding.EncodeToString([]byte(s))} })
	case "base64offset":
		return encode(offsets)
	case "wide", "utf16le":
		return wide(false)
	case "utf16be":
		return wide(true)
	case "utf16":
		for i, p := range wide(false) {
			out[i] = append([]unit{{b: 0xff, raw: true}, {b: 0xfe, raw: true}}, p...)
		}
		return out
	case "all", "neq", "cased", "expand":
		return patterns
	}
	panic(unreadable("unknown modifier " + modifier))
}

// offsets encodes s at each place in a group of three and keeps the characters all of whose six bits come from s.
func offsets(s string) (out []string) {
	for shift := range 3 {
		enc := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", shift) + s))
		first := (8*shift + 5) / 6
		last := (8 * (shift + len(s))) / 6
		out = append(out, enc[first:last])
	}
	return out
}

// widen writes the characters of a pattern in UTF-16 and reads the bytes back as units.
func widen(p []unit, bigEndian bool) (out []unit) {
	var text []byte
	flush := func() {
		out = append(out, readUnits(string(text))...)
		text = nil
	}
	for _, u := range p {
		if u.any || u.one {
			flush()
			out = append(out, u)
			continue
		}
		r := u.r
		if u.raw {
			r = 0xfffd
		}
		for _, c := range utf16.Encode([]rune{r}) {
			if bigEndian {
				text = append(text, byte(c>>8), byte(c))
			} else {
				text = append(text, byte(c), byte(c>>8))
			}
		}
	}
	flush()
	return out
}
