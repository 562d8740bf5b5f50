package tenure

import (
	"fmt"
	"time"
)

// History is what is kept about one rule at one customer.
type History struct {
	Editions []Edition          // all, rising
	Starts   map[int64]uint64   // by edition: from where it counts for the customer, if not from its sequence
	Rule     map[int64]Standing // by edition: how the rule stands for everyone from then on
	Own      map[int64]State    // by edition: what the customer has otherwise
}

// Never is the end of what has none yet.
const Never = uint64(1) << 48

// Span is a run of batches during which a rule stood one way at a customer.
type Span struct {
	Standing
	Epoch      uint32
	First, End uint64 // sequences; End is the first that is no longer of it, or [Never]
	From, To   time.Time
	Open       bool // it lasts; To is zero
}

// Spans are the runs of batches since the recorder began, in order and without a hole; none of a rule that never was to run. Batches
// judged twice count as they were raised.
func (h History) Spans() []Span {
	if len(h.Rule) == 0 {
		return nil
	}
	var spans []Span
	var rule Standing
	var own State
	for _, e := range h.Editions {
		if st, ok := h.Rule[e.Number]; ok {
			rule = st
		}
		if st, ok := h.Own[e.Number]; ok {
			own = st
		}
		now := Span{Standing: standing(rule, own), Epoch: e.Epoch, First: max(e.Sequence, h.Starts[e.Number]), End: Never, From: e.At, Open: true}
		for len(spans) > 0 && spans[len(spans)-1].Epoch == e.Epoch && spans[len(spans)-1].First >= now.First {
			now.From = earlier(now.From, spans[len(spans)-1].From)
			spans = spans[:len(spans)-1]
		}
		if n := len(spans); n > 0 {
			last := &spans[n-1]
			if last.Epoch == e.Epoch {
				last.End = now.First
			}
			last.Open, last.To = false, now.From
		}
		spans = append(spans, now)
	}
	return merged(spans, func(a, b *Span) bool { return a.Standing == b.Standing })
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func standing(rule Standing, own State) Standing {
	if own != "" && rule.State != "" && rule.State != Refused {
		rule.State = own
	}
	return rule
}

// merged joins neighbours that are alike.
func merged(spans []Span, alike func(a, b *Span) bool) []Span {
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && out[n-1].Epoch == s.Epoch && out[n-1].End == s.First && alike(&out[n-1], &s) {
			out[n-1].End, out[n-1].To, out[n-1].Open = s.End, s.To, s.Open
			continue
		}
		out = append(out, s)
	}
	return out
}

// Kind says why a rule as it is now did not judge events.
type Kind string

// The kinds.
const (
	WasAbsent  Kind = "absent"  // it came later
	WasOff     Kind = "off"     // it was switched off
	WasShadow  Kind = "shadow"  // it ran in the shadow
	WasRefused Kind = "refused" // the engine could not take it
	WasOther   Kind = "changed" // it had another text
)

// Gap is a span in which the rule as it is now raised nothing.
type Gap struct {
	Span
	Kind Kind
}

// ID names the gap among those of its rule and customer: it stays while the gap grows.
func (g *Gap) ID() string { return fmt.Sprintf("%08x%012x", g.Epoch, g.First) }

// Gaps are the spans in which the rule as it stands last raised nothing, in order.
func Gaps(spans []Span) []Gap {
	if len(spans) == 0 {
		return nil
	}
	text := spans[len(spans)-1].Text
	var blind []Span
	for _, s := range spans {
		if kindOf(s, text) != "" {
			blind = append(blind, s)
		}
	}
	var gaps []Gap
	for _, s := range merged(blind, func(a, b *Span) bool {
		k := kindOf(*a, text)
		return k == kindOf(*b, text) && a.Reason == b.Reason && (k != WasOther || a.Text == b.Text)
	}) {
		gaps = append(gaps, Gap{s, kindOf(s, text)})
	}
	return gaps
}

func kindOf(s Span, text string) Kind {
	switch {
	case s.State == "":
		return WasAbsent
	case s.State == Off:
		return WasOff
	case s.State == Shadow:
		return WasShadow
	case s.State == Refused:
		return WasRefused
	case s.Text != text:
		return WasOther
	}
	return ""
}
