package pack

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/isoc-project/isoc/internal/event"
)

// Bounds of the samples of one pack.
const (
	MaxSamples     = 500
	MaxSampleBytes = 64 << 10
)

// Sample is a record and what must come of it.
type Sample struct {
	About    string          `yaml:"about,omitempty"`
	Format   string          `yaml:"format,omitempty"`
	Raw      string          `yaml:"raw,omitempty"`
	RawHex   string          `yaml:"raw_hex,omitempty"`
	Received time.Time       `yaml:"received,omitempty"`
	Zone     string          `yaml:"zone,omitempty"`
	Encoding string          `yaml:"encoding,omitempty"`
	Want     map[string]list `yaml:"want,omitempty"`
	Absent   list            `yaml:"absent,omitempty"`

	line int
}

// UnmarshalYAML remembers the line.
func (s *Sample) UnmarshalYAML(n *yaml.Node) error {
	type plain Sample
	s.line = n.Line
	if err := strict(n, (*plain)(s)); err != nil {
		return err
	}
	s.line = n.Line
	return nil
}

// ReadSamples reads samples.yml.
func ReadSamples(data []byte) ([]Sample, error) {
	var out []Sample
	if err := decode(data, &out); err != nil {
		return nil, err
	}
	if len(out) > MaxSamples {
		return nil, fmt.Errorf("more than %d samples", MaxSamples)
	}
	for i := range out {
		s := &out[i]
		if (s.Raw == "") == (s.RawHex == "") {
			return nil, fmt.Errorf("line %d: raw or raw_hex is wanted", s.line)
		}
		if len(s.Raw)+len(s.RawHex)/2 > MaxSampleBytes {
			return nil, fmt.Errorf("line %d: more than %d KiB", s.line, MaxSampleBytes>>10)
		}
		if _, err := hex.DecodeString(s.RawHex); err != nil {
			return nil, fmt.Errorf("line %d: raw_hex: %w", s.line, err)
		}
		if len(s.Want) == 0 {
			return nil, fmt.Errorf("line %d: want says nothing", s.line)
		}
		if s.Received.IsZero() {
			s.Received = time.Date(2024, 6, 15, 1, 2, 3, 0, time.UTC)
		}
	}
	return out, nil
}

// Bytes is the record.
func (s *Sample) Bytes() []byte {
	if s.RawHex != "" {
		b, _ := hex.DecodeString(s.RawHex) // ReadSamples has checked it
		return b
	}
	return []byte(s.Raw)
}

// Check compares what came of the sample with what must. Its error names every field that differs.
func (s *Sample) Check(id string, ev *event.Event) error {
	var errs []error
	say := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if got := ev.Value(event.IsocParser); got != id {
		say("isoc.parser: %q, want %q", got, id)
	}
	if got := ev.Value(event.IsocFormat); s.Format != "" && got != s.Format {
		say("isoc.format: %q, want %q", got, s.Format)
	}
	for _, name := range sortedKeys(s.Want) {
		var got []string
		if name == event.Timestamp {
			got = []string{ev.Time.Format(time.RFC3339Nano)}
		}
		for _, f := range ev.Fields {
			if f.Name == name {
				got = append(got, f.Value)
			}
		}
		if !slices.Equal(got, s.Want[name]) {
			say("%s: %s, want %s", name, quoted(got), quoted(s.Want[name]))
		}
	}
	for _, name := range s.Absent {
		if v, there := ev.Get(name); there {
			say("%s: %q, want none", name, v)
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("sample at line %d: %w", s.line, errors.Join(errs...))
	}
	return nil
}

func quoted(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	var b strings.Builder
	for i, s := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", s)
	}
	return b.String()
}

// Covered returns an error that names the formats without a sample.
func (p *Pack) Covered(samples []Sample) error {
	var missing []string
	for _, f := range p.formats {
		if !slices.ContainsFunc(samples, func(s Sample) bool { return s.Format == f.id }) && (len(p.formats) > 1 || len(samples) == 0) {
			missing = append(missing, f.id)
		}
	}
	if missing != nil {
		return fmt.Errorf("formats without a sample: %s", strings.Join(missing, ", "))
	}
	return nil
}

// ID is the pack's id.
func (p *Pack) ID() string { return p.doc.ID }

// Document is the pack as written. It must not be changed.
func (p *Pack) Document() *Document { return p.doc }
