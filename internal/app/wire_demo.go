package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/demo/sender"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// openDemo connects the demonstration, which speaks to this process as any sender does.
func (a *App) openDemo(ctx context.Context, log *slog.Logger) error {
	a.demo = demo.NewService(demo.Deps{
		Settings: a.store, Transactor: a.store, Auditor: a.audit,
		Tenants: demoTenants{a.tenants, a.registry}, Sources: demoSources{a.sources}, Alerts: demoAlerts{a.alerts},
		Dial: func() (demo.Carrier, error) {
			syslog := ""
			if a.syslog != nil {
				syslog = a.syslog.Addr()
			}
			return sender.New(a.http, syslog), nil
		},
		Actor: identity.Actor, Logger: log, Length: a.demoLength,
	})
	return a.demo.Load(ctx)
}

// startDemo begins the demonstration that the settings ask for, unless there is one already.
func (a *App) startDemo(ctx context.Context) {
	if !a.cfg.Demo {
		return
	}
	err := a.demo.Start(ctx, a.build.Language)
	var exists *fault.Invalid
	if err != nil && !errors.As(err, &exists) {
		a.log.Error("the demonstration could not begin", "error", err)
	}
}

// slugTries is how many slugs are tried for a customer of the demonstration.
const slugTries = 20

type demoTenants struct {
	tenants  *tenancy.Service
	registry *collect.Registry
}

// Create implements demo.Tenants.
func (d demoTenants) Create(ctx context.Context, slug, name string) (tenant.ID, error) {
	for n := 1; ; n++ {
		free := slug
		if n > 1 {
			free += "-" + strconv.Itoa(n)
		}
		t, err := d.tenants.Create(ctx, tenancy.Draft{Slug: free, Name: name, RetentionDays: demoRetentionDays, Demo: true})
		var taken *fault.Taken
		if errors.As(err, &taken) && n < slugTries {
			continue
		}
		return t.ID, err
	}
}

// demoRetentionDays is enough for a demonstration that somebody forgot.
const demoRetentionDays = 30

// Delete implements demo.Tenants.
func (d demoTenants) Delete(ctx context.Context, id tenant.ID) error {
	if err := d.tenants.Delete(ctx, id.String()); err != nil && !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	return d.registry.Reload(ctx) // its tokens are nobody's from now on
}

// Marked implements demo.Tenants.
func (d demoTenants) Marked(ctx context.Context) ([]tenant.ID, error) {
	all, err := d.tenants.List(ctx)
	if err != nil {
		return nil, err
	}
	var ids []tenant.ID
	for _, t := range all {
		if t.Demo {
			ids = append(ids, t.ID)
		}
	}
	return ids, nil
}

type demoSources struct{ sources *collect.Service }

// Create implements demo.Sources.
func (d demoSources) Create(ctx context.Context, id tenant.ID, s demo.Source, name string) (string, error) {
	_, token, err := d.sources.Create(ctx, id, collect.Draft{Name: name, Kind: s.Kind, TimeZone: s.TimeZone})
	return token, err
}

type demoAlerts struct{ alerts *alert.Service }

// Bounds of what the story looks through.
const (
	demoAlertPage  = 200
	demoAlertPages = 10
)

// Of implements demo.Alerts.
func (d demoAlerts) Of(ctx context.Context, ids []tenant.ID) ([]demo.Alert, error) {
	var found []demo.Alert
	q := alert.Query{Tenants: ids, Limit: demoAlertPage}
	for range demoAlertPages {
		page, err := d.alerts.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, x := range page.Items {
			found = append(found, demo.Alert{
				ID: x.ID, Rule: x.Rule.ID, Title: x.Rule.Title, Level: x.Rule.Level, Tenant: x.Tenant, FirstAt: x.FirstAt, LastAt: x.LastAt,
			})
		}
		if page.Cursor == "" {
			break
		}
		q.Cursor = page.Cursor
	}
	slices.Reverse(found)
	return found, nil
}
