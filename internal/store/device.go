package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// DeviceRules keeps which rules the devices of customers have.
type DeviceRules struct{ s *Store }

// DeviceRules returns the shelf of rules of devices.
func (s *Store) DeviceRules() DeviceRules { return DeviceRules{s} }

var _ imported.Shelf = DeviceRules{}

// DeviceRules implements [imported.Shelf].
func (d DeviceRules) DeviceRules(ctx context.Context, since int64, fn func(of tenant.ID, rule string, last int64)) error {
	return d.s.AllTenants(ctx, "rules of devices", func(ctx context.Context) error {
		rows, err := d.s.from(ctx).AllDeviceRules(ctx, since)
		for _, r := range rows {
			fn(tenant.ID(r.TenantID), r.RuleID, r.LastDay)
		}
		return translate(err)
	})
}

// PutDeviceRules implements [imported.Shelf].
func (d DeviceRules) PutDeviceRules(ctx context.Context, of tenant.ID, day int64, rules []detect.RuleInfo) error {
	return d.s.InTenant(ctx, of, func(ctx context.Context) error {
		for _, r := range rules {
			err := d.s.from(ctx).PutDeviceRule(ctx, sqlgen.PutDeviceRuleParams{
				TenantID: of.String(), RuleID: r.ID, Title: r.Title, Level: string(r.Level), Tags: jsonText(r.Tags), Day: day})
			if err != nil {
				return translate(err)
			}
		}
		return nil
	})
}

// ForgetDeviceRules implements [imported.Shelf].
func (d DeviceRules) ForgetDeviceRules(ctx context.Context, of tenant.ID, since int64) error {
	return d.s.InTenant(ctx, of, func(ctx context.Context) error {
		return translate(d.s.from(ctx).ForgetDeviceRules(ctx, of.String(), since))
	})
}

// DeviceRules implements [content.DeviceRepository].
func (c Content) DeviceRules(ctx context.Context, of []tenant.ID) ([]content.Rule, error) {
	return c.devices(ctx, of, "")
}

// DeviceRule implements [content.DeviceRepository].
func (c Content) DeviceRule(ctx context.Context, id string) (content.Rule, error) {
	rules, err := c.devices(ctx, nil, id)
	if err == nil && len(rules) == 0 {
		err = fault.ErrNotFound
	}
	if err != nil {
		return content.Rule{}, err
	}
	return rules[0], nil
}

func (c Content) devices(ctx context.Context, of []tenant.ID, id string) (rules []content.Rule, err error) {
	err = c.s.inScope(ctx, "rules of devices", of, func(ctx context.Context) error {
		t := c.s.from(ctx)
		w := t.rows()
		if id != "" {
			w.and("rule_id = ?", id)
		}
		text := "SELECT rule_id, title, level, tags FROM device_rules" + w.String() + " ORDER BY rule_id, last_day DESC, tenant_id"
		return t.each(ctx, text, w.args, func(scan func(...any) error) error {
			r := content.Rule{Kind: content.KindRule, Origin: content.OfDevice, State: content.Enabled}
			var tags string
			if err := scan(&r.ID, &r.Title, &r.Level, &tags); err != nil {
				return err
			}
			if n := len(rules); n > 0 && rules[n-1].ID == r.ID {
				return nil // as the latest verdict names it
			}
			if err := json.Unmarshal([]byte(tags), &r.Tags); err != nil {
				return fmt.Errorf("decode tags: %w", err)
			}
			rules = append(rules, r)
			return nil
		})
	})
	return rules, err
}
