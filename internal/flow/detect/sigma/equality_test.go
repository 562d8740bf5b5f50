package sigma_test

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/naive"
)

// differences compares the compiled matcher with the naive evaluator over every rule × every event, routed and not.
func differences(tb testing.TB, rules []*sigma.Rule, opts sigma.Options, events []event.Event) (pairs, hits int) {
	tb.Helper()
	set, refused := sigma.Compile(rules, opts)
	bad := map[string]bool{}
	for _, r := range refused {
		bad[r.Rule] = true
	}
	usable := slices.DeleteFunc(slices.Clone(rules), func(r *sigma.Rule) bool { return bad[r.ID] })
	var mu sync.Mutex
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			m, oracle, clues := set.Matcher(), naive.New(opts.Placeholders), cluesOf(opts)
			for i := w; i < len(events); i += workers {
				n := compareEvent(tb, m, oracle, clues, usable, &events[i])
				mu.Lock()
				pairs, hits = pairs+len(usable), hits+n
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return pairs, hits
}

// cluesOf works the clues of a rule out once. It serves one goroutine.
func cluesOf(opts sigma.Options) func(*sigma.Rule) [][]sigma.Clue {
	known := map[*sigma.Rule][][]sigma.Clue{}
	return func(r *sigma.Rule) [][]sigma.Clue {
		sets, ok := known[r]
		if !ok {
			sets = sigma.Clues(r, opts)
			known[r] = sets
		}
		return sets
	}
}

// checkClues sees that an event a rule fires on shows a clue of every set.
func checkClues(tb testing.TB, r *sigma.Rule, sets [][]sigma.Clue, ev *event.Event) {
	tb.Helper()
	for _, set := range sets {
		if !slices.ContainsFunc(set, func(c sigma.Clue) bool { return c.Holds(ev) }) {
			tb.Errorf("%s %s fires without any of the clues %v on\n%s", r.ID, r.Title, set, show(ev))
		}
	}
}

func compareEvent(tb testing.TB, m *sigma.Matcher, oracle *naive.Evaluator, clues func(*sigma.Rule) [][]sigma.Clue, rules []*sigma.Rule, ev *event.Event) int {
	tb.Helper()
	var all, routed []string
	m.FiredAll(ev, func(r *sigma.Rule) { all = append(all, r.ID) })
	m.Fired(ev, func(r *sigma.Rule) { routed = append(routed, r.ID) })
	profile := logsource.Sign(ev).Profile()
	var wantAll, wantRouted []string
	for _, r := range rules {
		fires, err := oracle.Fires(r, ev)
		if err != nil {
			tb.Errorf("naive: %v", err)
		}
		if !fires {
			continue
		}
		wantAll = append(wantAll, r.ID)
		checkClues(tb, r, clues(r), ev)
		if profile.Accepts(r.LogSource) {
			wantRouted = append(wantRouted, r.ID)
		}
	}
	if !slices.Equal(all, wantAll) {
		tb.Errorf("all rules: compiled %v, naive %v\nevent %s", all, wantAll, show(ev))
	}
	if !slices.Equal(routed, wantRouted) {
		tb.Errorf("routed as %s: compiled %v, naive %v\nevent %s", profile.String(), routed, wantRouted, show(ev))
	}
	return len(wantAll)
}

func show(ev *event.Event) string {
	var b strings.Builder
	for _, f := range ev.Fields {
		if f.Name != event.Original {
			b.WriteString(f.Name + "=" + strings.ToValidUTF8(f.Value, "\ufffd") + "\n")
		}
	}
	return b.String()
}

// TestEqualsNaiveOnRecordedEvents compares on a sample of the recorded events; the sample is small because the naive
// evaluator needs some 100 ms for one event and all rules.
func TestEqualsNaiveOnRecordedEvents(t *testing.T) {
	t.Parallel()
	rules := sigmaHQRules(t)
	var events []event.Event
	for _, c := range regressionCases(t) {
		events = append(events, c.events[0])
	}
	events = append(events, attackEvents(t, 400)...)
	events = append(events, mordorEvents(t, 8000)...)
	if testing.Short() {
		events = events[:len(events)/8]
	}
	opts := sigma.Options{Placeholders: map[string][]string{"known_cdcs": {"dc1", "DC2*"}}}
	pairs, hits := differences(t, rules, opts, events)
	if hits == 0 {
		t.Error("no rule fired")
	}
	t.Logf("%d events, %d pairs, %d hits", len(events), pairs, hits)
}
