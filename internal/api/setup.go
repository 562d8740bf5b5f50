package api

import (
	"context"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/setup"
	"github.com/isoc-project/isoc/internal/demo"
)

// Setup says what is left of the first run.
type Setup struct {
	FirstPassword bool   `json:"first_password" doc:"The password that the first start made up still stands: change it."`
	Customers     int    `json:"customers" doc:"Customers, without those of a demonstration."`
	Sources       int    `json:"sources" doc:"Sources of the first of these customers that has any."`
	Demo          string `json:"demo" doc:"Phase of the demonstration."`
	Dismissed     bool   `json:"dismissed" doc:"Somebody chose to do the rest later."`
	Done          bool   `json:"done" doc:"Nothing is left that the first-run page should come up for by itself."`
}

// SetupPatch changes what the first-run page remembers.
type SetupPatch struct {
	Dismissed bool `json:"dismissed" doc:"Do the rest later."`
}

// LoginHint is what somebody who is about to log in may know.
type LoginHint struct {
	FirstPassword bool `json:"first_password" doc:"The first password was never changed: it stands in the terminal that the first start ran in."`
}

// SetupKeeper tells of the first run and remembers that it was put off.
type SetupKeeper interface {
	FirstPassword(ctx context.Context) (bool, error)
	Dismissed(ctx context.Context) (bool, error)
	Dismiss(ctx context.Context) error
}

func (a *API) declareSetup() {
	register(a, operation{
		id: "getLoginHint", method: http.MethodGet, path: "/api/v1/login", tag: "session",
		summary: "Where the first password is found",
	}, public(), a.getLoginHint)
	register(a, operation{
		id: "getSetup", method: http.MethodGet, path: "/api/v1/setup", tag: "setup",
		summary: "What is left of the first run",
	}, provider(identity.ManageTenants), a.getSetup)
	register(a, operation{
		id: "updateSetup", method: http.MethodPatch, path: "/api/v1/setup", tag: "setup",
		summary: "Put the rest of the set-up off",
	}, provider(identity.ManageTenants), a.updateSetup)
}

func (a *API) getLoginHint(ctx context.Context, _ *none) (*reply[LoginHint], error) {
	first, err := a.deps.Setup.FirstPassword(ctx)
	if err != nil {
		return nil, err
	}
	return answer(LoginHint{FirstPassword: first}), nil
}

func (a *API) getSetup(ctx context.Context, _ *none) (*reply[Setup], error) {
	var s Setup
	var err error
	if s.FirstPassword, err = a.deps.Setup.FirstPassword(ctx); err != nil {
		return nil, err
	}
	if s.Dismissed, err = a.deps.Setup.Dismissed(ctx); err != nil {
		return nil, err
	}
	all, err := a.deps.Tenants.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.Demo {
			continue
		}
		s.Customers++
		if s.Sources > 0 {
			continue // one is enough to know that there is something to see
		}
		sources, err := a.deps.Sources.List(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		s.Sources += len(sources)
	}
	s.Demo = string(a.deps.Demo.Phase())
	s.Done = !s.FirstPassword && (s.Dismissed || s.Sources > 0 || s.Demo != string(demo.Absent))
	return answer(s), nil
}

func (a *API) updateSetup(ctx context.Context, in *struct{ Body SetupPatch }) (*reply[Setup], error) {
	if in.Body.Dismissed {
		if err := a.deps.Setup.Dismiss(ctx); err != nil {
			return nil, err
		}
	}
	return a.getSetup(ctx, nil)
}

var _ SetupKeeper = (*setup.Service)(nil)
