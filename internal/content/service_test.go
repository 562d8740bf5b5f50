package content_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// judge is an engine that wants an id and refuses what says "unsupported".
type judge struct{}

func (judge) Check(_ string, document []byte) (string, error) {
	if bytes.Contains(document, []byte("unsupported")) {
		return "", errors.New("uses something unsupported")
	}
	_, id, _ := strings.Cut(string(document), "id: ")
	id, _, _ = strings.Cut(id, "\n")
	return id, nil
}

// ledger notes what was audited.
type ledger struct {
	entries []string
	fail    error
}

func (l *ledger) Record(_ context.Context, chain tenant.ID, action, _ string, _, _ any, _ string) error {
	l.entries = append(l.entries, chain.String()+" "+action)
	return l.fail
}

type bench struct {
	*content.Service
	audit   *ledger
	changes int
	now     time.Time
}

func setup(t *testing.T) *bench { return setupWith(t, func(*content.Deps) {}) }

func setupWith(t *testing.T, change func(*content.Deps)) *bench {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := &bench{audit: &ledger{}, now: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)}
	d := content.Deps{
		Repository: s.Content(), Door: s, Checker: judge{}, Auditor: b.audit,
		Actor:   func(context.Context) string { return "alice" },
		Changed: func(context.Context) { b.changes++ },
		Now:     func() time.Time { b.now = b.now.Add(time.Minute); return b.now },
	}
	change(&d)
	b.Service = content.NewService(d)
	return b
}

// rule is the text of a rule.
func rule(id, title string) string {
	return "title: " + title + "\nid: " + id + "\nstatus: test\nlevel: high\ntags: [attack.t1059]\nlogsource:\n  product: linux\ndetection:\n  s:\n    a: b\n  condition: s\n"
}

func packed(t *testing.T, files ...string) (*bytes.Reader, int64) {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(buf.Bytes()), int64(buf.Len())
}

func (b *bench) take(t *testing.T, name string, files ...string) content.Imported {
	t.Helper()
	r, n := packed(t, files...)
	out, err := b.Import(t.Context(), content.ImportOptions{Name: name, Unsigned: true, Activate: true}, r, n)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return out
}

// loaded is what the engine would load: "file id" of each rule.
func (b *bench) loaded(t *testing.T) []string {
	t.Helper()
	var all []string
	err := b.ActiveSources(t.Context(), func(s content.Source) error {
		if !bytes.Contains(s.YAML, []byte("id: "+s.Rule+"\n")) {
			t.Errorf("source of %s is of another rule", s.Rule)
		}
		all = append(all, s.File+" "+s.Rule)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: -want +got\n%s", what, diff)
	}
}

func TestImportKeepsWhatStandsAndListsWhatDoesNot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	out := b.take(t, "corp", "a.yml", rule("1", "A")+"---\n"+rule("2", "B"), "b.yml", rule("3", "unsupported"),
		"c.yml", rule("1", "C again"), "ci.yml", "on: push\n", "README.md", "x")
	equal(t, "refusals", out.Refusals, []content.Refusal{
		{File: "b.yml", Rule: "3", Title: "unsupported", Reason: "uses something unsupported"},
		{File: "c.yml", Rule: "1", Title: "C again", Reason: "has the same id as a.yml"},
		{File: "ci.yml", Reason: "is not a Sigma rule: it has neither detection, correlation nor filter"},
	})
	p := out.Pack
	equal(t, "pack", fmt.Sprintf("%s %d %d %d %t %t %s %d %t", p.Name, p.Version, p.Rules, p.Refused, p.Active, p.Builtin, p.ImportedBy, out.Ignored, out.Existing), "corp 1 2 3 true false alice 1 false")
	equal(t, "loaded", b.loaded(t), []string{"corp/a.yml 1", "corp/a.yml 2"})
	equal(t, "audit", b.audit.entries, []string{"provider content.import"})
	equal(t, "changes", b.changes, 1)
	got, refusals, err := b.Pack(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "pack found", got, p)
	equal(t, "refusals found", refusals, out.Refusals)
}

func TestImportTakesAllOrNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.take(t, "corp", "a.yml", rule("1", "A"))
	for _, c := range []struct {
		name, pack, field string
		files             []string
	}{
		{"broken file beside a good one", "corp", "b.yml", []string{"a.yml", rule("2", "B"), "b.yml", "title: [x"}},
		{"no rule at all", "corp", "files", []string{"a.txt", "x"}},
		{"no rule that stands", "corp", "files", []string{"a.yml", rule("2", "unsupported")}},
		{"no name", "", "name", []string{"a.yml", rule("2", "B")}},
		{"name of the built-in pack", "isoc", "name", []string{"a.yml", rule("2", "B")}},
	} {
		r, n := packed(t, c.files...)
		_, err := b.Import(t.Context(), content.ImportOptions{Name: c.pack, Unsigned: true, Activate: true}, r, n)
		var inv *fault.Invalid
		if !errors.As(err, &inv) || inv.Field != c.field {
			t.Errorf("%s: error %v does not name %s", c.name, err, c.field)
		}
	}
	b.audit.fail = errors.New("chain is broken")
	r, n := packed(t, "a.yml", rule("2", "B"))
	if _, err := b.Import(t.Context(), content.ImportOptions{Name: "corp", Unsigned: true, Activate: true}, r, n); !errors.Is(err, b.audit.fail) {
		t.Errorf("import went on without audit: %v", err)
	}
	equal(t, "loaded", b.loaded(t), []string{"corp/a.yml 1"})
	equal(t, "changes", b.changes, 1)
	packs, err := b.Packs(t.Context())
	if err != nil || len(packs) != 1 {
		t.Errorf("%d packs, %v; want the first alone", len(packs), err)
	}
}

func TestVersionsFollowAndRollBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one := b.take(t, "corp", "a.yml", rule("1", "A"))
	two := b.take(t, "corp", "a.yml", rule("1", "A newer"), "b.yml", rule("2", "B"))
	equal(t, "version", two.Pack.Version, int64(2))
	equal(t, "loaded", b.loaded(t), []string{"corp/a.yml 1", "corp/b.yml 2"})

	if _, err := b.Activate(t.Context(), one.Pack.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "loaded after rolling back", b.loaded(t), []string{"corp/a.yml 1"})
	if _, err := b.Activate(t.Context(), one.Pack.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "changes", b.changes, 3) // activating the active one is no change

	d, err := b.Rule(t.Context(), "2")
	if err != nil || d.State != content.Off || d.Title != "B" {
		t.Errorf("rule 2 is %+v, %v; want it found inactive", d.Rule, err)
	}
	again := b.take(t, "corp", "b.yml", rule("2", "B"), "a.yml", rule("1", "A newer"))
	if !again.Existing || again.Pack.ID != two.Pack.ID || !again.Pack.Active {
		t.Errorf("same content again gave %+v", again.Pack)
	}
	equal(t, "audit", b.audit.entries, []string{"provider content.import", "provider content.import", "provider content.activate", "provider content.activate"})

	if err := b.Remove(t.Context(), two.Pack.ID); err != nil {
		t.Fatal(err)
	}
	if got := b.loaded(t); len(got) != 0 {
		t.Errorf("loaded %v after the active version was removed", got)
	}
	for name, err := range map[string]error{"remove": b.Remove(t.Context(), two.Pack.ID), "activate": activate(b, two.Pack.ID)} {
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s of a removed pack: %v", name, err)
		}
	}
	if three := b.take(t, "corp", "a.yml", rule("1", "Third")); three.Pack.Version != 2 {
		t.Errorf("version %d after the second was removed", three.Pack.Version)
	}
}

func activate(b *bench, id string) error {
	_, err := b.Activate(context.Background(), id)
	return err
}

func TestImportedRuleGoesBeforeBuiltinAndNewerBeforeOlder(t *testing.T) {
	t.Parallel()
	b := setup(t)
	builtin := fstest.MapFS{"x.yml": {Data: []byte(rule("1", "Ours"))}, "y.yml": {Data: []byte(rule("2", "Ours too"))}, "x.samples.yml": {Data: []byte("positive: []")}}
	p, err := b.InstallBuiltin(t.Context(), builtin)
	if err != nil {
		t.Fatal(err)
	}
	b.take(t, "zeta", "z.yml", rule("1", "Theirs"))
	equal(t, "imported over built-in", b.loaded(t), []string{"isoc/y.yml 2", "zeta/z.yml 1"})
	b.take(t, "alpha", "a.yml", rule("1", "Newest"))
	equal(t, "newest import", b.loaded(t), []string{"alpha/a.yml 1", "isoc/y.yml 2"})
	d, err := b.Rule(t.Context(), "1")
	if err != nil || d.Title != "Newest" || d.State != content.Enabled {
		t.Errorf("rule 1 is %+v, %v", d.Rule, err)
	}
	if err := b.Remove(t.Context(), p.ID); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("built-in pack removed: %v", err)
	}
	again, err := b.InstallBuiltin(t.Context(), builtin)
	if err != nil || again.ID != p.ID {
		t.Errorf("same built-in rules gave pack %s, %v", again.ID, err)
	}
}

func TestBuiltinStaysRolledBackUntilItChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := fstest.MapFS{"x.yml": {Data: []byte(rule("1", "Old"))}}
	fresh := fstest.MapFS{"x.yml": {Data: []byte(rule("1", "New"))}}
	first, err := b.InstallBuiltin(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.InstallBuiltin(t.Context(), fresh); err != nil {
		t.Fatal(err)
	}
	if err := activate(b, first.ID); err != nil {
		t.Fatal(err)
	}
	changes := b.changes
	p, err := b.InstallBuiltin(t.Context(), fresh) // the next start of the same binary
	if err != nil || p.Active || b.changes != changes {
		t.Errorf("restart gave %+v, %v and %d changes", p, err, b.changes-changes)
	}
	if d, err := b.Rule(t.Context(), "1"); err != nil || d.Title != "Old" {
		t.Errorf("rule 1 is %q, %v; want the one rolled back to", d.Title, err)
	}
	if _, err := b.InstallBuiltin(t.Context(), fstest.MapFS{"x.yml": {Data: []byte(rule("1", "unsupported") + "---\n" + rule("2", "B"))}}); err == nil {
		t.Error("a built-in rule the engine refuses went in")
	}
}

func TestRulesArePagedAndFiltered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var files []string
	for i := range 25 {
		level := []string{"low", "high"}[i%2]
		text := strings.Replace(rule(fmt.Sprintf("id-%02d", i), fmt.Sprintf("Title %d", i/2)), "level: high", "level: "+level, 1)
		files = append(files, fmt.Sprintf("dir/%02d.yml", i), text)
	}
	files = append(files, "zh.yml", rule("zh-1", "With 100% and _")+"isoc: {title_zh: 挖矿程序}\n")
	corp := b.take(t, "corp", files...)
	old := b.take(t, "other", "a.yml", rule("other-1", "Alpha"))
	b.take(t, "other", "a.yml", rule("other-2", "Beta"))

	var got []string
	for len(got) < 27 {
		page, err := b.Rules(t.Context(), content.RuleQuery{Limit: 7, Offset: len(got)})
		if err != nil || len(page.Rules) == 0 {
			t.Fatal(page, err)
		}
		equal(t, "total", page.Total, 27)
		for _, r := range page.Rules {
			got = append(got, r.Title+" "+r.ID)
		}
	}
	seen := map[string]bool{}
	for i, g := range got {
		if seen[g] || (i > 0 && g < got[i-1]) {
			t.Errorf("%q is out of order or doubled", g)
		}
		seen[g] = true
	}
	equal(t, "rules on all pages", len(got), 27)

	for _, c := range []struct {
		name  string
		query content.RuleQuery
		total int
	}{
		{"level", content.RuleQuery{Levels: []string{"low"}}, 13},
		{"two levels", content.RuleQuery{Levels: []string{"low", "high"}}, 27},
		{"status", content.RuleQuery{Status: "test"}, 27},
		{"no such status", content.RuleQuery{Status: "stable"}, 0},
		{"title, whatever the case", content.RuleQuery{Text: "tItLe 3"}, 2},
		{"Chinese title", content.RuleQuery{Text: "挖矿"}, 1},
		{"id", content.RuleQuery{Text: "id-07"}, 1},
		{"tag", content.RuleQuery{Text: "T1059"}, 27},
		{"path", content.RuleQuery{Text: "dir/1"}, 10},
		{"percent sign is text", content.RuleQuery{Text: "0%"}, 1},
		{"underscore is text", content.RuleQuery{Text: "_"}, 1},
		{"pack", content.RuleQuery{Pack: corp.Pack.ID}, 26},
		{"inactive version", content.RuleQuery{Pack: old.Pack.ID}, 1},
		{"pack and text", content.RuleQuery{Pack: old.Pack.ID, Text: "alpha"}, 1},
	} {
		page, err := b.Rules(t.Context(), c.query)
		if err != nil || page.Total != c.total {
			t.Errorf("%s: %d rules, %v; want %d", c.name, page.Total, err, c.total)
		}
	}
	for name, q := range map[string]content.RuleQuery{
		"offset": {Offset: -1}, "limit": {Limit: 501}, "state": {States: []content.State{"x"}}, "fired": {Fired: "x"}, "sort": {Sort: "x"}, "q": {Text: strings.Repeat("x", 201)}, "level": {Levels: []string{"urgent"}},
	} {
		var inv *fault.Invalid
		if _, err := b.Rules(t.Context(), q); !errors.As(err, &inv) || inv.Field != name {
			t.Errorf("query with a bad %s: %v", name, err)
		}
	}
}

func TestRulesAreFoundByWhatTheySayAndWhatCameOfThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	text := func(id, level, product, tags string) string {
		r := strings.NewReplacer("level: high", "level: "+level, "product: linux", "product: "+product, "attack.t1059", tags)
		return r.Replace(rule(id, "Rule "+id))
	}
	b.take(t, "corp",
		"a.yml", text("a", "low", "windows", "attack.t1110.001, attack.credential-access"),
		"b.yml", text("b", "high", "Windows", "attack.t1110, attack.credential_access"),
		"c.yml", text("c", "critical", "linux", "attack.t1110001, attack.t111"),
		"d.yml", text("d", "high", "linux", "attack.execution"),
		"bad.yml", rule("x", "unsupported"))
	b.take(t, "more", "a.yml", text("a", "low", "windows", "attack.t1110.001"), "e.yml", text("e", "low", "macos", "x.y"))
	b.take(t, "more", "a.yml", text("a", "low", "windows", "attack.t1110.001, attack.credential-access")) // e is of a version that was
	records := map[string]content.Record{
		"a": {Day: 1, Week: 9, Total: 20, True: 1, False: 4, LastAt: b.now},
		"b": {Week: 10, Total: 10, False: 1, LastAt: b.now.Add(-time.Hour)},
		"c": {Total: 7, True: 2, Benign: 2, False: 3, Undecided: 9, LastAt: b.now.Add(-time.Minute)},
	}
	for _, c := range []struct {
		name  string
		query content.RuleQuery
		want  string
	}{
		{"by title", content.RuleQuery{}, "a b c d"},
		{"by level", content.RuleQuery{Sort: content.ByLevel}, "c b d a"},
		{"by hits of a day", content.RuleQuery{Sort: content.ByDay}, "a c b d"},
		{"by hits of a week", content.RuleQuery{Sort: content.ByWeek}, "b a c d"},
		{"by last firing", content.RuleQuery{Sort: content.ByLast}, "a c b d"},
		{"by false share, the unjudged last", content.RuleQuery{Sort: content.ByFalsity}, "b a c d"},
		{"product, whatever the case", content.RuleQuery{Product: "Windows"}, "a b"},
		{"tactic, written either way", content.RuleQuery{Tactic: "credential-access"}, "a b"},
		{"technique with what is below it", content.RuleQuery{Technique: "T1110"}, "a b"},
		{"sub-technique", content.RuleQuery{Technique: "T1110.001"}, "a"},
		{"fired in a day", content.RuleQuery{Fired: content.FiredDay}, "a"},
		{"fired in a week", content.RuleQuery{Fired: content.FiredWeek}, "a b"},
		{"never fired", content.RuleQuery{Fired: content.FiredNever}, "d"},
		{"noisy: five judged, half of them false", content.RuleQuery{Noisy: true}, "a"},
		{"not running", content.RuleQuery{States: []content.State{content.Off}}, "e"},
		{"refused, not for everybody", content.RuleQuery{States: []content.State{content.Refused}}, ""},
		{"refused", content.RuleQuery{States: []content.State{content.Refused}, Refusals: true}, "x"},
		{"of any state", content.RuleQuery{Any: true, Refusals: true}, "a b c d e x"},
	} {
		c.query.Records = records
		page, err := b.Rules(t.Context(), c.query)
		var got []string
		for _, r := range page.Rules {
			got = append(got, r.ID)
		}
		if err != nil || strings.Join(got, " ") != c.want || page.Total != len(got) {
			t.Errorf("%s: %v of %d, %v; want %s", c.name, got, page.Total, err, c.want)
		}
	}
	page, err := b.Rules(t.Context(), content.RuleQuery{Product: "macos", Refusals: true})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "states that the other filters let through", page.States, map[content.State]int{content.Off: 1})
	equal(t, "products whatever the filters", page.Products, []content.Count{{Value: "linux", Label: "linux", Count: 2}, {Value: "windows", Label: "windows", Count: 2}, {Value: "macos", Label: "macos", Count: 1}})
	refused, err := b.Rules(t.Context(), content.RuleQuery{States: []content.State{content.Refused}, Refusals: true})
	if err != nil || refused.Rules[0].Reason != "uses something unsupported" || refused.Rules[0].PackName != "corp" {
		t.Errorf("refused %+v, %v", refused.Rules, err)
	}
}
