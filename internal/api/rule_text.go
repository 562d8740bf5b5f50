package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/textdiff"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// RuleCreation is the text of new rules of our own.
type RuleCreation struct {
	Source string `json:"source" maxLength:"524288" doc:"YAML of 1–50 documents, each of which becomes a rule: all of them or none. One without an id gets one."`
	Note   string `json:"note,omitempty" maxLength:"500"`
}

// CreatedRule is the first rule of a new text.
type CreatedRule struct {
	RuleDetail
	Created []string `json:"created" nullable:"false" doc:"Ids of every rule of the text, in its order."`
}

// RuleEdit is a new text of a rule.
type RuleEdit struct {
	Source  string `json:"source" maxLength:"524288" doc:"YAML of one document, with the id of the rule."`
	Note    string `json:"note,omitempty" maxLength:"500"`
	Version int64  `json:"version" minimum:"0" doc:"The version that it was written over; 0 is the pack's text."`
}

// RuleVersion is a text that a rule had here.
type RuleVersion struct {
	Version int64     `json:"version"`
	Note    string    `json:"note"`
	Author  string    `json:"author"`
	At      time.Time `json:"at"`
	Overlay bool      `json:"overlay" doc:"Written over a pack's text."`
	Current bool      `json:"current" doc:"The text that counts."`
}

// RuleVersionText is a version with its text.
type RuleVersionText struct {
	Version int64  `json:"version"`
	Source  string `json:"source"`
	Note    string `json:"note"`
	Author  string `json:"author" doc:"Of version 0, the pack."`
}

// RuleDiff is what became of each line between two versions.
type RuleDiff struct {
	From    int64      `json:"from"`
	To      int64      `json:"to"`
	Added   int        `json:"added"`
	Dropped int        `json:"dropped"`
	Hunks   []DiffHunk `json:"hunks" nullable:"false" doc:"Changed lines with three around them."`
}

// DiffHunk is lines that follow one another.
type DiffHunk struct {
	Lines []DiffLine `json:"lines" nullable:"false"`
}

// DiffLine is one line with its numbers from 1; 0 where it is not in that text.
type DiffLine struct {
	Op   string `json:"op" enum:"same,add,drop"`
	Old  int    `json:"old"`
	New  int    `json:"new"`
	Text string `json:"text"`
}

// RuleChanges is what became of a rule's text since an alert.
type RuleChanges struct {
	Version  int64      `json:"version" doc:"Of the text of then, where it was written here; else 0."`
	PackName string     `json:"pack_name" doc:"Else the pack that it came in."`
	Release  string     `json:"release" doc:"And that pack's version."`
	Added    int        `json:"added"`
	Dropped  int        `json:"dropped"`
	Hunks    []DiffHunk `json:"hunks" nullable:"false" doc:"Changed lines with three around them; none where the text is as it was."`
}

// RuleRollback makes an old text count again.
type RuleRollback struct {
	Version int64  `json:"version" minimum:"0" doc:"0 is the pack's text."`
	Note    string `json:"note,omitempty" maxLength:"500"`
}

// RuleOverlay is a pack's rule that was changed here, beside what the pack has.
type RuleOverlay struct {
	RuleOverlayHead
	Base   string `json:"base" doc:"The pack's text that ours was written over."`
	Theirs string `json:"theirs" doc:"The pack's text now; empty where no active pack has the rule."`
	Ours   string `json:"ours"`
}

// RuleOverlayHead tells of an overlay without its texts.
type RuleOverlayHead struct {
	Rule     string `json:"rule"`
	Title    string `json:"title"`
	PackName string `json:"pack_name"`
	Gone     bool   `json:"gone" doc:"No active pack has the rule any more."`
	Changed  bool   `json:"changed" doc:"The pack's text is not the one ours was written over."`
	Conflict bool   `json:"conflict" doc:"And what it changed touches what was changed here."`
}

// RuleChoice settles an overlay.
type RuleChoice struct {
	Choice string `json:"choice" enum:"theirs,ours" doc:"theirs: the pack's text counts again; ours: ours counts as written over the pack's text of now."`
}

// RuleTexts keeps texts of rules. It audits every change by itself.
type RuleTexts interface {
	Companions(ctx context.Context, source string) ([]content.Text, error)
	RuleWriter
	RuleHistory
	RuleOverlays
}

// RuleWriter writes rules of our own and changes those of packs.
type RuleWriter interface {
	Create(ctx context.Context, source, note string) (ids []string, err error)
	Save(ctx context.Context, id string, version int64, source, note string) error
	RemoveRule(ctx context.Context, id string) error
}

// RuleHistory finds versions; a missing one is fault.ErrNotFound.
type RuleHistory interface {
	Versions(ctx context.Context, id string) ([]content.Version, error)
	Version(ctx context.Context, id string, number int64) (content.Version, error)
	Former(ctx context.Context, id string, is func(source string) bool) (content.FormerText, error)
	Rollback(ctx context.Context, id string, number int64, note string) error
}

// RuleOverlays finds and settles overlays.
type RuleOverlays interface {
	Overlay(ctx context.Context, id string) (content.Overlay, error)
	Overlays(ctx context.Context) ([]content.Overlay, error)
	Settle(ctx context.Context, id string, c content.Choice) error
}

func (a *API) declareRuleTexts() {
	register(a, operation{
		id: "createRule", method: http.MethodPost, path: "/api/v1/rules", tag: "rule",
		summary: "Write new rules, as drafts", status: http.StatusCreated, maxBody: maxRuleBytes,
	}, provider(identity.ManageRules), a.createRule)
	register(a, operation{
		id: "saveRule", method: http.MethodPut, path: "/api/v1/rules/{id}", tag: "rule",
		summary: "Keep a new text of a rule; a pack's rule is overlaid", maxBody: maxRuleBytes,
	}, provider(identity.ManageRules), a.saveRule)
	register(a, operation{
		id: "removeRule", method: http.MethodDelete, path: "/api/v1/rules/{id}", tag: "rule",
		summary: "Remove a draft of our own",
	}, provider(identity.ManageRules), a.removeRule)
	register(a, operation{
		id: "getRuleChanges", method: http.MethodGet, path: "/api/v1/rules/{id}/changes", tag: "rule",
		summary: "What changed in a rule's text since an alert fired",
	}, platform(identity.ReadRules), a.ruleChanges)
	register(a, operation{
		id: "listRuleVersions", method: http.MethodGet, path: "/api/v1/rules/{id}/versions", tag: "rule",
		summary: "The texts a rule had here, newest first",
	}, provider(identity.ReadRules), a.listRuleVersions)
	register(a, operation{
		id: "getRuleVersion", method: http.MethodGet, path: "/api/v1/rules/{id}/versions/{version}", tag: "rule",
		summary: "One text of a rule; version 0 is the pack's",
	}, provider(identity.ReadRules), a.getRuleVersion)
	register(a, operation{
		id: "diffRule", method: http.MethodGet, path: "/api/v1/rules/{id}/diff", tag: "rule",
		summary: "What changed between two texts of a rule",
	}, provider(identity.ReadRules), a.diffRule)
	register(a, operation{
		id: "rollbackRule", method: http.MethodPost, path: "/api/v1/rules/{id}/rollback", tag: "rule",
		summary: "Make an old text count again, as a new version",
	}, provider(identity.ManageRules), a.rollbackRule)
	register(a, operation{
		id: "listOverlays", method: http.MethodGet, path: "/api/v1/overlays", tag: "rule",
		summary: "Rules of packs that were changed here",
	}, provider(identity.ReadRules), a.listOverlays)
	register(a, operation{
		id: "getOverlay", method: http.MethodGet, path: "/api/v1/rules/{id}/overlay", tag: "rule",
		summary: "A pack's rule that was changed here, beside what the pack has",
	}, provider(identity.ReadRules), a.getOverlay)
	register(a, operation{
		id: "settleOverlay", method: http.MethodPost, path: "/api/v1/rules/{id}/overlay", tag: "rule",
		summary: "Take the pack's text, or keep ours",
	}, provider(identity.ManageRules), a.settleOverlay)
}

// maxRuleBytes bounds the body of a text, which JSON may escape.
const maxRuleBytes = 2 << 20

func (a *API) createRule(ctx context.Context, in *struct{ Body RuleCreation }) (*reply[CreatedRule], error) {
	ids, err := a.deps.RuleTexts.Create(ctx, in.Body.Source, in.Body.Note)
	if err != nil {
		return nil, err
	}
	first, err := a.ruleDetail(ctx, ids[0], "")
	if err != nil {
		return nil, err
	}
	return answer(CreatedRule{RuleDetail: first.Body, Created: ids}), nil
}

func (a *API) saveRule(ctx context.Context, in *struct {
	RulePath
	Body RuleEdit
}) (*reply[RuleDetail], error) {
	if err := a.deps.RuleTexts.Save(ctx, in.ID, in.Body.Version, in.Body.Source, in.Body.Note); err != nil {
		return nil, err
	}
	return a.ruleDetail(ctx, in.ID, "")
}

func (a *API) removeRule(ctx context.Context, in *RulePath) (*empty, error) {
	return &empty{}, a.deps.RuleTexts.RemoveRule(ctx, in.ID)
}

func (a *API) listRuleVersions(ctx context.Context, in *RulePath) (*reply[List[RuleVersion]], error) {
	d, err := a.deps.Rules.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := a.deps.RuleTexts.Versions(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(List[RuleVersion]{Items: each(all, func(v content.Version) RuleVersion {
		return RuleVersion{Version: v.Number, Note: v.Note, Author: v.Author, At: v.At.UTC(), Overlay: v.Base != "", Current: v.Number == d.Version}
	})}), nil
}

func (a *API) getRuleVersion(ctx context.Context, in *struct {
	RulePath
	Version int64 `path:"version" minimum:"0"`
}) (*reply[RuleVersionText], error) {
	v, err := a.deps.RuleTexts.Version(ctx, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	return answer(RuleVersionText{Version: v.Number, Source: v.Source, Note: v.Note, Author: v.Author}), nil
}

func (a *API) diffRule(ctx context.Context, in *struct {
	RulePath
	From int64 `query:"from" required:"true" minimum:"0"`
	To   int64 `query:"to" required:"true" minimum:"0"`
}) (*reply[RuleDiff], error) {
	from, err := a.deps.RuleTexts.Version(ctx, in.ID, in.From)
	if err != nil {
		return nil, err
	}
	to, err := a.deps.RuleTexts.Version(ctx, in.ID, in.To)
	if err != nil {
		return nil, err
	}
	out := RuleDiff{From: in.From, To: in.To}
	out.Hunks, out.Added, out.Dropped = hunks(from.Source, to.Source)
	return answer(out), nil
}

func (a *API) ruleChanges(ctx context.Context, in *struct {
	RulePath
	Since string `query:"since" required:"true" minLength:"1" maxLength:"64" doc:"Digest of the text that fired, as an alert's explanation has it."`
}) (*reply[RuleChanges], error) {
	now, err := a.deps.Rules.Rule(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	then, err := a.deps.RuleTexts.Former(ctx, in.ID, func(source string) bool { return sigma.Digest([]byte(source)) == in.Since })
	if err != nil {
		return nil, err
	}
	out := RuleChanges{Version: then.Version, PackName: then.PackName, Release: then.Release}
	out.Hunks, out.Added, out.Dropped = hunks(then.Source, now.Source)
	return answer(out), nil
}

// hunks compares two texts.
func hunks(from, to string) (all []DiffHunk, added, dropped int) {
	lines := textdiff.Diff(from, to)
	for _, l := range lines {
		switch l.Op {
		case textdiff.Add:
			added++
		case textdiff.Drop:
			dropped++
		case textdiff.Same:
		}
	}
	all = each(textdiff.Hunks(lines, 3), func(h []textdiff.Line) DiffHunk {
		return DiffHunk{Lines: each(h, func(l textdiff.Line) DiffLine {
			return DiffLine{Op: string(l.Op), Old: l.Old, New: l.New, Text: l.Text}
		})}
	})
	return all, added, dropped
}

func (a *API) rollbackRule(ctx context.Context, in *struct {
	RulePath
	Body RuleRollback
}) (*reply[RuleDetail], error) {
	if err := a.deps.RuleTexts.Rollback(ctx, in.ID, in.Body.Version, in.Body.Note); err != nil {
		return nil, err
	}
	return a.ruleDetail(ctx, in.ID, "")
}

func (a *API) listOverlays(ctx context.Context, _ *none) (*reply[List[RuleOverlayHead]], error) {
	all, err := a.deps.RuleTexts.Overlays(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[RuleOverlayHead]{Items: each(all, overlayHead)}), nil
}

func (a *API) getOverlay(ctx context.Context, in *RulePath) (*reply[RuleOverlay], error) {
	o, err := a.deps.RuleTexts.Overlay(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(RuleOverlay{RuleOverlayHead: overlayHead(o), Base: o.Base, Theirs: o.Theirs, Ours: o.Ours}), nil
}

func overlayHead(o content.Overlay) RuleOverlayHead {
	return RuleOverlayHead{Rule: o.Rule, Title: o.Title, PackName: o.PackName, Gone: o.Gone, Changed: o.Changed, Conflict: o.Conflict}
}

func (a *API) settleOverlay(ctx context.Context, in *struct {
	RulePath
	Body RuleChoice
}) (*reply[RuleDetail], error) {
	if err := a.deps.RuleTexts.Settle(ctx, in.ID, content.Choice(in.Body.Choice)); err != nil {
		return nil, err
	}
	return a.ruleDetail(ctx, in.ID, "")
}

var (
	_ RuleStateKeeper = (*content.Service)(nil)
	_ RuleTexts       = (*content.Service)(nil)
	_ RuleSamples     = (*content.Service)(nil)
)
