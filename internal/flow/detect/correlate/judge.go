package correlate

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

func (r *rule) temporal() bool { return r.Type == sigma.Temporal || r.Type == sigma.TemporalOrdered }

// scratch is memory that judging reuses.
type scratch struct {
	seen   map[uint64]struct{}
	values []float64
}

// holds reports whether the rule holds of a window, as the place from which on its entries count, or -1.
func (s *scratch) holds(r *rule, window []entry) int {
	ok := false
	switch r.Type {
	case sigma.Temporal:
		mask := uint32(0)
		for i := len(window) - 1; i >= 0; i-- {
			mask |= window[i].mask
			if r.mode == sliding && r.fired(mask) {
				return 0
			}
		}
		ok = r.fired(mask)
	case sigma.TemporalOrdered:
		return ordered(r, window)
	default:
		v, any := s.measure(r, window)
		ok = any && r.Within(v)
	}
	if ok {
		return 0
	}
	return -1
}

// measure is the number that the rule's bounds are about.
func (s *scratch) measure(r *rule, window []entry) (float64, bool) {
	switch r.Type {
	case sigma.EventCount:
		return float64(len(window)), true
	case sigma.ValueCount:
		if r.mode == sliding && !r.Within(float64(len(window))) {
			return 0, false // not even if all differ
		}
		if s.seen == nil {
			s.seen = map[uint64]struct{}{}
		}
		clear(s.seen)
		for i := range window {
			s.seen[window[i].value] = struct{}{}
		}
		return float64(len(s.seen)), true
	case sigma.ValueSum, sigma.ValueAvg:
		sum := 0.0
		for i := range window {
			sum += math.Float64frombits(window[i].value)
		}
		if r.Type == sigma.ValueAvg {
			sum /= float64(len(window))
		}
		return sum, true
	}
	s.values = s.values[:0]
	for i := range window {
		s.values = append(s.values, math.Float64frombits(window[i].value))
	}
	slices.Sort(s.values)
	return Percentile(s.values, r.Percentile), true
}

// Percentile is the least of the sorted values that p percent of them do not exceed: the nearest rank.
func Percentile(sorted []float64, p float64) float64 {
	return sorted[max(int(math.Ceil(p/100*float64(len(sorted)))), 1)-1]
}

// ordered reports whether the last entry completes one of the rule's orders, as the place of the first step, or -1. Each step is an
// event of its own; going back and taking the latest that fits finds an order wherever there is one.
func ordered(r *rule, window []entry) int {
	last := len(window) - 1
	best := -1
	for _, steps := range r.sequences {
		n := len(steps) - 1
		if window[last].mask&steps[n] == 0 {
			continue
		}
		if n == 0 {
			return last
		}
		if window[last].mask&(1<<untilBit) != 0 {
			continue
		}
		at := last
		for n--; at > 0; {
			at--
			ended := window[at].mask&(1<<untilBit) != 0
			if ended && n > 0 { // only a first step can be what also ended the sequence before
				break
			}
			if window[at].mask&steps[n] != 0 {
				if n == 0 {
					best = max(best, at)
					break
				}
				n--
			} else if ended {
				break
			}
		}
	}
	return best
}

// finding tells of a firing. The last entry of the window completed it.
func (e *Engine) finding(k cellKey, r *rule, g *group, window []entry, parts []tally) detect.Finding {
	last := &window[len(window)-1]
	f := detect.Finding{
		Tenant: k.tenant, Source: g.source, Model: Model, Rule: r.info, Time: time.Unix(0, last.time).UTC(),
		EventID: e.opts.EventID(last.seq, int(last.index)), Sequence: e.sequence, Entities: entitiesOf(g), Parts: e.partsOf(parts),
	}
	for i, v := range strings.Split(strings.TrimSuffix(g.key, "\x00"), "\x00") {
		if i < len(r.GroupBy) {
			f.Matches = append(f.Matches, detect.Match{Selection: GroupBy, Field: r.GroupBy[i], Value: v})
		}
	}
	if !r.temporal() {
		v, _ := e.scratch.measure(r, window)
		var bounds []string
		for _, b := range r.Bounds {
			bounds = append(bounds, fmt.Sprintf("%s %s", b.Op, strconv.FormatFloat(b.Value, 'f', -1, 64)))
		}
		f.Matches = append(f.Matches, detect.Match{Selection: string(r.Type), Field: strings.Join(r.Fields, ", "), Value: strconv.FormatFloat(v, 'f', -1, 64), Pattern: strings.Join(bounds, ", ")})
	}
	return f
}

// entitiesOf are the group's, in the order in which findings have them.
func entitiesOf(g *group) []event.Field {
	out := slices.Clone(g.entities)
	slices.SortStableFunc(out, func(a, b event.Field) int { return cmp.Compare(detect.EntityRank(a.Name), detect.EntityRank(b.Name)) })
	return out
}
