package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
	"github.com/isoc-project/isoc/internal/tenant"
)

// ruleEdition is the setting that changes with every decision about a rule.
const ruleEdition = "content.edition"

// Edition implements [content.StateRepository].
func (c Content) Edition(ctx context.Context) (string, error) {
	edition, err := c.s.Setting(ctx, ruleEdition)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	return edition, err
}

// SetEdition implements [content.StateRepository].
func (c Content) SetEdition(ctx context.Context, edition string) error {
	return c.s.PutSetting(ctx, ruleEdition, edition)
}

// States implements [content.StateRepository].
func (c Content) States(ctx context.Context) (map[string]content.Standing, error) {
	found := make(map[string]content.Standing)
	err := c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).RuleStates(ctx)
		for _, r := range rows {
			found[r.RuleID] = content.Standing{State: content.State(r.State), Reason: r.Reason, By: r.ByUser, At: at(r.At)}
		}
		return translate(err)
	})
	return found, err
}

// PutState implements [content.StateRepository].
func (c Content) PutState(ctx context.Context, rule string, st content.Standing) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		return translate(c.s.from(ctx).PutRuleState(ctx, sqlgen.PutRuleStateParams{
			RuleID: rule, State: string(st.State), Reason: st.Reason, ByUser: st.By, At: micros(st.At)}))
	})
}

// Overrides implements [content.StateRepository].
func (c Content) Overrides(ctx context.Context) (all []content.Override, err error) {
	err = c.s.AllTenants(ctx, "states of rules", func(ctx context.Context) error {
		rows, err := c.s.from(ctx).AllTenantRuleStates(ctx)
		for _, r := range rows {
			all = append(all, content.Override{Tenant: tenant.ID(r.TenantID), Rule: r.RuleID, Standing: content.Standing{
				State: content.State(r.State), Reason: r.Reason, By: r.ByUser, At: at(r.At)}})
		}
		return translate(err)
	})
	return all, err
}

// PutOverride implements [content.StateRepository].
func (c Content) PutOverride(ctx context.Context, o content.Override) error {
	return c.s.InTenant(ctx, o.Tenant, func(ctx context.Context) error {
		q := c.s.from(ctx)
		if o.State == content.Inherit {
			return translate(q.DeleteTenantRuleState(ctx, o.Tenant.String(), o.Rule))
		}
		return translate(q.PutTenantRuleState(ctx, sqlgen.PutTenantRuleStateParams{
			TenantID: o.Tenant.String(), RuleID: o.Rule, State: string(o.State), Reason: o.Reason, ByUser: o.By, At: micros(o.At)}))
	})
}

// Heads implements [content.VersionRepository].
func (c Content) Heads(ctx context.Context) (map[string]content.Head, error) {
	found := make(map[string]content.Head)
	err := c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).RuleHeads(ctx)
		for _, r := range rows {
			found[r.RuleID] = content.Head{Number: r.Version, Base: r.Base}
		}
		return translate(err)
	})
	return found, err
}

// Versions implements [content.VersionRepository].
func (c Content) Versions(ctx context.Context, rule string) (all []content.Version, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).RuleVersions(ctx, rule)
		for _, r := range rows {
			all = append(all, content.Version{Rule: r.RuleID, Number: r.Version, Note: r.Note, Author: r.Author, At: at(r.At), Base: r.Base})
		}
		return translate(err)
	})
	return all, err
}

// Version implements [content.VersionRepository].
func (c Content) Version(ctx context.Context, rule string, number int64) (v content.Version, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		r, err := c.s.from(ctx).RuleVersion(ctx, rule, number)
		v = content.Version{Rule: r.RuleID, Number: r.Version, Source: r.Source, Note: r.Note, Author: r.Author, At: at(r.At), Base: r.Base}
		return translate(err)
	})
	return v, err
}

// AddVersion implements [content.VersionRepository].
func (c Content) AddVersion(ctx context.Context, v content.Version, r content.StoredRule) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		err := t.InsertRuleVersion(ctx, sqlgen.InsertRuleVersionParams{
			RuleID: v.Rule, Version: v.Number, Source: v.Source, Note: v.Note, Author: v.Author, At: micros(v.At), Base: v.Base})
		if err != nil {
			return translate(err)
		}
		if err := t.DeleteLocalRule(ctx, v.Rule); err != nil {
			return translate(err)
		}
		return t.insertRule(ctx, content.OwnPack, r)
	})
}

// DropLocal implements [content.VersionRepository].
func (c Content) DropLocal(ctx context.Context, rule string) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		return translate(c.s.from(ctx).DeleteLocalRule(ctx, rule))
	})
}

// DropRule implements [content.VersionRepository].
func (c Content) DropRule(ctx context.Context, rule string) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		q := c.s.from(ctx)
		for _, drop := range []func(context.Context, string) error{q.DeleteLocalRule, q.DeleteRuleVersions, q.DeleteRuleSamples, q.DeleteRuleState} {
			if err := drop(ctx, rule); err != nil {
				return translate(err)
			}
		}
		return nil
	})
}

// maxFormer is how many texts of a rule are looked at: of those written here, and of packs.
const maxFormer = 200

// FormerTexts implements [content.VersionRepository].
func (c Content) FormerTexts(ctx context.Context, rule string) (all []content.FormerText, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		own, err := c.s.from(ctx).FormerRuleTexts(ctx, rule, maxFormer)
		if err != nil {
			return translate(err)
		}
		for _, v := range own {
			all = append(all, content.FormerText{Source: v.Source, Version: v.Version})
		}
		packs, err := c.s.from(ctx).FormerPackTexts(ctx, rule, maxFormer)
		for _, p := range packs {
			all = append(all, content.FormerText{Source: p.Source, PackName: p.Name, Release: cmp.Or(p.Release, strconv.FormatInt(p.Version, 10))})
		}
		return translate(err)
	})
	return all, err
}

// PackText implements [content.VersionRepository].
func (c Content) PackText(ctx context.Context, rule string) (p content.PackText, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		r, err := c.s.from(ctx).PackRuleText(ctx, rule)
		p = content.PackText{Pack: r.PackID, PackName: r.PackName, Path: r.Path, Source: r.Source, Samples: r.Samples}
		return translate(err)
	})
	return p, err
}

// Samples implements [content.SampleRepository].
func (c Content) Samples(ctx context.Context, rule string) (samples []content.Sample, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		text, err := c.s.from(ctx).RuleSamples(ctx, rule)
		if err = translate(err); errors.Is(err, fault.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &samples); err != nil {
			return fmt.Errorf("decode samples: %w", err)
		}
		return nil
	})
	return samples, err
}

// Sampled implements [content.SampleRepository].
func (c Content) Sampled(ctx context.Context) (map[string]bool, error) {
	found := make(map[string]bool)
	err := c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		ids, err := c.s.from(ctx).SampledRules(ctx)
		for _, id := range ids {
			found[id] = true
		}
		return translate(err)
	})
	return found, err
}

// PutSamples implements [content.SampleRepository].
func (c Content) PutSamples(ctx context.Context, rule string, samples []content.Sample, by string, when time.Time) error {
	text, err := json.Marshal(samples)
	if err != nil {
		return fmt.Errorf("encode samples: %w", err)
	}
	return c.s.Platform(ctx, func(ctx context.Context) error {
		return translate(c.s.from(ctx).PutRuleSamples(ctx, sqlgen.PutRuleSamplesParams{RuleID: rule, Samples: string(text), ByUser: by, At: micros(when)}))
	})
}
