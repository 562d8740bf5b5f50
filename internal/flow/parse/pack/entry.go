package pack

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/valyala/fastjson"
)

// headBytes is how far into a message fixed texts are looked for.
const headBytes = 512

// minLiteral is the least length of the text that finds a pack anywhere in the head of a message.
const minLiteral = 4

// Sighting is what is known of a record before any pack looked at it.
type Sighting struct {
	Message    string
	Program    string // of the syslog header, without path
	Family     string // of "postfix/smtpd" the part before the slash
	MsgID      string
	Structured string // the structured data as sent
	Dataset    string // what a parser written in Go found
	Object     *fastjson.Value
	Vendor     string // of a CEF or LEEF header
	Product    string
	LEEF       bool
}

// entry is a compiled Match.
type entry struct {
	pack   *Pack
	device *device // instead of a pack: a device that is known without one
	weight int
	order  int // among the entries of a set

	programs   []string // in small letters
	prefixes   []string
	contains   []string
	cef, leef  []string // "vendor|product" in small letters
	keys       [][]string
	values     []jsonValues
	structured []string
	msgids     []string
	datasets   []string
}

type jsonValues struct {
	path   []string
	values []string
}

func entries(list []Match) ([]*entry, error) {
	if len(list) == 0 || len(list) > maxMatches {
		return nil, fmt.Errorf("match: 1 to %d entries are wanted", maxMatches)
	}
	var out []*entry
	for i := range list {
		e, err := list[i].compile()
		if err != nil {
			return nil, fmt.Errorf("match %d: %w", i+1, err)
		}
		out = append(out, e)
	}
	return out, nil
}

func (m *Match) compile() (*entry, error) {
	e := &entry{prefixes: m.Prefix, contains: slices.Clone(m.Contains), structured: m.Structured, msgids: m.MsgID, datasets: m.Dataset}
	e.programs, e.cef, e.leef = lower(m.Program), lower(m.CEF), lower(m.LEEF)
	for _, name := range slices.Concat(e.cef, e.leef) {
		if strings.Count(name, "|") != 1 || name[0] == '|' || strings.HasSuffix(name, "|") {
			return nil, fmt.Errorf("%q: vendor|product is wanted, or vendor|*", name)
		}
	}
	if m.JSON != nil {
		for _, k := range m.JSON.Keys {
			e.keys = append(e.keys, strings.Split(k, "."))
		}
		for _, k := range sortedKeys(m.JSON.Values) {
			e.values = append(e.values, jsonValues{path: strings.Split(k, "."), values: m.JSON.Values[k]})
			e.keys = append(e.keys, strings.Split(k, "."))
		}
		if len(e.keys) == 0 {
			return nil, errors.New("json: keys or values are wanted")
		}
	}
	slices.SortStableFunc(e.contains, func(a, b string) int { return len(b) - len(a) })
	for _, s := range slices.Concat(e.prefixes, e.contains, e.structured, e.msgids, e.programs, e.datasets) {
		if s == "" {
			return nil, errors.New("an empty text is in every record")
		}
	}
	if len(e.contains) > 0 && len(e.contains[0]) < minLiteral && len(e.programs)+len(e.prefixes)+len(e.msgids)+len(e.structured)+len(e.cef)+len(e.leef)+len(e.keys)+len(e.datasets) == 0 {
		return nil, fmt.Errorf("contains: one text of %d bytes or more is wanted", minLiteral)
	}
	e.weigh()
	if e.weight == 0 {
		return nil, errors.New("nothing to recognise a record by")
	}
	return e, nil
}

// weigh tells how specific an entry is: by its conditions first, then by their length.
func (e *entry) weigh() {
	for _, some := range []int{len(e.programs), len(e.prefixes), len(e.cef) + len(e.leef), len(e.structured), len(e.msgids), len(e.datasets)} {
		if some > 0 {
			e.weight += 1000
		}
	}
	e.weight += 1000*(len(e.contains)+len(e.values)+len(e.keys)) + shortest(e.prefixes)
	for _, s := range e.contains {
		e.weight += len(s)
	}
	for _, name := range slices.Concat(e.cef, e.leef) {
		if !strings.HasSuffix(name, "|*") {
			e.weight += 100
			break
		}
	}
}

func shortest(list []string) int {
	n := 0
	for i, s := range list {
		if i == 0 || len(s) < n {
			n = len(s)
		}
	}
	return n
}

// before reports whether an entry tells more than another, or as much and stands before it.
func (e *entry) before(o *entry) bool {
	return e.weight > o.weight || e.weight == o.weight && e.order < o.order
}

// holds reports whether everything of the entry is so.
func (e *entry) holds(s *Sighting) bool {
	return e.headerHolds(s) && e.textHolds(s.Message) && e.objectHolds(s.Object)
}

func (e *entry) headerHolds(s *Sighting) bool {
	if e.programs != nil && !slices.ContainsFunc(e.programs, func(p string) bool { return equalFold(s.Program, p) || equalFold(s.Family, p) }) {
		return false
	}
	if e.msgids != nil && !slices.Contains(e.msgids, s.MsgID) {
		return false
	}
	if e.structured != nil && !slices.ContainsFunc(e.structured, func(id string) bool { return elementIs(s.Structured, id) }) {
		return false
	}
	if e.datasets != nil && !slices.Contains(e.datasets, s.Dataset) {
		return false
	}
	switch {
	case e.cef == nil && e.leef == nil:
		return true
	case s.LEEF:
		return deviceIs(e.leef, s.Vendor, s.Product)
	}
	return s.Vendor != "" && deviceIs(e.cef, s.Vendor, s.Product)
}

func (e *entry) textHolds(msg string) bool {
	if e.prefixes != nil && !slices.ContainsFunc(e.prefixes, func(p string) bool { return strings.HasPrefix(msg, p) }) {
		return false
	}
	head := msg[:min(len(msg), headBytes)]
	for _, text := range e.contains {
		if !strings.Contains(head, text) {
			return false
		}
	}
	return true
}

func (e *entry) objectHolds(v *fastjson.Value) bool {
	if e.keys == nil {
		return true
	}
	if v == nil {
		return false
	}
	for _, path := range e.keys {
		if member(v, path) == nil {
			return false
		}
	}
	for i := range e.values {
		m := member(v, e.values[i].path)
		if !slices.ContainsFunc(e.values[i].values, func(want string) bool { return textIs(m, want) }) {
			return false
		}
	}
	return true
}

// member returns what stands under a path of names, also where a name itself has dots.
func member(v *fastjson.Value, path []string) *fastjson.Value {
	if m := v.Get(path...); m != nil || len(path) == 1 {
		return m
	}
	return v.Get(strings.Join(path, "."))
}

func textIs(v *fastjson.Value, want string) bool {
	if v == nil {
		return false
	}
	if b, err := v.StringBytes(); err == nil {
		return string(b) == want
	}
	switch v.Type() {
	case fastjson.TypeNumber, fastjson.TypeTrue, fastjson.TypeFalse:
		return v.String() == want
	}
	return false
}

// elementIs reports whether structured data begins with an element of the id: whole, or up to "@" or "." after it.
func elementIs(structured, id string) bool {
	s, ok := strings.CutPrefix(structured, "[")
	if !ok {
		return false
	}
	s, ok = strings.CutPrefix(s, id)
	return ok && (s == "" || s[0] == ' ' || s[0] == ']' || s[0] == '@' || s[0] == '.')
}

func deviceIs(list []string, vendor, product string) bool {
	for _, name := range list {
		v, p, _ := strings.Cut(name, "|")
		if equalFold(vendor, v) && (p == "*" || equalFold(product, p) || strings.HasSuffix(p, "*") && len(product) >= len(p)-1 && equalFold(product[:len(p)-1], p[:len(p)-1])) {
			return true
		}
	}
	return false
}

// equalFold compares with a text that is in small letters already, in ASCII.
func equalFold(s, small string) bool { return len(s) == len(small) && strings.EqualFold(s, small) }

func lower(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, strings.ToLower(s))
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
