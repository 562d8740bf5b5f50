package app

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// newExceptions keeps exceptions; this process follows each change before its caller gets the answer.
func newExceptions(a *App) *except.Service {
	return except.NewService(except.Deps{
		Repository: a.store.Exceptions(), Door: a.store, Auditor: a.audit, Actor: identity.Actor,
		Changed: func(ctx context.Context) {
			ctx = tenant.WithScope(context.WithoutCancel(ctx), tenant.All())
			if err := a.exceptions.Reload(ctx); err != nil {
				a.log.Error("the exceptions of before stay in force", "error", err)
			}
		},
	})
}

// firings shows exceptions what alerts keep of firings.
type firings struct{ alerts *alert.Service }

// Firings implements [except.History].
func (h firings) Firings(ctx context.Context, id tenant.ID, rule string, since time.Time, limit int) (except.Firings, error) {
	f, err := h.alerts.Firings(ctx, alert.FiringQuery{Tenant: id, Rule: rule, Since: since, Limit: limit})
	out := except.Firings{Alerts: f.Alerts, Total: f.Total}
	for _, k := range f.Kept {
		out.Kept = append(out.Kept, except.Firing(k))
	}
	return out, err
}
