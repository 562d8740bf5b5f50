package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Demo is the demonstration: two made-up customers whose hosts send a working day with three attacks, within minutes.
type Demo struct {
	Phase     string     `json:"phase" enum:"absent,running,finished,stopped,interrupted,failed,removing" doc:"Interrupted: the process ended while it was sent."`
	From      *time.Time `json:"from,omitempty" doc:"What the first record tells of."`
	StartedAt *time.Time `json:"started_at,omitempty"`
	StartedBy string     `json:"started_by"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Sent      int        `json:"sent" doc:"Records that the listeners took."`
	Total     int        `json:"total" doc:"Records the day has."`
	Tenants   []string   `json:"tenants" nullable:"false" doc:"Ids of the customers."`
	Alerts    int        `json:"alerts" doc:"Alerts of both customers."`
	Now       string     `json:"now" doc:"Code of the latest step of the story; empty before the first."`
	Steps     []DemoStep `json:"steps" nullable:"false" doc:"The story; empty where there is no demonstration."`
}

// DemoStep is one thing an attacker does.
type DemoStep struct {
	Code   string      `json:"code" example:"ssh.login"`
	Attack string      `json:"attack" enum:"ssh,web,windows"`
	Tenant string      `json:"tenant" doc:"Id of the customer."`
	Host   string      `json:"host"`
	At     time.Time   `json:"at" doc:"When it happens, as the records tell."`
	Told   bool        `json:"told" doc:"Its records were sent."`
	Alerts []DemoAlert `json:"alerts" nullable:"false" doc:"What the rules made of it, oldest first."`
}

// DemoAlert is an alert that a step raised.
type DemoAlert struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	Level   string `json:"level"`
}

// Demonstration makes, sends, tells of and removes the one demonstration.
type Demonstration interface {
	DemonstrationKeeper
	// Phase is where it stands, from memory.
	Phase() demo.Phase
	Progress(ctx context.Context) (demo.Progress, error)
}

// DemonstrationKeeper changes it. Start where there is one already is a *fault.Invalid.
type DemonstrationKeeper interface {
	Start(ctx context.Context, language string) error
	Stop(ctx context.Context) error
	Remove(ctx context.Context) error
}

func (a *API) declareDemo() {
	register(a, operation{
		id: "getDemo", method: http.MethodGet, path: "/api/v1/demo", tag: "demo",
		summary: "How far the demonstration is",
	}, provider(identity.ManageDemo), a.getDemo)
	register(a, operation{
		id: "startDemo", method: http.MethodPost, path: "/api/v1/demo", tag: "demo",
		summary: "Begin a demonstration", status: http.StatusAccepted, timeout: time.Minute,
	}, provider(identity.ManageDemo), a.startDemo)
	register(a, operation{
		id: "stopDemo", method: http.MethodPost, path: "/api/v1/demo/stop", tag: "demo",
		summary: "Send no more; what was sent stays",
	}, provider(identity.ManageDemo), a.stopDemo)
	register(a, operation{
		id: "removeDemo", method: http.MethodDelete, path: "/api/v1/demo", tag: "demo",
		summary: "Remove the demonstration's customers with all they have; audit chains stay", timeout: eraseTimeout,
	}, provider(identity.ManageDemo), a.removeDemo)
}

func (a *API) getDemo(ctx context.Context, _ *none) (*reply[Demo], error) {
	p, err := a.deps.Demo.Progress(ctx)
	if err != nil {
		return nil, err
	}
	if len(p.Chapters) > 0 {
		ids := make([]tenant.ID, 0, len(p.Tenants))
		for _, id := range p.Tenants {
			ids = append(ids, id)
		}
		if err := a.auditRead(ctx, ids, "alert.list", "alert"); err != nil {
			return nil, err
		}
	}
	return answer(a.demoBody(p)), nil
}

func (a *API) startDemo(ctx context.Context, _ *none) (*reply[Demo], error) {
	p, _ := identity.From(ctx)
	user, err := a.deps.Accounts.User(ctx, p.UserID)
	if err != nil {
		return nil, fmt.Errorf("load own account: %w", err)
	}
	if err := a.deps.Demo.Start(ctx, user.Locale); err != nil {
		return nil, err
	}
	return a.getDemo(ctx, nil)
}

func (a *API) stopDemo(ctx context.Context, _ *none) (*reply[Demo], error) {
	if err := a.deps.Demo.Stop(ctx); err != nil {
		return nil, err
	}
	return a.getDemo(ctx, nil)
}

func (a *API) removeDemo(ctx context.Context, _ *none) (*empty, error) {
	// A browser that goes away must not leave half a customer behind.
	return &empty{}, a.deps.Demo.Remove(context.WithoutCancel(ctx))
}

func (a *API) demoBody(p demo.Progress) Demo {
	d := Demo{
		Phase: string(p.Phase), StartedBy: p.StartedBy, Sent: p.Sent, Total: p.Total, Alerts: p.Alerts, Now: p.Now,
		From: instant(p.From), StartedAt: instant(p.StartedAt), EndedAt: instant(p.EndedAt), Tenants: []string{}, Steps: []DemoStep{},
	}
	for _, key := range []demo.Key{demo.Hospital, demo.Factory} {
		if id, ok := p.Tenants[key]; ok {
			d.Tenants = append(d.Tenants, id.String())
		}
	}
	for _, c := range p.Chapters {
		d.Steps = append(d.Steps, DemoStep{
			Code: c.Code, Attack: c.Attack, Tenant: p.Tenants[c.Customer].String(), Host: c.Host, At: c.At.UTC(), Told: c.Told,
			Alerts: each(c.Alerts, func(x demo.Alert) DemoAlert {
				return DemoAlert{ID: x.ID, Title: x.Title, TitleZH: a.deps.Titles.TitleZH(x.Rule), Level: x.Level}
			}),
		})
	}
	return d
}

// instant is a time for a body that may lack it.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

var _ Demonstration = (*demo.Service)(nil)
