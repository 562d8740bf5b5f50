package correlate_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate/batch"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/tenant"
)

var cases = flag.Int("correlations", 3000, "random streams that the engine is held to the oracle on")

// base are the rules of single events in random programs.
func base(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "title: r%d\nname: r%d\nid: id-r%d\nlogsource: {product: test}\ndetection: {s: {F: r%d}, condition: s}\n---\n", i, i, i, i)
	}
	return b.String()
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// randomCorrelations writes n correlations, some of them made of earlier ones.
func randomCorrelations(r *rand.Rand, n int) string {
	var b strings.Builder
	names := []string{"r0", "r1", "r2", "r3"}
	for i := range n {
		typ := pick(r, "event_count", "value_count", "value_sum", "value_avg", "value_percentile", "value_median", "temporal", "temporal", "temporal_ordered", "temporal_ordered")
		from := slices.Clone(names)
		r.Shuffle(len(from), func(a, b int) { from[a], from[b] = from[b], from[a] })
		rules := from[:1+r.IntN(3)]
		cond := ""
		op := pick(r, "gte", "gte", "gt", "lt", "lte", "eq", "neq")
		switch typ {
		case "event_count":
			cond = fmt.Sprintf("condition: {%s: %d}", op, 2+r.IntN(4))
		case "value_count":
			cond = fmt.Sprintf("condition: {field: %s, %s: %d}", pick(r, "host", "n", "[host, n]"), op, 2+r.IntN(3))
		case "value_percentile":
			cond = fmt.Sprintf("condition: {field: n, %s: %d, percentile: %d}", op, r.IntN(20), 1+r.IntN(100))
		case "value_sum", "value_avg", "value_median":
			cond = fmt.Sprintf("condition: {field: n, %s: %d}", op, r.IntN(30))
		default:
			for len(rules) < 2 {
				rules = from[:2+r.IntN(2)]
			}
			switch k := r.IntN(6); {
			case typ == "temporal" && k == 0:
				cond = fmt.Sprintf("condition: %s and not %s", rules[0], rules[1])
			case k == 1:
				cond = fmt.Sprintf("condition: %s or (%s and %s)", rules[0], rules[1], rules[len(rules)-1])
			case k == 2:
				cond = "condition: {gte: 2}"
			case k == 3 && typ == "temporal":
				cond = fmt.Sprintf("condition: {%s: 2}", pick(r, "lt", "eq", "neq"))
			}
			if typ == "temporal_ordered" && cond == "" && r.IntN(3) == 0 {
				rules = append(slices.Clone(rules), rules[0])
			}
			if typ == "temporal_ordered" && r.IntN(3) == 0 {
				cond += ", until: " + pick(r, names...)
			}
			cond = strings.TrimPrefix(cond, ", ")
		}
		group := pick(r, "group-by: user", "group-by: [user, host]", "group-by: who", "group-by: host", "generate: true")
		if group == "group-by: who" {
			group += fmt.Sprintf(", aliases: {who: {%s: user, %s: host}}", rules[0], rules[len(rules)-1])
			if rules[0] == rules[len(rules)-1] {
				group = "group-by: who, aliases: {who: {" + rules[0] + ": user}}"
			}
		}
		parts := []string{"type: " + typ, "rules: [" + strings.Join(rules, ", ") + "]", group, fmt.Sprintf("timespan: %ds", 10+r.IntN(80))}
		if cond != "" {
			parts = append(parts, cond)
		}
		fmt.Fprintf(&b, "title: c%d\nname: c%d\nid: id-c%d\ncorrelation: {%s}\n---\n", i, i, i, strings.Join(parts, ", "))
		if r.IntN(2) == 0 {
			names = append(names, fmt.Sprintf("c%d", i))
		}
	}
	return b.String()
}

// randomStream makes batches of events: late, early, out of order, of equal times, with long pauses.
func randomStream(r *rand.Rand, n int) []batch.Event {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	var out []batch.Event
	seq, left := uint64(0), 0
	lag := time.Duration(0)
	for range n {
		if left == 0 {
			seq++
			left = 1 + r.IntN(6)
			now = now.Add(time.Duration(r.IntN(20)) * time.Second)
			if r.IntN(40) == 0 {
				now = now.Add(time.Duration(r.IntN(90)) * time.Minute)
			}
		}
		left--
		at := now
		switch k := r.IntN(20); {
		case k < 4:
			at = now.Add(-time.Duration(r.IntN(120)) * time.Second)
		case k == 4:
			at = now.Add(-time.Duration(r.IntN(900)) * time.Second)
		case k == 5:
			at = now.Add(time.Duration(r.IntN(600)) * time.Second)
		case k == 6:
			lag = time.Duration(r.IntN(300)) * time.Second
		case k == 7:
			lag = 0
		}
		ev := batch.Event{
			Tenant: pick(r, "a", "a", "a", "b"), Time: at.Add(-lag), Received: now, Sequence: seq, Index: left,
			Fields: map[string]string{"user": pick(r, "Bob", "bob", "eve"), "host": pick(r, "h1", "h2", "10.0.0.1", "::ffff:10.0.0.1"), "n": fmt.Sprint(r.IntN(20))},
		}
		for _, f := range []string{"user", "host", "n"} {
			if r.IntN(15) == 0 {
				ev.Fields[f] = pick(r, "", "-", "x")
			}
		}
		for i := range 4 {
			if r.IntN(3) == 0 {
				ev.Fired = append(ev.Fired, fmt.Sprintf("r%d", i))
			}
		}
		out = append(out, ev)
	}
	sort.SliceStable(out, func(a, b int) bool {
		return out[a].Sequence < out[b].Sequence || out[a].Sequence == out[b].Sequence && out[a].Index < out[b].Index
	})
	return out
}

// standing is how rules stand from one batch on, by customer and name.
type standing struct {
	from     uint64
	of       map[string]policy.Disposition
	snapshot *policy.Snapshot
}

type standings []standing

func (s standings) at(sequence uint64) standing {
	for i := len(s) - 1; ; i-- {
		if s[i].from <= sequence {
			return s[i]
		}
	}
}

// randomStandings are those of a stream: in half of the cases every rule counts from the start to the end, else they change now and then.
func randomStandings(r *rand.Rand) standings {
	if r.IntN(2) == 0 {
		return standings{{}}
	}
	var out standings
	of := map[string]policy.Disposition{}
	for from := uint64(0); from < 50; from += 1 + r.Uint64N(25) {
		tenants := map[tenant.ID]policy.Rules{"a": {}, "b": {}}
		next := maps.Clone(of)
		for _, id := range []string{"a", "b"} {
			for _, name := range []string{"r0", "r1", "r2", "r3", "c0", "c1", "c2", "c3", "c4"} {
				if r.IntN(3) == 0 {
					next[id+name] = pick(r, policy.Raise, policy.Raise, policy.Shadow, policy.Shadow, policy.Shadow, policy.Drop)
				}
				tenants[tenant.ID(id)]["id-"+name] = next[id+name]
			}
		}
		out, of = append(out, standing{from, next, policy.New(nil, tenants)}), next
	}
	return out
}

func eventID(seq uint64, index int) string { return fmt.Sprintf("%d.%d", seq, index) }

// world runs an engine over a stream and may replace it by a restored one before any batch.
type world struct {
	tb      testing.TB
	program *correlate.Program
	engine  *correlate.Engine
	found   []batch.Firing
	stands  func(sequence uint64) *policy.Snapshot
	now     *policy.Snapshot
}

func newWorld(tb testing.TB, program *correlate.Program) *world {
	w := &world{tb: tb, program: program, stands: func(uint64) *policy.Snapshot { return nil }, engine: correlate.NewEngine(correlate.EngineOptions{EventID: eventID})}
	w.engine.Use(program, nil)
	return w
}

func (w *world) keep(f detect.Finding) {
	out := batch.Firing{Rule: f.Rule.ID, Tenant: string(f.Tenant), Time: f.Time, Event: f.EventID, Parts: map[string]int{}}
	for _, m := range f.Matches {
		if m.Selection == "group-by" {
			out.Group += m.Value + "|"
		}
	}
	w.count(out.Parts, "", f.Parts)
	w.found = append(w.found, out)
}

func (w *world) count(to map[string]int, under string, parts []detect.Part) {
	for _, p := range parts {
		to[under+p.Title] = p.Count
		most := detect.MaxPartEvents
		bad := under == "" && len(p.Events) != min(p.Count, most) // of what is within, not all is remembered
		if bad || len(p.Events) == 0 || len(p.Events) > min(p.Count, most) || p.Last.Before(p.First) || !p.Events[0].Time.Equal(p.First) || !p.Events[len(p.Events)-1].Time.Equal(p.Last) {
			w.tb.Errorf("part %+v", p)
		}
		w.count(to, under+p.Title+"/", p.Parts)
	}
}

func (w *world) restart() {
	at := correlate.Position{Epoch: 7, Sequence: 9}
	data := w.engine.Snapshot(at)
	next := correlate.NewEngine(correlate.EngineOptions{EventID: eventID})
	next.Use(w.program, w.now)
	got, err := next.Restore(data)
	if err != nil || got != at {
		w.tb.Fatalf("restored %+v, %v", got, err)
	}
	if again := next.Snapshot(at); string(again) != string(data) {
		w.tb.Fatal("a restored state writes another snapshot")
	}
	w.engine = next
}

func (w *world) run(events []batch.Event, restart func() bool) {
	for i := 0; i < len(events); {
		if restart() {
			w.restart()
		}
		b := correlate.Batch{Sequence: events[i].Sequence, Received: events[i].Received}
		w.now = w.stands(b.Sequence)
		w.engine.Use(w.program, w.now)
		for ; i < len(events) && events[i].Sequence == b.Sequence; i++ {
			ev := &event.Event{Tenant: tenant.ID(events[i].Tenant), Time: events[i].Time}
			for name, v := range events[i].Fields {
				ev.Add(name, v)
			}
			item := correlate.Begin(ev, events[i].Received, events[i].Index)
			for _, r := range events[i].Fired {
				w.program.Add(&item, "id-"+r, ev, w.now, nil)
			}
			if !item.Empty() {
				b.Items = append(b.Items, item)
			}
		}
		w.engine.Apply(b, w.keep)
	}
	w.engine.Flush(w.keep)
}

func compile(tb testing.TB, text string, o correlate.Options) (*correlate.Program, []*sigma.Correlation) {
	tb.Helper()
	docs, refused := sigma.ParseDocuments("f", []byte(text))
	program, more := correlate.Compile(docs.Correlations, docs.Rules, o)
	if refused = append(refused, more...); len(refused) > 0 {
		tb.Fatalf("refused %v in\n%s", refused, text)
	}
	return program, docs.Correlations
}

func sorted(f []batch.Firing) []string {
	var out []string
	for _, x := range f {
		out = append(out, fmt.Sprintf("%s %s %s %s %s %v", x.Rule, x.Tenant, x.Group, x.Time.Format(time.RFC3339), x.Event, x.Parts))
	}
	sort.Strings(out)
	return out
}

// TestEngineEqualsOracle holds the engine to the definition over random correlations and streams, with restarts in between.
func TestEngineEqualsOracle(t *testing.T) {
	t.Parallel()
	firings, restarts, events, byType := 0, 0, 0, map[sigma.CorrelationType]int{}
	for seed := range uint64(*cases) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // tests repeat
		most := pick(r, 6, 20, 100)
		text := base(4) + randomCorrelations(r, 1+r.IntN(5))
		program, docs := compileAny(t, text, correlate.Options{MaxEntries: most})
		stream := randomStream(r, 150)
		w := newWorld(t, program)
		stands := randomStandings(r)
		w.stands = func(sequence uint64) *policy.Snapshot { return stands.at(sequence).snapshot }
		w.run(stream, func() bool {
			if r.IntN(10) != 0 {
				return false
			}
			restarts++
			return true
		})
		silent := map[string]bool{}
		types := map[string]sigma.CorrelationType{}
		for _, d := range docs {
			silent[d.ID] = program.Silent(d.ID)
			types[d.ID] = d.Type
		}
		want := batch.Judge(docs, stream, batch.Options{
			Lateness: correlate.Lateness, MaxAhead: correlate.MaxAhead, IdleGrace: time.Hour, IdleClose: 2 * time.Minute, Sweep: 10 * time.Second, MaxEntries: most,
			Standing: func(sequence uint64, tenant, name string) policy.Disposition {
				return stands.at(sequence).of[tenant+name]
			},
		}, true)
		want = slices.DeleteFunc(want, func(f batch.Firing) bool { return silent[f.Rule] })
		if diff := cmp.Diff(sorted(want), sorted(w.found)); diff != "" {
			t.Fatalf("seed %d (-oracle +engine):\n%s\n%s", seed, diff, text)
		}
		events += len(stream)
		firings += len(want)
		for _, f := range want {
			byType[types[f.Rule]]++
		}
	}
	t.Logf("%d cases, %d events, %d restarts, %d firings, by type %v", *cases, events, restarts, firings, byType)
	for _, typ := range []sigma.CorrelationType{"event_count", "value_count", "value_sum", "value_avg", "value_percentile", "value_median", "temporal", "temporal_ordered"} {
		if byType[typ] == 0 {
			t.Errorf("no %s fired", typ)
		}
	}
}

// compileAny compiles random correlations and leaves out what is refused.
func compileAny(tb testing.TB, text string, o correlate.Options) (*correlate.Program, []*sigma.Correlation) {
	docs, _ := sigma.ParseDocuments("f", []byte(text))
	program, refused := correlate.Compile(docs.Correlations, docs.Rules, o)
	for _, f := range refused {
		docs.Correlations = slices.DeleteFunc(docs.Correlations, func(c *sigma.Correlation) bool { return c.ID == f.Rule })
	}
	return program, docs.Correlations
}

func TestRandomCorrelationsAreMostlyGood(t *testing.T) {
	t.Parallel()
	good, bad := 0, map[string]int{}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // tests repeat
		docs, refused := sigma.ParseDocuments("f", []byte(base(4)+randomCorrelations(r, 4)))
		_, more := correlate.Compile(docs.Correlations, docs.Rules, correlate.Options{})
		good += len(docs.Correlations) - len(more)
		for _, f := range append(refused, more...) {
			bad[f.Reason]++
		}
	}
	t.Log(good, bad)
	if good < 1000 {
		t.Errorf("%d of 1200 are good, refused %v", good, bad)
	}
}
