package learn

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
)

// Bounds of the templates of text.
const (
	maxSlots = 60
	leastRun = 2 // tokens that lines of different lengths must have in common at their start
)

// texts mines templates from lines of words, the most frequent first, budget at most. Lines of no frequent template are left.
func texts(list []*entry, budget, of int) []Format {
	m := Miner{limit: len(list) + 1}
	for i, e := range list {
		c, _ := m.add(e.text, reference)
		c.rows = append(c.rows, i)
	}
	least := max(2, min(leastLines(of)/2, 5))
	var often, rare []*cluster
	for _, c := range m.all {
		if len(c.rows) >= least && c.compilable() {
			often = append(often, c)
		} else {
			rare = append(rare, c)
		}
	}
	often = append(often, prefixed(rare, list, least)...)
	slices.SortStableFunc(often, func(a, b *cluster) int {
		return cmp.Or(cmp.Compare(len(b.rows), len(a.rows)), strings.Compare(a.text(), b.text()))
	})
	often = often[:min(len(often), budget)]
	// What has more words of its own is tried first.
	slices.SortStableFunc(often, func(a, b *cluster) int { return cmp.Compare(b.literal(), a.literal()) })
	var out []Format
	for _, c := range often {
		out = append(out, c.format(list))
	}
	return out
}

// literal is how much of the template stands fast; one that ends in a rest counts less than any that does not.
func (c *cluster) literal() int {
	n := len(c.tail)
	for i := range c.tokens {
		n += len(c.tokens[i].gap) + len(c.tokens[i].text)
	}
	if c.open() {
		n -= 1 << 16
	}
	return n
}

// open reports whether the last slot takes whatever is left.
func (c *cluster) open() bool {
	return len(c.tokens) > 0 && c.tokens[len(c.tokens)-1].kind == anyKind && c.tokens[len(c.tokens)-1].text == "" && c.key == 0
}

// compilable reports whether a template tells its messages from any other: it has words of its own, at least a slot, and can be a pattern.
func (c *cluster) compilable() bool {
	letters, slots := 0, 0
	for i := range c.tokens {
		t := &c.tokens[i]
		if t.text == "" {
			slots++
			continue
		}
		for j := 0; j < len(t.text); j++ {
			if letter(t.text[j]) || t.text[j] >= 0x80 {
				letters++
			}
		}
	}
	return letters >= 3 && slots >= 1 && slots <= maxSlots && !strings.ContainsAny(c.text(), "\x00\x01")
}

// prefixed joins messages that begin alike and go on in different lengths: the rest is one slot.
func prefixed(list []*cluster, entries []*entry, least int) []*cluster {
	by := map[string][]*cluster{}
	var keys []string
	for _, c := range list {
		if len(c.tokens) <= leastRun {
			continue
		}
		k := c.start(leastRun)
		if by[k] == nil {
			keys = append(keys, k)
		}
		by[k] = append(by[k], c)
	}
	var out []*cluster
	for _, k := range keys {
		group := by[k]
		var rows []int
		for _, c := range group {
			rows = append(rows, c.rows...)
		}
		if len(rows) < max(3, least) {
			continue
		}
		n := leastRun
		for n < 24 && !slices.ContainsFunc(group, func(c *cluster) bool {
			return len(c.tokens) <= n+1 || c.start(n+1) != group[0].start(n+1)
		}) {
			n++
		}
		slices.Sort(rows)
		one := &cluster{rows: rows, tokens: slices.Clone(group[0].tokens[:n+1])}
		one.tokens[n] = token{gap: one.tokens[n].gap, kind: anyKind}
		if slices.ContainsFunc(group, func(c *cluster) bool { return c.tokens[n].gap != one.tokens[n].gap }) {
			one.tokens[n].gap = commonStart(group, n)
		}
		if one.tokens[n].gap != "" && one.compilable() {
			out = append(out, one)
		}
	}
	return out
}

// commonStart is what the gaps before the n-th token have in common.
func commonStart(group []*cluster, n int) string {
	s := group[0].tokens[n].gap
	for _, c := range group[1:] {
		for !strings.HasPrefix(c.tokens[n].gap, s) {
			s = s[:len(s)-1]
		}
	}
	return s
}

// start is the template up to before its n-th token.
func (c *cluster) start(n int) string {
	head := cluster{tokens: c.tokens[:n]}
	return head.text()
}

// slot is a value of a template as a pattern has it: one token or several that nothing parts.
type slotSpan struct{ from, to int }

// format makes the format of a template.
func (c *cluster) format(list []*entry) Format {
	spans := c.spans()
	rows := make([]row, 0, len(c.rows))
	var buf []token
	for _, i := range c.rows {
		e := list[i]
		r := row{entry: e, structure: Text}
		if c.open() {
			r.fields = c.slice(e.text)
		} else {
			buf, _ = scan(clip(e.text, maxMessage), buf[:0])
			for n, sp := range spans {
				if sp.to >= len(buf) {
					continue
				}
				r.fields = append(r.fields, event.Field{Name: slotName("s", n), Value: joined(buf[sp.from : sp.to+1])})
			}
		}
		rows = append(rows, r)
	}
	st := stats(rows)
	ch := chooser{rows: rows, stats: st}
	taken := map[string]bool{}
	for _, one := range st {
		one.slot = one.name
		n := 0
		for n < len(spans) && slotName("s", n) != one.slot {
			n++
		}
		if n < len(spans) {
			one.name = c.called(spans[n].from, taken)
			one.hint = one.name
			if one.name == "" {
				one.name = one.slot
			}
			taken[one.name] = true
		}
	}
	sum := sha256.Sum256([]byte(c.text()))
	f := Format{ID: "text-" + hex.EncodeToString(sum[:4]), Structure: Text, Pattern: c.text(), Lines: len(rows), Samples: samples(rows)}
	f.Recipe.Patterns = []string{c.dissect(spans, st)}
	f.Fields = ch.fields()
	f.told(rows)
	return f
}

// joined is the text of tokens with the marks between them.
func joined(list []token) string {
	if len(list) == 1 {
		return list[0].text
	}
	s := list[0].text
	for _, t := range list[1:] {
		s += t.gap + t.text
	}
	return s
}

// spans are the slots: tokens that change, those that nothing parts together.
func (c *cluster) spans() []slotSpan {
	var out []slotSpan
	for i := range c.tokens {
		if c.tokens[i].text != "" {
			continue
		}
		if n := len(out); n > 0 && out[n-1].to == i-1 && c.tokens[i].gap == "" {
			out[n-1].to = i
			continue
		}
		out = append(out, slotSpan{i, i})
	}
	return out
}

// slice takes the values of a message of an open template: what stands between its words.
func (c *cluster) slice(text string) []event.Field {
	var out []event.Field
	buf, _ := scan(clip(text, maxMessage), nil)
	n := 0
	for i := range c.tokens {
		if c.tokens[i].text != "" || i >= len(buf) {
			continue
		}
		v := buf[i].text
		if i == len(c.tokens)-1 {
			at := 0
			for j := range i {
				at += len(buf[j].gap) + len(buf[j].text)
				if buf[j].kind == tText {
					continue
				}
			}
			v = strings.TrimPrefix(text[min(at, len(text)):], c.tokens[i].gap)
		}
		out = append(out, event.Field{Name: slotName("s", n), Value: v})
		n++
	}
	return out
}

// dissect writes the template as a pattern of slots.
func (c *cluster) dissect(spans []slotSpan, st []*stat) string {
	var b strings.Builder
	pending := ""
	next := 0
	for i := 0; i < len(c.tokens); i++ {
		t := &c.tokens[i]
		pending += t.gap
		if t.text != "" {
			pending += t.text
			continue
		}
		slot := slotName("s", next)
		sp := spans[next]
		next++
		check := ""
		for _, one := range st {
			if one.slot != slot {
				continue
			}
			switch {
			case i == len(c.tokens)-1 && c.open():
			case one.share(tIP) == 1 && one.told == one.present:
				check = ":ip"
			case one.share(tInteger) == 1 && one.told == one.present:
				check = ":int"
			case one.share(tText, tTime) == 0:
				check = ":word"
			}
		}
		b.WriteString(escaped(pending))
		if strings.HasSuffix(pending, "%") { // a percent sign and then a value
			s := b.String()
			b.Reset()
			b.WriteString(s[:len(s)-1] + "%%")
		}
		pending = ""
		b.WriteString("%{" + slot + check + "}")
		i = sp.to
	}
	b.WriteString(escaped(pending + c.tail))
	return b.String()
}

// escaped writes a literal of a pattern.
func escaped(s string) string { return strings.ReplaceAll(s, "%{", "%%{") }

// called names a slot by the words before it: "user=", "from", "端口".
func (c *cluster) called(at int, taken map[string]bool) string {
	for i, back := at-1, 0; i >= 0 && back < 2; i, back = i-1, back+1 {
		t := &c.tokens[i]
		if t.text == "" {
			return ""
		}
		gap := strings.TrimSpace(c.tokens[i+1].gap)
		if back == 0 && strings.ContainsAny(gap, ",;)]}>") {
			return ""
		}
		name := label(clean(strings.Trim(t.text, ":")))
		if !lettered(name) || strings.HasPrefix(name, "field_") || filler(name) {
			continue
		}
		if name = clip(name, 40); !taken[name] && !slotLike(name) {
			return name
		}
		return ""
	}
	return ""
}

// slotLike reports whether a name is one that slots have of themselves.
func slotLike(name string) bool {
	return len(name) > 1 && (name[0] == 's' || name[0] == 'c') && digits(name[1:])
}

// filler are words that say nothing of what follows.
func filler(name string) bool {
	switch strings.ToLower(name) {
	case "is", "was", "the", "a", "an", "of", "at", "with", "and", "or", "on", "in", "has", "been", "new", "the_", "为", "是", "的", "了":
		return true
	}
	return false
}

// told takes from the automatic parser what the words of every line of the template say, and no slot.
func (f *Format) told(rows []row) {
	for _, target := range []string{"event.outcome", event.Action} {
		value, n := "", 0
		for i := range rows {
			switch v := rows[i].mapped[target]; {
			case v == "":
			case value == "" || v == value:
				value = v
				n++
			default:
				n = -len(rows)
			}
		}
		if n*10 < len(rows)*9 || value == "" || len(value) > 64 || slices.ContainsFunc(f.Fields, func(o Field) bool { return o.Target == target }) {
			continue
		}
		if target == "event.outcome" && value != "success" && value != "failure" {
			continue
		}
		if f.Set == nil {
			f.Set = map[string]string{}
		}
		f.Set[target] = value
	}
}
