package pack

import (
	"bytes"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"
)

// Write returns the document as pack.yml: what [Read] reads again.
func (d *Document) Write() ([]byte, error) { return written(d) }

// WriteSamples returns samples as samples.yml: what [ReadSamples] reads again.
func WriteSamples(list []Sample) ([]byte, error) { return written(list) }

func written(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// scalar writes texts with line ends and marks that are not seen in quotes: blocks do not keep all of them.
func scalar(s string) any {
	if strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsGraphic(r) || r == 0xa0 || r == 0x2028 || r == 0x2029 }) {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
	}
	return s
}

// MarshalYAML writes the sample in the order that people read it.
func (s Sample) MarshalYAML() (any, error) {
	out := struct {
		About    string          `yaml:"about,omitempty"`
		Format   string          `yaml:"format,omitempty"`
		Raw      any             `yaml:"raw,omitempty"`
		RawHex   string          `yaml:"raw_hex,omitempty"`
		Received time.Time       `yaml:"received,omitempty"`
		Zone     string          `yaml:"zone,omitempty"`
		Encoding string          `yaml:"encoding,omitempty"`
		Want     map[string]list `yaml:"want,omitempty"`
		Absent   list            `yaml:"absent,omitempty"`
	}{s.About, s.Format, nil, s.RawHex, s.Received, s.Zone, s.Encoding, s.Want, s.Absent}
	if s.Raw != "" {
		out.Raw = scalar(s.Raw)
	}
	return out, nil
}

// MarshalYAML writes one text as a scalar, several as a sequence.
func (l list) MarshalYAML() (any, error) {
	if len(l) == 1 {
		return scalar(l[0]), nil
	}
	out := make([]any, len(l))
	for i, s := range l {
		out[i] = scalar(s)
	}
	return out, nil
}

// MarshalYAML writes the names alone where the target says nothing else.
func (t Target) MarshalYAML() (any, error) {
	if t.As == "" && t.Values == nil && t.Other == "" && t.Unit == "" {
		return t.To, nil
	}
	type plain Target
	return plain(t), nil
}

// MarshalYAML writes one target by itself.
func (t Targets) MarshalYAML() (any, error) {
	if len(t) == 1 {
		return t[0], nil
	}
	return []Target(t), nil
}

// List is the type of those parts of a document that are one text or several.
type List = list
