package app

import (
	"io/fs"
	"log/slog"
	"testing"

	rules "github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestTheGateRunsSamplesOfShippedCorrelations runs them as the gate does: with the texts that are in force, found by what correlations name.
func TestTheGateRunsSamplesOfShippedCorrelations(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := content.NewService(content.Deps{Repository: s.Content(), Door: s, Checker: ruleChecker{}, Sampler: sampler{}})
	ctx := tenant.WithScope(t.Context(), tenant.All())
	if _, err := c.InstallBuiltin(ctx, rules.Rules); err != nil {
		t.Fatal(err)
	}
	page, err := c.Rules(ctx, content.RuleQuery{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, r := range page.Rules {
		if r.Kind != content.KindCorrelation {
			continue
		}
		out, err := c.RunSamples(ctx, r.ID)
		if err != nil {
			t.Errorf("%s: %v", r.Path, err)
		}
		for i, o := range out {
			if o.Fault != "" {
				t.Errorf("%s, sample %d: %s", r.Path, i, o.Fault)
			}
		}
		if len(out) > 0 {
			ran++
		}
	}
	if ran < 40 {
		t.Errorf("samples of only %d correlations were run", ran)
	}
	tested, err := c.Tested(ctx)
	files, globbed := fs.Glob(rules.Rules, "rules/*/*.samples.yml")
	if err != nil || globbed != nil || len(tested) != len(files) {
		t.Errorf("%d of %d rules are tested, %v", len(tested), len(files), err)
	}
}
