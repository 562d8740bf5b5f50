package content_test

import (
	"errors"
	"testing"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// part is a rule that correlations name.
func part(id, name, more string) string {
	return "title: Part " + id + "\nid: " + id + "\nname: " + name + "\nstatus: test\nlogsource: {product: linux}\ndetection: {s: {a: " + more + "}, condition: s}\n"
}

// made is a correlation of rules.
func made(id, name, rules string) string {
	return "title: Made " + id + "\nid: " + id + "\nname: " + name + "\nstatus: test\ncorrelation:\n  type: temporal\n  rules: [" + rules + "]\n  timespan: 1m\n"
}

func fires(raw string) content.Sample {
	return content.Sample{Fires: true, Lines: []content.SampleLine{{Raw: raw}}}
}

func quiet(raw string) content.Sample {
	return content.Sample{Lines: []content.SampleLine{{Raw: raw}}}
}

func TestACorrelationOfOurOwnPassesTheGateWithItsParts(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	// The name "deep" is in both packs; the inner correlation means that of its own.
	l.take(t, "far", "a.yml", part("far-1", "deep", "of-far")+"---\n"+part("far-2", "other", "of-other"))
	l.take(t, "near", "a.yml", part("near-1", "deep", "of-near")+"---\n"+made("near-2", "inner", "deep, near-1"))
	id, err := l.create(ctx, made("own-1", "", "inner, far-2"), "")
	if err != nil {
		t.Fatal(err)
	}
	l.move(t, id, content.Testing)
	refused(t, "without samples", l.SetState(ctx, id, content.Enabled, "", false), "content.samples.positive", "content.samples.negative")
	for name, c := range map[string]struct {
		positive string
		codes    []string
	}{
		"its own text": {"own-1", nil}, "an inner part": {"of-near", nil}, "a part": {"of-other", nil},
		"another pack's": {"of-far", []string{"content.samples.silent"}},
	} {
		if _, err := l.SetSamples(ctx, id, []content.Sample{fires(c.positive), quiet("nothing")}); err != nil {
			t.Fatal(err)
		}
		err := l.SetState(ctx, id, content.Enabled, "", false)
		if c.codes == nil && err == nil {
			l.move(t, id, content.Testing)
			continue
		}
		if c.codes == nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		refused(t, name, err, c.codes...)
	}
	out, err := l.RunSamples(ctx, id)
	if err != nil || len(out) != 2 {
		t.Fatalf("%d outcomes, %v", len(out), err)
	}
	if _, err := l.RunSamples(ctx, "nobody"); !errors.Is(err, fault.ErrNotFound) {
		t.Error(err)
	}
}

func TestSamplesBesideACorrelationAreOfItAndNotOfItsParts(t *testing.T) {
	t.Parallel()
	l := alive(t)
	l.take(t, "corp", "a.yml", made("m", "", "p, q")+"---\n"+part("p", "p", "x")+"---\n"+part("q", "q", "y"), "a.samples.yml", "y}",
		"b.yml", part("r", "r", "x")+"---\n"+part("s", "s", "y"), "b.samples.yml", "y}")
	for id, want := range map[string]int{"m": 1, "p": 0, "q": 0, "r": 0} {
		out, err := l.RunSamples(l.ctx(t), id)
		if err != nil || len(out) != want {
			t.Errorf("%s: %d samples, %v", id, len(out), err)
		}
	}
}

func TestARuleOfAPackWhoseSamplesFailStaysInTesting(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	good, bad := rule("1", "Good"), rule("2", "Bad")
	l.take(t, "corp", "1.yml", good, "1.samples.yml", "Good", "2.yml", bad, "2.samples.yml", "Bad")
	l.move(t, "2", content.Shadow)
	if err := l.SetOverride(ctx, l.acme, "2", content.Enabled, "", false); err != nil {
		t.Fatal(err)
	}
	equal(t, "before", l.runs(t), []string{"1 enabled", "2 shadow acme=true:enabled"})

	r, n := packed(t, "1.yml", good, "1.samples.yml", "Good", "2.yml", bad, "2.samples.yml", "gone",
		"m.yml", made("m", "", "p, q")+"---\n"+part("p", "p", "x")+"---\n"+part("q", "q", "y"), "m.samples.yml", "y}",
		"n.yml", made("n", "", "p, q"), "n.samples.yml", "nowhere")
	out, err := l.Import(ctx, content.ImportOptions{Name: "corp", Unsigned: true}, r, n)
	if err != nil || out.Failing != 2 {
		t.Fatalf("%d fail, %v", out.Failing, err)
	}
	equal(t, "staged", l.runs(t), []string{"1 enabled", "2 shadow acme=true:enabled"})
	d, err := l.Diff(ctx, out.Pack.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	failing := map[string]int{}
	for _, c := range d.Changes {
		failing[c.ID] = c.Failing
	}
	equal(t, "diff", failing, map[string]int{"2": 1, "m": 0, "n": 1, "p": 0, "q": 0})

	if _, err := l.Activate(ctx, out.Pack.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "in force", l.runs(t), []string{"1 enabled", "m enabled", "p enabled", "q enabled"})
	refused(t, "enable", l.SetState(ctx, "n", content.Enabled, "", false), "content.samples.silent")
	st, err := l.State(ctx, "2", func(tenant.ID) bool { return true })
	if err != nil || st.State != content.Testing || len(st.Overrides) != 0 || st.Reason == "" {
		t.Errorf("%+v, %v", st, err)
	}
	// The version before proves itself again, and somebody enables the rule.
	if _, err := l.RollBack(ctx, out.Pack.ID); err != nil {
		t.Fatal(err)
	}
	l.move(t, "2", content.Enabled)
	equal(t, "back", l.runs(t), []string{"1 enabled", "2 enabled"})
}

func TestWhatCorrelationsAreMadeOfIsNotSwitchedOffUnsaid(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	l.take(t, "corp", "a.yml", part("p", "p", "x")+"---\n"+part("q", "q", "y")+"---\n"+part("r", "r", "z")+"---\n"+
		made("inner", "inner", "p, q")+"---\n"+made("outer", "", "inner, r, gone")+"---\n"+made("idle", "", "r, q"))
	l.move(t, "idle", content.Testing)
	needs := func(what string, err error, names ...string) {
		t.Helper()
		var u *fault.Unconfirmed
		if len(names) == 0 && err == nil {
			return
		}
		if !errors.As(err, &u) {
			t.Errorf("%s: %v", what, err)
			return
		}
		equal(t, what, u.Names, names)
	}
	for _, to := range []content.State{content.Testing, content.Shadow, content.Deprecated} {
		needs("p "+string(to), l.SetState(ctx, "p", to, "", false), "Made inner", "Made outer")
	}
	needs("inner", l.SetState(ctx, "inner", content.Shadow, "", false), "Made outer")
	needs("outer", l.SetState(ctx, "outer", content.Shadow, "", false))
	needs("for one", l.SetOverride(ctx, l.acme, "r", content.Off, "", false), "Made outer")
	needs("for one, said", l.SetOverride(ctx, l.acme, "r", content.Off, "", true))
	needs("and back", l.SetOverride(ctx, l.acme, "r", content.Inherit, "", false))
	rows, err := l.SetStates(ctx, []string{"q", "idle"}, content.Shadow, "", false)
	if err != nil || rows[0].Changed || !rows[1].Changed {
		t.Fatalf("%+v, %v", rows, err)
	}
	needs("of many", rows[0].Err, "Made inner", "Made outer")
	needs("said", l.SetState(ctx, "q", content.Deprecated, "", true))

	st, err := l.State(ctx, "outer", func(tenant.ID) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "parts", st.Parts, []content.Reference{
		{Name: "inner", ID: "inner", Title: "Made inner", State: content.Enabled, Counts: true}, {Name: "r", ID: "r", Title: "Part r", State: content.Enabled, Counts: true}, {Name: "gone", State: content.Off},
	})
	// The outer one is in the shadow: what is so too counts in it, and where it is enabled does not.
	needs("into the shadow", l.SetState(ctx, "r", content.Shadow, "", false))
	counted := func(want bool) {
		t.Helper()
		st, err := l.State(ctx, "outer", func(tenant.ID) bool { return true })
		if err != nil || st.Parts[1].Counts != want || st.Parts[2].Counts {
			t.Errorf("%+v, %v", st.Parts, err)
		}
	}
	counted(true)
	needs("out of the shadow", l.SetState(ctx, "r", content.Testing, "", false), "Made idle", "Made outer")
	l.move(t, "outer", content.Enabled)
	counted(false)
	needs("one is left", l.SetState(ctx, "r", content.Testing, "", false), "Made idle")
	needs("enabled for one", l.SetOverride(ctx, l.acme, "r", content.Enabled, "", false))
	needs("as all", l.SetOverride(ctx, l.acme, "r", content.Inherit, "", false), "Made outer")

	st, err = l.State(ctx, "p", func(tenant.ID) bool { return true })
	if err != nil || len(st.UsedBy) != 2 || st.Parts != nil {
		t.Errorf("%+v, %v", st, err)
	}
}
