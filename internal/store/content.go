package store

import (
	"context"
	"encoding/json"
	"fmt"

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
	return c.s.Platform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		err := t.InsertPack(ctx, sqlgen.InsertPackParams{
			ID: p.ID, Name: p.Name, Version: p.Version, Digest: p.Digest, ImportedAt: micros(p.ImportedAt), ImportedBy: p.ImportedBy,
			Rules: int64(p.Rules), Refused: int64(p.Refused), Active: p.Active, Builtin: p.Builtin, Refusals: string(text),
		})
		if err != nil {
			return translate(err)
		}
		for _, r := range rules {
			err := t.InsertRule(ctx, sqlgen.InsertRuleParams{
				PackID: p.ID, RuleID: r.ID, Path: r.Path, Title: r.Title, TitleZh: r.TitleZH, Level: r.Level, Status: r.Status,
				Author: r.Author, Product: r.Product, Category: r.Category, Service: r.Service, Tags: jsonText(r.Tags), Source: r.Source,
			})
			if err != nil {
				return fmt.Errorf("rule %s: %w", r.Path, translate(err))
			}
		}
		return nil
	})
}

// Packs implements [content.PackRepository].
func (c Content) Packs(ctx context.Context) (packs []content.Pack, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		rows, err := c.s.from(ctx).Packs(ctx)
		for _, r := range rows {
			packs = append(packs, content.Pack{
				ID: r.ID, Name: r.Name, Version: r.Version, Digest: r.Digest, ImportedAt: at(r.ImportedAt), ImportedBy: r.ImportedBy,
				Rules: int(r.Rules), Refused: int(r.Refused), Active: r.Active, Builtin: r.Builtin,
			})
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
func (c Content) ActivatePack(ctx context.Context, id string) error {
	return c.s.Platform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		name, err := t.PackName(ctx, id)
		if err != nil {
			return translate(err)
		}
		return translate(t.SetActivePack(ctx, id, name))
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
func (c Content) Rule(ctx context.Context, id string) (rule content.Rule, source string, active bool, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		r, err := c.s.from(ctx).RuleText(ctx, id)
		if err != nil {
			return translate(err)
		}
		source, active = r.Source, r.Active
		rule = content.Rule{
			ID: r.RuleID, Pack: r.PackID, PackName: r.PackName, Path: r.Path, Title: r.Title, TitleZH: r.TitleZh, Level: r.Level,
			Status: r.Status, Author: r.Author, Product: r.Product, Category: r.Category, Service: r.Service,
		}
		return json.Unmarshal([]byte(r.Tags), &rule.Tags)
	})
	return rule, source, active, err
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
		if err := fn(content.Source{Pack: r.PackID, File: r.PackName + "/" + r.Path, Rule: r.RuleID, TitleZH: r.TitleZh, YAML: []byte(r.Source)}); err != nil {
			return err
		}
	}
	return nil
}

// countingRules are the rules that count, without their texts: see the query ActiveRuleTexts.
const countingRules = `SELECT w.pack_id, w.rule_id FROM (
	SELECT c.pack_id, c.rule_id, ROW_NUMBER() OVER (PARTITION BY c.rule_id ORDER BY p.builtin, p.imported_at DESC, p.id DESC) AS place
	FROM content_rules c JOIN content_packs p ON p.id = c.pack_id WHERE p.active) w WHERE w.place = 1`

// Rules implements [content.RuleRepository].
func (c Content) Rules(ctx context.Context, q content.RuleQuery) (rules []content.Rule, total int, err error) {
	err = c.s.ReadPlatform(ctx, func(ctx context.Context) error {
		t := c.s.from(ctx)
		from := ` FROM content_rules r JOIN content_packs p ON p.id = r.pack_id`
		if q.Pack == "" {
			from += ` JOIN (` + countingRules + `) k ON k.pack_id = r.pack_id AND k.rule_id = r.rule_id`
		}
		w := ruleFilter(q)
		if err := t.sql.QueryRowContext(ctx, `SELECT COUNT(*)`+from+w.String(), w.args...).Scan(&total); err != nil {
			return translate(err)
		}
		if q.After != (content.Place{}) {
			w.and("r.title > ? OR (r.title = ? AND r.rule_id > ?)", q.After.Title, q.After.Title, q.After.ID)
		}
		text := `SELECT r.rule_id, r.pack_id, p.name, r.path, r.title, r.title_zh, r.level, r.status, r.author, r.product, r.category, r.service, r.tags` +
			from + w.String() + ` ORDER BY r.title, r.rule_id LIMIT ` + w.bind(q.Limit)
		rules, err = t.rules(ctx, text, w.args)
		return err
	})
	return rules, total, err
}

func ruleFilter(q content.RuleQuery) *where {
	w := &where{}
	if q.Pack != "" {
		w.and("r.pack_id = ?", q.Pack)
	}
	in(w, "r.level", q.Levels)
	if q.Status != "" {
		w.and("r.status = ?", q.Status)
	}
	if q.Text != "" {
		p := like(q.Text)
		w.and(`LOWER(r.title) LIKE ? ESCAPE '\' OR LOWER(r.title_zh) LIKE ? ESCAPE '\' OR LOWER(r.rule_id) LIKE ? ESCAPE '\' `+
			`OR LOWER(r.author) LIKE ? ESCAPE '\' OR LOWER(r.tags) LIKE ? ESCAPE '\' OR LOWER(r.path) LIKE ? ESCAPE '\'`, p, p, p, p, p, p)
	}
	return w
}

func (t *txn) rules(ctx context.Context, text string, args []any) ([]content.Rule, error) {
	rows, err := t.sql.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var all []content.Rule
	for rows.Next() {
		var r content.Rule
		var tags string
		if err := rows.Scan(&r.ID, &r.Pack, &r.PackName, &r.Path, &r.Title, &r.TitleZH, &r.Level, &r.Status, &r.Author,
			&r.Product, &r.Category, &r.Service, &tags); err != nil {
			return nil, translate(err)
		}
		if err := json.Unmarshal([]byte(tags), &r.Tags); err != nil {
			return nil, fmt.Errorf("tags of rule %s: %w", r.ID, err)
		}
		all = append(all, r)
	}
	return all, translate(rows.Err())
}
