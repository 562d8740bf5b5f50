package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Alerts keeps alerts, their evidence and history, and how far each tenant's findings have been applied.
type Alerts struct{ s *Store }

// Alerts returns the shelf of alerts.
func (s *Store) Alerts() Alerts { return Alerts{s} }

var (
	_ alert.Shelf  = Alerts{}
	_ alert.Ledger = Alerts{}
	_ alert.Door   = (*Store)(nil)
)

// Advance implements [alert.Ledger].
func (a Alerts) Advance(ctx context.Context, id tenant.ID, stream alert.Stream, sequence uint64) (bool, error) {
	n, err := a.s.from(ctx).AdvanceAlertProgress(ctx, sqlgen.AdvanceAlertProgressParams{
		TenantID: id.String(), Epoch: int64(stream.Epoch), Shard: int64(stream.Shard), Sequence: int64(sequence)})
	return n == 1, translate(err)
}

// Claim implements [alert.Ledger].
func (a Alerts) Claim(ctx context.Context, id tenant.ID, rule, eventID, run string) (bool, error) {
	n, err := a.s.from(ctx).ClaimBackfillFiring(ctx, sqlgen.ClaimBackfillFiringParams{TenantID: id.String(), RuleID: rule, EventID: eventID, RunID: run})
	return n == 1, translate(err)
}

// Open implements [alert.Shelf].
func (a Alerts) Open(ctx context.Context, id tenant.ID, fingerprint string) (alert.Alert, error) {
	row, err := a.s.from(ctx).OpenAlert(ctx, id.String(), fingerprint)
	if err != nil {
		return alert.Alert{}, translate(err)
	}
	return alertOf(row)
}

// Insert implements [alert.Shelf].
func (a Alerts) Insert(ctx context.Context, al alert.Alert) error {
	q := a.s.from(ctx)
	if err := q.PutAlertRule(ctx, ruleRow(al.Tenant, al.Rule)); err != nil {
		return translate(err)
	}
	return translate(q.InsertAlert(ctx, sqlgen.InsertAlertParams(alertRow(al))))
}

// ruleRow is what lists are filtered by of the rule of an alert.
func ruleRow(id tenant.ID, r alert.Rule) sqlgen.PutAlertRuleParams {
	words := append(alert.Tactics(r.Tags), alert.Techniques(r.Tags)...)
	slices.Sort(words)
	attack := ""
	for _, w := range words {
		if len(attack)+len(w) < maxAbout {
			attack += " " + w
		}
	}
	return sqlgen.PutAlertRuleParams{TenantID: id.String(), RuleID: r.ID, Title: alert.FoldTitle(r.Title), Attack: attack + " "}
}

// Save implements [alert.Shelf].
func (a Alerts) Save(ctx context.Context, al alert.Alert) error {
	r := alertRow(al)
	n, err := a.s.from(ctx).SaveAlert(ctx, sqlgen.SaveAlertParams{
		Models: r.Models, Entities: r.Entities, State: r.State, Verdict: r.Verdict, Reason: r.Reason, Assignee: r.Assignee,
		Count: r.Count, FirstAt: r.FirstAt, LastAt: r.LastAt, UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy,
		Version: r.Version, MovedVersion: r.MovedVersion, Risk: r.Risk, RiskParts: r.RiskParts, Users: r.Users, TenantID: r.TenantID, ID: r.ID,
	})
	if err == nil && n == 0 {
		return fmt.Errorf("save alert %s: %w", al.ID, fault.ErrConflict)
	}
	return translate(err)
}

// AddEvidence implements [alert.Shelf].
func (a Alerts) AddEvidence(ctx context.Context, al alert.Alert, ev []alert.Evidence) error {
	q := a.s.from(ctx)
	if len(ev) > alert.MaxEvidence {
		// Only the first and the latest can stay: spare the others the way in and out.
		ev = append(ev[:1:1], ev[len(ev)-alert.MaxEvidence+1:]...)
	}
	for _, e := range ev {
		matches, err := json.Marshal(e.Matches)
		if err != nil {
			return fmt.Errorf("encode matches: %w", err)
		}
		parts, err := json.Marshal(e.Parts)
		if err != nil {
			return fmt.Errorf("encode parts: %w", err)
		}
		err = q.PutAlertEvidence(ctx, sqlgen.PutAlertEvidenceParams{
			TenantID: al.Tenant.String(), AlertID: al.ID, EventID: e.EventID, At: micros(e.Time), Matches: string(matches), Parts: string(parts)})
		if err != nil {
			return translate(err)
		}
	}
	if al.Count <= alert.MaxEvidence {
		return nil
	}
	return translate(q.TrimAlertEvidence(ctx, sqlgen.TrimAlertEvidenceParams{
		TenantID: al.Tenant.String(), AlertID: al.ID, Keep: alert.MaxEvidence - 1}))
}

// AddTransition implements [alert.Shelf].
func (a Alerts) AddTransition(ctx context.Context, id tenant.ID, alertID string, t alert.Transition) error {
	return translate(a.s.from(ctx).InsertAlertTransition(ctx, sqlgen.InsertAlertTransitionParams{
		TenantID: id.String(), AlertID: alertID, At: micros(t.At), Actor: t.Actor,
		FromState: string(t.From), ToState: string(t.To), Verdict: string(t.Verdict), Reason: t.Reason,
	}))
}

// Hold implements [alert.Shelf].
func (a Alerts) Hold(ctx context.Context, id tenant.ID, alertID string) error {
	n, err := a.s.from(ctx).HoldAlert(ctx, id.String(), alertID)
	if err == nil && n == 0 {
		return fmt.Errorf("hold alert %s: %w", alertID, fault.ErrNotFound)
	}
	return translate(err)
}

// Get implements [alert.Shelf].
func (a Alerts) Get(ctx context.Context, id tenant.ID, alertID string) (alert.Detail, error) {
	q := a.s.from(ctx)
	row, err := q.AlertByID(ctx, id.String(), alertID)
	if err != nil {
		return alert.Detail{}, translate(err)
	}
	d := alert.Detail{}
	if d.Alert, err = alertOf(row); err != nil {
		return alert.Detail{}, err
	}
	evidence, err := q.AlertEvidence(ctx, id.String(), alertID)
	if err != nil {
		return alert.Detail{}, translate(err)
	}
	for _, e := range evidence {
		ev := alert.Evidence{EventID: e.EventID, Time: at(e.At)}
		if err := json.Unmarshal([]byte(e.Matches), &ev.Matches); err != nil {
			return alert.Detail{}, fmt.Errorf("decode matches: %w", err)
		}
		if err := json.Unmarshal([]byte(e.Parts), &ev.Parts); err != nil {
			return alert.Detail{}, fmt.Errorf("decode parts: %w", err)
		}
		d.Evidence = append(d.Evidence, ev)
	}
	moves, err := q.AlertTransitions(ctx, id.String(), alertID)
	if err != nil {
		return alert.Detail{}, translate(err)
	}
	for _, m := range moves {
		d.Transitions = append(d.Transitions, alert.Transition{At: at(m.At), Actor: m.Actor,
			From: alert.State(m.FromState), To: alert.State(m.ToState), Verdict: alert.Verdict(m.Verdict), Reason: m.Reason})
	}
	return d, nil
}

// Locate implements [alert.Shelf].
func (a Alerts) Locate(ctx context.Context, alertID string) (tenant.ID, error) {
	var found string
	err := a.s.inScope(ctx, "find the tenant of an alert", nil, func(ctx context.Context) error {
		t := a.s.from(ctx)
		w := t.rows().and("id = ?", alertID)
		return translate(t.sql.QueryRowContext(ctx, "SELECT tenant_id FROM alerts"+w.String(), w.args...).Scan(&found))
	})
	if err != nil {
		return "", fmt.Errorf("alert %q: %w", alertID, err)
	}
	return tenant.ID(found), nil
}

// entity is how an alert's entity stands in JSON.
type entity struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

func alertRow(a alert.Alert) sqlgen.Alert {
	entities := make([]entity, len(a.Entities))
	for i, e := range a.Entities {
		entities[i] = entity{e.Name, e.Value}
	}
	return sqlgen.Alert{
		TenantID: a.Tenant.String(), ID: a.ID, Fingerprint: a.Fingerprint, RuleID: a.Rule.ID, Title: a.Rule.Title, Level: a.Rule.Level,
		Tags: jsonText(a.Rule.Tags), Models: jsonText(a.Models), Entities: jsonText(entities),
		State: string(a.State), Verdict: string(a.Verdict), Reason: a.Reason, Assignee: a.Assignee, Count: a.Count,
		FirstAt: micros(a.FirstAt), LastAt: micros(a.LastAt), CreatedAt: micros(a.CreatedAt), UpdatedAt: micros(a.UpdatedAt),
		UpdatedBy: a.UpdatedBy, Version: a.Version, MovedVersion: a.MovedVersion,
		Risk: int64(a.Risk), RiskParts: jsonText(a.RiskParts), SourceID: a.Source,
		Host: about(a, event.HostName), Address: about(a, event.SourceIP), Users: about(a, event.UserName), BackfilledBy: a.BackfilledBy, RuleDigest: a.Rule.Digest,
	}
}

// jsonText encodes what cannot fail to encode: slices of strings and of entities.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("store: encode: " + err.Error())
	}
	return string(text)
}

func alertOf(r sqlgen.Alert) (alert.Alert, error) {
	a := alert.Alert{
		ID: r.ID, Tenant: tenant.ID(r.TenantID), Fingerprint: r.Fingerprint,
		Rule:  alert.Rule{ID: r.RuleID, Title: r.Title, Level: r.Level, Digest: r.RuleDigest},
		State: alert.State(r.State), Verdict: alert.Verdict(r.Verdict), Reason: r.Reason, Assignee: r.Assignee, Count: r.Count,
		FirstAt: at(r.FirstAt), LastAt: at(r.LastAt), CreatedAt: at(r.CreatedAt), UpdatedAt: at(r.UpdatedAt),
		UpdatedBy: r.UpdatedBy, Version: r.Version, MovedVersion: r.MovedVersion, Risk: int(r.Risk), Source: r.SourceID, BackfilledBy: r.BackfilledBy,
	}
	var entities []entity
	for _, part := range []struct {
		text string
		into any
	}{{r.Tags, &a.Rule.Tags}, {r.Models, &a.Models}, {r.Entities, &entities}, {r.RiskParts, &a.RiskParts}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return alert.Alert{}, fmt.Errorf("decode alert %s: %w", r.ID, err)
		}
	}
	for _, e := range entities {
		a.Entities = append(a.Entities, event.Field{Name: e.Field, Value: e.Value})
	}
	return a, nil
}
