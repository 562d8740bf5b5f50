package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
)

// Bounds on what [Locate] looks through and returns.
const (
	maxLocated   = 64 << 10 // bytes of the record that are searched
	maxPlaces    = 600
	maxOfOne     = 3 // places of one value
	nearEnough   = 80
	shortestWord = 4 // a value that may stand within a word
)

// Place is where the value of a field stands in a record, word for word or escaped as the record's format demands.
type Place struct {
	Field      int // index of the field
	Start, End int // in bytes of the record
	in         *layer
	at         int // of the value, in the layer's text
}

// Locate finds where values of fields stand in the record they were read from. Of several places those are taken that
// follow the field's own name; what is too short to be told from chance is not located.
func Locate(text string, fields []event.Field) []Place {
	if len(text) > maxLocated {
		text = text[:maxLocated]
	}
	all := layers(text)
	names := map[string][]string{} // last parts of the names that a value goes by
	for _, f := range fields {
		names[f.Value] = append(names[f.Value], strings.ToLower(f.Name[strings.LastIndexByte(f.Name, '.')+1:]))
	}
	found := map[string][]Place{}
	var out []Place
	for i, f := range fields {
		if f.Value == "" || f.Name == event.Original || len(out) >= maxPlaces {
			continue
		}
		places, ok := found[f.Value]
		if !ok {
			places = locate(all, f.Value, names[f.Value])
			found[f.Value] = places
		}
		for _, p := range places {
			p.Field = i
			out = append(out, p)
		}
	}
	return out
}

func locate(all []*layer, value string, names []string) []Place {
	for _, l := range all {
		if places := occurrences(l.text, l.lower, value, names); len(places) > 0 {
			for i, p := range places {
				places[i] = Place{Start: l.raw(p.Start), End: l.raw(p.End), in: l, at: p.Start}
			}
			return places
		}
	}
	return nil
}

// occurrences picks among the places of a text those that are most surely meant.
func occurrences(text, lower, written string, names []string) []Place {
	var named, apart, within []Place
	for at, tries := 0, 0; tries < 64; tries++ {
		i := strings.Index(text[at:], written)
		if i < 0 {
			break
		}
		p := Place{Start: at + i, End: at + i + len(written)}
		at = p.End
		switch {
		case !standsApart(text, p):
			within = append(within, p)
		case followsName(lower[max(0, p.Start-nearEnough):p.Start], names):
			named = append(named, p)
		default:
			apart = append(apart, p)
		}
	}
	switch {
	case len(named) > 0:
		return named[:min(len(named), maxOfOne)]
	case utf8.RuneCountInString(written) < 2:
		return nil
	case len(apart) > 0:
		return apart[:min(len(apart), maxOfOne)]
	case len(within) > 0 && utf8.RuneCountInString(written) >= shortestWord:
		return within[:1]
	}
	return nil
}

// standsApart reports whether neither side of the place goes on in the same kind of letters.
func standsApart(text string, p Place) bool {
	return (p.Start == 0 || !sameWord(text[p.Start-1], text[p.Start])) && (p.End == len(text) || !sameWord(text[p.End-1], text[p.End]))
}

// sameWord reports whether two neighbouring bytes belong to one word: both ASCII letters and digits, or both of another script.
func sameWord(a, b byte) bool {
	return isASCIIWord(a) && isASCIIWord(b) || a >= utf8.RuneSelf && b >= utf8.RuneSelf
}

func isASCIIWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

func followsName(before string, names []string) bool {
	before = strings.TrimRight(before, " \t\"'=:>([")
	for _, n := range names {
		if strings.HasSuffix(before, n) {
			return true
		}
	}
	return false
}

// Part is where bytes start to end of the value stand in the record. Of a character that is escaped as a whole, and of
// which only some bytes are asked, the whole escape is meant where it begins within the part.
func (p Place) Part(start, end int) (from, to int) {
	return p.in.raw(p.at + start), p.in.raw(p.at + end)
}
