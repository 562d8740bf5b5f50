package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store/sqlgen"
)

// Content keeps packs of detection rules. They belong to the platform, not to customers.
type Content struct{ s *Store }

// Content returns the shelf of packs. Its methods open their own doors and join open ones.
func (s *Store) Content() Content { return Content{s} }

var (
	_ content.Repository = Content{}
	_ content.Door       = (*Store)(nil)
)

// AddPack implements [content.PackRepository].
func (c Content) AddPack(ctx context.Context, p content.Pack, rules []content.StoredRule, refusals []content.Refusal) error {
	text, err := json.Marshal(refusals)
	if err != nil {
		return fmt.Errorf("encode refusals: %w", err)
	}
	details, err := json.Marshal(p.Details)
	if err != nil {
		return fmt.Errorf("encode details: %w", err)
	}
	return c.s.Platform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		err := t.InsertPack(ctx, sqlgen.InsertPackParams{
			ID: p.ID, Name: p.Name, Version: p.Version, Digest: p.Digest, ImportedAt: micros(p.ImportedAt), ImportedBy: p.ImportedBy,
			Rules: int64(p.Rules), Refused: int64(p.Refused), Active: p.Active, Builtin: p.Builtin, Refusals: string(text),
			Release: p.Release, Signer: p.Signer, Origin: p.Origin, Details: string(details), ActivatedAt: micros(p.ActivatedAt),
		})
		if err != nil {
			return translate(err)
		}
		for _, r := range rules {
			if err := t.insertRule(ctx, p.ID, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *txn) insertRule(ctx context.Context, pack string, r content.StoredRule) error {
	err := t.InsertRule(ctx, sqlgen.InsertRuleParams{
		PackID: pack, RuleID: r.ID, Path: r.Path, Title: r.Title, TitleZh: r.TitleZH, Level: r.Level, Status: r.Status,
		Author: r.Author, Product: r.Product, Category: r.Category, Service: r.Service, Tags: jsonText(r.Tags), Source: r.Source, Kind: string(r.Kind), Samples: r.Samples, Failing: int64(r.Failing),
	})
	if err != nil {
		return fmt.Errorf("rule %s: %w", r.Path, translate(err))
	}
	return nil
}

// Packs implements [content.PackRepository].
func (c Content) Packs(ctx context.Context) (packs []content.Pack, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).Packs(ctx)
		for _, r := range rows {
			p := content.Pack{
				ID: r.ID, Name: r.Name, Version: r.Version, Digest: r.Digest, ImportedAt: at(r.ImportedAt), ImportedBy: r.ImportedBy,
				Rules: int(r.Rules), Refused: int(r.Refused), Active: r.Active, Builtin: r.Builtin,
				Release: r.Release, Signer: r.Signer, Origin: r.Origin, ActivatedAt: at(r.ActivatedAt),
			}
			if err := json.Unmarshal([]byte(r.Details), &p.Details); err != nil {
				return fmt.Errorf("details of pack %s: %w", r.ID, err)
			}
			packs = append(packs, p)
		}
		return translate(err)
	})
	return packs, err
}

// Refusals implements [content.PackRepository].
func (c Content) Refusals(ctx context.Context, pack string) (refusals []content.Refusal, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		text, err := c.s.from(ctx).PackRefusals(ctx, pack)
		if err != nil {
			return translate(err)
		}
		return json.Unmarshal([]byte(text), &refusals)
	})
	return refusals, err
}

// ActivatePack implements [content.PackSwitch].
func (c Content) ActivatePack(ctx context.Context, id string, when time.Time) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		name, err := t.PackName(ctx, id)
		if err != nil {
			return translate(err)
		}
		if err := t.SetActivePack(ctx, id, name); err != nil {
			return translate(err)
		}
		return translate(t.SetActivatedAt(ctx, micros(when), id))
	})
}

// RemovePack implements [content.PackSwitch].
func (c Content) RemovePack(ctx context.Context, id string) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		n, err := c.s.from(ctx).DeletePack(ctx, id)
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return translate(err)
	})
}

// Rule implements [content.RuleRepository].
func (c Content) Rule(ctx context.Context, id string) (rule content.Rule, source string, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		r, err := c.s.from(ctx).RuleText(ctx, id)
		if err != nil {
			return translate(err)
		}
		source = r.Source
		rule = content.Rule{
			ID: r.RuleID, Pack: r.PackID, PackName: r.PackName, Path: r.Path, Title: r.Title, TitleZH: r.TitleZh, Level: r.Level,
			Status: r.Status, Author: r.Author, Product: r.Product, Category: r.Category, Service: r.Service, State: stateOf(r.Active), Kind: content.Kind(r.Kind), Failing: int(r.Failing),
		}
		return json.Unmarshal([]byte(r.Tags), &rule.Tags)
	})
	return rule, source, err
}

// PackRules implements [content.RuleRepository].
func (c Content) PackRules(ctx context.Context, pack string) (rules []content.StoredRule, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).PackRules(ctx, pack)
		for _, r := range rows {
			rule := content.StoredRule{Source: r.Source, Rule: content.Rule{
				ID: r.RuleID, Pack: pack, Path: r.Path, Title: r.Title, TitleZH: r.TitleZh, Level: r.Level, Status: r.Status,
				Author: r.Author, Product: r.Product, Category: r.Category, Service: r.Service, Kind: content.Kind(r.Kind), Failing: int(r.Failing),
			}}
			if err := json.Unmarshal([]byte(r.Tags), &rule.Tags); err != nil {
				return fmt.Errorf("tags of rule %s: %w", r.RuleID, err)
			}
			rules = append(rules, rule)
		}
		return translate(err)
	})
	return rules, err
}

// ActiveSources implements [content.RuleRepository].
func (c Content) ActiveSources(ctx context.Context, fn func(content.Source) error) error {
	var rows []sqlgen.ActiveRuleTextsRow
	err := c.s.ReadPlatform(ctx, func(ctx context.Context) (err error) {
		rows, err = c.s.from(ctx).ActiveRuleTexts(ctx)
		return translate(err)
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := fn(content.Source{Pack: r.PackID, File: r.PackName + "/" + r.Path, Rule: r.RuleID, TitleZH: r.TitleZh, Status: r.Status, YAML: []byte(r.Source), Failing: r.Failing > 0}); err != nil {
			return err
		}
	}
	return nil
}

// Listed implements [content.RuleRepository].
func (c Content) Listed(ctx context.Context, pack string) (rules []content.Rule, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		// Ranked as in the query RuleText; a pack may hold an id twice, in two files.
		text := `SELECT rule_id, pack_id, name, path, title, title_zh, level, status, author, product, category, service, tags, kind, failing, active AND place = 1 FROM (
			SELECT r.rule_id, r.pack_id, p.name, r.path, r.title, r.title_zh, r.level, r.status, r.author, r.product, r.category, r.service, r.tags, r.kind, r.failing, p.active,
				ROW_NUMBER() OVER (PARTITION BY r.rule_id ORDER BY p.local DESC, p.active DESC, p.builtin, p.imported_at DESC, p.id DESC, r.path) AS place
			FROM content_rules r JOIN content_packs p ON p.id = r.pack_id) k WHERE `
		if pack == "" {
			rules, err = t.listed(ctx, text+"place = 1", nil)
		} else {
			rules, err = t.listed(ctx, text+"pack_id = $1", []any{pack})
		}
		return err
	})
	return rules, err
}

func (t *txn) listed(ctx context.Context, text string, args []any) (all []content.Rule, err error) {
	err = t.each(ctx, text, args, func(scan func(...any) error) error {
		var r content.Rule
		var tags string
		var running bool
		if err := scan(&r.ID, &r.Pack, &r.PackName, &r.Path, &r.Title, &r.TitleZH, &r.Level, &r.Status, &r.Author,
			&r.Product, &r.Category, &r.Service, &tags, &r.Kind, &r.Failing, &running); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(tags), &r.Tags); err != nil {
			return fmt.Errorf("tags of rule %s: %w", r.ID, err)
		}
		r.State = stateOf(running)
		all = append(all, r)
		return nil
	})
	return all, err
}

func stateOf(running bool) content.State {
	if running {
		return content.Enabled
	}
	return content.Off
}
