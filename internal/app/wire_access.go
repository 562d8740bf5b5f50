package app

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"

	shipped "github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/view"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store"
)

// errNoTenant is what a command gets that names a tenant which does not exist.
var errNoTenant = fault.ErrNotFound

func newAudit(s *store.Store) *audit.Service {
	return audit.NewService(audit.Deps{Repository: s.Audit()})
}

func newViews(s *store.Store, a *audit.Service) *view.Service {
	return view.NewService(view.Deps{Repository: s.Views(), Door: s.Views(), Auditor: a})
}

func newContent(s *store.Store, a *audit.Service, build Build, fetcher content.Fetcher, changed func(context.Context), log *slog.Logger) *content.Service {
	return content.NewService(content.Deps{
		Repository: s.Content(), Door: s, Checker: ruleChecker{}, Sampler: sampler{}, Auditor: a, Actor: identity.Actor, Changed: changed, Product: build.Version, Fetcher: fetcher, Logger: log})
}

// installRules makes the rules that ship with this build the active version of the built-in pack.
func installRules(ctx context.Context, c *content.Service) error {
	rules, err := fs.Sub(shipped.Rules, "rules")
	if err != nil {
		return err
	}
	if _, err := c.InstallBuiltin(ctx, rules); err != nil {
		return fmt.Errorf("install built-in rules: %w", err)
	}
	return nil
}
