package pack

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/wire/delimited"
	"github.com/isoc-project/isoc/internal/flow/wire/kv"
	"github.com/isoc-project/isoc/internal/flow/wire/xmlscan"
)

// pairs reads key=value.
type pairs struct {
	KV
}

func (p *Pack) pairs(o KV) (*pairs, error) {
	if (o.Pairs == "") != (o.Assign == "") {
		return nil, errors.New("kv: pairs and assign come together")
	}
	if o.Colon && o.Pairs != "" {
		return nil, errors.New("kv: colon has no pairs")
	}
	return &pairs{KV: o}, nil
}

func (k *pairs) apply(r *run, text string) bool {
	n := 0
	add := func(key, value string) bool {
		n++
		if k.Trim != "" {
			value = strings.Trim(value, k.Trim)
		}
		r.vendor(key, value)
		return true
	}
	switch {
	case k.Colon:
		kv.EachColon(text, add)
	case k.Pairs != "":
		k.each(text, add)
	default:
		kv.Each(text, add)
	}
	if n == 0 && k.Only {
		r.why = "no key=value"
		return false
	}
	return true
}

func (k *pairs) each(text string, add func(key, value string) bool) {
	for n := 0; text != "" && n < kv.MaxPairs; n++ {
		var one string
		one, text, _ = strings.Cut(text, k.Pairs)
		key, value, ok := strings.Cut(one, k.Assign)
		if key = strings.TrimSpace(key); ok && key != "" && len(key) <= 96 {
			add(key, strings.TrimSpace(value))
		}
	}
}

// vendor adds a field that the record names.
func (r *run) vendor(key, value string) {
	if value == "" {
		return
	}
	w, ok := r.words.words[key]
	if !ok {
		w = r.words.learn(r, key)
	}
	r.add(w, value)
}

// object reads JSON.
type object struct{ prefix string }

func (o *object) apply(r *run, text string) bool {
	v, ok := r.host.JSON(text)
	if !ok {
		r.why = "no JSON object"
		return false
	}
	r.d.AddJSON(o.prefix, v)
	return true
}

// columns reads values by their place.
type columns struct {
	separator string
	quoted    bool
	least     int
	most      int // 0 for any number
	slots     []slot
	field     string // whose value chooses, or
	at        int    // the column that does; -1 where none
	by        map[string][]slot
}

func (p *Pack) columns(o CSV) (*columns, error) {
	c := &columns{separator: o.Separator, quoted: o.Quoted == nil || *o.Quoted, least: max(o.Least, 1), most: o.Most, at: -1}
	if c.separator == "" {
		c.separator = ","
	}
	if len(c.separator) > 1 {
		c.quoted = false
	}
	var err error
	if c.slots, err = p.slots(o.Columns); err != nil {
		return nil, err
	}
	if o.By != nil {
		if (o.By.Field == "") == (o.By.At == nil) {
			return nil, errors.New("csv: by needs field or at")
		}
		if o.By.At != nil {
			c.at = *o.By.At
		} else {
			c.field = p.full(o.By.Field)
		}
		c.by = make(map[string][]slot, len(o.By.Columns))
		for value, names := range o.By.Columns {
			if c.by[value], err = p.slots(names); err != nil {
				return nil, err
			}
		}
	}
	if len(c.slots) == 0 && len(c.by) == 0 {
		return nil, errors.New("csv: no columns")
	}
	return c, nil
}

func (p *Pack) slots(names []string) ([]slot, error) {
	if len(names) > delimited.MaxFields {
		return nil, fmt.Errorf("csv: more than %d columns", delimited.MaxFields)
	}
	out := make([]slot, len(names))
	for i, n := range names {
		s, err := p.slot(n)
		if err != nil {
			return nil, fmt.Errorf("csv: column %d: %w", i, err)
		}
		out[i] = s
	}
	return out, nil
}

func (c *columns) apply(r *run, text string) bool {
	m := r.host.Memory()
	m.cells = c.split(text, m.cells[:0])
	cells := m.cells
	if len(cells) < c.least {
		r.why = "too few values"
		return false
	}
	if c.most > 0 && len(cells) > c.most {
		r.why = "too many values"
		return false
	}
	slots := c.slots
	if c.by != nil {
		key := ""
		if c.at >= 0 && c.at < len(cells) {
			key = cells[c.at]
		} else if c.at < 0 {
			key = r.d.Value(c.field)
		}
		if chosen, ok := c.by[key]; ok {
			slots = chosen
		} else if slots == nil {
			r.why = "no columns for this kind of line"
			return false
		}
	}
	for i := range slots {
		if i < len(cells) {
			r.put(&slots[i], cells[i])
		}
	}
	return true
}

func (c *columns) split(text string, dst []string) []string {
	if c.quoted {
		return delimited.Split(text, c.separator[0], dst)
	}
	for len(dst) < delimited.MaxFields {
		one, rest, more := strings.Cut(text, c.separator)
		dst = append(dst, strings.TrimSpace(one))
		if !more {
			break
		}
		text = rest
	}
	return dst
}

// elements reads XML: every text and attribute under the dotted path of its elements below the first.
type elements struct{}

func (elements) apply(r *run, text string) bool {
	w := &xmlWalk{r: r}
	if i := strings.IndexByte(text, '<'); i < 0 || !xmlscan.Scan(text[i:], w) && w.n == 0 {
		r.why = "no XML"
		return false
	}
	return true
}

type xmlWalk struct {
	r    *run
	path []string
	n    int
}

func (w *xmlWalk) Open(name, attrs string) {
	w.path = append(w.path, name)
	xmlscan.EachAttr(attrs, func(attr, value string) { w.add(attr, value) })
}

func (w *xmlWalk) Text(s string) {
	if s = strings.TrimSpace(s); s != "" {
		w.add("", s)
	}
}

func (w *xmlWalk) Close(string) { w.path = w.path[:len(w.path)-1] }

func (w *xmlWalk) add(leaf, value string) {
	path := w.path[min(1, len(w.path)):]
	name := strings.Join(path, ".")
	switch {
	case name == "" && leaf == "":
		return
	case name == "":
		name = leaf
	case leaf != "":
		name += "." + leaf
	}
	w.n++
	w.r.vendor(name, value)
}

// expression is a regular expression that is tried only where its literal stands.
type expression struct {
	re      *regexp.Regexp
	literal string
	slots   []slot
}

func (p *Pack) expression(text, literal string) (*expression, error) {
	if len(literal) < 2 {
		return nil, errors.New("re2: a literal of two bytes or more is wanted, without which the expression is not tried")
	}
	if len(text) > 4096 {
		return nil, errors.New("re2: more than 4096 bytes")
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("re2: %w", err)
	}
	e := &expression{re: re, literal: literal}
	named := false
	for _, name := range re.SubexpNames() {
		s, err := p.slot(strings.ReplaceAll(name, "__", "."))
		if err != nil {
			return nil, fmt.Errorf("re2: %w", err)
		}
		named = named || name != ""
		e.slots = append(e.slots, s)
	}
	if !named {
		return nil, errors.New("re2: no named group")
	}
	return e, nil
}

func (e *expression) apply(r *run, text string) bool {
	if !strings.Contains(text, e.literal) {
		r.why = "its literal is not there"
		return false
	}
	m := e.re.FindStringSubmatchIndex(text)
	if m == nil {
		r.why = "the expression does not match"
		return false
	}
	for i := 1; i < len(e.slots); i++ {
		if from := m[2*i]; from >= 0 {
			r.put(&e.slots[i], text[from:m[2*i+1]])
		}
	}
	return true
}

// native runs a parser written in Go.
type native struct{ name string }

func (n native) apply(r *run, text string) bool {
	if !r.host.Native(n.name, text) {
		r.why = "not of this form"
		return false
	}
	if n.name == "cef" || n.name == "leef" {
		r.settle = n.name
	}
	return true
}

type header struct{}

func (header) apply(r *run, text string) bool {
	rest, ok := r.host.Header(text)
	if !ok {
		r.why = "no syslog header"
		return false
	}
	r.message = rest
	r.host.SetMessage(rest)
	return true
}

// stamp takes a time off the head of a text.
type stamp struct{}

func (stamp) apply(r *run, text string) bool {
	rest, ok := r.host.Stamp(text)
	if !ok {
		r.why = "no time at its head"
		return false
	}
	r.message = rest
	r.host.SetMessage(rest)
	return true
}

// structured takes the parameters of a header's structured data as fields of the vendor.
type structured struct{}

func (structured) apply(r *run, _ string) bool {
	n := r.d.Len()
	r.host.EachParam(r.vendor)
	r.why = "no structured data"
	return r.d.Len() > n
}

type automatic struct{}

func (automatic) apply(r *run, text string) bool {
	r.host.Automatic(text)
	return true
}

// assignments give fields values where they have none.
type assignments []assignment

type assignment struct {
	name   string
	target *slot // an ECS field or a vendor's
	values []template
}

// template is a text with fields in it.
type template struct {
	text  string // the whole, where it has no field
	parts []string
	names []string // the field after each part
}

func (p *Pack) assignments(set map[string]list) (assignments, error) {
	var out assignments
	for name, values := range set {
		if len(values) == 0 {
			return nil, fmt.Errorf("set: %s: no value", name)
		}
		a := assignment{name: p.full(name)}
		// Names are ECS fields where they are known ones, the vendor's else.
		if ecsField(name) {
			a.name = strings.TrimPrefix(name, "@")
			t, err := p.ecsTarget(a.name, "")
			if err != nil {
				return nil, fmt.Errorf("set: %w", err)
			}
			a.target = &slot{kind: mapped, target: t}
		} else {
			s, err := p.slot(name)
			if err != nil {
				return nil, fmt.Errorf("set: %w", err)
			}
			a.target = &s
		}
		for _, v := range values {
			t, err := p.template(v)
			if err != nil {
				return nil, fmt.Errorf("set: %s: %w", name, err)
			}
			if len(t.names) == 0 && a.target.kind == mapped {
				if err := settable(a.name, v); err != nil {
					return nil, err
				}
			}
			a.values = append(a.values, t)
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b assignment) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

func (p *Pack) template(text string) (template, error) {
	t := template{text: text}
	if !strings.Contains(text, "%{") {
		return t, nil
	}
	for rest := text; rest != ""; {
		before, after, ok := strings.Cut(rest, "%{")
		t.parts = append(t.parts, before)
		if !ok {
			break
		}
		name, tail, ok := strings.Cut(after, "}")
		if !ok || name == "" {
			return t, errors.New("%{ without a name and }")
		}
		t.names = append(t.names, p.full(name))
		rest = tail
	}
	return t, nil
}

func (t *template) fill(r *run) string {
	if len(t.names) == 0 {
		return t.text
	}
	if len(t.names) == 1 && len(t.parts) == 1 && t.parts[0] == "" {
		return r.d.Value(t.names[0])
	}
	var b strings.Builder
	for i, part := range t.parts {
		b.WriteString(part)
		if i < len(t.names) {
			b.WriteString(r.d.Value(t.names[i]))
		}
	}
	return b.String()
}

func (a assignments) apply(r *run, _ string) bool {
	for i := range a {
		one := &a[i]
		if one.target.kind != message && r.d.Has(one.name) {
			continue
		}
		if len(one.values) == 1 {
			r.put(one.target, one.values[0].fill(r))
			continue
		}
		for j := range one.values {
			if v := one.values[j].fill(r); v != "" {
				r.d.Add(one.name, v)
			}
		}
	}
	return true
}
