package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// demonstrate gives the world a demonstration whose records are taken by nobody: what becomes of them is another test's business.
func (w *world) demonstrate(t *testing.T) {
	t.Helper()
	w.demo = demo.NewService(demo.Deps{
		Settings: w.store, Transactor: w.store, Auditor: w.trail, Tenants: demoTenants{w.tenants}, Sources: demoSources{w.sources}, Alerts: noAlerts{},
		Dial:  func() (demo.Carrier, error) { return swallow{}, nil },
		Actor: identity.Actor, Logger: slog.New(slog.DiscardHandler), Length: time.Hour,
	})
	t.Cleanup(func() {
		ended, end := context.WithCancel(context.Background())
		end()
		must(t, w.demo.Run(ended))
	})
}

type swallow struct{}

func (swallow) Carry(_ context.Context, _ demo.Source, _ string, r []demo.Record) (int, error) {
	return len(r), nil
}
func (swallow) Close() error { return nil }

type noAlerts struct{}

func (noAlerts) Of(context.Context, []tenant.ID) ([]demo.Alert, error) { return nil, nil }

type demoTenants struct{ *tenancy.Service }

func (d demoTenants) Create(ctx context.Context, slug, name string) (tenant.ID, error) {
	t, err := d.Service.Create(ctx, tenancy.Draft{Slug: slug, Name: name, Demo: true})
	return t.ID, err
}

func (d demoTenants) Delete(ctx context.Context, id tenant.ID) error {
	return d.Service.Delete(ctx, id.String())
}

func (d demoTenants) Marked(ctx context.Context) (ids []tenant.ID, err error) {
	all, err := d.List(ctx)
	for _, t := range all {
		if t.Demo {
			ids = append(ids, t.ID)
		}
	}
	return ids, err
}

type demoSources struct{ *collect.Service }

func (d demoSources) Create(ctx context.Context, id tenant.ID, s demo.Source, name string) (string, error) {
	_, token, err := d.Service.Create(ctx, id, collect.Draft{Name: name, Kind: s.Kind, TimeZone: s.TimeZone})
	return token, err
}

func (w *world) demoBody(t *testing.T, method, path string, status int) (d api.Demo) {
	t.Helper()
	res := w.do(t, method, path, call{}, credentials{bearer: w.adminBearer})
	if res.Code != status {
		t.Fatalf("%s %s: %d %s", method, path, res.Code, res.Body)
	}
	if res.Body.Len() > 0 {
		must(t, json.Unmarshal(res.Body.Bytes(), &d))
	}
	return d
}

func TestADemonstrationComesAndGoes(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, w *world) {
		if d := w.demoBody(t, "GET", "/api/v1/demo", http.StatusOK); d.Phase != "absent" || len(d.Steps) != 0 {
			t.Errorf("before: %+v", d)
		}
		d := w.demoBody(t, "POST", "/api/v1/demo", http.StatusAccepted)
		if d.Phase != "running" || d.Total < 30_000 || len(d.Tenants) != 2 || len(d.Steps) != len(demo.Story()) {
			t.Errorf("begun: %s, %d records, %d customers, %d steps", d.Phase, d.Total, len(d.Tenants), len(d.Steps))
		}
		me := w.do(t, "GET", "/api/v1/me", call{}, credentials{bearer: w.adminBearer})
		var who api.Me
		must(t, json.Unmarshal(me.Body.Bytes(), &who))
		marked := 0
		for _, m := range who.Tenants {
			if slices.Contains(d.Tenants, m.ID) != m.Demo {
				t.Errorf("%s is marked %v", m.Slug, m.Demo)
			}
			if m.Demo {
				marked++
			}
		}
		if marked != 2 {
			t.Errorf("%d customers are marked", marked)
		}
		if res := w.do(t, "POST", "/api/v1/demo", call{}, credentials{bearer: w.adminBearer}); res.Code != http.StatusUnprocessableEntity {
			t.Errorf("a second one: %d %s", res.Code, res.Body)
		}
		if d = w.demoBody(t, "POST", "/api/v1/demo/stop", http.StatusOK); d.Phase != "stopped" {
			t.Errorf("stopped: %s", d.Phase)
		}
		w.demoBody(t, "DELETE", "/api/v1/demo", http.StatusNoContent)
		if d = w.demoBody(t, "GET", "/api/v1/demo", http.StatusOK); d.Phase != "absent" || len(d.Tenants) != 0 {
			t.Errorf("removed: %+v", d)
		}
		for _, slug := range []string{"demo-hospital", "demo-factory"} {
			if res := w.do(t, "GET", "/api/v1/tenants/"+slug, call{}, credentials{bearer: w.adminBearer}); res.Code != http.StatusNotFound {
				t.Errorf("%s is still there: %d", slug, res.Code)
			}
		}
		for _, c := range []customer{w.one, w.two} {
			if res := w.do(t, "GET", "/api/v1/tenants/"+c.slug, call{}, credentials{bearer: w.adminBearer}); res.Code != http.StatusOK {
				t.Errorf("%s went with the demonstration: %d", c.slug, res.Code)
			}
		}
		ctx := tenant.WithScope(t.Context(), tenant.All())
		entries, _, err := w.trail.List(ctx, audit.Query{Tenant: tenant.Provider, Action: "demo", Limit: 20})
		must(t, err)
		var actions []string
		for _, e := range entries {
			actions = append(actions, e.Action)
			if e.Actor == "system" {
				t.Errorf("%s is nobody's", e.Action)
			}
		}
		if want := []string{"demo.removed", "demo.remove", "demo.stop", "demo.start"}; !slices.Equal(actions, want) {
			t.Errorf("on record: %v, want %v", actions, want)
		}
	})
}

func TestSetUpSaysWhatIsLeft(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	read := func() (s api.Setup) {
		res := w.do(t, "GET", "/api/v1/setup", call{}, credentials{bearer: w.adminBearer})
		must(t, json.Unmarshal(res.Body.Bytes(), &s))
		return s
	}
	if s := read(); !s.Done || s.Customers != 2 || s.Sources == 0 || s.FirstPassword || s.Dismissed || s.Demo != "absent" {
		t.Errorf("with two customers: %+v", s)
	}
	ctx := tenant.WithScope(t.Context(), tenant.All())
	for _, c := range []customer{w.one, w.two} {
		must(t, w.tenants.Delete(ctx, c.id))
	}
	if s := read(); s.Done || s.Customers != 0 || s.Sources != 0 {
		t.Errorf("with none: %+v", s)
	}
	w.demoBody(t, "POST", "/api/v1/demo", http.StatusAccepted)
	if s := read(); !s.Done || s.Customers != 0 || s.Demo != "running" {
		t.Errorf("with a demonstration: %+v", s)
	}
	w.demoBody(t, "DELETE", "/api/v1/demo", http.StatusNoContent)
	if s := read(); s.Done {
		t.Errorf("without it: %+v", s)
	}
	if res := w.do(t, "PATCH", "/api/v1/setup", call{body: map[string]any{"dismissed": true}}, credentials{bearer: w.adminBearer}); res.Code != http.StatusOK {
		t.Fatalf("put off: %d %s", res.Code, res.Body)
	}
	if s := read(); !s.Done || !s.Dismissed {
		t.Errorf("put off: %+v", s)
	}
}

func TestTheLoginPageKnowsWhetherTheFirstPasswordStands(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	hint := func() bool {
		res := w.do(t, "GET", "/api/v1/login", call{}, credentials{})
		var h api.LoginHint
		must(t, json.Unmarshal(res.Body.Bytes(), &h))
		return h.FirstPassword
	}
	if hint() {
		t.Error("a password that nobody made up is said to stand")
	}
}
