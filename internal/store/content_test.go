package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/store"
)

// engine is the matcher's judgement on a rule.
type engine struct{}

func (engine) Check(_ string, document []byte) (string, error) {
	r, err := sigma.ParseRule(document)
	if err != nil {
		return "", err
	}
	if bad := sigma.Check([]*sigma.Rule{r}, sigma.Options{}); len(bad) > 0 {
		return r.ID, bad[0]
	}
	return r.ID, nil
}

func newContent(s *store.Store) *content.Service {
	return content.NewService(content.Deps{Repository: s.Content(), Door: s, Checker: engine{}, Logger: slog.New(slog.DiscardHandler)})
}

func sigmaRule(id, title string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, "title: %s\nid: %s\nlevel: low\ntags: [attack.t1059]\nlogsource: {product: linux}\n"+
		"detection: {s: {a: b}, condition: s}\nisoc: {title_zh: 规则%s}\n", title, id, id)}
}

// contentPacksAreKept walks a pack through its life; finer points are tested with the service.
func contentPacksAreKept(t *testing.T, b bench) {
	ctx := everyone(t)
	c := newContent(b.Store)
	if _, err := c.InstallBuiltin(ctx, fstest.MapFS{"x.yml": sigmaRule("r1", "Built in"), "y.yml": sigmaRule("r2", "Ours")}); err != nil {
		t.Fatal(err)
	}
	one, err := c.ImportFS(ctx, content.ImportOptions{Name: "corp", Activate: true}, fstest.MapFS{"a.yml": sigmaRule("r1", "Theirs"), "bad.yml": {Data: []byte("title: No detection\nlogsource: {product: linux}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ImportFS(ctx, content.ImportOptions{Name: "corp", Activate: true}, fstest.MapFS{"a.yml": sigmaRule("r3", "Theirs, newer")}); err != nil {
		t.Fatal(err)
	}
	wantActive(t, c, "corp/a.yml r3", "isoc/x.yml r1", "isoc/y.yml r2")
	if _, err := c.Activate(ctx, one.Pack.ID); err != nil {
		t.Fatal(err)
	}
	wantActive(t, c, "corp/a.yml r1", "isoc/y.yml r2")
	_, refusals, err := c.Pack(ctx, one.Pack.ID)
	if err != nil || len(refusals) != 1 || refusals[0].File != "bad.yml" {
		t.Errorf("refusals %v, %v", refusals, err)
	}
	page, err := c.Rules(ctx, content.RuleQuery{Text: "规则R1", Levels: []string{"low"}, Limit: 1})
	if err != nil || page.Total != 1 || len(page.Rules) != 1 || page.Rules[0].Title != "Theirs" {
		t.Errorf("rules found %+v, %v", page, err)
	}
	page, err = c.Rules(ctx, content.RuleQuery{Limit: 1})
	if err != nil || page.Total != 2 || len(page.Rules) != 1 || page.Rules[0].ID != "r2" {
		t.Fatalf("first page %+v, %v", page, err)
	}
	if page, err = c.Rules(ctx, content.RuleQuery{Limit: 1, Offset: 1}); err != nil || len(page.Rules) != 1 || page.Rules[0].PackName != "corp" {
		t.Errorf("second page %+v, %v", page, err)
	}
	if diff := cmp.Diff(map[content.State]int{content.Enabled: 2, content.Off: 1}, page.States); diff != "" {
		t.Errorf("states: -want +got\n%s", diff)
	}
	if page, err = c.Rules(ctx, content.RuleQuery{Any: true, Refusals: true}); err != nil || page.Total != 4 || page.States[content.Refused] != 1 {
		t.Errorf("rules of any state %+v, %v", page, err)
	}
	if err := c.Remove(ctx, one.Pack.ID); err != nil {
		t.Fatal(err)
	}
	wantActive(t, c, "isoc/x.yml r1", "isoc/y.yml r2")
	if d, err := c.Rule(ctx, "r3"); err != nil || d.State != content.Off || d.TitleZH != "规则r3" || !strings.Contains(d.Source, "newer") {
		t.Errorf("rule of an inactive version: %+v, %v", d.Rule, err)
	}
}

// signedPacksAreKept walks keys, releases, what was active before and feeds through their lives.
func signedPacksAreKept(t *testing.T, b bench) {
	ctx := everyone(t)
	c := newContent(b.Store)
	_, public, err := packfile.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.Trust(ctx, "Acme 密钥", public)
	if err != nil {
		t.Fatal(err)
	}
	var taken *fault.Taken
	if _, err := c.Trust(ctx, "again", public); !errors.As(err, &taken) {
		t.Errorf("a key trusted twice: %v", err)
	}
	if got, err := c.Keys(ctx); err != nil || len(got) != 1 || !got[0].Trusted() || got[0].Name != "Acme 密钥" || !got[0].Public.Equal(key.Public) {
		t.Errorf("keys %+v, %v", got, err)
	}
	if _, err := c.Revoke(ctx, key.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Keys(ctx); err != nil || got[0].Trusted() || got[0].RevokedBy != "system" {
		t.Errorf("revoked keys %+v, %v", got, err)
	}
	if _, err := c.Revoke(ctx, "0000000000000000"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("revoked a key that is not there: %v", err)
	}

	one, err := c.ImportFS(ctx, content.ImportOptions{Name: "staged", Activate: true}, fstest.MapFS{"a.yml": sigmaRule("s1", "One")})
	if err != nil {
		t.Fatal(err)
	}
	two, err := c.ImportFS(ctx, content.ImportOptions{Name: "staged"}, fstest.MapFS{"a.yml": sigmaRule("s1", "Two"), "b.yml": sigmaRule("s2", "New")})
	if err != nil || two.Pack.Active || !two.Pack.ActivatedAt.IsZero() {
		t.Fatalf("staged %+v, %v", two.Pack, err)
	}
	d, err := c.Diff(ctx, two.Pack.ID, "")
	if err != nil || d.Base == nil || d.Base.ID != one.Pack.ID || len(d.Changes) != 2 || d.Changes[0].Kind != content.RuleAdded || d.Changes[1].Kind != content.RuleChanged {
		t.Errorf("diff %+v, %v", d, err)
	}
	if before, after, err := c.DiffText(ctx, two.Pack.ID, "", "s1"); err != nil || !strings.Contains(before, "One") || !strings.Contains(after, "Two") {
		t.Errorf("texts %q %q %v", before, after, err)
	}
	if _, err := c.Activate(ctx, two.Pack.ID); err != nil {
		t.Fatal(err)
	}
	if back, err := c.RollBack(ctx, two.Pack.ID); err != nil || back.ID != one.Pack.ID || back.Origin != "folder" {
		t.Errorf("rolled back to %+v, %v", back, err)
	}
	if got, _, err := c.Pack(ctx, one.Pack.ID); err != nil || !got.Active || got.ActivatedAt.IsZero() {
		t.Errorf("active %+v, %v", got, err)
	}

	f, err := c.AddFeed(ctx, "fed", content.FeedSettings{URL: "https://packs.example/a.zip", Every: 24 * time.Hour, Unsigned: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.AddFeed(ctx, "fed", content.FeedSettings{URL: "https://packs.example/b.zip"}); !errors.As(err, &taken) || taken.Field != "name" {
		t.Errorf("two feeds of one name: %v", err)
	}
	if _, err := c.SetFeed(ctx, f.ID, content.FeedSettings{URL: "https://packs.example/c.zip", Every: 2 * time.Hour, Activate: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CheckFeed(ctx, f.ID); err != nil {
		t.Fatal(err)
	}
	feeds, err := c.Feeds(ctx)
	if err != nil || len(feeds) != 1 || feeds[0].URL != "https://packs.example/c.zip" || feeds[0].Every != 2*time.Hour || !feeds[0].Activate || feeds[0].Unsigned ||
		feeds[0].Outcome.Result != content.FeedFailed || feeds[0].CheckedAt.IsZero() {
		t.Errorf("feeds %+v, %v", feeds, err)
	}
	if err := c.RemoveFeed(ctx, f.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.RemoveFeed(ctx, f.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func wantActive(t *testing.T, c *content.Service, want ...string) {
	t.Helper()
	var got []string
	err := c.ActiveSources(t.Context(), func(s content.Source) error {
		got = append(got, s.File+" "+s.Rule)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("active rules: -want +got\n%s", diff)
	}
}

// TestAllOfSigmaHQIsImported imports every public rule there is and lists it; the times go to the log.
func TestAllOfSigmaHQIsImported(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "shared", "data", "sigma")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data folder sigma absent")
	}
	s := openStore(t, store.Options{Dir: t.TempDir()})
	c := newContent(s)
	start := time.Now()
	out, err := c.ImportFS(t.Context(), content.ImportOptions{Name: "sigmahq", Activate: true}, os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("imported %d rules, refused %d, ignored %d files in %v", out.Pack.Rules, out.Pack.Refused, out.Ignored, time.Since(start))
	for _, r := range out.Refusals {
		t.Logf("refused %s: %s", r.File, r.Reason)
	}
	if out.Pack.Rules < 3750 {
		t.Errorf("%d rules stand, want nearly all of 3,754", out.Pack.Rules)
	}
	for name, q := range map[string]content.RuleQuery{"first page": {}, "search": {Text: "mimikatz"}, "pack": {Pack: out.Pack.ID, Levels: []string{"high"}}} {
		start := time.Now()
		page, err := c.Rules(t.Context(), q)
		if err != nil || page.Total == 0 {
			t.Errorf("%s: %d rules, %v", name, page.Total, err)
		}
		t.Logf("%s of %d rules in %v", name, page.Total, time.Since(start))
	}
	start = time.Now()
	n := 0
	if err := c.ActiveSources(context.Background(), func(content.Source) error { n++; return nil }); err != nil || n != out.Pack.Rules {
		t.Errorf("%d active rules, %v", n, err)
	}
	t.Logf("read %d active rules in %v", n, time.Since(start))
}
