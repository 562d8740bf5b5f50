package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// maxAbout bounds in bytes what a column that alerts are grouped by holds: it stands in indexes, and PostgreSQL takes no entry beyond
// 2,700 bytes. Users that do not fit are left out of the groups, not of the alert.
const maxAbout = 1200

// about lists the folded values that the alert has under a field, one a line.
func about(a alert.Alert, field string) string {
	var values []string
	size := 0
	for _, e := range a.Entities {
		v := alert.Fold(e.Value)
		if e.Name != field || v == "" || slices.Contains(values, v) || size+len(v)+1 > maxAbout {
			continue
		}
		values = append(values, v)
		size += len(v) + 1
	}
	slices.Sort(values)
	return strings.Join(values, "\n")
}

// AddEntities implements [alert.Shelf].
func (a Alerts) AddEntities(ctx context.Context, id tenant.ID, alertID string, entities []event.Field) error {
	q := a.s.from(ctx)
	for _, e := range entities {
		p := sqlgen.PutAlertEntityParams{TenantID: id.String(), Field: alert.Fold(e.Name), Value: alert.Fold(e.Value), AlertID: alertID}
		if p.Value == "" {
			continue
		}
		if err := q.PutAlertEntity(ctx, p); err != nil {
			return translate(err)
		}
	}
	return nil
}

// Neighbours implements [alert.Shelf].
func (a Alerts) Neighbours(ctx context.Context, id tenant.ID, e event.Field) ([]alert.Alert, error) {
	rows, err := a.s.from(ctx).AlertNeighbours(ctx, sqlgen.AlertNeighboursParams{
		TenantID: id.String(), Field: e.Name, Value: e.Value, Latest: alert.MaxNeighbours})
	if err != nil {
		return nil, translate(err)
	}
	found := make([]alert.Alert, len(rows))
	for i, r := range rows {
		found[i] = alert.Alert{ID: r.ID, Tenant: id, Rule: alert.Rule{ID: r.RuleID, Level: r.Level}, State: alert.State(r.State),
			Count: r.Count, Risk: int(r.Risk), LastAt: at(r.LastAt), Version: r.Version}
		if err := json.Unmarshal([]byte(r.Tags), &found[i].Rule.Tags); err != nil {
			return nil, fmt.Errorf("decode tags of alert %s: %w", r.ID, err)
		}
		for _, c := range []event.Field{{Name: event.HostName, Value: r.Host}, {Name: event.SourceIP, Value: r.Address}, {Name: event.UserName, Value: r.Users}} {
			for v := range strings.SplitSeq(c.Value, "\n") {
				found[i].Entities = append(found[i].Entities, event.Field{Name: c.Name, Value: v})
			}
		}
	}
	return found, nil
}

// SetRisk implements [alert.Shelf].
func (a Alerts) SetRisk(ctx context.Context, al alert.Alert) error {
	return translate(a.s.from(ctx).SetAlertRisk(ctx, sqlgen.SetAlertRiskParams{
		Risk: int64(al.Risk), RiskParts: jsonText(al.RiskParts), TenantID: al.Tenant.String(), ID: al.ID}))
}
