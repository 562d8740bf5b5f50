package api

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Person is somebody who may hold an alert.
type Person struct {
	Username string `json:"username"`
	Name     string `json:"name"`
}

// AlertAssignment gives an alert to somebody.
type AlertAssignment struct {
	Assignee string `json:"assignee" maxLength:"64" doc:"Username; empty releases the alert."`
	Version  int64  `json:"version" minimum:"1" doc:"The version the caller saw."`
}

// AlertBulk changes many alerts: their state, their assignee, or both.
type AlertBulk struct {
	Items    []AlertVersion `json:"items" minItems:"1" maxItems:"500"`
	To       string         `json:"to,omitempty" enum:",new,acknowledged,investigating,closed" doc:"Empty leaves the state."`
	Verdict  string         `json:"verdict,omitempty" enum:",true_positive_impact,true_positive_no_impact,benign_positive,false_positive,duplicate,undetermined" doc:"Demanded for closed."`
	Reason   string         `json:"reason,omitempty" maxLength:"4000" doc:"Demanded for closed."`
	Assignee *string        `json:"assignee,omitempty" maxLength:"64" doc:"Username; empty releases. Absent leaves who has it."`
}

// AlertVersion names an alert as the caller saw it.
type AlertVersion struct {
	ID      string `json:"id" maxLength:"64"`
	Version int64  `json:"version" minimum:"1"`
}

// AlertBulkOutcome tells what became of each alert.
type AlertBulkOutcome struct {
	Changed []AlertChanged `json:"changed" nullable:"false"`
	Failed  []AlertFailed  `json:"failed" nullable:"false" doc:"Alerts that were left as they are."`
}

// AlertChanged is an alert that changed, as it then stands.
type AlertChanged struct {
	ID       string `json:"id"`
	Version  int64  `json:"version"`
	State    string `json:"state"`
	Assignee string `json:"assignee"`
}

// AlertFailed is an alert that did not change, and why.
type AlertFailed struct {
	ID      string `json:"id"`
	Code    string `json:"code" doc:"Code of the problem."`
	Detail  string `json:"detail"`
	By      string `json:"by,omitempty" doc:"On conflict: who made the change that stands now."`
	Version int64  `json:"version,omitempty" doc:"On conflict: the version that stands now."`
}

func (a *API) listAssignees(ctx context.Context, in *struct {
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means everywhere the caller may judge."`
}) (*reply[List[Person]], error) {
	allowed, err := a.tenants(ctx, identity.JudgeAlerts, listOf(in.Tenant))
	if err != nil {
		return nil, err
	}
	users, err := a.judges(ctx, ids(allowed))
	if err != nil {
		return nil, err
	}
	return answer(List[Person]{Items: each(users, func(u identity.User) Person { return Person{u.Username, u.Name} })}), nil
}

func (a *API) assignAlert(ctx context.Context, in *struct {
	AlertPath
	Body AlertAssignment
}) (*reply[Alert], error) {
	of, err := a.alertOwner(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.mayHold(ctx, in.Body.Assignee, of); err != nil {
		return nil, err
	}
	p, _ := identity.From(ctx)
	given, err := a.deps.Alerts.Transition(ctx, in.ID, alert.Move{Assignee: &in.Body.Assignee, Actor: p.Username, Version: in.Body.Version})
	if err != nil {
		return nil, a.withVersion(ctx, in.ID, err)
	}
	body, err := a.alertBody(ctx, given)
	if err != nil {
		return nil, err
	}
	return answer(body), nil
}

func (a *API) changeAlerts(ctx context.Context, in *struct{ Body AlertBulk }) (*reply[AlertBulkOutcome], error) {
	p, _ := identity.From(ctx)
	b := in.Body
	out, err := a.deps.Alerts.Bulk(ctx, alert.Bulk{
		Items: each(b.Items, func(v AlertVersion) alert.Item { return alert.Item(v) }),
		Move:  alert.Move{To: alert.State(b.To), Verdict: alert.Verdict(b.Verdict), Reason: b.Reason, Assignee: b.Assignee, Actor: p.Username},
		May: func(id tenant.ID) error {
			if !p.Can(identity.JudgeAlerts, id) {
				return fault.ErrForbidden
			}
			if b.Assignee == nil {
				return nil
			}
			return a.mayHold(ctx, *b.Assignee, id)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("change alerts: %w", err)
	}
	rt := a.routeOf("changeAlerts")
	return answer(AlertBulkOutcome{
		Changed: each(out.Changed, func(al alert.Alert) AlertChanged {
			return AlertChanged{ID: al.ID, Version: al.Version, State: string(al.State), Assignee: al.Assignee}
		}),
		Failed: each(out.Failed, func(f alert.Failure) AlertFailed {
			problem := a.problem(ctx, rt, f.Err)
			failed := AlertFailed{ID: f.ID, Code: problem.Code, Detail: problem.Detail, By: problem.By, Version: problem.Version}
			if len(problem.Errors) > 0 {
				failed.Detail = problem.Errors[0].Message
			}
			return failed
		}),
	}), nil
}
