package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Settings that are put once the alerts from before a migration have what it added.
const (
	settingFilled      = "alerts.filled.3"
	settingFilledRules = "alerts.filled.8"
)

// fillPage is how many alerts are filled in by one transaction.
const fillPage = 500

// fillAlerts gives alerts from before migration 3 their entities, groups and risk, once. A start cut off meanwhile begins anew; what is
// filled in already comes out the same.
func (s *Store) fillAlerts(ctx context.Context) error {
	return s.onceForEachTenant(ctx, settingFilled, func(ctx context.Context, id tenant.ID) error {
		for after, more := "", true; more; {
			err := s.InTenant(ctx, id, func(ctx context.Context) (err error) {
				after, more, err = s.fillSome(ctx, id, after)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// fillRules keeps the rules of alerts from before migration 8, once.
func (s *Store) fillRules(ctx context.Context) error {
	return s.onceForEachTenant(ctx, settingFilledRules, func(ctx context.Context, id tenant.ID) error {
		return s.InTenant(ctx, id, func(ctx context.Context) error { return s.fillRulesOf(ctx, id) })
	})
}

// onceForEachTenant does something for every tenant, unless the setting says that it was done; then it puts the setting.
func (s *Store) onceForEachTenant(ctx context.Context, setting string, do func(context.Context, tenant.ID) error) error {
	_, err := s.Setting(ctx, setting)
	if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	ctx = tenant.WithScope(ctx, tenant.All())
	all, err := s.Tenancy().List(ctx)
	if err != nil {
		return err
	}
	for _, t := range all {
		if err := do(ctx, t.ID); err != nil {
			return err
		}
	}
	return s.PutSetting(ctx, setting, "done")
}

func (s *Store) fillRulesOf(ctx context.Context, id tenant.ID) error {
	q := s.from(ctx)
	raised, err := q.AlertRulesRaised(ctx, id.String())
	if err != nil {
		return translate(err)
	}
	for _, r := range raised {
		rule := alert.Rule{ID: r.RuleID, Title: r.Title}
		if err := json.Unmarshal([]byte(r.Tags), &rule.Tags); err != nil {
			return fmt.Errorf("decode tags of rule %s: %w", r.RuleID, err)
		}
		if err := q.PutAlertRule(ctx, ruleRow(id, rule)); err != nil {
			return translate(err)
		}
	}
	return nil
}

// fillSome fills in the tenant's next alerts after an id and returns the last one's.
func (s *Store) fillSome(ctx context.Context, id tenant.ID, after string) (last string, more bool, err error) {
	q := s.from(ctx)
	rows, err := q.AlertsAfter(ctx, sqlgen.AlertsAfterParams{TenantID: id.String(), After: after, Many: fillPage})
	if err != nil {
		return "", false, translate(err)
	}
	for _, r := range rows {
		a, err := alertOf(r)
		if err != nil {
			return "", false, err
		}
		a.Risk, a.RiskParts = alert.Risk(a.Rule.Level, a.Count, alert.Company{})
		f := alertRow(a)
		err = q.FillAlert(ctx, sqlgen.FillAlertParams{
			Risk: f.Risk, RiskParts: f.RiskParts, Host: f.Host, Address: f.Address, Users: f.Users, TenantID: f.TenantID, ID: f.ID})
		if err != nil {
			return "", false, translate(err)
		}
		if err := s.Alerts().AddEntities(ctx, id, a.ID, a.Entities); err != nil {
			return "", false, err
		}
		after = a.ID
	}
	return after, len(rows) == fillPage, nil
}
