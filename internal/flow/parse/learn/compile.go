package learn

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// Pack is a pack as it is written.
type Pack struct {
	Text    string `json:"text"`    // pack.yml
	Samples string `json:"samples"` // samples.yml
}

// built is a pack at all its stages.
type built struct {
	written Pack
	pack    *pack.Pack
	reads   map[string]bool // formats that read a sample of their own
}

// Compile makes a pack of the proposal, bound to its source, with samples that it passes. Formats of which it reads no sample are left
// out; where none is left that is an error. id is the pack's.
func (p *Proposal) Compile(id string, d Device) (Pack, error) {
	b, err := p.compile(id, d, p.options(nil))
	if err != nil {
		return Pack{}, err
	}
	if err := try(b.written, p.options(nil)); err != nil {
		return Pack{}, err
	}
	return b.written, nil
}

// options are those of a parser of the source's lines.
func (p *Proposal) options(shelf *pack.Shelf) parse.Options {
	return parse.Options{Packs: shelf, Sources: func(string) (parse.Settings, bool) { return parse.Settings{TimeZone: p.Zone}, true }}
}

func (p *Proposal) compile(id string, d Device, options parse.Options) (*built, error) {
	if len(p.Formats) == 0 {
		return nil, errors.New("the proposal has no formats")
	}
	formats := p.Formats
	for {
		b, err := p.build(id, d, formats, options)
		if err != nil {
			return nil, err
		}
		if len(b.reads) == 0 {
			return nil, errors.New("no format reads its own samples")
		}
		if len(b.reads) == len(formats) {
			return b, nil
		}
		formats = slices.DeleteFunc(slices.Clone(formats), func(f Format) bool { return !b.reads[f.ID] })
	}
}

// build writes the pack of some formats and runs it on their samples.
func (p *Proposal) build(id string, d Device, formats []Format, options parse.Options) (*built, error) {
	doc := document(id, d, formats)
	text, err := doc.Write()
	if err != nil {
		return nil, fmt.Errorf("write the pack: %w", err)
	}
	read, err := pack.Read(text)
	if err != nil {
		return nil, fmt.Errorf("the pack as written: %w", err)
	}
	pk, err := pack.Compile(read)
	if err != nil {
		return nil, err
	}
	set, err := pack.NewSet([]*pack.Pack{pk})
	if err != nil {
		return nil, err
	}
	options.Own = func(string) *pack.Set { return set }
	parser := parse.New(options)
	b := &built{pack: pk, reads: map[string]bool{}}
	b.written.Text = string(text)
	var list []pack.Sample
	room := pack.MaxBytes * 3 / 4
	for i := range formats {
		f := &formats[i]
		n := 0
		for _, raw := range shortFirst(f.Samples) {
			if n == 2 || n == 1 && (len(raw) > 1024 || room < pack.MaxBytes/4) {
				break
			}
			s, size, ok := p.sample(parser, pk, f, raw)
			if !ok {
				continue
			}
			b.reads[f.ID] = true
			if size > room {
				continue
			}
			room -= size
			list = append(list, s)
			n++
		}
	}
	samples, err := pack.WriteSamples(list)
	if err != nil {
		return nil, fmt.Errorf("write the samples: %w", err)
	}
	b.written.Samples = string(samples)
	return b, nil
}

func shortFirst(list []string) []string {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b string) int { return len(a)/512 - len(b)/512 })
	return out
}

// sample is a line with what the pack makes of it.
func (p *Proposal) sample(parser *parse.Parser, pk *pack.Pack, f *Format, raw string) (s pack.Sample, size int, ok bool) {
	received := p.Received
	if received.IsZero() {
		received = reference
	}
	received = received.UTC().Truncate(time.Second)
	var ev event.Event
	parser.Parse(&record.Record{Source: source, Received: received, Raw: []byte(raw)}, &ev)
	if ev.Value(event.IsocParser) != pk.ID() || ev.Value(event.IsocFormat) != f.ID {
		return s, 0, false
	}
	s = pack.Sample{Format: f.ID, Raw: raw, Received: received, Zone: p.Zone, Want: map[string]pack.List{}}
	if !ev.Time.Equal(received) {
		s.Want[event.Timestamp] = pack.List{ev.Time.Format(time.RFC3339Nano)}
	}
	s.Want[event.Dataset] = pack.List{ev.Value(event.Dataset)}
	size = 2*len(raw) + 200
	targets := map[string]bool{}
	for i := range f.Fields {
		for _, t := range (&guess{target: f.Fields[i].Target, as: f.Fields[i].As}).fills() {
			targets[t] = true
		}
	}
	for _, field := range ev.Fields {
		if targets[field.Name] && len(field.Value) <= 512 && field.Name != event.Timestamp {
			s.Want[field.Name] = append(s.Want[field.Name], field.Value)
			size += len(field.Name) + len(field.Value) + 16
		}
	}
	return s, size, true
}

// Load makes a pack that was compiled ready. Its error says what is wrong with it.
func Load(w Pack) (*pack.Pack, error) {
	doc, err := pack.Read([]byte(w.Text))
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	pk, err := pack.Compile(doc)
	if err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return pk, nil
}

// Try runs the samples of a source's own pack as its records go at run time. A nil shelf means the packs that ship.
func Try(w Pack, shelf *pack.Shelf) error { return try(w, parse.Options{Packs: shelf}) }

func try(w Pack, options parse.Options) error {
	pk, err := Load(w)
	if err != nil {
		return err
	}
	samples, err := pack.ReadSamples([]byte(w.Samples))
	if err != nil {
		return fmt.Errorf("samples: %w", err)
	}
	if err := pk.Covered(samples); err != nil {
		return err
	}
	set, err := pack.NewSet([]*pack.Pack{pk})
	if err != nil {
		return err
	}
	options.Own = func(string) *pack.Set { return set }
	for i := range samples {
		s := &samples[i]
		options.Sources = func(string) (parse.Settings, bool) {
			return parse.Settings{TimeZone: s.Zone, Encoding: s.Encoding}, true
		}
		var ev event.Event
		parse.New(options).Parse(&record.Record{Source: source, Received: s.Received, Raw: s.Bytes()}, &ev)
		if err := s.Check(pk.ID(), &ev); err != nil {
			return err
		}
	}
	return nil
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// dataset names the stream of a device. A name without Latin letters gives way to the pack's id.
func dataset(id string, d Device) string {
	word := func(s string) string {
		return clip(strings.Trim(notWord.ReplaceAllString(strings.ToLower(s), "_"), "_"), 31)
	}
	vendor, product := word(d.Vendor), word(d.Product)
	if vendor == "" || product == "" || strings.HasPrefix(vendor, "isoc") {
		return "own." + word(strings.TrimPrefix(id, "own-"))
	}
	return vendor + "." + product
}
