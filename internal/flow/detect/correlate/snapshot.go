package correlate

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Position says of which batches a state is the outcome: all of a queue up to a sequence.
type Position struct {
	Epoch    uint32
	Sequence uint64
}

const (
	snapshotMagic   = "isoc correlation state\n"
	snapshotVersion = 1
)

// ErrSnapshot is the cause of every refusal of a snapshot.
var ErrSnapshot = errors.New("the snapshot cannot be used")

// Snapshot writes the state to text that [Engine.Restore] reads: in the same state always the same.
func (e *Engine) Snapshot(at Position) []byte { return seal(e.body(at)) }

// seal ends a snapshot with what tells that it is whole.
func seal(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

func (e *Engine) body(at Position) []byte {
	w := &writer{b: make([]byte, 0, int(e.bytes)/2+4096)}
	w.b = append(w.b, snapshotMagic...)
	w.uint(snapshotVersion)
	w.uint(uint64(at.Epoch))
	w.uint(at.Sequence)
	w.int(e.clock)
	w.int(e.swept)
	w.uint(e.late)
	w.uint(e.evicted)
	w.uint(uint64(len(e.program.rules)))
	for _, r := range e.program.rules {
		w.text(r.ID)
		w.b = append(w.b, r.digest[:]...)
	}
	keys := make([]cellKey, 0, len(e.cells))
	for k := range e.cells {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b cellKey) int {
		if c := strings.Compare(string(a.tenant), string(b.tenant)); c != 0 {
			return c
		}
		return int(a.rule - b.rule)
	})
	w.uint(uint64(len(keys)))
	for _, k := range keys {
		w.cell(k, e.cells[k])
	}
	return w.b
}

// Inspect tells of which batches a snapshot is the outcome. It refuses, with [ErrSnapshot], what is torn or of another format.
func Inspect(data []byte) (Position, error) {
	at, _, err := open(data)
	return at, err
}

// open checks a snapshot and returns what follows its position.
func open(data []byte) (Position, *reader, error) {
	if len(data) < len(snapshotMagic)+sha256.Size || string(data[:len(snapshotMagic)]) != snapshotMagic {
		return Position{}, nil, fmt.Errorf("%w: it is none of ours", ErrSnapshot)
	}
	body := data[:len(data)-sha256.Size]
	if sum := sha256.Sum256(body); string(sum[:]) != string(data[len(body):]) {
		return Position{}, nil, fmt.Errorf("%w: it is torn or was changed", ErrSnapshot)
	}
	r := &reader{b: body[len(snapshotMagic):]}
	if v := r.uint(); v != snapshotVersion {
		return Position{}, nil, fmt.Errorf("%w: it has format %d, not %d", ErrSnapshot, v, snapshotVersion)
	}
	return Position{Epoch: uint32(r.uint()), Sequence: r.uint()}, r, nil
}

// Restore takes over the state of a snapshot, under the program in use: rules that have changed since begin anew. What it refuses, with
// [ErrSnapshot], changes nothing.
func (e *Engine) Restore(data []byte) (Position, error) {
	at, r, err := open(data)
	if err != nil {
		return at, err
	}
	fresh := NewEngine(e.opts)
	fresh.clock, fresh.swept, fresh.late, fresh.evicted = r.int(), r.int(), r.uint(), r.uint()
	old := &Program{}
	for range r.count() {
		ru := &rule{}
		id := r.text()
		copy(ru.digest[:], r.take(len(ru.digest)))
		ru.Correlation = placeholder(id)
		old.rules = append(old.rules, ru)
	}
	fresh.program = old
	for range r.count() {
		r.cell(fresh)
	}
	if r.err != nil || len(r.b) > 0 {
		return Position{}, fmt.Errorf("%w: it does not say what it should", ErrSnapshot)
	}
	fresh.adopt(e.program)
	fresh.policy = e.policy
	fresh.forgetTrials()
	*e = *fresh
	return at, nil
}

type writer struct{ b []byte }

func (w *writer) uint(v uint64) { w.b = binary.AppendUvarint(w.b, v) }
func (w *writer) int(v int64)   { w.b = binary.AppendVarint(w.b, v) }

func (w *writer) text(s string) {
	w.uint(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) cell(k cellKey, c *cell) {
	w.text(string(k.tenant))
	w.uint(uint64(k.rule))
	w.uint(c.late)
	w.uint(c.evicted)
	w.uint(uint64(len(c.groups)))
	for g := c.first; g != nil; g = g.next {
		w.text(g.key)
		for _, v := range []int64{g.newest, g.fired, g.start, g.closed, g.touched} {
			w.int(v)
		}
		w.text(g.source)
		w.uint(uint64(len(g.entities)))
		for _, f := range g.entities {
			w.text(f.Name)
			w.text(f.Value)
		}
		w.uint(uint64(len(g.entries)))
		before := int64(0)
		for i := range g.entries {
			en := &g.entries[i]
			w.int(en.time - before)
			before = en.time
			w.uint(en.seq)
			w.uint(uint64(en.index) | en.marks())
			w.uint(uint64(en.mask))
			w.uint(en.value)
			if en.more == nil {
				w.uint(0)
				continue
			}
			w.contributions(en.more.up)
			if len(en.more.inner) > 0 {
				w.tallies(en.more.inner)
			}
		}
	}
}

// Marks that stand beside the index of an entry.
const (
	trialMark = 1 << 16 // a rule on trial had part in it
	innerMark = 1 << 17 // it is a firing, of which something is told
)

func (a *entry) marks() (m uint64) {
	if a.trial {
		m |= trialMark
	}
	if len(a.inner()) > 0 {
		m |= innerMark
	}
	return m
}

func (w *writer) contributions(list []Contribution) {
	w.uint(uint64(len(list)))
	for _, c := range list {
		w.uint(uint64(c.rule))
		w.uint(uint64(c.mask))
		w.text(c.key)
		w.uint(c.value)
		w.contributions(c.up)
	}
}

// reader reads what a writer wrote. After a fault it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail() {
	r.b, r.err = nil, ErrSnapshot
}

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count is a number of things that take a byte each at least.
func (r *reader) count() int {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) {
		r.fail()
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) text() string { return string(r.take(r.count())) }

func (r *reader) cell(e *Engine) {
	k := cellKey{tenant.ID(r.text()), int32(r.uint())}
	c := &cell{groups: map[string]*group{}, late: r.uint(), evicted: r.uint()}
	if int(k.rule) < 0 || int(k.rule) >= len(e.program.rules) || e.cells[k] != nil {
		r.fail()
		return
	}
	e.cells[k] = c
	for range r.count() {
		g := &group{key: r.text()}
		for _, v := range []*int64{&g.newest, &g.fired, &g.start, &g.closed, &g.touched} {
			*v = r.int()
		}
		g.source = r.text()
		for range r.count() {
			g.entities = append(g.entities, event.Field{Name: r.text(), Value: r.text()})
		}
		n := r.count()
		g.entries = make([]entry, 0, n)
		before := int64(0)
		for range n {
			before += r.int()
			en := entry{time: before, seq: r.uint()}
			marks := r.uint()
			en.index, en.trial = uint16(marks), marks&trialMark != 0
			en.mask, en.value = uint32(r.uint()), r.uint()
			c.trial = c.trial || en.trial
			m := more{up: r.contributions(1)}
			if marks&innerMark != 0 {
				m.inner = r.tallies(0)
			}
			if len(m.up)+len(m.inner) > 0 {
				en.more = &m
			}
			g.entries = append(g.entries, en)
		}
		if r.err != nil || c.groups[g.key] != nil {
			r.fail()
			return
		}
		c.groups[g.key] = g
		c.link(g)
		e.groups++
		e.entries += int64(len(g.entries))
	}
}

func (r *reader) contributions(depth int) (list []Contribution) {
	if depth > maxDepth+1 {
		r.fail()
		return nil
	}
	for range r.count() {
		c := Contribution{rule: int32(r.uint()), mask: uint32(r.uint()), key: r.text(), value: r.uint()}
		c.up = r.contributions(depth + 1)
		list = append(list, c)
	}
	return list
}
