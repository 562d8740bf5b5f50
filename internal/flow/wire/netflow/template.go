package netflow

import (
	"net/netip"
	"time"

	"github.com/netsampler/goflow2/v2/decoders/netflow"
)

// Bounds on what exporters may make us remember. An exporter's fields take some 100 KiB, all of them some 110 MiB.
const (
	maxKnown      = 1024 // exporters that a source claims
	maxStrangers  = 64   // exporters nobody claims
	maxTemplates  = 256  // of an exporter
	maxFields     = 8192 // of an exporter's templates together
	maxOwnFields  = 512  // of one template
	maxSamplers   = 64   // of an exporter
	templateLives = 24 * time.Hour
)

// exporters are the senders of templates, the one unheard of longest forgotten first.
type exporters struct {
	most int
	all  map[netip.Addr]*exporter
}

func newExporters(most int) *exporters {
	return &exporters{most: most, all: map[netip.Addr]*exporter{}}
}

// of returns what is known of an exporter; a new one may take the place of the one that was silent longest.
func (x *exporters) of(addr netip.Addr, now time.Time) *exporter {
	e := x.all[addr]
	if e == nil {
		if len(x.all) >= x.most {
			delete(x.all, oldest(x.all, func(e *exporter) time.Time { return e.heard }))
		}
		e = &exporter{templates: map[templateKey]*template{}, rates: map[samplerKey]uint64{}}
		x.all[addr] = e
	}
	e.heard = now
	return e
}

func oldest[K comparable, V any](m map[K]V, at func(V) time.Time) (key K) {
	var first time.Time
	for k, v := range m {
		if t := at(v); first.IsZero() || t.Before(first) {
			key, first = k, t
		}
	}
	return key
}

type templateKey struct {
	domain  uint32
	version uint16
	id      uint16
}

type samplerKey struct {
	domain  uint32
	sampler uint64 // 0 is the domain's only one
}

// exporter is one sender's templates and sampling rates.
type exporter struct {
	heard     time.Time
	templates map[templateKey]*template
	fields    int // of all templates
	rates     map[samplerKey]uint64
}

type template struct {
	layout any // as goflow2 reads it
	fields int
	told   time.Time // when it last came
}

func (e *exporter) put(key templateKey, t *template) {
	e.drop(key)
	for len(e.templates) >= maxTemplates || e.fields+t.fields > maxFields {
		e.drop(oldest(e.templates, func(t *template) time.Time { return t.told }))
	}
	e.templates[key] = t
	e.fields += t.fields
}

func (e *exporter) drop(key templateKey) {
	if t := e.templates[key]; t != nil {
		e.fields -= t.fields
		delete(e.templates, key)
	}
}

func (e *exporter) rate(domain uint32, sampler uint64) uint64 {
	if rate := e.rates[samplerKey{domain, sampler}]; rate > 0 {
		return rate
	}
	return e.rates[samplerKey{domain, 0}]
}

func (e *exporter) setRate(domain uint32, sampler, rate uint64) {
	key := samplerKey{domain, sampler}
	if _, have := e.rates[key]; !have && len(e.rates) >= maxSamplers {
		return
	}
	e.rates[key] = rate
}

// templates is one exporter's store as goflow2 asks for it, while a datagram is decoded. It never fails: an error would cost the rest of
// the datagram.
type templates struct {
	e   *exporter
	now time.Time
	r   *Result
}

var _ netflow.NetFlowTemplateSystem = templates{}

// AddTemplate keeps a template. Fields without bytes are left out: they say nothing, and records made of them have no end. So a template
// of nothing else is refused, and one of no fields at all withdraws what stood under its number.
func (s templates) AddTemplate(version uint16, domain uint32, id uint16, layout any) error {
	key := templateKey{domain, version, id}
	t := &template{told: s.now}
	size, told := 0, 0
	trim := func(fields []netflow.Field) []netflow.Field {
		kept := make([]netflow.Field, 0, min(len(fields), maxOwnFields))
		told += len(fields)
		if told > maxOwnFields {
			return nil
		}
		for _, f := range fields {
			if f.Length == 0 {
				continue
			}
			kept = append(kept, f)
			if f.Length != 0xffff { // one of a length of its own in each record
				size += int(f.Length)
			}
		}
		t.fields += len(kept)
		return kept
	}
	switch l := layout.(type) {
	case netflow.TemplateRecord:
		l.Fields = trim(l.Fields)
		t.layout = l
	case netflow.NFv9OptionsTemplateRecord:
		l.Scopes, l.Options = trim(l.Scopes), trim(l.Options)
		t.layout = l
	case netflow.IPFIXOptionsTemplateRecord:
		l.Scopes, l.Options = trim(l.Scopes), trim(l.Options)
		t.layout = l
	}
	s.e.drop(key) // whatever it was, it is that no more
	switch {
	case told == 0:
	case size == 0 || told > maxOwnFields || id < 256:
		s.r.Refused++
	default:
		s.e.put(key, t)
	}
	return nil
}

// GetTemplate returns a template that came within a day.
func (s templates) GetTemplate(version uint16, domain uint32, id uint16) (any, error) {
	t := s.e.templates[templateKey{domain, version, id}]
	if t == nil || s.now.Sub(t.told) > templateLives {
		s.r.NoTemplate++
		return nil, netflow.ErrorTemplateNotFound
	}
	return t.layout, nil
}

// RemoveTemplate is asked for by nobody here; AddTemplate withdraws.
func (s templates) RemoveTemplate(version uint16, domain uint32, id uint16) (any, error) {
	s.e.drop(templateKey{domain, version, id})
	return nil, nil
}

// GetTemplates is of no use here.
func (templates) GetTemplates() netflow.FlowBaseTemplateSet { return nil }
