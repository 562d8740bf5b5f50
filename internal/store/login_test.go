package store_test

import (
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/tenant"
)

func loginsAreNoted(t *testing.T, b bench) {
	ctx := everyone(t)
	now := time.Now().UTC().Truncate(time.Microsecond)
	var ids []tenant.ID
	for _, slug := range []string{"acme", "beta"} {
		id := tenant.NewID()
		if _, err := b.Tenancy().Insert(ctx, tenancy.Tenant{ID: id, Slug: slug, Name: slug, State: tenancy.Active, CreatedAt: now, UpdatedAt: now}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	viewer := identity.CustomerViewer
	for name, of := range map[string]map[tenant.ID]identity.Role{"ann": {ids[0]: viewer}, "bob": {ids[0]: viewer, ids[1]: viewer}, "root": nil} {
		u := identity.User{ID: "id-" + name, Username: name, Name: name, Locale: "en", Tenants: of, CreatedAt: now, UpdatedAt: now}
		if of == nil {
			u.Provider = identity.ProviderAdmin
		}
		if err := b.Identity().InsertUser(ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	at := now.Add(-time.Hour)
	if err := b.Identity().NoteLogin(ctx, "id-ann", at, "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	if err := b.Identity().NoteLogin(ctx, "id-root", now, "::1"); err != nil {
		t.Fatal(err)
	}
	ann, err := b.Identity().UserByName(ctx, "ann")
	if err != nil || !ann.LastLogin.Equal(at) || ann.LastLoginFrom != "192.0.2.7" || ann.Version != 1 || !ann.UpdatedAt.Equal(now) {
		t.Errorf("after her log-in %+v, %v", ann, err)
	}
	all, err := b.Identity().Memberships(ctx)
	if err != nil || len(all) != 2 {
		t.Fatalf("members %+v, %v", all, err)
	}
	if one := all[ids[0]]; one.Users != 2 || !one.LastLogin.Equal(at) {
		t.Errorf("members of one: %+v", one)
	}
	if two := all[ids[1]]; two.Users != 1 || !two.LastLogin.IsZero() {
		t.Errorf("members of two: %+v", two)
	}
}

func engineTells(t *testing.T, b bench) {
	s, err := b.Store.Stats(t.Context())
	if err != nil || s.Version == "" || s.Bytes < 4096 {
		t.Errorf("stats %+v, %v", s, err)
	}
}
