package parse

import (
	"strconv"
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
	escape     escape
}

// escape writes a character as a format does; nil writes it as it is.
type escape func(rune) string

// Locate finds where values of fields stand in the record they were read from. Of several places those are taken that
// follow the field's own name; what is too short to be told from chance is not located.
func Locate(text string, fields []event.Field) []Place {
	if len(text) > maxLocated {
		text = text[:maxLocated]
	}
	lower := strings.ToLower(text)
	if len(lower) != len(text) {
		lower = text
	}
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
			places = locate(text, lower, f.Value, names[f.Value])
			found[f.Value] = places
		}
		for _, p := range places {
			p.Field = i
			out = append(out, p)
		}
	}
	return out
}

func locate(text, lower, value string, names []string) []Place {
	for _, esc := range []escape{nil, escapeJSON, escapeASCII, escapeXML} {
		written := value
		if esc != nil {
			if written = esc.all(value); written == value {
				continue
			}
		}
		if places := occurrences(text, lower, written, names); len(places) > 0 {
			for i := range places {
				places[i].escape = esc
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

// Part is where bytes start to end of the value stand in the record.
func (p Place) Part(value string, start, end int) (from, to int) {
	if p.escape == nil {
		return p.Start + start, p.Start + end
	}
	return p.Start + len(p.escape.all(value[:start])), p.Start + len(p.escape.all(value[:end]))
}

func (e escape) all(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(e(r))
	}
	return b.String()
}

func escapeJSON(r rune) string {
	switch r {
	case '"':
		return `\"`
	case '\\':
		return `\\`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return string(r)
}

// escapeASCII is JSON from writers that keep to ASCII.
func escapeASCII(r rune) string {
	if r < utf8.RuneSelf || r > 0xffff {
		return escapeJSON(r)
	}
	return `\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:]
}

func escapeXML(r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '"':
		return "&quot;"
	case '\'':
		return "&apos;"
	}
	return string(r)
}
