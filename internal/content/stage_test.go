package content_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/fault"
)

// maker signs packs.
type maker struct {
	key    ed25519.PrivateKey
	public []byte
	id     string
}

func newMaker(t *testing.T) maker {
	t.Helper()
	private, public, err := packfile.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := packfile.ParsePrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return maker{key, public, packfile.KeyID(key.Public().(ed25519.PublicKey))}
}

// pack is a signed archive; more are pairs of a file and its text.
func (m maker) pack(t *testing.T, version, manifest string, more ...string) []byte {
	t.Helper()
	f := fstest.MapFS{"pack.json": {Data: fmt.Appendf(nil, `{"name":"acme","version":%q,"title":"Acme rules","author":"Acme"%s}`, version, manifest)}}
	for i := 0; i < len(more); i += 2 {
		f[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	var buf bytes.Buffer
	if _, err := packfile.Write(&buf, f, m.key, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func (b *bench) give(t *testing.T, o content.ImportOptions, data []byte) (content.Imported, error) {
	t.Helper()
	return b.Import(t.Context(), o, bytes.NewReader(data), int64(len(data)))
}

func (b *bench) must(t *testing.T, o content.ImportOptions, data []byte) content.Imported {
	t.Helper()
	in, err := b.give(t, o, data)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var inv *fault.Invalid
	if !errors.As(err, &inv) || inv.Code != code {
		t.Errorf("%s: error %v, want code %s", what, err, code)
	}
}

func TestSignedPackIsStagedActivatedAndRolledBack(t *testing.T) {
	t.Parallel()
	b, m := setup(t), newMaker(t)
	first := m.pack(t, "1.0.0", "", "a.yml", rule("1", "A"))
	_, err := b.give(t, content.ImportOptions{}, first)
	wantCode(t, "unknown key", err, "content.key.unknown")
	if _, err := b.Trust(t.Context(), "Acme", m.public); err != nil {
		t.Fatal(err)
	}
	one := b.must(t, content.ImportOptions{}, first)
	if p := one.Pack; p.Active || p.Name != "acme" || p.Release != "1.0.0" || p.Signer != m.id || p.Details.Title != "Acme rules" || p.Origin != "file" {
		t.Errorf("staged %+v", p)
	}
	equal(t, "loaded while staged", len(b.loaded(t)), 0)
	equal(t, "changes while staged", b.changes, 0)
	if _, err := b.Activate(t.Context(), one.Pack.ID); err != nil {
		t.Fatal(err)
	}
	two := b.must(t, content.ImportOptions{}, m.pack(t, "1.1.0", "", "a.yml", rule("1", "A newer"), "b.yml", rule("2", "B")))
	equal(t, "loaded", b.loaded(t), []string{"acme/a.yml 1"})
	if _, err := b.Activate(t.Context(), two.Pack.ID); err != nil {
		t.Fatal(err)
	}
	equal(t, "loaded after the update", b.loaded(t), []string{"acme/a.yml 1", "acme/b.yml 2"})
	back, err := b.RollBack(t.Context(), two.Pack.ID)
	if err != nil || back.ID != one.Pack.ID {
		t.Fatalf("rolled back to %+v, %v", back, err)
	}
	equal(t, "loaded after rolling back", b.loaded(t), []string{"acme/a.yml 1"})
	forth, err := b.RollBack(t.Context(), one.Pack.ID)
	if err != nil || forth.ID != two.Pack.ID {
		t.Errorf("rolling back from the older one leads to %+v, %v", forth, err)
	}
	_, err = b.RollBack(t.Context(), one.Pack.ID)
	wantCode(t, "rolling back one that is not active", err, "content.pack.first")
	equal(t, "changes", b.changes, 4)
	equal(t, "audit", b.audit.entries, []string{"provider content.trust_key", "provider content.import", "provider content.activate", "provider content.import",
		"provider content.activate", "provider content.roll_back", "provider content.roll_back"})
}

func TestVersionsGoForwardUnlessForced(t *testing.T) {
	t.Parallel()
	b, m := setup(t), newMaker(t)
	if _, err := b.Trust(t.Context(), "Acme", m.public); err != nil {
		t.Fatal(err)
	}
	b.must(t, content.ImportOptions{Activate: true}, m.pack(t, "2.0.0", "", "a.yml", rule("1", "A")))
	old := m.pack(t, "1.9.9", "", "a.yml", rule("1", "Older"))
	_, err := b.give(t, content.ImportOptions{Activate: true}, old)
	wantCode(t, "older", err, "content.pack.older")
	_, err = b.give(t, content.ImportOptions{}, m.pack(t, "2.0.0", "", "a.yml", rule("1", "Same number")))
	wantCode(t, "same version, other content", err, "content.pack.same")
	r, n := packed(t, "a.yml", rule("1", "Nobody's"))
	_, err = b.Import(t.Context(), content.ImportOptions{Name: "acme", Unsigned: true, Activate: true}, r, n)
	wantCode(t, "unsigned in place of signed", err, "content.pack.signed")
	_, err = b.give(t, content.ImportOptions{Name: "other"}, m.pack(t, "3.0.0", "", "a.yml", rule("1", "A")))
	wantCode(t, "expected under another name", err, "content.pack.other")
	packs, err := b.Packs(t.Context())
	if err != nil || len(packs) != 1 {
		t.Fatalf("%d packs, %v; want the first alone", len(packs), err)
	}
	if again := b.must(t, content.ImportOptions{}, m.pack(t, "2.0.0", "", "a.yml", rule("1", "A"))); !again.Existing || again.Pack.ID != packs[0].ID {
		t.Errorf("the same again gave %+v", again)
	}
	if in := b.must(t, content.ImportOptions{Force: true, Activate: true}, old); in.Pack.Release != "1.9.9" || !in.Pack.Active {
		t.Errorf("forced %+v", in.Pack)
	}
	_, err = b.give(t, content.ImportOptions{}, m.pack(t, "3.0.0", `,"minimum_product":"99.0.0"`, "a.yml", rule("1", "A")))
	if err != nil {
		t.Errorf("a build without a version refused a pack: %v", err)
	}
}

func TestNobodysArchiveIsTakenOnlyOnDemand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r, n := packed(t, "a.yml", rule("1", "A"))
	_, err := b.Import(t.Context(), content.ImportOptions{Name: "x"}, r, n)
	wantCode(t, "unsigned", err, "content.pack.unsigned")
	sigma := []string{"version.txt", "r2025-10-01", "rules/windows/a.yml", rule("1", "A"), "rules/linux/b.yml", rule("2", "B")}
	r, n = packed(t, sigma...)
	in, err := b.Import(t.Context(), content.ImportOptions{Unsigned: true, Fallback: "sigma_all_rules"}, r, n)
	if err != nil || in.Pack.Name != "sigmahq" || in.Pack.Release != "r2025-10-01" || in.Pack.Signer != "" {
		t.Errorf("SigmaHQ's archive gave %+v, %v", in.Pack, err)
	}
	sigma[1] = "r2025-09-01"
	r, n = packed(t, sigma...)
	_, err = b.Import(t.Context(), content.ImportOptions{Unsigned: true}, r, n)
	wantCode(t, "older SigmaHQ", err, "content.pack.older")
	r, n = packed(t, "a.yml", rule("9", "A"))
	if in, err := b.Import(t.Context(), content.ImportOptions{Unsigned: true, Fallback: "mine"}, r, n); err != nil || in.Pack.Name != "mine" {
		t.Errorf("fallback gave %+v, %v", in.Pack, err)
	}
}

func TestRevokedKeyTakesNothingAndPutsNothingInForce(t *testing.T) {
	t.Parallel()
	b, m := setup(t), newMaker(t)
	key, err := b.Trust(t.Context(), "Acme", m.public)
	if err != nil {
		t.Fatal(err)
	}
	one := b.must(t, content.ImportOptions{Activate: true}, m.pack(t, "1.0.0", "", "a.yml", rule("1", "A")))
	two := b.must(t, content.ImportOptions{}, m.pack(t, "1.1.0", "", "a.yml", rule("1", "B")))
	for range 2 {
		if _, err := b.Revoke(t.Context(), key.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err = b.give(t, content.ImportOptions{}, m.pack(t, "1.2.0", "", "a.yml", rule("1", "C")))
	wantCode(t, "import", err, "content.key.revoked")
	wantCode(t, "activate", activate(b, two.Pack.ID), "content.key.revoked")
	equal(t, "what runs goes on running", b.loaded(t), []string{"acme/a.yml 1"})
	if p, _, err := b.Pack(t.Context(), one.Pack.ID); err != nil || !p.Active {
		t.Errorf("active pack %+v, %v", p, err)
	}
	if _, err := b.Trust(t.Context(), "Acme again", m.public); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("a revoked key was trusted again: %v", err)
	}
	equal(t, "audit", b.audit.entries, []string{"provider content.trust_key", "provider content.import", "provider content.import", "provider content.revoke_key"})
}

func TestDiffTellsWhatWouldChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.take(t, "other", "x.yml", rule("covered", "Theirs"))
	one := b.take(t, "corp", "gone.yml", rule("gone", "Gone"), "level.yml", rule("level", "Level"), "logic.yml", rule("logic", "Logic"),
		"lost.yml", rule("lost", "Lost"), "same.yml", rule("same", "Same"), "text.yml", rule("text", "Text"), "was.yml", rule("was", "unsupported before"))
	for id, change := range map[string][2]string{"level": {"level: high", "level: critical"}, "gone": {"a: b", "a: z"}, "same": {"a: b", "a: y"}, "text": {"status: test", "status: stable"}} {
		d, err := b.Rule(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Save(t.Context(), id, 0, strings.Replace(d.Source, change[0], change[1], 1), "ours"); err != nil {
			t.Fatal(err)
		}
	}
	r, n := packed(t, "new.yml", rule("new", "New"), "level.yml", strings.Replace(rule("level", "Level"), "level: high", "level: low", 1),
		"logic.yml", strings.Replace(rule("logic", "Logic"), "a: b", "a: c # wider", 1), "lost.yml", rule("lost", "unsupported"),
		"moved/same.yml", rule("same", "Same"), "text.yml", "# about\n"+strings.Replace(rule("text", "Text, newer"), "a: b", "a: 'b'", 1), "was.yml", rule("was", "unsupported before"),
		"covered.yml", rule("covered", "Ours"))
	two, err := b.Import(t.Context(), content.ImportOptions{Name: "corp", Unsigned: true}, r, n)
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.Diff(t.Context(), two.Pack.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range d.Changes {
		line := fmt.Sprintf("%s %s %s→%s", c.Kind, c.ID, c.LevelBefore, c.Level)
		if c.Logic {
			line += " logic"
		}
		if c.Was {
			line += " was"
		}
		if c.Edited {
			line += " edited"
		}
		if c.Conflict {
			line += " conflict"
		}
		if c.Covered != "" {
			line += " covered by " + c.Covered
		}
		got = append(got, line)
	}
	equal(t, "changes", got, []string{
		"removed gone high→high edited conflict",
		"changed level high→low edited conflict",
		"changed logic high→high logic",
		"added new →high logic",
		"added covered →high logic covered by other",
		"changed text high→high edited",
		"refused lost high→ was",
	})
	equal(t, "unchanged", d.Same, 1)
	equal(t, "base", d.Base.ID, one.Pack.ID)
	before, after, err := b.DiffText(t.Context(), two.Pack.ID, "", "gone")
	if err != nil || !strings.Contains(before, "Gone") || after != "" {
		t.Errorf("texts of a removed rule: %q, %q, %v", before, after, err)
	}
	if _, _, err := b.DiffText(t.Context(), two.Pack.ID, "", "nothing"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("text of no rule: %v", err)
	}
	if d, err := b.Diff(t.Context(), one.Pack.ID, ""); err != nil || d.Base != nil || len(d.Changes) != 7 {
		t.Errorf("diff of the first version: %+v, %v", d, err)
	}
	if _, err := b.Activate(t.Context(), two.Pack.ID); err != nil {
		t.Fatal(err)
	}
	if d, err := b.Diff(t.Context(), two.Pack.ID, ""); err != nil || d.Base == nil || d.Base.ID != one.Pack.ID {
		t.Errorf("the active version is held against %+v, %v", d.Base, err)
	}
	if _, err := b.Diff(t.Context(), two.Pack.ID, "nothing"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("diff against nothing: %v", err)
	}
}

// web gives what a test put there.
type web struct {
	data []byte
	tag  string
	err  error
	asks []string
}

func (w *web) Fetch(_ context.Context, url, tag string, _ int64) ([]byte, string, bool, error) {
	w.asks = append(w.asks, url+" "+tag)
	return w.data, w.tag, tag != "" && tag == w.tag, w.err
}

func TestFeedStagesWhatComes(t *testing.T) {
	t.Parallel()
	m, w := newMaker(t), &web{}
	b := setupWith(t, func(d *content.Deps) { d.Fetcher = w })
	if _, err := b.Trust(t.Context(), "Acme", m.public); err != nil {
		t.Fatal(err)
	}
	for what, f := range map[string]content.FeedSettings{"content.feed.url": {URL: "http://packs.example/"}, "content.feed.every": {URL: "https://packs.example/", Every: time.Minute}} {
		_, err := b.AddFeed(t.Context(), "acme", f)
		wantCode(t, "feed", err, what)
	}
	f, err := b.AddFeed(t.Context(), "acme", content.FeedSettings{URL: "https://packs.example/acme.zip", Every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	check := func(want content.Result, code string) content.Feed {
		t.Helper()
		got, err := b.CheckFeed(t.Context(), f.ID)
		if err != nil || got.Outcome.Result != want || got.Outcome.Code != code {
			t.Errorf("check gave %+v, %v; want %s %s", got.Outcome, err, want, code)
		}
		return got
	}
	w.err = fault.NewInvalid("url", "content.feed.status", "answers with status 500")
	check(content.FeedFailed, "content.feed.status")
	w.err = nil
	w.data, w.tag = m.pack(t, "1.0.0", "", "a.yml", rule("1", "A")), `"1"`
	staged := check(content.FeedStaged, "")
	equal(t, "loaded", len(b.loaded(t)), 0)
	if p, _, err := b.Pack(t.Context(), staged.Outcome.Pack); err != nil || p.Active || p.Origin != f.URL || p.ImportedBy != "alice" {
		t.Errorf("pack that came %+v, %v", p, err)
	}
	check(content.FeedSame, "")
	equal(t, "asked with the tag", w.asks[len(w.asks)-1], f.URL+` "1"`)
	r, n := packed(t, "a.yml", rule("1", "Nobody's"))
	w.data, w.tag = make([]byte, n), `"2"`
	if _, err := r.Read(w.data); err != nil {
		t.Fatal(err)
	}
	check(content.FeedFailed, "content.pack.unsigned")
	w.data = m.pack(t, "0.9.0", "", "a.yml", rule("1", "Older"))
	check(content.FeedFailed, "content.pack.older")
	if _, err := b.SetFeed(t.Context(), f.ID, content.FeedSettings{URL: f.URL, Every: time.Hour, Activate: true}); err != nil {
		t.Fatal(err)
	}
	w.data = m.pack(t, "1.1.0", "", "a.yml", rule("1", "B"))
	asked := len(w.asks)
	if err := b.CheckDue(t.Context()); err != nil || len(w.asks) != asked {
		t.Errorf("checked before its time: %v", err)
	}
	b.now = b.now.Add(time.Hour)
	if err := b.CheckDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	equal(t, "loaded", b.loaded(t), []string{"acme/a.yml 1"})
	feeds, err := b.Feeds(t.Context())
	if err != nil || feeds[0].Outcome.Result != content.FeedActivated {
		t.Errorf("feeds %+v, %v", feeds, err)
	}
}
