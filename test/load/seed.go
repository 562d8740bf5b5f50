package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
	"github.com/isoc-project/isoc/test/rig"
)

// seedTenants is how many customers the seeded installation has.
const seedTenants = 40

// seed fills the tables of an installation that does not run with customers, their log sources and alerts.
func seed(ctx context.Context, o options) error {
	if o.data == "" && o.dsn == "" {
		return errors.New("-seed-alerts needs -data or -dsn")
	}
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(ctx, store.Options{Dir: o.data, DSN: o.dsn, Logger: quiet})
	if err != nil {
		return err
	}
	start := time.Now()
	s, err := customers(ctx, db, quiet)
	if err == nil {
		s.Assignees, s.Count, s.Days, s.Now = []string{identity.FirstAdmin}, o.seedAlerts, 14, time.Now().UTC()
		err = s.Write(ctx, db)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	fmt.Printf("%d alerts of %d customers in %s\n", o.seedAlerts, seedTenants, time.Since(start).Round(time.Second))
	return nil
}

// customers makes the customers that are not there yet, with three log sources each.
func customers(ctx context.Context, db *store.Store, quiet *slog.Logger) (rig.AlertSeed, error) {
	ctx = tenant.WithScope(ctx, tenant.All())
	trail := audit.NewService(audit.Deps{Repository: db.Audit()})
	tenants := tenancy.NewService(tenancy.Deps{Repository: db.Tenancy(), Transactor: db, Auditor: trail, Directory: tenancy.NewDirectory(db.Tenancy()), Logger: quiet})
	sources := collect.NewService(collect.Deps{Repository: db.Sources(), Catalogue: db.Sources(), Transactor: db, Auditor: trail,
		Registry: collect.NewRegistry(db.Sources(), quiet), Actor: identity.Actor, Logger: quiet})
	out := rig.AlertSeed{Sources: make(map[tenant.ID][]string)}
	for i := range seedTenants {
		t, err := tenants.Create(ctx, tenancy.Draft{Slug: fmt.Sprintf("seed-%02d", i+1), Name: fmt.Sprintf("租户 %02d", i+1)})
		if err != nil {
			return out, fmt.Errorf("a folder can be seeded once: %w", err)
		}
		out.Tenants = append(out.Tenants, t.ID)
		for _, d := range []collect.Draft{{Name: "边界防火墙", Kind: "firewall"}, {Name: "Linux 主机", Kind: "linux"}, {Name: "域控", Kind: "windows"}} {
			src, _, err := sources.Create(ctx, t.ID, d)
			if err != nil {
				return out, err
			}
			out.Sources[t.ID] = append(out.Sources[t.ID], src.ID)
		}
	}
	return out, nil
}
