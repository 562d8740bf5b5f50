package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

const password = "correct horse battery"

// people is the identity service over a real store, with a clock that stands until it is moved.
type people struct {
	*identity.Service
	now time.Time
}

func newPeople(b bench) *people {
	p := &people{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	p.Service = identity.NewService(identity.Deps{
		Repository: b.Identity(), Transactor: b.Store, Auditor: newTrail(b), Settings: b.Store, Now: func() time.Time { return p.now },
	})
	return p
}

func (p *people) create(t *testing.T, d identity.UserDraft) identity.User {
	t.Helper()
	if d.Password == "" {
		d.Password = password
	}
	u, err := p.CreateUser(everyone(t), d)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func as(t *testing.T, u identity.User) context.Context {
	t.Helper()
	return identity.WithPrincipal(t.Context(), u.Principal())
}

// trailOf returns the actions of a chain, oldest first, with the actor before a slash.
func trailOf(t *testing.T, b bench, id tenant.ID) (list []string) {
	t.Helper()
	entries, err := b.Audit().After(everyone(t), id, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Actor+"/"+e.Action)
	}
	return list
}

func firstAdminIsMadeOnce(t *testing.T, b bench) {
	p := newPeople(b)
	var made atomic.Int32
	var secret atomic.Value
	var wg sync.WaitGroup
	for range 4 { // as processes that start at once
		wg.Go(func() {
			generated, ok, err := p.Bootstrap(t.Context(), "")
			if err != nil {
				t.Errorf("bootstrap: %v", err)
			}
			if ok {
				made.Add(1)
				secret.Store(generated)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Fatalf("%d admins were made", made.Load())
	}
	u, err := p.Authenticate(t.Context(), "admin", secret.Load().(string))
	if err != nil || u.Provider != identity.ProviderAdmin {
		t.Errorf("log in with the generated password: %+v, %v", u, err)
	}
	if _, ok, err := p.Bootstrap(t.Context(), "another password"); ok || err != nil {
		t.Errorf("bootstrap again: %v, %v", ok, err)
	}
}

func firstPasswordIsKnownUntilReplaced(t *testing.T, b bench) {
	p := newPeople(b)
	stands := func(when string, want bool) {
		if first, err := p.FirstPassword(everyone(t)); first != want || err != nil {
			t.Errorf("%s: %v, %v", when, first, err)
		}
	}
	stands("before anybody", false)
	secret, _, err := p.Bootstrap(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	stands("made up", true)
	u, err := p.Authenticate(t.Context(), "admin", secret)
	if err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(time.Minute)
	own, name := password, "Me"
	if _, err := p.UpdateSelf(as(t, u), identity.SelfPatch{Name: &name}); err != nil {
		t.Fatal(err)
	}
	stands("after another change", true)
	if _, err := p.UpdateSelf(as(t, u), identity.SelfPatch{Password: &own, CurrentPassword: secret}); err != nil {
		t.Fatal(err)
	}
	stands("replaced", false)
}

func givenFirstPasswordIsUsed(t *testing.T, b bench) {
	p := newPeople(b)
	if _, _, err := p.Bootstrap(t.Context(), "short"); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("short password: %v", err)
	}
	if generated, made, err := p.Bootstrap(t.Context(), password); err != nil || !made || generated != "" {
		t.Fatalf("bootstrap: %q, %v, %v", generated, made, err)
	}
	if _, err := p.Authenticate(t.Context(), "admin", password); err != nil {
		t.Error(err)
	}
}

func logInsAreProvenAndAudited(t *testing.T, b bench) {
	p := newPeople(b)
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	p.create(t, identity.UserDraft{Username: "Admin", Provider: identity.ProviderAdmin})
	p.create(t, identity.UserDraft{Username: "kim", Tenants: map[tenant.ID]identity.Role{one: identity.CustomerViewer, two: identity.CustomerViewer}})
	off := p.create(t, identity.UserDraft{Username: "off", Provider: identity.ProviderAnalyst})
	yes := true
	if _, err := p.UpdateUser(everyone(t), off.ID, identity.UserPatch{Disabled: &yes, Version: off.Version}); err != nil {
		t.Fatal(err)
	}
	base := len(trailOf(t, b, tenant.Provider))
	from := identity.WithPrincipal(t.Context(), identity.Principal{Remote: "192.0.2.1"})
	for _, c := range []struct {
		name, username, password string
		ok                       bool
	}{
		{"right", "admin", password, true},
		{"right, case and blanks folded", " ADMIN ", password, true},
		{"wrong password", "admin", password + "x", false},
		{"no password", "admin", "", false},
		{"unknown user", "nobody", password, false},
		{"disabled user", "off", password, false},
		{"no user", "", "", false},
	} {
		if _, err := p.Authenticate(from, c.username, c.password); c.ok != (err == nil) || !c.ok && !errors.Is(err, fault.ErrUnauthenticated) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	want := []string{"admin/user.login", "admin/user.login", "admin/user.login_failed", "admin/user.login_failed", "unknown/user.login_failed", "off/user.login_failed", "unknown/user.login_failed"}
	if d := cmp.Diff(want, trailOf(t, b, tenant.Provider)[base:]); d != "" {
		t.Errorf("the platform's chain: -want +got\n%s", d)
	}
	if _, err := p.Authenticate(from, "kim", password); err != nil {
		t.Fatal(err)
	}
	for _, id := range []tenant.ID{one, two} {
		if d := cmp.Diff([]string{"system/tenant.create", "system/user.create", "kim/user.login"}, trailOf(t, b, id)); d != "" {
			t.Errorf("the customer's chain: -want +got\n%s", d)
		}
	}
	list, _, err := newTrail(b).List(everyone(t), audit.Query{Tenant: one, Action: "user.login"})
	if err != nil || len(list) != 1 || list[0].Remote != "192.0.2.1" || list[0].Provider {
		t.Errorf("the log-in: %+v, %v", list, err)
	}
}

func repeatedFailuresHaveToWait(t *testing.T, b bench) {
	p := newPeople(b)
	p.create(t, identity.UserDraft{Username: "admin", Provider: identity.ProviderAdmin})
	from := func(addr string) context.Context {
		return identity.WithPrincipal(t.Context(), identity.Principal{Remote: addr})
	}
	for range 5 {
		if _, err := p.Authenticate(from("192.0.2.1"), "admin", "wrong"); !errors.Is(err, fault.ErrUnauthenticated) {
			t.Fatal(err)
		}
	}
	var quota *fault.Quota
	if _, err := p.Authenticate(from("192.0.2.1"), "admin", password); !errors.As(err, &quota) || quota.RetryAfter != time.Second {
		t.Fatalf("after five failures: %v", err)
	}
	if _, err := p.Authenticate(from("192.0.2.2"), "admin", password); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	p.now = p.now.Add(quota.RetryAfter)
	if _, err := p.Authenticate(from("192.0.2.1"), "admin", password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func usersAreKeptAndChanged(t *testing.T, b bench) {
	p := newPeople(b)
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	admin := p.create(t, identity.UserDraft{Username: "admin", Provider: identity.ProviderAdmin})
	kim := p.create(t, identity.UserDraft{Username: "kim", Name: "金", Locale: "en", Tenants: map[tenant.ID]identity.Role{one: identity.CustomerViewer}})
	got, err := p.User(t.Context(), kim.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(kim, got); d != "" {
		t.Errorf("-made +got\n%s", d)
	}
	list, err := p.Users(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]identity.User{admin, kim}, list); d != "" {
		t.Errorf("-made +listed\n%s", d)
	}
	var taken *fault.Taken
	if _, err := p.CreateUser(everyone(t), identity.UserDraft{Username: "KIM", Password: password, Provider: identity.ProviderAnalyst}); !errors.As(err, &taken) || taken.Field != "username" {
		t.Errorf("username in use: %v", err)
	}
	members := map[tenant.ID]identity.Role{two: identity.CustomerViewer}
	moved, err := p.UpdateUser(as(t, admin), kim.ID, identity.UserPatch{Tenants: &members, Version: 1})
	if err != nil || moved.Version != 2 || moved.UpdatedBy != "admin" {
		t.Fatalf("moved %+v, %v", moved, err)
	}
	who, err := p.Principal(t.Context(), kim.ID)
	if err != nil || who.Scope().Allows(one) || !who.Scope().Allows(two) {
		t.Errorf("principal %+v, %v", who, err)
	}
	for _, id := range []tenant.ID{one, two} { // the one left and the one joined both know
		if log := trailOf(t, b, id); log[len(log)-1] != "admin/user.update" {
			t.Errorf("chain %v", log)
		}
	}
	var conflict *fault.Conflict
	if _, err := p.UpdateUser(everyone(t), kim.ID, identity.UserPatch{Version: 1}); !errors.As(err, &conflict) || conflict.By != "admin" || conflict.Version != 2 {
		t.Errorf("update on an old version: %v", err)
	}
	if err := b.Identity().UpdateUser(everyone(t), kim); !errors.As(err, &conflict) {
		t.Errorf("write on an old version: %v", err)
	}
	strange := map[tenant.ID]identity.Role{tenant.NewID(): identity.CustomerViewer}
	if _, err := p.UpdateUser(everyone(t), kim.ID, identity.UserPatch{Tenants: &strange, Version: 2}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("membership of no tenant: %v", err)
	}
	if _, err := p.UpdateUser(everyone(t), "nobody", identity.UserPatch{Version: 1}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("update of nobody: %v", err)
	}
}

func lastAdminStays(t *testing.T, b bench) {
	p := newPeople(b)
	first := p.create(t, identity.UserDraft{Username: "first", Provider: identity.ProviderAdmin})
	yes, analyst := true, identity.ProviderAnalyst
	for name, patch := range map[string]identity.UserPatch{"disabled": {Disabled: &yes, Version: 1}, "demoted": {Provider: &analyst, Version: 1}} {
		if _, err := p.UpdateUser(everyone(t), first.ID, patch); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("the last admin %s: %v", name, err)
		}
	}
	p.create(t, identity.UserDraft{Username: "second", Provider: identity.ProviderAdmin})
	if _, err := p.UpdateUser(everyone(t), first.ID, identity.UserPatch{Disabled: &yes, Version: 1}); err != nil {
		t.Errorf("one of two admins: %v", err)
	}
}

func adminsWhoDemoteEachOtherLeaveOne(t *testing.T, b bench) {
	p := newPeople(b)
	last := p.create(t, identity.UserDraft{Username: "first", Provider: identity.ProviderAdmin})
	analyst := identity.ProviderAnalyst
	for round := range 5 {
		admins := []identity.User{last, p.create(t, identity.UserDraft{Username: fmt.Sprintf("admin%d", round), Provider: identity.ProviderAdmin})}
		var demoted [2]error
		var both sync.WaitGroup
		for i, u := range admins {
			both.Go(func() {
				_, demoted[i] = p.UpdateUser(everyone(t), u.ID, identity.UserPatch{Provider: &analyst, Version: u.Version})
			})
		}
		both.Wait()
		if (demoted[0] == nil) == (demoted[1] == nil) {
			t.Fatalf("round %d: %v and %v; want one refused", round, demoted[0], demoted[1])
		}
		if last = admins[0]; demoted[0] == nil {
			last = admins[1]
		}
	}
}

func tokensStandForTheirUser(t *testing.T, b bench) {
	p := newPeople(b)
	one := newTenant(t, b, "one")
	kim := p.create(t, identity.UserDraft{Username: "kim", Tenants: map[tenant.ID]identity.Role{one: identity.CustomerViewer}})
	eve := p.create(t, identity.UserDraft{Username: "eve", Provider: identity.ProviderAnalyst})
	token, secret, err := p.IssueToken(as(t, kim), "script", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(secret, "isoc_") || !strings.HasPrefix(secret, token.Hint) || len(secret) < 45 {
		t.Errorf("secret %q, hint %q", secret, token.Hint)
	}
	who, err := p.ResolveToken(t.Context(), secret)
	if err != nil || who.Username != "kim" || who.Session != token.ID || !who.Scope().Allows(one) {
		t.Errorf("caller %+v, %v", who, err)
	}
	if list, err := p.Tokens(as(t, kim)); err != nil || len(list) != 1 || !list[0].LastUsed.Equal(p.now) {
		t.Errorf("tokens %+v, %v", list, err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM tokens WHERE hash LIKE '%isoc%' OR hint = '`+secret+`'`); n != 0 {
		t.Error("the secret is kept")
	}
	for _, bad := range []string{"", "isoc_", secret + "x", secret[:len(secret)-1], token.Hash, token.ID} {
		if _, err := p.ResolveToken(t.Context(), bad); !errors.Is(err, fault.ErrUnauthenticated) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := p.RevokeToken(as(t, eve), token.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("revoked by another: %v", err)
	}
	if err := p.RevokeToken(as(t, kim), token.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ResolveToken(t.Context(), secret); !errors.Is(err, fault.ErrUnauthenticated) {
		t.Errorf("after revocation: %v", err)
	}
	want := []string{"system/tenant.create", "system/user.create", "kim/token.issue", "kim/token.revoke"}
	if d := cmp.Diff(want, trailOf(t, b, one)); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

func tokensEnd(t *testing.T, b bench) {
	p := newPeople(b)
	p.create(t, identity.UserDraft{Username: "admin", Provider: identity.ProviderAdmin})
	kim := p.create(t, identity.UserDraft{Username: "kim", Provider: identity.ProviderAnalyst})
	ends := func(name string, end func()) {
		t.Helper()
		_, secret, err := p.IssueToken(as(t, kim), name, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		begun := p.now
		p.now = p.now.Add(time.Second)
		if _, err := p.ResolveToken(t.Context(), secret); err != nil {
			t.Fatalf("%s: before: %v", name, err)
		}
		end()
		if _, err := p.ResolveToken(t.Context(), secret); !errors.Is(err, fault.ErrUnauthenticated) {
			t.Errorf("%s: the token still works: %v", name, err)
		}
		if name == "expiry" {
			return
		}
		if _, err := p.SessionPrincipal(t.Context(), kim.ID, begun); !errors.Is(err, fault.ErrUnauthenticated) {
			t.Errorf("%s: the session goes on: %v", name, err)
		}
	}
	ends("expiry", func() { p.now = p.now.Add(time.Hour) })
	ends("password set by an admin", func() {
		stands, err := p.User(everyone(t), kim.ID)
		if err != nil {
			t.Fatal(err)
		}
		next := "another long password"
		if _, err := p.UpdateUser(everyone(t), kim.ID, identity.UserPatch{Password: &next, Version: stands.Version}); err != nil {
			t.Fatal(err)
		}
	})
	ends("own password changed", func() {
		next := password
		if _, err := p.UpdateSelf(as(t, kim), identity.SelfPatch{Password: &next, CurrentPassword: "wrong"}); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("wrong current password: %v", err)
		}
		if _, err := p.UpdateSelf(as(t, kim), identity.SelfPatch{Password: &next, CurrentPassword: "another long password"}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.SessionPrincipal(t.Context(), kim.ID, p.now); err != nil {
			t.Errorf("a session begun after: %v", err)
		}
	})
	ends("disabled", func() {
		u, err := p.User(t.Context(), kim.ID)
		if err != nil {
			t.Fatal(err)
		}
		yes := true
		if _, err := p.UpdateUser(everyone(t), kim.ID, identity.UserPatch{Disabled: &yes, Version: u.Version}); err != nil {
			t.Fatal(err)
		}
	})
}

func customerChangesOwnAccount(t *testing.T, b bench) {
	p := newPeople(b)
	one := newTenant(t, b, "one")
	kim := p.create(t, identity.UserDraft{Username: "kim", Tenants: map[tenant.ID]identity.Role{one: identity.CustomerViewer}})
	name, locale := "Kim", "en"
	u, err := p.UpdateSelf(as(t, kim), identity.SelfPatch{Name: &name, Locale: &locale})
	if err != nil || u.Name != "Kim" || u.Locale != "en" || u.UpdatedBy != "kim" {
		t.Fatalf("%+v, %v", u, err)
	}
	if log := trailOf(t, b, one); log[len(log)-1] != "kim/user.update_self" {
		t.Errorf("chain %v", log)
	}
	if _, err := p.UpdateSelf(t.Context(), identity.SelfPatch{Name: &name}); !errors.Is(err, fault.ErrUnauthenticated) {
		t.Errorf("without a caller: %v", err)
	}
}

func sessionsAreKeptUntilTheyExpire(t *testing.T, b bench) {
	s, ctx := b.Sessions(), t.Context()
	data := []byte{0, 1, 0xff, 'x'}
	for _, put := range [][]byte{{1}, data} {
		if err := s.CommitCtx(ctx, "a", put, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok, err := s.FindCtx(ctx, "a"); err != nil || !ok || !cmp.Equal(got, data) {
		t.Errorf("found %v, %v, %v", got, ok, err)
	}
	if err := s.CommitCtx(ctx, "late", data, time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{"late", "never"} {
		if _, ok, err := s.FindCtx(ctx, token); ok || err != nil {
			t.Errorf("%s: found %v, %v", token, ok, err)
		}
	}
	if err := s.Commit("b", data, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM sessions`); n != 2 {
		t.Errorf("%d sessions are kept, want the expired one forgotten", n)
	}
	if err := s.Delete("a"); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := s.Find("a"); ok || err != nil {
		t.Errorf("after delete: found %v, %v", ok, err)
	}
}
