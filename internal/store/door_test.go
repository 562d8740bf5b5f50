package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func nothing(context.Context) error { return nil }

func settingsAreKept(t *testing.T, b bench) {
	ctx := t.Context()
	if _, err := b.Setting(ctx, "epoch"); !errors.Is(err, fault.ErrNotFound) {
		t.Fatalf("unset setting: %v", err)
	}
	for _, want := range []string{"1", "2"} {
		if err := b.PutSetting(ctx, "epoch", want); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Setting(ctx, "epoch"); err != nil || got != want {
			t.Fatalf("setting = %q, %v; want %q", got, err, want)
		}
	}
}

func doorRefusesOutsiders(t *testing.T, b bench) {
	mine, other := tenant.NewID(), tenant.NewID()
	scoped := tenant.WithScope(t.Context(), tenant.Only(mine))
	for _, c := range []struct {
		name string
		open func() error
		ok   bool
	}{
		{"own tenant", func() error { return b.InTenant(scoped, mine, nothing) }, true},
		{"own tenant, reading", func() error { return b.ReadTenant(scoped, mine, nothing) }, true},
		{"own tenants", func() error { return b.AmongTenants(scoped, []tenant.ID{mine}, nothing) }, true},
		{"provider", func() error { return b.InTenant(everyone(t), other, nothing) }, true},
		{"all as provider", func() error { return b.AllTenants(everyone(t), "test", nothing) }, true},
		{"another's tenant", func() error { return b.InTenant(scoped, other, nothing) }, false},
		{"another's tenant, reading", func() error { return b.ReadTenant(scoped, other, nothing) }, false},
		{"another's among own", func() error { return b.AmongTenants(scoped, []tenant.ID{mine, other}, nothing) }, false},
		{"all as customer", func() error { return b.AllTenants(scoped, "test", nothing) }, false},
		{"no scope", func() error { return b.InTenant(t.Context(), mine, nothing) }, false},
		{"empty id", func() error { return b.InTenant(everyone(t), "", nothing) }, false},
		{"the platform as a tenant", func() error { return b.InTenant(everyone(t), tenant.Provider, nothing) }, false},
		{"forged list", func() error { return b.InTenant(everyone(t), mine+","+other, nothing) }, false},
	} {
		err := c.open()
		if c.ok && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.ok && !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s: error = %v, want not found", c.name, err)
		}
	}
}

func doorsJoin(t *testing.T, b bench) {
	ctx := everyone(t)
	one, two := tenant.NewID(), tenant.NewID()
	in := func(id tenant.ID) func(context.Context) error {
		return func(ctx context.Context) error { return b.InTenant(ctx, id, nothing) }
	}
	all := func(ctx context.Context) error { return b.AllTenants(ctx, "test", nothing) }
	for _, c := range []struct {
		name string
		open func() error
		ok   bool
	}{
		{"same tenant", func() error { return b.InTenant(ctx, one, in(one)) }, true},
		{"tenant inside platform", func() error { return b.Platform(ctx, in(one)) }, true},
		{"all inside platform", func() error { return b.Platform(ctx, all) }, true},
		{"platform inside tenant", func() error {
			return b.InTenant(ctx, one, func(ctx context.Context) error { return b.Platform(ctx, in(one)) })
		}, true},
		{"another tenant inside tenant", func() error { return b.InTenant(ctx, one, in(two)) }, false},
		{"another tenant inside platform inside tenant", func() error {
			return b.InTenant(ctx, one, func(ctx context.Context) error { return b.Platform(ctx, in(two)) })
		}, false},
		{"all inside tenant", func() error { return b.InTenant(ctx, one, all) }, false},
		{"writing inside reading", func() error { return b.ReadTenant(ctx, one, in(one)) }, false},
		{"two tenants in turn inside platform", func() error {
			return b.Platform(ctx, func(ctx context.Context) error { return errors.Join(in(one)(ctx), in(two)(ctx)) })
		}, true},
	} {
		if err := c.open(); (err == nil) != c.ok {
			t.Errorf("%s: error = %v, want success %v", c.name, err, c.ok)
		}
	}
}

func failureRollsBack(t *testing.T, b bench) {
	ctx := t.Context()
	broken := errors.New("broken")
	err := b.Platform(ctx, func(ctx context.Context) error {
		if err := b.PutSetting(ctx, "half", "done"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatalf("error = %v, want the callback's", err)
	}
	if _, err := b.Setting(ctx, "half"); !errors.Is(err, fault.ErrNotFound) {
		t.Fatalf("after roll-back: %v, want not found", err)
	}
}
