package tenure_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/tenant"
)

const acme, other = tenant.ID("acme"), tenant.ID("other")

// shelf keeps changes in memory.
type shelf struct {
	changes []tenure.Change
	applied map[tenant.ID]uint64
	down    bool
	deaf    bool
}

func (s *shelf) Last(context.Context) (tenure.Edition, tenure.Ruling, error) {
	now := tenure.Ruling{Rules: map[string]tenure.Standing{}, Tenants: map[tenant.ID]map[string]tenure.State{}}
	if len(s.changes) == 0 {
		return tenure.Edition{}, now, fault.ErrNotFound
	}
	for _, c := range s.changes {
		maps.Copy(now.Rules, c.Rules)
		for id, rules := range c.Tenants {
			if now.Tenants[id] == nil {
				now.Tenants[id] = map[string]tenure.State{}
			}
			maps.Copy(now.Tenants[id], rules)
		}
	}
	return s.changes[len(s.changes)-1].Edition, now, nil
}

func (s *shelf) Ahead(_ context.Context, _ uint32, sequence uint64) (map[tenant.ID]uint64, error) {
	ahead := map[tenant.ID]uint64{}
	for id, upto := range s.applied {
		if upto >= sequence {
			ahead[id] = upto
		}
	}
	return ahead, nil
}

func (s *shelf) Add(_ context.Context, c tenure.Change) error {
	if s.down {
		return errors.New("down")
	}
	s.changes = append(s.changes, c)
	if s.deaf {
		return errors.New("gone")
	}
	return nil
}

func (s *shelf) History(_ context.Context, id tenant.ID, rule string) (tenure.History, error) {
	h := tenure.History{Starts: map[int64]uint64{}, Rule: map[int64]tenure.Standing{}, Own: map[int64]tenure.State{}}
	for _, c := range s.changes {
		h.Editions = append(h.Editions, c.Edition)
		if n, ok := c.Starts[id]; ok {
			h.Starts[c.Number] = n
		}
		if st, ok := c.Rules[rule]; ok {
			h.Rule[c.Number] = st
		}
		if st, ok := c.Tenants[id][rule]; ok {
			h.Own[c.Number] = st
		}
	}
	return h, nil
}

func everyone(tenant.ID) bool { return true }

// with is a ruling of the one rule.
func with(st tenure.State, text string) *tenure.Ruling {
	r := &tenure.Ruling{Rules: map[string]tenure.Standing{}}
	if st != "" {
		r.Rules["r"] = tenure.Standing{State: st, Text: text}
	}
	return r
}

func at(seq uint64) time.Time { return time.Unix(int64(seq), 0).UTC() }

func told(t *testing.T, s *shelf, id tenant.ID) (spans, gaps string) {
	t.Helper()
	h, _ := s.History(t.Context(), id, "r")
	all := h.Spans()
	var a, b []string
	end := func(x tenure.Span) string {
		if x.End == tenure.Never {
			return "…"
		}
		return fmt.Sprint(x.End)
	}
	for _, x := range all {
		a = append(a, fmt.Sprintf("%d-%s %s%s", x.First, end(x), x.State, x.Text))
	}
	for _, g := range tenure.Gaps(all) {
		b = append(b, fmt.Sprintf("%d-%s %s", g.First, end(g.Span), g.Kind))
	}
	return strings.Join(a, ", "), strings.Join(b, ", ")
}

func TestGapsAreWhatTheRuleOfNowDidNotJudge(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := tenure.NewRecorder(s, everyone)
	step := func(seq uint64, now *tenure.Ruling) {
		t.Helper()
		if err := r.InForce(t.Context(), now, 7, seq, at(seq)); err != nil {
			t.Fatal(err)
		}
	}
	same := with("", "")
	step(1, same)
	step(2, same)
	step(3, with("", "")) // another edition that changes nothing
	step(10, with(tenure.Shadow, "a"))
	step(20, with(tenure.On, "a"))
	step(30, with("", ""))
	step(40, with(tenure.Refused, "b"))
	step(50, with(tenure.On, "b"))
	step(60, with(tenure.On, "c"))
	spans, gaps := told(t, s, acme)
	if want := "1-10 , 10-20 shadowa, 20-30 ona, 30-40 offa, 40-50 refusedb, 50-60 onb, 60-… onc"; spans != want {
		t.Errorf("spans\n%s, want\n%s", spans, want)
	}
	if want := "1-10 absent, 10-20 shadow, 20-30 changed, 30-40 off, 40-50 refused, 50-60 changed"; gaps != want {
		t.Errorf("gaps\n%s, want\n%s", gaps, want)
	}
	if h, _ := s.History(t.Context(), acme, "another"); len(h.Spans()) > 0 {
		t.Errorf("a rule that nobody knows: %+v", h.Spans())
	}
	if len(s.changes) != 7 {
		t.Errorf("%d changes were written", len(s.changes))
	}
}

func TestACustomerHasARuleOtherwise(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	r := tenure.NewRecorder(s, func(id tenant.ID) bool { return id != "gone" })
	own := with(tenure.On, "a")
	own.Tenants = map[tenant.ID]map[string]tenure.State{acme: {"r": tenure.Off}, "gone": {"r": tenure.Off}}
	for i, now := range []*tenure.Ruling{with(tenure.On, "a"), own, with(tenure.On, "a")} {
		if err := r.InForce(t.Context(), now, 7, uint64(10*i+1), at(uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if spans, gaps := told(t, s, acme); spans != "1-11 ona, 11-21 offa, 21-… ona" || gaps != "11-21 off" {
		t.Errorf("%s; %s", spans, gaps)
	}
	if spans, gaps := told(t, s, other); spans != "1-… ona" || gaps != "" {
		t.Errorf("the other: %s; %s", spans, gaps)
	}
	if h, _ := s.History(t.Context(), "gone", "r"); len(h.Own) > 0 {
		t.Errorf("of a deleted customer: %v", h.Own)
	}
}

func TestWhatIsNotWrittenIsToldAgain(t *testing.T) {
	t.Parallel()
	s := &shelf{down: true}
	r := tenure.NewRecorder(s, everyone)
	now := with(tenure.On, "a")
	if err := r.InForce(t.Context(), now, 7, 1, at(1)); err == nil {
		t.Fatal("nothing was written and nobody told")
	}
	s.down = false
	for range 2 {
		if err := r.InForce(t.Context(), now, 7, 1, at(1)); err != nil || len(s.changes) != 1 {
			t.Fatalf("%v, %d changes", err, len(s.changes))
		}
	}
	s.deaf = true // what is written is not answered
	if err := r.InForce(t.Context(), with(tenure.Off, "a"), 7, 5, at(5)); err == nil {
		t.Fatal("nobody told")
	}
	s.deaf = false
	if err := r.InForce(t.Context(), with(tenure.Off, "a"), 7, 5, at(5)); err != nil || len(s.changes) != 2 {
		t.Fatalf("%v, %d changes", err, len(s.changes))
	}
}

func TestAQueueThatBeganAnewEndsSpans(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	for epoch := range uint32(2) {
		if err := tenure.NewRecorder(s, everyone).InForce(t.Context(), with(tenure.On, "a"), epoch, 5, at(5)); err != nil {
			t.Fatal(err)
		}
	}
	if spans, gaps := told(t, s, acme); spans != "5-… ona, 5-… ona" || gaps != "" {
		t.Errorf("%s; %s", spans, gaps)
	}
}

// A pipeline dies at random, reads again from a cursor that lags, and changes its rules at random; some customers' alerts are ahead.
// What spans say of a batch is what raised its alerts.
func TestSpansSayWhatRaisedTheAlertsOfEachBatchHoweverOftenTheProcessDied(t *testing.T) {
	t.Parallel()
	states := []tenure.State{"", tenure.On, tenure.Off, tenure.Shadow}
	replays := 0
	for seed := range uint64(3000) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		s := &shelf{applied: map[tenant.ID]uint64{}}
		raised := map[tenant.ID]map[uint64]tenure.State{acme: {}, other: {}}
		now := with(states[rnd.IntN(4)], "a")
		seen := now.Rules["r"].State
		var committed, top uint64
		for life := range 7 {
			r := tenure.NewRecorder(s, everyone)
			if rnd.IntN(2) == 0 {
				_ = r.InForce(t.Context(), now, 7, committed+1, at(committed)) // idle, before the first batch
			}
			for seq := committed + 1; rnd.IntN(8) > 0 || life == 6 && seq <= top; seq++ { // the last one catches up
				if rnd.IntN(3) == 0 {
					if now = with(states[rnd.IntN(4)], "a"); now.Rules["r"].State == "" && seen != "" {
						now = with(tenure.Off, "a")
					}
					seen = now.Rules["r"].State
				}
				if err := r.InForce(t.Context(), now, 7, seq, at(seq)); err != nil {
					t.Fatal(err)
				}
				if seq <= top {
					replays++
				}
				for id := range raised {
					// A batch at or below what was applied changes nothing.
					if _, again := raised[id][seq]; !again || seq > s.applied[id] {
						raised[id][seq] = now.Rules["r"].State
					}
					if rnd.IntN(3) == 0 {
						s.applied[id] = max(seq, s.applied[id])
					}
				}
				top = max(top, seq)
				if rnd.IntN(3) == 0 {
					committed = seq
				}
			}
		}
		for id, batches := range raised {
			h, _ := s.History(t.Context(), id, "r")
			spans := h.Spans()
			if len(spans) == 0 { // it never ran
				spans = []tenure.Span{{End: tenure.Never}}
			}
			for seq, want := range batches {
				i := slices.IndexFunc(spans, func(x tenure.Span) bool { return x.First <= seq && seq < x.End })
				if i < 0 || spans[i].State != want {
					t.Fatalf("seed %d: batch %d of %s was judged %q; spans %+v", seed, seq, id, want, spans)
				}
			}
		}
	}
	if replays < 1000 {
		t.Errorf("only %d batches were judged twice", replays)
	}
}
