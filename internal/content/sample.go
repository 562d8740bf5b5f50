package content

import (
	"context"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

// Sample is what a rule is tried on, with what should come of it.
type Sample struct {
	Name  string       `json:"name,omitempty"`
	Fires bool         `json:"fires"` // what is expected
	Kind  string       `json:"kind,omitempty"`
	Form  string       `json:"form,omitempty"`
	Why   string       `json:"why,omitempty"` // what keeps a near miss from firing
	Lines []SampleLine `json:"lines"`
	// Own says that it was written here rather than shipped with the pack.
	Own bool `json:"-"`
}

// SampleLine is one record of a sample, After the sample's first.
type SampleLine struct {
	Raw   string        `json:"raw"`
	After time.Duration `json:"after,omitempty"`
	Kind  string        `json:"kind,omitempty"` // of the source of this line; empty is the sample's
}

// Outcome is what came of a sample. Fault is empty where it went as expected.
type Outcome struct {
	Sample
	Fired bool
	Fault string // silent, fires or unread
}

// Sampler is the engine's way with samples; it must be safe for concurrent use.
type Sampler interface {
	// ReadSamples reads the file that lies beside a rule of a pack. The error tells what is wrong with it.
	ReadSamples(data []byte) ([]Sample, error)
	// CheckSamples refuses with fault.Invalid what is beyond its bounds.
	CheckSamples(samples []Sample) error
	// Try runs samples on a document that the Checker took, with the texts that it is made of. It is fault.Invalid where these do not suffice.
	Try(ctx context.Context, of Text, with []Text, samples []Sample) ([]Outcome, error)
}

// Samples returns a rule's samples: first those of its pack.
func (s *Service) Samples(ctx context.Context, id string) ([]Sample, error) {
	if _, _, err := s.deps.Repository.Rule(ctx, id); err != nil {
		return nil, fmt.Errorf("rule %s: %w", id, err)
	}
	return s.samples(ctx, id)
}

func (s *Service) samples(ctx context.Context, id string) ([]Sample, error) {
	own, err := s.deps.Repository.Samples(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("samples of rule %s: %w", id, err)
	}
	for i := range own {
		own[i].Own = true
	}
	pack, err := s.packText(ctx, id)
	if err != nil || pack.Samples == "" || s.deps.Sampler == nil {
		return own, err
	}
	shipped, err := s.deps.Sampler.ReadSamples([]byte(pack.Samples))
	if err != nil {
		return nil, fmt.Errorf("samples of rule %s: %w", id, err)
	}
	return append(shipped, own...), nil
}

// SetSamples replaces the samples written here. Where the rule runs they must pass.
func (s *Service) SetSamples(ctx context.Context, id string, samples []Sample) ([]Sample, error) {
	if s.deps.Sampler != nil {
		if err := s.deps.Sampler.CheckSamples(samples); err != nil {
			return nil, err
		}
	}
	err := s.decide(ctx, func(ctx context.Context) error {
		r, err := s.written(ctx, id)
		if err != nil {
			return err
		}
		before, err := s.deps.Repository.Samples(ctx, id)
		if err != nil {
			return err
		}
		if err := s.deps.Repository.PutSamples(ctx, id, samples, s.deps.Actor(ctx), s.deps.Now().UTC()); err != nil {
			return err
		}
		if r.runs {
			if err := s.pass(ctx, r, Enabled); err != nil {
				return err
			}
		}
		return s.note(ctx, "rule.samples", id, map[string]int{"samples": len(before)}, map[string]int{"samples": len(samples)}, "")
	})
	if err != nil {
		return nil, fmt.Errorf("samples of rule %s: %w", id, err)
	}
	return s.samples(ctx, id)
}

// RunSamples tries the text in force on its samples. A text that the engine refuses is fault.Invalid.
func (s *Service) RunSamples(ctx context.Context, id string) ([]Outcome, error) {
	r, err := s.written(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", id, err)
	}
	if _, err := s.deps.Checker.Check(r.Path, []byte(r.source)); err != nil {
		return nil, refusedText(err)
	}
	samples, err := s.samples(ctx, id)
	if err != nil || s.deps.Sampler == nil || r.Kind == KindFilter {
		return nil, err
	}
	out, err := s.try(ctx, r, samples)
	if err != nil {
		return nil, fmt.Errorf("run samples of rule %s: %w", id, err)
	}
	return out, nil
}

// try runs samples on a rule, with what it is made of.
func (s *Service) try(ctx context.Context, k knownRule, samples []Sample) ([]Outcome, error) {
	with, err := s.companions(ctx, k)
	if err != nil {
		return nil, err
	}
	return s.deps.Sampler.Try(ctx, Text{File: k.file(), Source: []byte(k.source)}, with, samples)
}

// refusedText is why the engine does not take a text, in its own words.
func refusedText(err error) *fault.Invalid {
	return &fault.Invalid{Field: "source", Reason: err.Error()}
}
