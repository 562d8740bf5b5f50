package parse

import (
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/charset"
)

// Settings are what an operator says of a source.
type Settings struct {
	Kind     string // "auto" or what the sender is; a hint, never a filter
	TimeZone string // IANA name for records without an offset; "" means UTC
	Encoding string // "auto" (or ""), "utf-8", "gb18030", "utf-16"
}

// Options configure a Parser.
type Options struct {
	// Sources returns the settings of a source by id. It may be nil: every source has the defaults then.
	Sources func(id string) (Settings, bool)
	// Now is the clock for records without a time of receipt; nil means time.Now.
	Now func() time.Time
	// Automatic leaves out what is known of single products and programs, so that structure and names alone tell.
	Automatic bool
	// Packs are the parser packs in force; nil means those that come with the product.
	Packs *pack.Shelf
	// Own returns the packs of a source's own, nil for none: they read what nothing else claims, before structure alone tells. It may
	// be nil, must be safe for concurrent use, and is asked for every such record.
	Own func(source string) *pack.Set
}

// Parser turns raw records into events. It is safe for concurrent use and keeps no state between records but
// scratch memory, loaded time zones and the names of device datasets.
type Parser struct {
	opts     Options
	formats  []format
	work     sync.Pool
	zones    sync.Map // name → *time.Location
	datasets datasets
}

// New returns a Parser.
func New(opts Options) *Parser {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Packs == nil {
		opts.Packs = pack.ShippedShelf()
	}
	p := &Parser{opts: opts, formats: formats()}
	p.work.New = func() any { return new(work) }
	return p
}

// Parse fills ev, whose fields it replaces, from rec. It never fails: what no parser understands is kept raw with
// isoc.parser "none" and the reason under isoc.parse_error. Always set are message, event.original, event.ingested,
// event.dataset, isoc.source.id and isoc.parser; event.id and event.sequence are left to the pipeline.
func (p *Parser) Parse(rec *record.Record, ev *event.Event) {
	p.parse(rec, ev, nil, nil)
}

func (p *Parser) parse(rec *record.Record, ev *event.Event, trace *trace, own *Unclaimed) {
	w, _ := p.work.Get().(*work)
	defer p.work.Put(w)
	w.unclaimed = own
	set := p.settings(rec.Source)
	text, encoding := charset.Decode(rec.Raw, set.Encoding)
	ev.Tenant, ev.ID, ev.Time = rec.Tenant, "", time.Time{}
	w.begin(p, ev, trace)
	w.loc, w.received, w.kind, w.source = p.zone(set.TimeZone), rec.Received, set.Kind, rec.Source
	if w.received.IsZero() {
		w.received = p.opts.Now()
	}
	w.received = w.received.UTC()
	d := &w.d
	d.AddWhole(event.Original, text)
	w.clock = w.received.AppendFormat(w.clock[:0], time.RFC3339Nano)
	d.Add(event.Ingested, d.Keep(w.clock))
	d.Add(event.IsocSource, rec.Source)
	if encoding != charset.UTF8 {
		d.Add("log.encoding", encoding)
	}
	w.step("decode", encoding, true)
	w.line(text)
	w.envelope(rec)
	w.finish(rec)
}

func (p *Parser) settings(source string) Settings {
	if p.opts.Sources == nil {
		return Settings{}
	}
	s, _ := p.opts.Sources(source)
	return s
}

// zone returns the location of a time zone name, UTC where it is not known.
func (p *Parser) zone(name string) *time.Location {
	if name == "" || name == "UTC" {
		return time.UTC
	}
	if l, ok := p.zones.Load(name); ok {
		loc, _ := l.(*time.Location)
		return loc
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = time.UTC
	}
	p.zones.Store(name, loc)
	return loc
}

// maxDatasets bounds the device datasets named by payloads, each of which is a stream of the archive.
const maxDatasets = 512

// datasets remembers the device datasets seen.
type datasets struct {
	mu    sync.RWMutex
	names map[string]struct{}
}

// admit returns name, or other where there are too many names already.
func (s *datasets) admit(name, other string) string {
	s.mu.RLock()
	_, known := s.names[name]
	s.mu.RUnlock()
	if known {
		return name
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names == nil {
		s.names = make(map[string]struct{})
	}
	if _, known = s.names[name]; !known && len(s.names) >= maxDatasets {
		return other
	}
	s.names[name] = struct{}{}
	return name
}
