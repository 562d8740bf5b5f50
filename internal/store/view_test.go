package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/view"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func newViews(b bench) *view.Service {
	return view.NewService(view.Deps{Repository: b.Views(), Door: b.Views(), Auditor: newTrail(b)})
}

func keep(t *testing.T, s *view.Service, ctx context.Context, d view.Draft) view.View {
	t.Helper()
	v, err := s.Create(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func names(t *testing.T, s *view.Service, ctx context.Context) []string {
	t.Helper()
	list, _, err := s.List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	found := make([]string, len(list))
	for i, v := range list {
		found[i] = v.Name
	}
	slices.Sort(found)
	return found
}

func viewsAreKept(t *testing.T, b bench) {
	p, s := newPeople(b), newViews(b)
	ann := as(t, p.create(t, identity.UserDraft{Username: "ann", Provider: identity.ProviderAnalyst}))
	made := keep(t, s, ann, view.Draft{Page: "alerts", Name: "高危未认领", Search: "level=high%2Ccritical&assignee=none"})
	list, defaults, err := s.List(ann)
	if err != nil || len(list) != 1 || len(defaults) != 0 {
		t.Fatalf("%+v, %+v, %v", list, defaults, err)
	}
	if d := cmp.Diff(made, list[0]); d != "" {
		t.Errorf("-made +listed\n%s", d)
	}
	var taken *fault.Taken
	if _, err := s.Create(ann, view.Draft{Page: "alerts", Name: made.Name}); !errors.As(err, &taken) || taken.Field != "name" {
		t.Errorf("name in use: %v", err)
	}
	keep(t, s, ann, view.Draft{Page: "search", Name: made.Name}) // free at another page
	search, name := "level=critical", "严重"
	changed, err := s.Update(ann, made.ID, view.Patch{Name: &name, Search: &search, Version: 1})
	if err != nil || changed.Version != 2 || changed.Name != name || changed.Search != search || changed.UpdatedBy != "ann" {
		t.Fatalf("%+v, %v", changed, err)
	}
	var conflict *fault.Conflict
	if _, err := s.Update(ann, made.ID, view.Patch{Name: &name, Version: 1}); !errors.As(err, &conflict) || conflict.Version != 2 {
		t.Errorf("old version: %v", err)
	}
	if err := b.Views().Update(everyone(t), made); !errors.As(err, &conflict) || conflict.By != "ann" {
		t.Errorf("old version, past the service: %v", err)
	}
	if err := s.Choose(ann, "alerts", made.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Choose(ann, "search", made.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a view of another page is chosen: %v", err)
	}
	if _, defaults, _ := s.List(ann); len(defaults) != 1 || defaults[0].View != made.ID {
		t.Errorf("chosen: %+v", defaults)
	}
	if err := s.Delete(ann, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, defaults, _ := s.List(ann); len(defaults) != 0 {
		t.Errorf("a deleted view is still chosen: %+v", defaults)
	}
	want := []string{"ann/view.create", "ann/view.create", "ann/view.update", "ann/view.default", "ann/view.delete"}
	if d := cmp.Diff(want, trailOf(t, b, tenant.Provider)[1:]); d != "" { // the first is the user's making
		t.Errorf("audit: %s", d)
	}
}

func viewsStayWithTheirSide(t *testing.T, b bench) {
	p, s := newPeople(b), newViews(b)
	acme, beta := newTenant(t, b, "acme"), newTenant(t, b, "beta")
	customer := func(name string, of ...tenant.ID) context.Context {
		tenants := map[tenant.ID]identity.Role{}
		for _, id := range of {
			tenants[id] = identity.CustomerViewer
		}
		return as(t, p.create(t, identity.UserDraft{Username: name, Tenants: tenants}))
	}
	ann := as(t, p.create(t, identity.UserDraft{Username: "ann", Provider: identity.ProviderAdmin}))
	bob := as(t, p.create(t, identity.UserDraft{Username: "bob", Provider: identity.ProviderAnalyst}))
	li, wang, zhao, both := customer("li", acme), customer("wang", acme), customer("zhao", beta), customer("both", acme, beta)

	keep(t, s, ann, view.Draft{Page: "alerts", Name: "ann's own"})
	shared := keep(t, s, ann, view.Draft{Page: "alerts", Name: "of the provider", Shared: true})
	keep(t, s, li, view.Draft{Page: "alerts", Name: "li's own"})
	ofAcme := keep(t, s, li, view.Draft{Page: "alerts", Name: "of acme", Shared: true})
	keep(t, s, both, view.Draft{Page: "alerts", Name: "of beta", Side: beta, Shared: true})
	for who, c := range map[string]struct {
		ctx  context.Context
		want []string
	}{
		"ann": {ann, []string{"ann's own", "of the provider"}}, "bob": {bob, []string{"of the provider"}},
		"li": {li, []string{"li's own", "of acme"}}, "wang": {wang, []string{"of acme"}},
		"zhao": {zhao, []string{"of beta"}}, "both": {both, []string{"of acme", "of beta"}},
	} {
		if d := cmp.Diff(c.want, names(t, s, c.ctx)); d != "" {
			t.Errorf("%s sees: %s", who, d)
		}
	}

	name := "mine now"
	for who, c := range map[string]struct {
		ctx  context.Context
		id   string
		want error
	}{
		"a colleague":               {wang, ofAcme.ID, fault.ErrForbidden},
		"another customer":          {zhao, ofAcme.ID, fault.ErrNotFound},
		"the provider":              {ann, ofAcme.ID, fault.ErrNotFound},
		"a customer":                {li, shared.ID, fault.ErrNotFound},
		"the provider's colleague":  {bob, shared.ID, fault.ErrForbidden},
		"nobody":                    {t.Context(), shared.ID, fault.ErrUnauthenticated},
		"somebody of no such thing": {ann, "01J", fault.ErrNotFound},
	} {
		if _, err := s.Update(c.ctx, c.id, view.Patch{Name: &name, Version: 1}); !errors.Is(err, c.want) {
			t.Errorf("%s updates: %v, want %v", who, err, c.want)
		}
		if err := s.Delete(c.ctx, c.id); !errors.Is(err, c.want) {
			t.Errorf("%s deletes: %v, want %v", who, err, c.want)
		}
	}
	if _, err := s.Create(li, view.Draft{Side: beta, Page: "alerts", Name: "x"}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a view at a side that is not one's own: %v", err)
	}
	if _, err := s.Create(li, view.Draft{Side: tenant.Provider, Page: "alerts", Name: "x"}); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a customer's view at the provider: %v", err)
	}
	if _, err := s.Create(both, view.Draft{Page: "alerts", Name: "x"}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("a view at neither of two sides: %v", err)
	}

	// Past the service, the store refuses the same.
	outsider := tenant.WithScope(t.Context(), tenant.Only(beta))
	if _, err := b.Views().Find(outsider, acme, ofAcme.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("find at another customer: %v", err)
	}
	if _, err := b.Views().Find(outsider, beta, ofAcme.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("find another customer's at one's own: %v", err)
	}
	if _, err := b.Views().For(outsider, tenant.Provider, ""); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a customer lists the provider's: %v", err)
	}

	// Sharing no longer takes it from those who opened the page with it.
	if err := s.Choose(wang, "alerts", ofAcme.ID); err != nil {
		t.Fatal(err)
	}
	private := false
	if _, err := s.Update(li, ofAcme.ID, view.Patch{Shared: &private, Version: 1}); err != nil {
		t.Fatal(err)
	}
	if list, defaults, err := s.List(wang); len(list) != 0 || len(defaults) != 0 || err != nil {
		t.Errorf("wang still has %+v, %+v, %v", list, defaults, err)
	}

	tenants, _ := newTenancy(b)
	if err := tenants.Delete(everyone(t), "acme"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, b, `SELECT COUNT(*) FROM saved_views WHERE tenant_id = '`+acme.String()+`'`); n != 0 {
		t.Errorf("%d views of a deleted customer are left", n)
	}
	if d := cmp.Diff([]string{"of beta"}, names(t, s, zhao)); d != "" {
		t.Errorf("zhao sees: %s", d)
	}
}

func viewsAreBounded(t *testing.T, b bench) {
	p, s := newPeople(b), newViews(b)
	ann := as(t, p.create(t, identity.UserDraft{Username: "ann", Provider: identity.ProviderAnalyst}))
	for i := range 200 {
		keep(t, s, ann, view.Draft{Page: "alerts", Name: fmt.Sprint("view ", i)})
	}
	if _, err := s.Create(ann, view.Draft{Page: "alerts", Name: "one more"}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("201st view: %v", err)
	}
}
