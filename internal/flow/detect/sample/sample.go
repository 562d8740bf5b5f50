package sample

import (
	"fmt"
	"strconv"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

// Bounds on the samples of one rule.
const (
	MaxSamples = 64
	MaxBytes   = 64 << 10 // of one sample, all its lines together
	MaxLines   = 256      // of one sample
	maxText    = 500      // bytes of a name or a reason
)

// Form is how a sample's lines are to be read.
type Form string

// The forms. Empty is [Record].
const (
	Record Form = "record" // as a sender delivers it, for the parser
	Event  Form = "event"  // JSON of an event understood elsewhere, as parse.JSONEvent reads it
)

// Sample is what a rule is tried on, with what should come of it.
type Sample struct {
	Name  string `json:"name,omitempty"`
	Fires bool   `json:"fires"`          // what is expected
	Kind  string `json:"kind,omitempty"` // what the operator would say the source is; empty is "auto"
	Form  Form   `json:"form,omitempty"`
	Why   string `json:"why,omitempty"` // what keeps a near miss from firing
	Lines []Line `json:"lines"`         // one; several are a sequence
}

// Line is one record of a sample.
type Line struct {
	Raw string `json:"raw"`
	// After is how long after the sample's first line it happens. In a sequence it decides the event's time, whatever the record says.
	After time.Duration `json:"after,omitempty"`
	// Kind of the source of this line, where a sequence comes from several; empty is the sample's.
	Kind string `json:"kind,omitempty"`
}

// Check refuses samples beyond the bounds, naming the sample and the part of it as [fault.Invalid] does.
func Check(samples []Sample) error {
	if len(samples) > MaxSamples {
		return fault.NewInvalid("samples", "sample.many", fmt.Sprintf("must be at most %d", MaxSamples))
	}
	for i := range samples {
		if err := samples[i].check("samples[" + strconv.Itoa(i) + "]"); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sample) check(at string) error {
	if s.Form != "" && s.Form != Record && s.Form != Event {
		return fault.NewInvalid(at+".form", "sample.form", "must be record or event")
	}
	if len(s.Name) > maxText || len(s.Why) > maxText || len(s.Kind) > maxText {
		return fault.NewInvalid(at, "sample.text", fmt.Sprintf("has a name, a kind or a reason of more than %d bytes", maxText))
	}
	if len(s.Lines) == 0 || len(s.Lines) > MaxLines {
		return fault.NewInvalid(at+".lines", "sample.lines", fmt.Sprintf("must be 1–%d records", MaxLines))
	}
	size := 0
	for i, l := range s.Lines {
		if l.Raw == "" {
			return fault.NewInvalid(fmt.Sprintf("%s.lines[%d]", at, i), "sample.empty", "must not be empty")
		}
		if l.After < 0 || i > 0 && l.After < s.Lines[i-1].After {
			return fault.NewInvalid(fmt.Sprintf("%s.lines[%d].after", at, i), "sample.order", "must not be before the line above it")
		}
		if len(l.Kind) > maxText {
			return fault.NewInvalid(fmt.Sprintf("%s.lines[%d].kind", at, i), "sample.text", fmt.Sprintf("has a name, a kind or a reason of more than %d bytes", maxText))
		}
		size += len(l.Raw)
	}
	if size > MaxBytes {
		return fault.NewInvalid(at+".lines", "sample.large", fmt.Sprintf("must be at most %d KiB together", MaxBytes>>10))
	}
	return nil
}
