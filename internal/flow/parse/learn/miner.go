package learn

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxTemplates bounds the templates that a miner keeps.
const MaxTemplates = 500

// Template is a kind of message: its words, with <ip>, <integer> … or <*> where they change.
type Template struct {
	ID     string    `json:"id"`
	Text   string    `json:"text"`
	Count  int64     `json:"count"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Sample string    `json:"sample"` // the message that made it, 1 KiB at most
}

// Miner learns templates of the messages of one source as they come. It keeps 500; a new one takes the place of the one not seen for
// longest. The zero Miner is ready. It serves one goroutine.
type Miner struct {
	buckets map[uint64][]*cluster
	all     []*cluster
	evicted int64
	limit   int
	tokens  []token
	clock   uint64
}

// cluster is a template and its tokens.
type cluster struct {
	Template
	tokens []token // of a slot, text is empty and kind the kind of its values, "*" for several
	tail   string
	key    uint64
	used   uint64
	rows   []int // of the batch
}

// Least likeness of a message with the template it is counted under, and the number of templates alike but for one word that are one.
const (
	leastAlike = 0.6
	sameButOne = 4
)

const anyKind = "*"

// Add counts a message under its template. novel says that it made a new one. Of a long message the first KiB counts.
func (m *Miner) Add(message string, at time.Time) (id string, novel bool) {
	c, novel := m.add(message, at)
	return c.ID, novel
}

func (m *Miner) add(message string, at time.Time) (*cluster, bool) {
	if m.buckets == nil {
		m.buckets = map[uint64][]*cluster{}
	}
	message = clip(message, maxMessage)
	if !utf8.ValidString(message) {
		message = strings.ToValidUTF8(message, "?")
	}
	tokens, tail := scan(message, m.tokens[:0])
	m.tokens = tokens
	key := bucket(tokens, tail)
	m.clock++
	if c := nearest(m.buckets[key], tokens); c != nil {
		c.take(tokens)
		c.seen(at, m.clock)
		return c, false
	}
	c := &cluster{key: key, tail: tail, used: m.clock, tokens: make([]token, len(tokens))}
	for i, t := range tokens {
		c.tokens[i] = token{gap: strings.Clone(t.gap), text: strings.Clone(t.text), kind: t.kind}
		if t.variable() {
			c.tokens[i].text = ""
		}
	}
	text := c.text()
	sum := sha256.Sum256([]byte(text))
	c.Template = Template{ID: hex.EncodeToString(sum[:8]), Text: text, Count: 1, First: at, Last: at, Sample: strings.Clone(message)}
	if old := m.unite(c); old != nil {
		old.seen(at, m.clock)
		return old, false
	}
	m.put(c)
	return c, true
}

func (m *Miner) put(c *cluster) {
	limit := m.limit
	if limit == 0 {
		limit = MaxTemplates
	}
	if len(m.all) >= limit {
		oldest := 0
		for i, o := range m.all {
			if o.used < m.all[oldest].used {
				oldest = i
			}
		}
		m.drop(m.all[oldest])
		m.evicted++
	}
	m.all = append(m.all, c)
	m.buckets[c.key] = append(m.buckets[c.key], c)
}

func (m *Miner) drop(c *cluster) {
	m.all = slices.DeleteFunc(m.all, func(o *cluster) bool { return o == c })
	m.buckets[c.key] = slices.DeleteFunc(m.buckets[c.key], func(o *cluster) bool { return o == c })
	if len(m.buckets[c.key]) == 0 {
		delete(m.buckets, c.key)
	}
}

// seen counts a message.
func (c *cluster) seen(at time.Time, used uint64) {
	c.Count++
	c.used = used
	if at.After(c.Last) {
		c.Last = at
	}
	if at.Before(c.First) {
		c.First = at
	}
}

// bucket is a hash of the marks between the tokens: messages of one template have the same.
func bucket(tokens []token, tail string) uint64 {
	h := uint64(14695981039346656037)
	mix := func(s string) {
		for i := 0; i < len(s); i++ {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	for i := range tokens {
		mix(tokens[i].gap)
	}
	mix(tail)
	return h
}

// nearest is the cluster most like the tokens, nil where none is like enough.
func nearest(list []*cluster, tokens []token) *cluster {
	var best *cluster
	top := 0.0
	for _, c := range list {
		if a := c.alike(tokens); a >= leastAlike && a > top {
			best, top = c, a
		}
	}
	return best
}

// alike is the share of tokens that are the same. Messages whose first words differ are not alike: that word mostly says what happened.
func (c *cluster) alike(tokens []token) float64 {
	if len(c.tokens) != len(tokens) {
		return 0
	}
	if len(tokens) == 0 {
		return 1
	}
	same, first := 0.0, true
	for i := range tokens {
		t, o := &tokens[i], &c.tokens[i]
		switch {
		case o.text != "" && o.text == t.text:
			same++
		case o.text == "" && o.kind == anyKind:
			same += 0.5
		case o.text == "" && (o.kind == t.kind || t.variable()):
			same++
		case o.text == "": // a word where values stand
			same += 0.25
		case first && !t.variable():
			return 0
		}
		if t.kind != tTime && t.kind != tInteger {
			first = false
		}
	}
	return same / float64(len(tokens))
}

// take widens the template to a message.
func (c *cluster) take(tokens []token) {
	changed := false
	for i := range tokens {
		t, o := &tokens[i], &c.tokens[i]
		switch {
		case o.text != "" && o.text == t.text, o.text == "" && (o.kind == anyKind || o.kind == t.kind):
			continue
		case o.text != "" && !t.variable():
			o.kind = tWord
		default:
			o.kind = anyKind
		}
		o.text, changed = "", true
	}
	if changed {
		c.Text = c.text()
	}
}

// unite joins a new cluster with others of its bucket from which it differs by one word, once these are several: the word is a value.
func (m *Miner) unite(c *cluster) *cluster {
	var alike []*cluster
	at := -1
	for _, o := range m.buckets[c.key] {
		if i := differs(c, o); i >= 0 && (at < 0 || at == i) {
			at = i
			alike = append(alike, o)
		}
	}
	if len(alike) < sameButOne-1 || len(c.tokens) < 3 {
		return nil
	}
	into := alike[0]
	for _, o := range alike[1:] {
		into.Count += o.Count
		into.used = max(into.used, o.used)
		into.rows = append(into.rows, o.rows...)
		if o.First.Before(into.First) {
			into.First = o.First
		}
		if o.Last.After(into.Last) {
			into.Last = o.Last
		}
		m.drop(o)
	}
	into.tokens[at].text, into.tokens[at].kind = "", tWord
	into.Text = into.text()
	return into
}

// differs is the place of the one word in which two clusters differ, -1 where they do by more or less.
func differs(a, b *cluster) int {
	if len(a.tokens) != len(b.tokens) {
		return -1
	}
	at := -1
	for i := range a.tokens {
		x, y := &a.tokens[i], &b.tokens[i]
		if x.text == y.text && (x.text != "" || x.kind == y.kind) {
			continue
		}
		if at >= 0 || x.text == "" || y.text == "" {
			return -1
		}
		at = i
	}
	return at
}

// text is the template for people.
func (c *cluster) text() string {
	var b strings.Builder
	for i := range c.tokens {
		t := &c.tokens[i]
		b.WriteString(t.gap)
		if t.text != "" {
			b.WriteString(t.text)
		} else {
			b.WriteString(placeholder(t.kind))
		}
	}
	b.WriteString(c.tail)
	return b.String()
}

func placeholder(kind string) string {
	switch kind {
	case tHash, tText, tDomain:
		return "<*>"
	}
	return "<" + kind + ">"
}

// Templates are the templates by count, the most frequent first.
func (m *Miner) Templates() []Template {
	out := make([]Template, len(m.all))
	for i, c := range m.all {
		out[i] = c.Template
	}
	slices.SortFunc(out, func(a, b Template) int {
		if a.Count != b.Count {
			return int(min(max(b.Count-a.Count, -1), 1))
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// Evicted is how many templates gave way to newer ones.
func (m *Miner) Evicted() int64 { return m.evicted }

// Restore adds templates that were kept, so that what was known before a restart is not novel after it. Those that are not of a miner's
// making are left out.
func (m *Miner) Restore(list []Template) {
	if m.buckets == nil {
		m.buckets = map[uint64][]*cluster{}
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Template) int { return a.Last.Compare(b.Last) })
	for _, t := range list {
		tokens, tail := scan(clip(t.Sample, maxMessage), nil)
		c := &cluster{Template: t, tokens: tokens, tail: tail, key: bucket(tokens, tail)}
		if !c.retrace(t.Text) {
			continue
		}
		m.clock++
		c.used = m.clock
		m.put(c)
	}
}

// retrace finds in a template's text which tokens of its sample are slots.
func (c *cluster) retrace(text string) bool {
	for i := range c.tokens {
		t := &c.tokens[i]
		rest, ok := strings.CutPrefix(text, t.gap)
		if !ok {
			return false
		}
		if !t.variable() {
			if after, literal := strings.CutPrefix(rest, t.text); literal {
				text = after
				continue
			}
		}
		if rest, ok = strings.CutPrefix(rest, "<"); !ok {
			return false
		}
		kind, after, ok := strings.Cut(rest, ">")
		if !ok || len(kind) > 16 {
			return false
		}
		switch {
		case kind == anyKind && (t.kind == tHash || t.kind == tText || t.kind == tDomain):
		case kind == anyKind, kind == tWord:
			t.kind = kind
		}
		t.text, text = "", after
	}
	return text == c.tail
}
