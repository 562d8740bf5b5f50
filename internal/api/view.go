package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/view"
	"github.com/isoc-project/isoc/internal/tenant"
)

// View is filters of a page under a name: the caller's own, or one that somebody of the caller's side shares.
type View struct {
	ID        string    `json:"id"`
	Tenant    string    `json:"tenant" doc:"Id of the customer whose people a shared view is for; empty for the provider's staff."`
	Page      string    `json:"page"`
	Name      string    `json:"name"`
	Search    string    `json:"search" doc:"Query of the page's address, without the question mark."`
	Shared    bool      `json:"shared" doc:"Everybody of the side sees it; only the owner changes it."`
	Owner     string    `json:"owner"`
	Own       bool      `json:"own" doc:"The caller is the owner."`
	Default   bool      `json:"default" doc:"The caller opens the page with it."`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int64     `json:"version" doc:"Send it back with a change; an old one is refused with 409."`
}

// ViewDraft is a view to be kept.
type ViewDraft struct {
	Tenant string `json:"tenant,omitempty" maxLength:"64" doc:"Slug or id; only for users of several customers."`
	Page   string `json:"page" minLength:"1" maxLength:"32" pattern:"^[a-z][a-z0-9-]*$"`
	Name   string `json:"name" minLength:"1" maxLength:"80"`
	Search string `json:"search" maxLength:"8192"`
	Shared bool   `json:"shared,omitempty"`
}

// ViewPatch changes a view. Absent fields stay.
type ViewPatch struct {
	Name    *string `json:"name,omitempty" minLength:"1" maxLength:"80"`
	Search  *string `json:"search,omitempty" maxLength:"8192"`
	Shared  *bool   `json:"shared,omitempty"`
	Version int64   `json:"version" minimum:"1" doc:"The version the change was made on."`
}

// ViewChoice is what a page is opened with.
type ViewChoice struct {
	View string `json:"view" maxLength:"64" doc:"Id of a view of the page; empty for none."`
}

// Views keeps the saved views of the context's caller.
type Views interface {
	ViewReader
	ViewKeeper
	ViewChooser
}

// ViewReader lists what the caller sees.
type ViewReader interface {
	List(ctx context.Context) ([]view.View, []view.Default, error)
}

// ViewKeeper changes the caller's own views; a colleague's shared one is fault.ErrForbidden, any other fault.ErrNotFound.
type ViewKeeper interface {
	Create(ctx context.Context, d view.Draft) (view.View, error)
	Update(ctx context.Context, id string, p view.Patch) (view.View, error)
	Delete(ctx context.Context, id string) error
}

// ViewChooser keeps what the caller opens a page with.
type ViewChooser interface {
	Choose(ctx context.Context, page, id string) error
	Unchoose(ctx context.Context, page string) error
}

func (a *API) declareViews() {
	register(a, operation{
		id: "listViews", method: http.MethodGet, path: "/api/v1/views", tag: "view",
		summary: "Saved views of the caller, and those shared with the caller",
	}, self(), a.listViews)
	register(a, operation{
		id: "createView", method: http.MethodPost, path: "/api/v1/views", tag: "view",
		summary: "Save a view", status: http.StatusCreated,
	}, self(), a.createView)
	register(a, operation{
		id: "updateView", method: http.MethodPatch, path: "/api/v1/views/{view}", tag: "view",
		summary: "Change one of the caller's own views",
	}, self(), a.updateView)
	register(a, operation{
		id: "deleteView", method: http.MethodDelete, path: "/api/v1/views/{view}", tag: "view",
		summary: "Delete one of the caller's own views",
	}, self(), a.deleteView)
	register(a, operation{
		id: "chooseView", method: http.MethodPut, path: "/api/v1/views/defaults/{page}", tag: "view",
		summary: "Set the view that the caller opens a page with",
	}, self(), a.chooseView)
}

func (a *API) listViews(ctx context.Context, _ *none) (*reply[List[View]], error) {
	views, defaults, err := a.deps.Views.List(ctx)
	if err != nil {
		return nil, err
	}
	chosen := make(map[string]bool, len(defaults))
	for _, d := range defaults {
		chosen[d.View] = true
	}
	return answer(List[View]{Items: each(views, func(v view.View) View {
		body := viewBody(ctx, v)
		body.Default = chosen[v.ID]
		return body
	})}), nil
}

func (a *API) createView(ctx context.Context, in *struct{ Body ViewDraft }) (*reply[View], error) {
	b := in.Body
	d := view.Draft{Page: b.Page, Name: b.Name, Search: b.Search, Shared: b.Shared}
	if b.Tenant != "" {
		t, err := a.tenant(ctx, b.Tenant)
		if err != nil {
			return nil, err
		}
		d.Side = t.ID
	}
	v, err := a.deps.Views.Create(ctx, d)
	if err != nil {
		return nil, err
	}
	return answer(viewBody(ctx, v)), nil
}

func (a *API) updateView(ctx context.Context, in *struct {
	View string `path:"view" maxLength:"64"`
	Body ViewPatch
}) (*reply[View], error) {
	b := in.Body
	v, err := a.deps.Views.Update(ctx, in.View, view.Patch{Name: b.Name, Search: b.Search, Shared: b.Shared, Version: b.Version})
	if err != nil {
		return nil, err
	}
	return answer(viewBody(ctx, v)), nil
}

func (a *API) deleteView(ctx context.Context, in *struct {
	View string `path:"view" maxLength:"64"`
}) (*empty, error) {
	return &empty{}, a.deps.Views.Delete(ctx, in.View)
}

func (a *API) chooseView(ctx context.Context, in *struct {
	Page string `path:"page" maxLength:"32"`
	Body ViewChoice
}) (*empty, error) {
	if in.Body.View == "" {
		return &empty{}, a.deps.Views.Unchoose(ctx, in.Page)
	}
	return &empty{}, a.deps.Views.Choose(ctx, in.Page, in.Body.View)
}

func viewBody(ctx context.Context, v view.View) View {
	p, _ := identity.From(ctx)
	body := View{
		ID: v.ID, Page: v.Page, Name: v.Name, Search: v.Search, Shared: v.Shared, Owner: v.Owner, Own: v.UserID == p.UserID,
		CreatedAt: v.CreatedAt.UTC(), UpdatedAt: v.UpdatedAt.UTC(), Version: v.Version,
	}
	if v.Side != tenant.Provider {
		body.Tenant = v.Side.String()
	}
	return body
}

var _ Views = (*view.Service)(nil)
