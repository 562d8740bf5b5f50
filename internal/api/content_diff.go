package api

import (
	"context"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
)

// PackDiff is what activating a version of a pack would change.
type PackDiff struct {
	Pack    Pack         `json:"pack"`
	Base    *Pack        `json:"base,omitempty" doc:"What it is held against; absent where nothing of the name is active."`
	Changes []RuleChange `json:"changes" nullable:"false" doc:"By title."`
	Same    int          `json:"same" doc:"Rules that stay as they are."`
}

// RuleChange is what would happen to one rule.
type RuleChange struct {
	Kind        string    `json:"kind" enum:"added,changed,removed,refused" doc:"refused: the engine refuses it, and did not refuse it in the base."`
	Rule        string    `json:"rule" doc:"Id; a refused one may have none."`
	Title       string    `json:"title"`
	TitleZH     string    `json:"title_zh"`
	Path        string    `json:"path"`
	Level       string    `json:"level" doc:"As it would be; as it was where it is removed."`
	LevelBefore string    `json:"level_before" doc:"As it was; empty where it was not there."`
	LogSource   LogSource `json:"logsource"`
	Logic       bool      `json:"logic" doc:"What it looks for or where it looks changes, not only its texts."`
	Reason      string    `json:"reason" doc:"Why it is refused."`
	Was         bool      `json:"was" doc:"A refused one that stood before: it would be lost."`
	Edited      bool      `json:"edited" doc:"It was edited here; the local text goes on counting."`
	Conflict    bool      `json:"conflict" doc:"It was edited here, and what would come touches the same lines or takes the rule away."`
	Failing     int64     `json:"failing" doc:"Samples beside it that failed at the import: it would stay in testing."`
	Covered     string    `json:"covered" doc:"Name of the active pack whose rule of that id counts instead; else empty."`
}

// PackRuleDiff is what would change in a rule's text.
type PackRuleDiff struct {
	Hunks   []DiffHunk `json:"hunks" nullable:"false"`
	Added   int        `json:"added" doc:"Lines."`
	Dropped int        `json:"dropped" doc:"Lines."`
}

// PackDiffer compares versions of a pack.
type PackDiffer interface {
	Diff(ctx context.Context, id, base string) (content.Diff, error)
	DiffText(ctx context.Context, id, base, rule string) (before, after string, err error)
}

// DiffInput says which versions are compared.
type DiffInput struct {
	PackPath
	Base string `query:"base" maxLength:"64" doc:"Id of another version of the pack; without it the active one, or for the active one that which was active before."`
}

func (a *API) declareDiff() {
	register(a, operation{
		id: "diffPack", method: http.MethodGet, path: "/api/v1/content/packs/{pack}/diff", tag: "content",
		summary: "What activating a version would change",
	}, provider(identity.ReadRules), a.diffPack)
	register(a, operation{
		id: "diffPackRule", method: http.MethodGet, path: "/api/v1/content/packs/{pack}/diff/text", tag: "content",
		summary: "What would change in the text of one rule",
	}, provider(identity.ReadRules), a.diffPackRule)
}

func (a *API) diffPack(ctx context.Context, in *DiffInput) (*reply[PackDiff], error) {
	d, err := a.deps.Packs.Diff(ctx, in.Pack, in.Base)
	if err != nil {
		return nil, err
	}
	out := PackDiff{Changes: each(d.Changes, changeBody), Same: d.Same}
	if out.Pack, err = a.packBody(ctx, d.Pack); err != nil {
		return nil, err
	}
	if d.Base != nil {
		base, err := a.packBody(ctx, *d.Base)
		if err != nil {
			return nil, err
		}
		out.Base = &base
	}
	return answer(out), nil
}

func changeBody(c content.Change) RuleChange {
	return RuleChange{
		Kind: string(c.Kind), Rule: c.ID, Title: c.Title, TitleZH: c.TitleZH, Path: c.Path, Level: c.Level, LevelBefore: c.LevelBefore,
		LogSource: LogSource{Product: c.Product, Category: c.Category, Service: c.Service}, Logic: c.Logic, Reason: c.Reason, Was: c.Was,
		Edited: c.Edited, Conflict: c.Conflict, Failing: int64(c.Failing), Covered: c.Covered,
	}
}

func (a *API) diffPackRule(ctx context.Context, in *struct {
	DiffInput
	Rule string `query:"rule" required:"true" minLength:"1" maxLength:"256"`
}) (*reply[PackRuleDiff], error) {
	before, after, err := a.deps.Packs.DiffText(ctx, in.Pack, in.Base, in.Rule)
	if err != nil {
		return nil, err
	}
	var out PackRuleDiff
	out.Hunks, out.Added, out.Dropped = hunks(before, after)
	return answer(out), nil
}
