package app

import (
	"log/slog"
	"testing"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestADecisionAboutARuleDecidesWhatItRaises goes from a decision to what a worker of the flow finds.
func TestADecisionAboutARuleDecidesWhatItRaises(t *testing.T) {
	t.Parallel()
	quiet := slog.New(slog.DiscardHandler)
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	ctx := tenant.WithScope(t.Context(), tenant.All())
	rules := newRuleSet(except.NewBook(nil, quiet, nil), quiet)
	c := newContent(s, newAudit(s), Build{}, nil, nil, quiet)
	rules.source = c
	ids, err := c.Create(ctx, "title: Mine\nlogsource: {product: linux}\ndetection: {s: {message|contains: evil}, condition: s}\n", "")
	if err != nil {
		t.Fatal(err)
	}
	id := ids[0]
	sample := func(raw string, fires bool) content.Sample {
		return content.Sample{Fires: fires, Kind: "linux", Lines: []content.SampleLine{{Raw: raw}}}
	}
	const line = "<38>Mar  2 08:00:00 web sshd[1]: Accepted password for "
	if _, err := c.SetSamples(ctx, id, []content.Sample{sample(line+"evil from 192.0.2.1 port 1 ssh2", true), sample(line+"root from 192.0.2.1 port 1 ssh2", false)}); err != nil {
		t.Fatal(err)
	}
	acme, other := tenant.NewID(), tenant.NewID()
	move := func(to content.State) error { return c.SetState(ctx, id, to, "", false) }
	override := func(to content.State) error { return c.SetOverride(ctx, acme, id, to, "", false) }
	for _, step := range []struct {
		do          func() error
		acme, other string
	}{
		{func() error { return nil }, "", ""},
		{func() error { return move(content.Testing) }, "", ""},
		{func() error { return override(content.Shadow) }, "shadow", ""},
		{func() error { return move(content.Enabled) }, "shadow", "alert"},
		{func() error { return override(content.Off) }, "", "alert"},
		{func() error { return override(content.Inherit) }, "alert", "alert"},
		{func() error { return move(content.Shadow) }, "shadow", "shadow"},
		{func() error { return move(content.Deprecated) }, "", ""},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if err := rules.reload(ctx); err != nil {
			t.Fatal(err)
		}
		j := rules.judge()
		j.Use(rules.now())
		found := func(of tenant.ID) (what string) {
			ev := &event.Event{Tenant: of}
			ev.Add("message", "evil")
			ev.Add("event.dataset", "linux.auth")
			ev.Add("host.os.type", "linux")
			j.Match(ev, &correlate.Item{}, func(f detect.Finding) {
				if what = "alert"; f.Shadow {
					what = "shadow"
				}
			})
			return what
		}
		st, err := c.State(ctx, id, func(tenant.ID) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		if a, o := found(acme), found(other); a != step.acme || o != step.other {
			t.Errorf("%s, with %d overrides: acme %q, other %q; want %q, %q", st.State, len(st.Overrides), a, o, step.acme, step.other)
		}
	}
}
