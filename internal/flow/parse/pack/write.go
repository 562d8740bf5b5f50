package pack

import (
	"bytes"

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

// MarshalYAML writes one text as a scalar, several as a sequence.
func (l list) MarshalYAML() (any, error) {
	if len(l) == 1 {
		return l[0], nil
	}
	return []string(l), nil
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
