package learned

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Prefix is what the ids of sources' own packs begin with, and no other's.
const Prefix = "own-"

// maxRows bounds the records shown with a proposal.
const maxRows = 20

// Detail is a proposal and what it makes of the source's records.
type Detail struct {
	Head
	Proposal *learn.Proposal // corrected
	Device   learn.Device
	PackID   string
	Pack     string // pack.yml
	Rows     []Row
	Before   Reading // as these records are read now
	After    Reading // as they will be
	InForce  *learn.Proposal
}

// Row is a record as the pack to be reads it.
type Row struct {
	Raw    string
	Parser string
	Format string
	Fields []RowField
}

// RowField is a field of a row.
type RowField struct {
	Name, Value string
	From        string  // the vendor's name; empty where the proposal does not name it
	Confidence  float64 // of the proposal
	Spots       []parse.Place
}

// Reading says how well records are read.
type Reading struct {
	Lines   int
	Claimed int     // read by a pack
	Mapped  float64 // fields of the common schema, a record
}

// made is a proposal with corrections, compiled.
type made struct {
	proposal *learn.Proposal
	device   learn.Device
	id       string
	pack     learn.Pack
	compiled *pack.Pack
}

// make corrects and compiles. What cannot be is fault.ErrInvalid.
func (s *Service) make(ctx context.Context, h Head, c proposalContent, w Wish) (made, error) {
	var m made
	var err error
	if m.proposal, err = c.Proposal.Correct(w.Corrections); err != nil {
		return m, wrong(err)
	}
	m.device = m.proposal.Device
	if w.Device != nil {
		m.device = *w.Device
		if !slices.Contains(pack.Kinds, m.device.Kind) {
			return m, fault.NewInvalid("device.kind", "learn.kind", "must be one of "+strings.Join(pack.Kinds, ", "))
		}
		m.proposal.Device = m.device
	}
	if m.id, err = s.packID(ctx, h.Tenant, h.Source, m.device); err != nil {
		return m, err
	}
	if len(m.proposal.Formats) == 0 {
		return m, fault.NewInvalid("corrections", "learn.empty", "leave no format")
	}
	if m.pack, err = m.proposal.Compile(m.id, m.device); err != nil {
		return m, wrong(err)
	}
	if m.compiled, err = learn.Load(m.pack); err != nil {
		return m, fmt.Errorf("compiled pack: %w", err)
	}
	if len(c.Lines) > 0 {
		covered, rest, _ := learn.Cover(m.compiled, c.Lines, s.settings(h.Source), s.d.Shelf)
		m.proposal.Covered, m.proposal.Unclaimed = covered, covered+rest
	}
	return m, nil
}

// wrong tells what cannot be of corrections, each by itself.
func wrong(err error) error {
	var all fault.InvalidAll
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			all = append(all, &fault.Invalid{Field: "corrections", Reason: one.Error()})
		}
		return all.ErrOrNil()
	}
	return &fault.Invalid{Field: "corrections", Reason: err.Error()}
}

// settings are how what is kept of a source is read: it is decoded already.
func (s *Service) settings(source string) parse.Settings {
	_, _, set, _ := s.d.Source(source)
	set.Encoding = "utf-8"
	return set
}

// packID is the id of the source's pack: the one it has, or one that no other source of the customer has.
func (s *Service) packID(ctx context.Context, id tenant.ID, source string, d learn.Device) (string, error) {
	taken, err := s.d.Repository.PackIDs(ctx, id)
	if err != nil {
		return "", fmt.Errorf("ids of packs: %w", err)
	}
	if own := taken[source]; own != "" {
		return own, nil
	}
	_, name, _, _ := s.d.Source(source)
	base := slug(d.Product)
	if base == "" {
		base = slug(name)
	}
	if base == "" {
		base = strings.ToLower(source[max(0, len(source)-8):])
	}
	used := make(map[string]bool, len(taken))
	for _, other := range taken {
		used[other] = true
	}
	own := Prefix + base
	for n := 2; used[own]; n++ {
		own = Prefix + base + "-" + strconv.Itoa(n)
	}
	return own, nil
}

// slug is the Latin letters and digits of a name.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

func (s *Service) detail(ctx context.Context, h Head, c proposalContent, w Wish) (Detail, error) {
	d := Detail{Head: h, Proposal: c.Proposal}
	m, err := s.make(ctx, h, c, w)
	if err != nil {
		return d, err
	}
	d.Proposal, d.Device, d.PackID, d.Pack = m.proposal, m.device, m.id, m.pack.Text
	if h.State == Open {
		d.Figures = figures(m.proposal)
		d.Lines = h.Lines
	} else if c.Pack != "" {
		d.Pack = c.Pack
	}
	set := s.settings(h.Source)
	after, err := learn.Parser(m.compiled, set, s.d.Shelf)
	if err != nil {
		return d, fmt.Errorf("parser of a proposal: %w", err)
	}
	var inForce *pack.Pack
	if p := s.d.Book.page(h.Source); p != nil {
		inForce = p.pack
		if h.Reason == Drift {
			d.InForce = p.proposal
		}
	}
	before, err := learn.Parser(inForce, set, s.d.Shelf)
	if err != nil {
		return d, fmt.Errorf("parser of a proposal: %w", err)
	}
	lines := c.Lines
	if len(lines) == 0 {
		lines = samples(c.Proposal, len(c.Proposal.Formats)*maxRows)
	}
	d.Before, d.After = readAll(before, lines), readAll(after, lines)
	for _, l := range samples(c.Proposal, maxRows) {
		d.Rows = append(d.Rows, row(after, l, m.proposal))
	}
	return d, nil
}

// samples picks records of a proposal, of each format in turn.
func samples(p *learn.Proposal, most int) []learn.Line {
	var out []learn.Line
	for i := 0; len(out) < most; i++ {
		any := false
		for j := range p.Formats {
			if f := &p.Formats[j]; i < len(f.Samples) && len(out) < most {
				out = append(out, learn.Line{Raw: f.Samples[i], Received: p.Received})
				any = true
			}
		}
		if !any {
			break
		}
	}
	return out
}

// read parses a line as a parser of [learn.Parser] does.
func read(p *parse.Parser, l learn.Line, ev *event.Event) {
	p.Parse(&record.Record{Source: "source", Received: l.Received, Raw: []byte(l.Raw)}, ev)
}

func readAll(p *parse.Parser, lines []learn.Line) Reading {
	r := Reading{Lines: len(lines)}
	var ev event.Event
	mapped := 0
	for _, l := range lines {
		read(p, l, &ev)
		if !parse.Structural(ev.Value(event.IsocParser)) {
			r.Claimed++
		}
		for _, f := range ev.Fields {
			if told(f.Name) && ecs.Known(f.Name) {
				mapped++
			}
		}
	}
	if len(lines) > 0 {
		r.Mapped = float64(mapped) / float64(len(lines))
	}
	return r
}

// told reports whether a field says what a record means, not how it was kept.
func told(name string) bool {
	switch name {
	case event.Original, event.Ingested, event.Message, event.Dataset, event.Timestamp:
		return false
	}
	return !strings.HasPrefix(name, "isoc.") && !strings.HasPrefix(name, "log.syslog.")
}

func row(p *parse.Parser, l learn.Line, of *learn.Proposal) Row {
	var ev event.Event
	read(p, l, &ev)
	r := Row{Raw: l.Raw, Parser: ev.Value(event.IsocParser), Format: ev.Value(event.IsocFormat)}
	var format *learn.Format
	if i := slices.IndexFunc(of.Formats, func(f learn.Format) bool { return f.ID == r.Format }); i >= 0 {
		format = &of.Formats[i]
	}
	spots := make([][]parse.Place, len(ev.Fields))
	for _, at := range parse.Locate(l.Raw, ev.Fields) {
		spots[at.Field] = append(spots[at.Field], at)
	}
	for i, f := range ev.Fields {
		if !told(f.Name) {
			continue
		}
		out := RowField{Name: f.Name, Value: f.Value, Spots: spots[i]}
		if format != nil {
			out.From, out.Confidence = origin(format, f.Name)
		}
		r.Fields = append(r.Fields, out)
	}
	return r
}

// origin finds the vendor's name of a field.
func origin(f *learn.Format, name string) (from string, confidence float64) {
	for i := range f.Fields {
		if v := &f.Fields[i]; v.Target == name || v.Target == "" && (name == v.Name || strings.HasSuffix(name, "."+v.Name)) {
			return v.Name, v.Confidence
		}
	}
	return "", 0
}
