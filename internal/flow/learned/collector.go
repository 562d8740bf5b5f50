package learned

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of what is kept in memory of what sources send.
const (
	MaxSources  = 4096
	MaxLines    = 500       // of a source, that no pack claims
	MaxRecent   = 200       // of a source with a pack of its own, whoever read them
	MaxLine     = 4 << 10   // bytes; longer records are not kept
	maxMessages = 200       // of a source, waiting for their templates
	maxMessage  = 1 << 10   // bytes
	maxKept     = 256 << 20 // bytes of all

	fullPace  = 4.0     // lines a second that a full shelf takes
	burst     = 8.0     // of these at once
	countSpan = 1 << 14 // records after which older ones weigh half

	lookPace  = 4000   // records a second that are looked at
	lookBurst = 20_000 // of these at once
	maxStride = 64     // of a batch one in so many is looked at, however many come
)

// Collector keeps some of what each source sends, for learning from it. It is safe for concurrent use and never waits for learning.
type Collector struct {
	now       func() time.Time
	unclaimed func(parser string) bool
	most      int64 // bytes

	mu      sync.RWMutex
	sources map[string]*shelf
	owners  map[string]bool // sources with packs of their own
	refused atomic.Bool     // a source found no room
	bytes   atomic.Int64

	pace   sync.Mutex
	looks  float64 // records that may be looked at now
	looked time.Time
}

// shelf is what is kept of one source.
type shelf struct {
	tenant tenant.ID
	source string

	mu       sync.Mutex
	gone     bool
	own      bool // the source has a pack of its own
	lines    []learn.Line
	recent   []learn.Line // a ring once it is full
	next     int          // of the ring
	messages []message
	waited   int // messages since they were last taken, kept or not
	records  int // with unclaimed: lately, older ones weigh less
	unread   int
	arrived  int // unclaimed records since learning was last tried
	came     int // records since then
	bytes    int64
	before   int64   // bytes when it was locked
	budget   float64 // lines that a full shelf may take now
	filled   time.Time
	last     time.Time
}

// message is a text to be assigned to a template.
type message struct {
	text string
	at   time.Time
}

// NewCollector returns an empty collector. unclaimed says of a parser, as isoc.parser names it, that it knows no product; now may be nil
// for the wall clock.
func NewCollector(unclaimed func(parser string) bool, now func() time.Time) *Collector {
	if now == nil {
		now = time.Now
	}
	return &Collector{now: now, unclaimed: unclaimed, most: maxKept, sources: map[string]*shelf{}}
}

// Tap shows the collector records and what the parser made of them. It copies what it keeps. Of a flood it looks at some, which count
// for all.
func (c *Collector) Tap(records []record.Record, events []event.Event) {
	now := c.now()
	stride := c.stride(now, len(records))
	var s *shelf
	for i := rand.IntN(stride); i < len(records); i += stride {
		if s == nil || s.source != records[i].Source {
			c.done(s)
			if s = c.shelf(records[i].Tenant, records[i].Source); s == nil {
				continue
			}
			s.mu.Lock()
			if s.before = s.bytes; s.gone {
				s.mu.Unlock()
				s = nil
				continue
			}
			s.last = now
			s.budget = min(burst, s.budget+fullPace*now.Sub(s.filled).Seconds())
			s.filled = now
		}
		c.fill(s, &records[i], &events[i], stride)
	}
	c.done(s)
}

// stride says that every so manieth of n records is to be looked at.
func (c *Collector) stride(now time.Time, n int) int {
	c.pace.Lock()
	defer c.pace.Unlock()
	c.looks = min(lookBurst, c.looks+lookPace*now.Sub(c.looked).Seconds())
	c.looked = now
	stride := 1
	if may := max(c.looks, float64(n)/maxStride, 1); float64(n) > may {
		stride = int(math.Ceil(float64(n) / may))
	}
	c.looks = max(0, c.looks-float64(n)/float64(stride))
	return stride
}

// done lets go of a shelf.
func (c *Collector) done(s *shelf) {
	if s == nil {
		return
	}
	if s.records >= countSpan {
		s.records, s.unread = s.records/2, s.unread/2
	}
	grown := s.bytes - s.before
	s.mu.Unlock()
	if grown != 0 {
		c.bytes.Add(grown)
	}
}

// shelf finds the shelf of a source, and makes one where there is room.
func (c *Collector) shelf(id tenant.ID, source string) *shelf {
	c.mu.RLock()
	s := c.sources[source]
	c.mu.RUnlock()
	if s != nil || source == "" {
		return s
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s = c.sources[source]; s != nil {
		return s
	}
	if len(c.sources) >= MaxSources {
		c.refused.Store(true)
		return nil
	}
	s = &shelf{tenant: id, source: source, own: c.owners[source]}
	c.sources[source] = s
	return s
}

// fill looks at one record, which counts for weight of them, under the shelf's lock.
func (c *Collector) fill(s *shelf, rec *record.Record, ev *event.Event, weight int) {
	s.records += weight
	s.came += weight
	unclaimed := c.unclaimed(parserOf(ev))
	if unclaimed {
		s.unread += weight
		s.arrived += weight
	}
	full := c.bytes.Load()+s.bytes-s.before >= c.most
	s.note(ev, rec.Received, full, weight)
	if unclaimed || s.own {
		s.take(ev, rec.Received, unclaimed, full)
	}
}

// parserOf is the value of isoc.parser, which stands near the end.
func parserOf(ev *event.Event) string {
	for i := len(ev.Fields) - 1; i >= 0; i-- {
		if ev.Fields[i].Name == event.IsocParser {
			return ev.Fields[i].Value
		}
	}
	return ""
}

// note keeps the message of an event for its template: the first ones, then each with the chance that makes all of them as likely.
func (s *shelf) note(ev *event.Event, received time.Time, full bool, weight int) {
	s.waited += weight
	at := len(s.messages)
	if at >= maxMessages {
		if at = rand.IntN(s.waited); at >= maxMessages {
			return
		}
	} else if full {
		return
	}
	text := ev.Value(event.Message)
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "")
	}
	m := message{strings.Clone(text), received}
	if at == len(s.messages) {
		s.messages = append(s.messages, m)
		s.bytes += int64(len(m.text))
		return
	}
	s.bytes += int64(len(m.text) - len(s.messages[at].text))
	s.messages[at] = m
}

// take keeps the record of an event: every one until the shelf is full, then some a second.
func (s *shelf) take(ev *event.Event, received time.Time, unclaimed, full bool) {
	text := ev.Value(event.Original)
	if text == "" || len(text) > MaxLine {
		return
	}
	line := len(s.lines) < MaxLines
	room := unclaimed && line || s.own && len(s.recent) < MaxRecent
	if (!room || full) && s.budget < 1 {
		return
	}
	if !room || full {
		s.budget--
	}
	l := learn.Line{Raw: strings.Clone(text), Received: received}
	if unclaimed {
		s.bytes += keep(&s.lines, l, MaxLines, full, rand.IntN)
	}
	if s.own {
		s.bytes += keep(&s.recent, l, MaxRecent, full, func(n int) int { s.next++; return (s.next - 1) % n })
	}
}

// keep adds a line, or puts it into the place of another where there is no room, and returns by how much memory grew.
func keep(lines *[]learn.Line, l learn.Line, most int, full bool, place func(n int) int) int64 {
	if len(*lines) < most && !full {
		*lines = append(*lines, l)
		return int64(len(l.Raw))
	}
	if len(*lines) == 0 {
		return 0
	}
	at := place(len(*lines))
	old := len((*lines)[at].Raw)
	if full && len(l.Raw) > old {
		return 0
	}
	(*lines)[at] = l
	return int64(len(l.Raw) - old)
}

// Kept is what is kept of a source.
type Kept struct {
	Tenant    tenant.ID
	Source    string
	Lines     []learn.Line // that no pack claimed when they came
	Recent    []learn.Line // the latest, whoever read them; of a source with a pack of its own
	Share     float64      // of its records lately, that no pack claimed
	Arrived   int          // unclaimed records since learning was last tried
	Came      int          // records since then
	Last      time.Time
	messages  []message
	perSample float64 // messages that each of them stands for
}

// Kept copies what is kept of a source.
func (c *Collector) Kept(source string) Kept {
	s := c.find(source)
	if s == nil {
		return Kept{Source: source}
	}
	return c.look(s, true, false)
}

func (c *Collector) find(source string) *shelf {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.sources[source]
}

// look copies what is kept; the messages are taken away.
func (c *Collector) look(s *shelf, lines, messages bool) Kept {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := Kept{Tenant: s.tenant, Source: s.source, Arrived: s.arrived, Came: s.came, Last: s.last}
	if s.records > 0 {
		k.Share = float64(s.unread) / float64(s.records)
	}
	if lines {
		k.Lines, k.Recent = slices.Clone(s.lines), slices.Clone(s.recent)
	}
	if messages && len(s.messages) > 0 {
		k.messages, k.perSample = s.messages, float64(s.waited)/float64(len(s.messages))
		for _, m := range s.messages {
			s.bytes -= int64(len(m.text))
			c.bytes.Add(-int64(len(m.text)))
		}
		s.messages, s.waited = nil, 0
	}
	return k
}

// tried begins to count anew what arrives.
func (c *Collector) tried(source string) {
	if s := c.find(source); s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.arrived, s.came = 0, 0
	}
}

// own tells which sources have packs of their own. What is kept of the changed ones is forgotten: it was read otherwise.
func (c *Collector) own(owners map[string]bool, changed []string) {
	c.mu.Lock()
	c.owners = owners
	c.mu.Unlock()
	for _, source := range changed {
		s := c.find(source)
		if s == nil {
			continue
		}
		s.mu.Lock()
		for _, l := range slices.Concat(s.lines, s.recent) {
			s.bytes -= int64(len(l.Raw))
			c.bytes.Add(-int64(len(l.Raw)))
		}
		s.own, s.lines, s.recent, s.next = owners[source], nil, nil, 0
		s.records, s.unread, s.arrived, s.came = 0, 0, 0, 0
		s.mu.Unlock()
	}
}

// shelves lists what there is, those that sent last first, and makes room where there was none.
func (c *Collector) shelves() []*shelf {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*shelf, 0, len(c.sources))
	at := make(map[*shelf]time.Time, len(c.sources))
	for _, s := range c.sources {
		s.mu.Lock()
		at[s] = s.last
		s.mu.Unlock()
		list = append(list, s)
	}
	slices.SortFunc(list, func(x, y *shelf) int { return at[y].Compare(at[x]) })
	crowded := c.refused.Swap(false)
	for n := len(list); n > 1 && (crowded && n >= MaxSources || c.bytes.Load() > c.most-c.most/16); n-- {
		c.clear(list[n-1])
		list = list[:n-1]
	}
	return list
}

// drop forgets a source.
func (c *Collector) drop(source string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sources[source]; s != nil {
		c.clear(s)
	}
}

// clear takes a shelf out, under the collector's lock.
func (c *Collector) clear(s *shelf) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.bytes.Add(-s.bytes)
	s.bytes, s.gone, s.lines, s.recent, s.messages = 0, true, nil, nil, nil
	delete(c.sources, s.source)
}
