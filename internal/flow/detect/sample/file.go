package sample

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// maxFileBytes bounds a file of samples.
const maxFileBytes = 2 * MaxSamples * MaxBytes

// file is a *.samples.yml as it lies beside its rule.
type file struct {
	Positive []written `yaml:"positive"`
	Negative []written `yaml:"negative"`
}

// written is one sample of a file: a record, or a sequence of them.
type written struct {
	Name  string `yaml:"name"`
	Raw   string `yaml:"raw"`
	Kind  string `yaml:"kind"`
	Form  Form   `yaml:"form"`
	Why   string `yaml:"why"`
	Lines []struct {
		Raw   string        `yaml:"raw"`
		After time.Duration `yaml:"after"`
		Kind  string        `yaml:"kind"`
		Times int           `yaml:"times"` // so many lines, in which {n} is 1, 2, 3 …
		Every time.Duration `yaml:"every"` // from one to the next
	} `yaml:"lines"`
}

// ReadFile reads the samples that lie beside a rule, positives first. They are within the bounds of [Check].
func ReadFile(data []byte) ([]Sample, error) {
	if len(data) > maxFileBytes {
		return nil, fmt.Errorf("samples: more than %d KiB", maxFileBytes>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var f file
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("samples: %w", err)
	}
	samples := make([]Sample, 0, len(f.Positive)+len(f.Negative))
	for _, w := range f.Positive {
		samples = append(samples, w.sample(true))
	}
	for _, w := range f.Negative {
		samples = append(samples, w.sample(false))
	}
	if err := Check(samples); err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	return samples, nil
}

func (w *written) sample(fires bool) Sample {
	s := Sample{Name: w.Name, Fires: fires, Kind: w.Kind, Form: w.Form, Why: w.Why}
	if w.Raw != "" {
		s.Lines = append(s.Lines, Line{Raw: w.Raw})
	}
	for _, l := range w.Lines {
		if l.Times == 0 {
			s.Lines = append(s.Lines, Line{Raw: l.Raw, After: l.After, Kind: l.Kind})
		}
		for n := range min(l.Times, MaxLines+1) {
			s.Lines = append(s.Lines, Line{Raw: strings.ReplaceAll(l.Raw, "{n}", strconv.Itoa(n+1)), After: l.After + time.Duration(n)*l.Every, Kind: l.Kind})
		}
	}
	return s
}
