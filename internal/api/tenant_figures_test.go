package api_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

func figures(t *testing.T, by as) map[string]api.TenantFigures {
	t.Helper()
	list := into[api.List[api.TenantFigures]](t, by.get(t, "/api/v1/tenant-figures"), http.StatusOK)
	all := map[string]api.TenantFigures{}
	for _, f := range list.Items {
		all[f.Tenant] = f
	}
	return all
}

func TestFiguresOfACustomerEqualTheRowsBehindThem(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		w.registry.Touch(w.one.source, 42, 4200)
		f := figures(t, w.admin())
		if len(f) != 2 {
			t.Fatalf("%d customers", len(f))
		}
		one, two := f[w.one.id], f[w.two.id]
		if one.Alerts.Open.High != 1 || one.Alerts.New != 1 || one.Alerts.Oldest != w.one.alert || one.Alerts.At == nil {
			t.Errorf("alerts = %+v", one.Alerts)
		}
		rows := into[api.CountedPage[api.Alert]](t, w.admin().get(t, "/api/v1/alerts?state=open&level=high&tenant="+w.one.slug), http.StatusOK)
		if rows.Total != one.Alerts.Open.High {
			t.Errorf("%d rows behind %d", rows.Total, one.Alerts.Open.High)
		}
		if one.Sources.Total != 1 || one.Sources.Never != 0 || one.Sources.Records != 42 || len(one.Sources.Hours) != 24 || one.Sources.Hours[23] != 42 {
			t.Errorf("sources of one = %+v", one.Sources)
		}
		if two.Sources.Total != 1 || two.Sources.Never != 1 || two.Sources.Records != 0 || len(two.Sources.Hours) != 0 {
			t.Errorf("sources of two = %+v", two.Sources)
		}
		if one.Users.Total != 1 || one.Users.LastLogin != nil {
			t.Errorf("users = %+v", one.Users)
		}
		w.session(t, "viewer-of-"+w.one.slug, strongPassword)
		w.session(t, "admin", strongPassword) // the provider's staff are not the customer's people
		f = figures(t, w.admin())
		if at := f[w.one.id].Users.LastLogin; at == nil || at.Before(w.now) {
			t.Errorf("last log-in %v", at)
		}
		if at := f[w.two.id].Users.LastLogin; at != nil {
			t.Errorf("somebody of customer two logged in at %v", at)
		}
	})
}

func TestFiguresKeepToTheScopeAndRightsOfTheCaller(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	own := figures(t, w.viewerOf(w.one))
	if len(own) != 1 || own[w.one.id].Alerts == nil || own[w.one.id].Sources.Total != 1 || own[w.one.id].Users != nil {
		t.Errorf("a viewer sees %+v", own)
	}
	if all := figures(t, w.analyst()); len(all) != 2 || all[w.two.id].Users != nil || all[w.two.id].Alerts == nil {
		t.Errorf("an analyst sees %+v", all)
	}
}

func TestFiguresOutliveARestart(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.registry.Touch(w.one.source, 7, 70)
	ctx, stop := context.WithCancel(tenant.WithScope(t.Context(), tenant.All()))
	stop()
	must(t, w.registry.Run(ctx)) // writes what it counted, as at a stop
	again := collect.NewRegistry(w.store.Sources(), quietLog())
	must(t, again.Reload(tenant.WithScope(t.Context(), tenant.All())))
	s := collect.NewService(collect.Deps{Repository: w.store.Sources(), Registry: again, Logger: quietLog()})
	reach := s.Reach(tenant.WithScope(t.Context(), tenant.All()), []tenant.ID{tenant.ID(w.one.id)})
	if r := reach[tenant.ID(w.one.id)]; r == nil || r.Day[23]+r.Day[22] != 7 {
		t.Errorf("after a restart %+v", r)
	}
	if foreign := s.Reach(tenant.WithScope(t.Context(), tenant.Only(tenant.ID(w.two.id))), []tenant.ID{tenant.ID(w.one.id)}); len(foreign) != 0 {
		t.Errorf("outside the scope: %+v", foreign)
	}
}

// TestFiguresOfThousands measures on demand, over the whole API, how long the figures of as many customers take as FIGURES_CUSTOMERS
// says, with five sources each: FIGURES_CUSTOMERS=6000 go test ./internal/api -run FiguresOfThousands -v.
func TestFiguresOfThousands(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("FIGURES_CUSTOMERS"))
	if err != nil {
		t.Skip("FIGURES_CUSTOMERS says how many customers to measure with")
	}
	onEachStore(t, func(t *testing.T, w *world) {
		w.takeOn(t, n, 5)
		for round := range 6 { // the first reads are entries in the audit chains
			begun := time.Now()
			rec := w.admin().get(t, "/api/v1/tenant-figures")
			t.Logf("round %d: %d customers, %d bytes, %v", round, n+2, rec.Body.Len(), time.Since(begun).Round(time.Millisecond))
		}
	})
}

// takeOn makes customers with sources that sent something this hour.
func (w *world) takeOn(t *testing.T, customers, sources int) {
	t.Helper()
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	var made []collect.Source
	must(t, w.store.Platform(ctx, func(ctx context.Context) error {
		for i := range customers {
			c := tenancy.Tenant{
				ID: tenant.NewID(), Slug: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("Customer %d", i), State: tenancy.Active,
				RetentionDays: 180, CreatedAt: w.now, UpdatedAt: w.now, Version: 1,
			}
			if _, err := w.store.Tenancy().Insert(ctx, c); err != nil {
				return err
			}
			for j := range sources {
				s := collect.Source{
					ID: ulid.Make().String(), Tenant: c.ID, Name: fmt.Sprintf("s%d", j), Kind: "auto", TokenHash: ulid.Make().String(),
					TimeZone: "UTC", Encoding: "auto", CreatedAt: w.now, UpdatedAt: w.now, Version: 1,
				}
				if err := w.store.InTenant(ctx, c.ID, func(ctx context.Context) error { return w.store.Sources().Create(ctx, s) }); err != nil {
					return err
				}
				made = append(made, s)
			}
		}
		return nil
	}))
	must(t, w.registry.Reload(ctx))
	for i := range made {
		w.registry.Touch(made[i].ID, 1+i%977, 100)
	}
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }
