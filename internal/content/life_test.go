package content_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// trier says that a sample fires where the rule's text holds it, or one that it is made of.
type trier struct{}

func firesOn(of content.Text, with []content.Text, raw string) bool {
	return slices.ContainsFunc(append(with, of), func(t content.Text) bool { return bytes.Contains(t.Source, []byte(raw)) })
}

func (trier) ReadSamples(data []byte) ([]content.Sample, error) {
	return []content.Sample{{Fires: true, Lines: []content.SampleLine{{Raw: strings.TrimSpace(string(data))}}}}, nil
}

func (trier) CheckSamples(samples []content.Sample) error {
	if len(samples) > 4 {
		return fault.NewInvalid("samples", "x", "are many")
	}
	return nil
}

func (trier) Try(_ context.Context, of content.Text, with []content.Text, samples []content.Sample) ([]content.Outcome, error) {
	var out []content.Outcome
	for _, s := range samples {
		o := content.Outcome{Sample: s, Fired: firesOn(of, with, s.Lines[0].Raw)}
		switch {
		case s.Fires && !o.Fired:
			o.Fault = "silent"
		case !s.Fires && o.Fired:
			o.Fault = "fires"
		}
		out = append(out, o)
	}
	return out, nil
}

// live is a bench whose samples are run, with two customers.
type live struct {
	*bench
	acme, other tenant.ID
}

// create keeps one rule.
func (l live) create(ctx context.Context, source, note string) (string, error) {
	ids, err := l.Create(ctx, source, note)
	return strings.Join(ids, " and "), err
}

func alive(t *testing.T) live {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := &bench{audit: &ledger{}, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	b.Service = content.NewService(content.Deps{
		Repository: s.Content(), Door: s, Checker: judge{}, Sampler: trier{}, Auditor: b.audit,
		Actor:   func(context.Context) string { return "alice" },
		Changed: func(context.Context) { b.changes++ },
		Now:     func() time.Time { b.now = b.now.Add(time.Minute); return b.now },
	})
	return live{bench: b, acme: tenant.NewID(), other: tenant.NewID()}
}

func (l live) ctx(t *testing.T) context.Context {
	t.Helper()
	return tenant.WithScope(t.Context(), tenant.All())
}

func (l live) move(t *testing.T, id string, states ...content.State) {
	t.Helper()
	for _, to := range states {
		if err := l.SetState(l.ctx(t), id, to, "because", false); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
	}
}

// runs tells what is loaded and for whom: "id state acme=state".
func (l live) runs(t *testing.T) []string {
	t.Helper()
	var all []string
	err := l.ActiveSources(l.ctx(t), func(s content.Source) error {
		line := s.Rule + " " + string(s.State)
		for _, o := range s.Overrides {
			line += fmt.Sprintf(" acme=%t:%s", o.Tenant == l.acme, o.State)
		}
		all = append(all, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func refused(t *testing.T, what string, err error, codes ...string) {
	t.Helper()
	var all fault.InvalidAll
	var one *fault.Invalid
	if !errors.As(err, &all) && errors.As(err, &one) {
		all = fault.InvalidAll{one}
	}
	var got []string
	for _, f := range all {
		got = append(got, f.Code)
	}
	if !slices.Equal(got, codes) {
		t.Errorf("%s: refused for %v (%v), want %v", what, got, err, codes)
	}
}

func near(raw string) content.Sample {
	return content.Sample{Lines: []content.SampleLine{{Raw: raw}}}
}

func hit(raw string) content.Sample {
	s := near(raw)
	s.Fires = true
	return s
}

func TestRulesOfPacksRunUnlessTheirAuthorOrTheOperatorSaysOtherwise(t *testing.T) {
	t.Parallel()
	l := alive(t)
	l.take(t, "corp", "a.yml", rule("a", "A"), "b.yml", rule("b", "B"), "c.yml", strings.Replace(rule("c", "C"), "status: test", "status: deprecated", 1))
	equal(t, "as imported", l.runs(t), []string{"a enabled", "b enabled"})
	l.move(t, "a", content.Shadow)
	l.move(t, "b", content.Deprecated)
	equal(t, "after moves", l.runs(t), []string{"a shadow"})
	l.take(t, "corp", "a.yml", rule("a", "A, newer"), "b.yml", rule("b", "B"))
	equal(t, "decisions outlive updates", l.runs(t), []string{"a shadow"})
	page, err := l.Rules(l.ctx(t), content.RuleQuery{Any: true})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "counts", page.States, map[content.State]int{content.Shadow: 1, content.Deprecated: 1, content.Off: 1})
	equal(t, "audit", l.audit.entries, []string{"provider content.import", "provider rule.state", "provider rule.state", "provider content.import"})
	if l.changes != 4 {
		t.Errorf("the engine was told %d times", l.changes)
	}
}

func TestOnlyTheMovesOfTheTableAreMade(t *testing.T) {
	t.Parallel()
	legal := map[content.State][]content.State{
		content.Draft:      {content.Testing},
		content.Testing:    {content.Draft, content.Shadow, content.Enabled},
		content.Shadow:     {content.Testing, content.Enabled, content.Deprecated},
		content.Enabled:    {content.Testing, content.Shadow, content.Deprecated},
		content.Deprecated: {content.Testing, content.Shadow, content.Enabled},
	}
	way := map[content.State][]content.State{
		content.Draft: {content.Testing, content.Draft}, content.Testing: {content.Testing}, content.Shadow: {content.Shadow},
		content.Enabled: nil, content.Deprecated: {content.Deprecated},
	}
	for from, steps := range way {
		for to := range legal {
			l := alive(t)
			l.take(t, "corp", "a.yml", rule("a", "A"))
			l.move(t, "a", steps...)
			err := l.SetState(l.ctx(t), "a", to, "", false)
			if allowed := from == to || slices.Contains(legal[from], to); (err == nil) != allowed {
				t.Errorf("%s → %s: %v", from, to, err)
			} else if !allowed {
				refused(t, "illegal move", err, "content.rule.move")
			}
		}
	}
	l := alive(t)
	refused(t, "no such state", l.SetState(l.ctx(t), "a", content.Off, "", false), "content.rule.state")
	refused(t, "long reason", l.SetState(l.ctx(t), "a", content.Draft, strings.Repeat("x", 2001), false), "content.rule.reason")
	if err := l.SetState(l.ctx(t), "a", content.Enabled, "", false); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a rule that is not there: %v", err)
	}
	old := l.take(t, "corp", "a.yml", rule("a", "A"))
	l.take(t, "corp", "b.yml", rule("b", "B"))
	refused(t, "a rule in no active pack", l.SetState(l.ctx(t), "a", content.Shadow, "", false), "content.rule.off")
	_ = old
}

func TestARuleOfOurOwnMustPassBeforeItRuns(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	id, err := l.create(ctx, "title: Mine\n", "first")
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Rule(ctx, id)
	equal(t, "draft", fmt.Sprint(err, d.State, d.Origin, d.Version, d.Title, d.Source), fmt.Sprint(nil, content.Draft, content.OfOwn, 1, "Mine", "id: "+id+"\ntitle: Mine\n"))
	equal(t, "a draft does not run", len(l.runs(t)), 0)
	refused(t, "straight to enabled", l.SetState(ctx, id, content.Enabled, "", false), "content.rule.move")

	save := func(version int64, text string) error { return l.Save(ctx, id, version, text, "n") }
	text := strings.Replace(rule(id, "Mine"), "a: b", "a: evil", 1)
	if err := save(1, text+"# unsupported\n"); err != nil {
		t.Fatal(err)
	}
	if err := l.SetState(ctx, id, content.Testing, "", false); err == nil {
		t.Error("a rule that the engine refuses is tested")
	}
	if err := save(2, text); err != nil {
		t.Fatal(err)
	}
	l.move(t, id, content.Testing)
	equal(t, "a rule in test does not run", len(l.runs(t)), 0)
	refused(t, "without samples", l.SetState(ctx, id, content.Shadow, "", false), "content.samples.positive", "content.samples.negative")
	set := func(samples ...content.Sample) error { _, err := l.SetSamples(ctx, id, samples); return err }
	if err := set(hit("harmless"), near("evil")); err != nil {
		t.Fatal(err)
	}
	refused(t, "with samples that fail", l.SetState(ctx, id, content.Enabled, "", false), "content.samples.silent", "content.samples.fires")
	st, err := l.State(ctx, id, func(tenant.ID) bool { return true })
	if err != nil || len(st.Moves) != 3 || len(st.Moves[0].Reasons) != 0 || len(st.Moves[1].Reasons) != 2 || st.By != "alice" || st.Reason != "because" {
		t.Errorf("state %+v, %v", st, err)
	}
	if err := set(hit("evil"), near("harmless")); err != nil {
		t.Fatal(err)
	}
	l.move(t, id, content.Shadow, content.Enabled)
	equal(t, "enabled", l.runs(t), []string{id + " enabled"})

	refused(t, "a text that fails while it runs", save(3, rule(id, "Mine")), "content.samples.silent")
	refused(t, "samples that fail while it runs", set(hit("other"), near("harmless")), "content.samples.silent")
	refused(t, "no samples while it runs", set(), "content.samples.positive", "content.samples.negative")
	if d, _ := l.Rule(ctx, id); d.Version != 3 || d.Source != text {
		t.Errorf("a refused text changed version %d", d.Version)
	}
	if n, _ := l.Samples(ctx, id); len(n) != 2 || !n[0].Own {
		t.Errorf("refused samples were kept: %+v", n)
	}
	var c *fault.Conflict
	if err := save(2, text+"# late\n"); !errors.As(err, &c) || c.By != "alice" || c.Version != 3 {
		t.Errorf("a text written over an older one: %v", err)
	}
	if err := save(3, text+"# better\n"); err != nil {
		t.Fatal(err)
	}
	if err := l.Rollback(ctx, id, 3, "back"); err != nil {
		t.Fatal(err)
	}
	all, err := l.Versions(ctx, id)
	if err != nil || len(all) != 5 || all[0].Number != 5 || all[0].Note != "back" {
		t.Errorf("versions %+v, %v", all, err)
	}
	if d, _ := l.Rule(ctx, id); d.Source != text || d.Version != 5 {
		t.Errorf("rolled back to %q", d.Source)
	}
	refused(t, "removing what is no draft", l.RemoveRule(ctx, id), "content.rule.remove")
	l.move(t, id, content.Testing, content.Draft)
	if err := l.RemoveRule(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Rule(ctx, id); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
}

func TestATextOfSeveralRulesIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	l.take(t, "corp", "taken.yml", rule("taken", "A"))
	for name, text := range map[string]string{
		"the last is taken":          rule("new-1", "One") + "---\n" + rule("taken", "Two"),
		"one id twice":               rule("new-1", "One") + "---\n" + rule("new-1", "Two"),
		"the last is a list":         rule("new-1", "One") + "---\n- a\n",
		"the last has no id to take": rule("new-1", "One") + "---\nid: a b\ntitle: x\n",
	} {
		if _, err := l.Create(ctx, text, ""); err == nil {
			t.Errorf("%s: kept", name)
		}
		if _, err := l.Rule(ctx, "new-1"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s: the first is kept: %v", name, err)
		}
	}
	l.audit.entries = nil // of what was not kept, it is taken back with the rest
	ids, err := l.Create(ctx, "# ours\n---\ntitle: Without an id\n---\n"+rule("new-1", "One")+"--- # the last\n"+rule("new-2", "Two"), "both")
	if err != nil || len(ids) != 3 || ids[1] != "new-1" || ids[2] != "new-2" {
		t.Fatal(ids, err)
	}
	equal(t, "audit", l.audit.entries, []string{"provider rule.create", "provider rule.create", "provider rule.create"})
	for i, want := range []string{"id: " + ids[0] + "\ntitle: Without an id\n", rule("new-1", "One"), "# the last\n" + rule("new-2", "Two")} {
		d, err := l.Rule(ctx, ids[i])
		equal(t, ids[i], fmt.Sprint(err, d.State, d.Version, d.Source), fmt.Sprint(nil, content.Draft, 1, want))
	}
}

func TestNewTextsAreBounded(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	l.take(t, "corp", "a.yml", rule("a", "A"))
	for name, c := range map[string]struct{ source, code string }{
		"empty": {" \n", "content.rule.empty"}, "large": {strings.Repeat("#", 512<<10+1), "content.rule.large"}, "many": {strings.Repeat("title: a\n---\n", 51), "content.rule.new"}, "none": {"# a\n---\n", "content.rule.new"},
		"binary": {"title: \x00", "content.rule.text"}, "list": {"- a\n", ""}, "bad id": {"id: a b\ntitle: x\n", "content.rule.id.form"}, "empty id": {"id: ''\ntitle: x\n", "content.rule.id.empty"},
	} {
		_, err := l.Create(ctx, c.source, "")
		refused(t, name, err, c.code)
	}
	refused(t, "two", l.Save(ctx, "a", 0, rule("a", "A")+"---\n"+rule("b", "B"), ""), "content.rule.one")
	if _, err := l.Create(ctx, rule("a", "Again"), ""); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("an id that is known: %v", err)
	}
	refused(t, "another id", l.Save(ctx, "a", 0, rule("b", "B"), ""), "content.rule.id")
	refused(t, "no id", l.Save(ctx, "a", 0, "title: x\n", ""), "content.rule.id.missing")
	refused(t, "long note", l.Save(ctx, "a", 0, rule("a", "x"), strings.Repeat("x", 501)), "content.rule.note")
	if len(l.audit.entries) != 1 {
		t.Errorf("audited %v", l.audit.entries)
	}
}

func TestCustomersHaveRulesOtherwise(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	l.take(t, "corp", "a.yml", rule("a", "A"), "b.yml", rule("b", "B"))
	l.move(t, "b", content.Deprecated)
	override := func(rule string, to content.State) error {
		return l.SetOverride(ctx, l.acme, rule, to, "they asked", false)
	}
	for rule, to := range map[string]content.State{"a": content.Off, "b": content.Enabled} {
		if err := override(rule, to); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "runs", l.runs(t), []string{"a enabled acme=true:off", "b deprecated acme=true:enabled"})
	st, err := l.State(ctx, "b", func(id tenant.ID) bool { return id == l.other })
	if err != nil || len(st.Overrides) != 0 {
		t.Errorf("somebody else sees %v, %v", st.Overrides, err)
	}
	page, err := l.Rules(ctx, content.RuleQuery{Any: true})
	if err != nil || page.Rules[0].Overrides != 1 {
		t.Errorf("page %+v, %v", page, err)
	}
	if err := override("b", content.Inherit); err != nil {
		t.Fatal(err)
	}
	equal(t, "as the platform again", l.runs(t), []string{"a enabled acme=true:off"})
	equal(t, "audit", l.audit.entries[2:], []string{l.acme.String() + " rule.override", l.acme.String() + " rule.override", l.acme.String() + " rule.override"})
	refused(t, "no such state", override("a", content.Testing), "content.override.state")
	id, err := l.create(ctx, "title: Mine\n", "")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "a draft", override(id, content.Enabled), "content.override.draft")
	filter, err := l.create(ctx, "title: Spare\nlogsource: {product: linux}\nfilter: {rules: any, s: {a: b}, condition: not s}\n", "")
	if err != nil {
		t.Fatal(err)
	}
	refused(t, "a filter", override(filter, content.Off), "content.override.filter")
	if err := l.SetOverride(tenant.WithScope(ctx, tenant.Only(l.other)), l.acme, "a", content.Shadow, "", false); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("somebody else's customer: %v", err)
	}
}

func TestFiltersHaveNoLevel(t *testing.T) {
	t.Parallel()
	l := alive(t)
	if _, err := l.create(l.ctx(t), "title: Plain\nlogsource: {product: linux}\ndetection: {s: {a: b}, condition: s}\n", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := l.create(l.ctx(t), "title: Spare\nlogsource: {product: linux}\nfilter: {rules: any, s: {a: b}, condition: not s}\n", ""); err != nil {
		t.Fatal(err)
	}
	page, err := l.Rules(l.ctx(t), content.RuleQuery{Any: true, Levels: []string{"medium"}})
	if err != nil || page.Total != 1 || page.Rules[0].Title != "Plain" {
		t.Errorf("of medium level: %+v, %v", page, err)
	}
	if page, err = l.Rules(l.ctx(t), content.RuleQuery{Any: true, Sort: content.ByLevel}); err != nil || page.Total != 2 || page.Rules[1].Title != "Spare" {
		t.Errorf("by level: %+v, %v", page, err)
	}
}

func TestManyRulesMoveEachByItself(t *testing.T) {
	t.Parallel()
	l := alive(t)
	l.take(t, "corp", "a.yml", rule("a", "A"), "b.yml", rule("b", "B"))
	l.move(t, "b", content.Shadow)
	own, err := l.create(l.ctx(t), "title: Mine\n", "")
	if err != nil {
		t.Fatal(err)
	}
	before := l.changes
	rows, err := l.SetStates(l.ctx(t), []string{"a", "b", own, "gone", "a"}, content.Shadow, "quiet", false)
	if err != nil || len(rows) != 5 {
		t.Fatalf("%v, %v", rows, err)
	}
	if !rows[0].Changed || rows[1].Changed || rows[1].Err != nil || rows[4].Changed || !errors.Is(rows[3].Err, fault.ErrNotFound) {
		t.Errorf("rows %+v", rows)
	}
	refused(t, "the draft", rows[2].Err, "content.rule.move")
	equal(t, "told the engine", l.changes-before, 1)
	_, err = l.SetStates(l.ctx(t), nil, content.Shadow, "", false)
	refused(t, "none", err, "content.rule.bulk")
}

func TestLocalEditsSurviveUpdatesAndConflictsShow(t *testing.T) {
	t.Parallel()
	l := alive(t)
	ctx := l.ctx(t)
	base := rule("a", "A")
	ours := strings.Replace(base, "level: high", "level: low", 1)
	l.take(t, "corp", "a.yml", base)
	if err := l.Save(ctx, "a", 0, ours, "quieter"); err != nil {
		t.Fatal(err)
	}
	d, err := l.Rule(ctx, "a")
	equal(t, "overlay", fmt.Sprint(err, d.Origin, d.Level, d.State, d.Version), fmt.Sprint(nil, content.OfOverlay, "low", content.Enabled, 1))
	overlay := func() content.Overlay {
		o, err := l.Overlay(ctx, "a")
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := overlay(); o.Changed || o.Conflict || o.Gone || o.Theirs != base {
		t.Errorf("overlay %+v", o)
	}
	apart := strings.Replace(base, "condition: s", "condition: all of s", 1)
	l.take(t, "corp", "a.yml", apart)
	if o := overlay(); !o.Changed || o.Conflict || o.Base != base || o.Theirs != apart || o.Ours != ours {
		t.Errorf("after an update elsewhere: %+v", o)
	}
	equal(t, "ours stays in force", l.loaded(t), []string{content.OwnPack + "/a.yml a"})
	same := strings.Replace(base, "level: high", "level: critical", 1)
	l.take(t, "corp", "a.yml", same)
	if all, err := l.Overlays(ctx); err != nil || len(all) != 1 || !all[0].Conflict || all[0].PackName != "corp" {
		t.Errorf("after an update of the same line: %+v, %v", all, err)
	}
	if err := l.Settle(ctx, "a", content.Ours); err != nil {
		t.Fatal(err)
	}
	if o := overlay(); o.Changed || o.Base != same || o.Ours != ours {
		t.Errorf("kept ours: %+v", o)
	}
	if err := l.Rollback(ctx, "a", 0, ""); err != nil {
		t.Fatal(err)
	}
	if d, _ := l.Rule(ctx, "a"); d.Origin != content.OfPack || d.Source != same || d.Version != 0 {
		t.Errorf("took theirs: %+v", d.Rule)
	}
	if _, err := l.Overlay(ctx, "a"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("no overlay: %v", err)
	}
	if all, err := l.Versions(ctx, "a"); err != nil || len(all) != 2 {
		t.Errorf("history is kept: %+v, %v", all, err)
	}
	if err := l.Save(ctx, "a", 0, ours, "again"); err != nil {
		t.Fatal(err)
	}
	if d, _ := l.Rule(ctx, "a"); d.Version != 3 {
		t.Errorf("version %d after two that were", d.Version)
	}
}
