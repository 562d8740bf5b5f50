package learn

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/wire/delimited"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

// trimmed are the characters taken off values that are split strictly.
const trimmed = `"'`

// dialect is a way to take a text apart, as a step of a pack does it.
type dialect struct {
	structure string
	recipe    Recipe
	header    []string // names of the columns, where a header of them was seen
}

// scratch is memory for taking texts apart. It serves one goroutine.
type scratch struct {
	json  fastjson.Parser
	draft draft.Draft
	ev    event.Event
	cells []string
	out   []event.Field

	declared []string // names of columns that a line "#Fields: …" told
}

// read takes a text apart into fields with cleaned names. What it returns lives until the next call.
func (d *dialect) read(s *scratch, text string) []event.Field {
	s.out = s.out[:0]
	add := func(k, v string) bool {
		if v != "" {
			s.out = append(s.out, event.Field{Name: clean(k), Value: v})
		}
		return true
	}
	switch {
	case d.structure == JSON:
		return s.object(text)
	case d.structure == Colon:
		kv.EachColon(text, add)
	case d.structure == Columns:
		for i, c := range d.split(s, text) {
			add(slotName("c", i), c)
		}
	case d.recipe.Pairs != "":
		for n := 0; text != "" && n < kv.MaxPairs; n++ {
			var one string
			one, text, _ = strings.Cut(text, d.recipe.Pairs)
			key, value, ok := strings.Cut(one, d.recipe.Assign)
			if key = strings.TrimSpace(key); ok && key != "" && len(key) <= 96 {
				add(key, strings.Trim(strings.TrimSpace(value), trimmed))
			}
		}
	default:
		kv.Each(text, add)
	}
	return s.out
}

// under keeps names of an object from being taken for the platform's while it is flattened.
const under = "x."

func (s *scratch) object(text string) []event.Field {
	at := parse.ObjectAt(text)
	if at < 0 {
		return nil
	}
	v, err := s.json.Parse(strings.TrimRight(text[at:], " \r\n\x00"))
	if err != nil {
		return nil
	}
	if v.Type() == fastjson.TypeArray {
		items, _ := v.Array()
		if len(items) == 0 {
			return nil
		}
		v = items[0]
	}
	if v.Type() != fastjson.TypeObject {
		return nil
	}
	s.draft.Reset(&s.ev)
	s.draft.AddJSON(under, v)
	for _, f := range s.ev.Fields {
		if f.Value != "" {
			s.out = append(s.out, event.Field{Name: strings.TrimPrefix(f.Name, under), Value: f.Value})
		}
	}
	return s.out
}

// split cuts a line of columns as the csv step does.
func (d *dialect) split(s *scratch, text string) []string {
	if d.recipe.Quoted && len(d.recipe.Separator) == 1 {
		s.cells = delimited.Split(text, d.recipe.Separator[0], s.cells[:0])
		return s.cells
	}
	s.cells = s.cells[:0]
	for len(s.cells) < delimited.MaxFields {
		one, rest, more := strings.Cut(text, d.recipe.Separator)
		s.cells = append(s.cells, strings.TrimSpace(one))
		if !more {
			break
		}
		text = rest
	}
	return s.cells
}

// clean is a name as a draft keeps it: letters, digits, "_.@-" and Chinese characters.
func clean(name string) string {
	ok := true
	for _, r := range name {
		ok = ok && allowed(r)
	}
	if ok && name != "" {
		return name
	}
	if name == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		if allowed(r) {
			return r
		}
		return '_'
	}, name)
}

func allowed(r rune) bool {
	if r < utf8.RuneSelf {
		c := byte(r)
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' || c == '@'
	}
	return r != utf8.RuneError && unicode.Is(unicode.Han, r)
}

// blanks reports whether names of a list of pairs seem to hold blanks: "Device Name=a, User Name=b".
func blanks(text string) bool {
	plain, wide := 0, 0
	kv.Each(text, func(k, _ string) bool { plain += len(k); return true })
	kv.EachSpaced(text, func(k, _ string) bool { wide += len(k); return true })
	return wide > plain
}

// slotName is c1, c2 … or s1, s2 …
func slotName(letter string, i int) string { return letter + strconv.Itoa(i+1) }
