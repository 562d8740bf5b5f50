package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/tenant"
)

// templatesNovel is how long a template counts as novel where nothing else is asked for.
const templatesNovel = 24 * time.Hour

// OwnPack is a source's own parser, and how learning from the source stands.
type OwnPack struct {
	Source   ProposalSource   `json:"source"`
	Active   *OwnPackVersion  `json:"active,omitempty" doc:"The version in force; absent where none is."`
	Versions []OwnPackVersion `json:"versions" nullable:"false" doc:"Newest first."`
	Text     string           `json:"text" doc:"pack.yml of the version in force."`
	Formats  []OwnPackFormat  `json:"formats" nullable:"false" doc:"Of the version in force."`
	Drift    OwnPackDrift     `json:"drift"`
	Learning OwnPackLearning  `json:"learning"`
}

// OwnPackVersion is one version of a source's own parser.
type OwnPackVersion struct {
	Pack      string    `json:"pack" doc:"What stands under isoc.parser."`
	Version   int64     `json:"version"`
	State     string    `json:"state" enum:"active,retired"`
	Formats   int       `json:"formats"`
	Proposal  string    `json:"proposal" doc:"Id of the proposal it was made of."`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	ChangedAt time.Time `json:"changed_at" doc:"When it was put in force or taken out of it."`
	ChangedBy string    `json:"changed_by"`
}

// OwnPackFormat is a format of the parser in force.
type OwnPackFormat struct {
	ID        string `json:"id"`
	Structure string `json:"structure"`
	Pattern   string `json:"pattern"`
	Fields    int    `json:"fields"`
	Mapped    int    `json:"mapped"`
	Recent    int    `json:"recent" doc:"Of the latest records."`
}

// OwnPackDrift says how well the parser in force reads what comes now.
type OwnPackDrift struct {
	Recent    int                  `json:"recent" doc:"Latest records in memory."`
	Lines     int                  `json:"lines" doc:"Of these, read by the source's own parser or by none that knows them."`
	Unclaimed int                  `json:"unclaimed" doc:"Of the lines, read by none that knows them."`
	Changed   int                  `json:"changed" doc:"Of the lines, read while they have names that are new, or lack names that were always there."`
	Share     float64              `json:"share" doc:"Of the lines, unclaimed or changed, 0–1."`
	Formats   []OwnPackFormatDrift `json:"formats" nullable:"false" doc:"Those that changed."`
}

// OwnPackFormatDrift is how one format changed.
type OwnPackFormatDrift struct {
	ID      string   `json:"id"`
	Lines   int      `json:"lines"`
	Changed int      `json:"changed"`
	New     []string `json:"new" nullable:"false"`
	Missing []string `json:"missing" nullable:"false"`
}

// OwnPackLearning says how far learning from the source is.
type OwnPackLearning struct {
	Kept     int     `json:"kept" doc:"Records in memory that no parser pack reads."`
	Enough   int     `json:"enough" doc:"How many make a proposal by themselves."`
	AtLeast  int     `json:"at_least" doc:"How many there must be where somebody asks for one."`
	Share    float64 `json:"share" doc:"Of the source's records lately, read by no parser pack, 0–1."`
	Worth    float64 `json:"worth" doc:"The share below which the source is left alone."`
	Proposal string  `json:"proposal,omitempty" doc:"Id of the open proposal."`
}

// OwnPackRetirement says why a parser is taken out of force.
type OwnPackRetirement struct {
	Note string `json:"note,omitempty" maxLength:"1000"`
}

// OwnPackRestore names a version to put in force.
type OwnPackRestore struct {
	PackVersion int64 `json:"pack_version" minimum:"1"`
}

// SourceTemplates is what the messages of a source look like.
type SourceTemplates struct {
	Since    time.Time        `json:"since"`
	Messages int64            `json:"messages" doc:"Counted in all templates; where a source sends many, an estimate."`
	Novel    int              `json:"novel" doc:"Templates that came since."`
	Items    []SourceTemplate `json:"items" nullable:"false" doc:"Most frequent first."`
}

// SourceTemplate is one shape of messages.
type SourceTemplate struct {
	ID       string    `json:"id"`
	Template string    `json:"template"`
	Count    int64     `json:"count"`
	FirstAt  time.Time `json:"first_at"`
	LastAt   time.Time `json:"last_at"`
	Sample   string    `json:"sample"`
	Novel    bool      `json:"novel" doc:"It came since, and not with the first messages of the source."`
}

// SourceID is the input of operations whose path names a source and no customer.
type SourceID struct {
	Source string `path:"source" maxLength:"64"`
}

func (a *API) declareOwnPacks() {
	register(a, operation{
		id: "learnSource", method: http.MethodPost, path: "/api/v1/sources/{source}/learn", tag: "source",
		summary: "Propose a parser from what is kept of a source now",
	}, ofObject(identity.ManageSources, "source", a.sourceOwner), a.learnSource)
	register(a, operation{
		id: "getOwnPack", method: http.MethodGet, path: "/api/v1/sources/{source}/own-pack", tag: "source",
		summary: "A source's own parser, its versions, and how learning from the source stands",
	}, ofObject(identity.ReadSources, "source", a.sourceOwner), a.getOwnPack)
	register(a, operation{
		id: "retireOwnPack", method: http.MethodPost, path: "/api/v1/sources/{source}/own-pack/retire", tag: "source",
		summary: "Take a source's own parser out of force",
	}, ofObject(identity.ManageSources, "source", a.sourceOwner), a.retireOwnPack)
	register(a, operation{
		id: "restoreOwnPack", method: http.MethodPost, path: "/api/v1/sources/{source}/own-pack/restore", tag: "source",
		summary: "Put a version of a source's own parser in force",
	}, ofObject(identity.ManageSources, "source", a.sourceOwner), a.restoreOwnPack)
	register(a, operation{
		id: "sourceTemplates", method: http.MethodGet, path: "/api/v1/sources/{source}/templates", tag: "source",
		summary: "Templates that a source's messages follow, with counts and what is new",
	}, ofObject(identity.ReadSources, "source", a.sourceOwner), a.sourceTemplates)
}

func (a *API) learnSource(ctx context.Context, in *SourceID) (*reply[ParserProposal], error) {
	owner, err := a.sourceOwner(ctx, in.Source)
	if err != nil {
		return nil, err
	}
	h, err := a.deps.Learning.Learn(ctx, owner, in.Source)
	if err != nil {
		return nil, err
	}
	return answer(a.proposalHead(h)), nil
}

func (a *API) getOwnPack(ctx context.Context, in *SourceID) (*reply[OwnPack], error) {
	owner, err := a.sourceOwner(ctx, in.Source)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{owner}, "source.read", "source/"+in.Source); err != nil {
		return nil, err
	}
	return a.ownPackReply(ctx, owner, in.Source)
}

func (a *API) ownPackReply(ctx context.Context, owner tenant.ID, source string) (*reply[OwnPack], error) {
	p, err := a.deps.Learning.OwnPack(ctx, owner, source)
	if err != nil {
		return nil, err
	}
	out := OwnPack{
		Source: ProposalSource{ID: source}, Versions: each(p.Versions, ownPackVersion), Text: p.Text,
		Formats: each(p.Formats, func(f learned.OwnFormat) OwnPackFormat { return OwnPackFormat(f) }),
		Drift: OwnPackDrift{
			Recent: p.Recent, Lines: p.Drift.Lines, Unclaimed: p.Drift.Unclaimed, Changed: p.Drift.Changed, Share: p.Drift.Share,
			Formats: each(p.Drift.Formats, func(f learn.FormatDrift) OwnPackFormatDrift {
				return OwnPackFormatDrift{ID: f.ID, Lines: f.Lines, Changed: f.Changed, New: whole(f.New), Missing: whole(f.Missing)}
			}),
		},
		Learning: OwnPackLearning{
			Kept: p.Kept, Enough: learned.Enough, AtLeast: learned.AtLeast, Share: p.Share, Worth: learned.Worth, Proposal: p.Proposal,
		},
	}
	if src, ok := a.deps.Names.ByID(source); ok {
		out.Source.Name = src.Name
	}
	if p.Active.Active {
		v := ownPackVersion(p.Active)
		out.Active = &v
	}
	return answer(out), nil
}

func ownPackVersion(h learned.PackHead) OwnPackVersion {
	v := OwnPackVersion{
		Pack: h.ID, Version: h.Version, State: "retired", Formats: h.Formats, Proposal: h.Proposal,
		CreatedAt: h.CreatedAt.UTC(), CreatedBy: h.CreatedBy, ChangedAt: h.ChangedAt.UTC(), ChangedBy: h.ChangedBy,
	}
	if h.Active {
		v.State = "active"
	}
	return v
}

func (a *API) retireOwnPack(ctx context.Context, in *struct {
	SourceID
	Body OwnPackRetirement
}) (*reply[OwnPack], error) {
	owner, err := a.sourceOwner(ctx, in.Source)
	if err == nil {
		err = a.deps.Learning.Retire(ctx, owner, in.Source, in.Body.Note)
	}
	if err != nil {
		return nil, err
	}
	return a.ownPackReply(ctx, owner, in.Source)
}

func (a *API) restoreOwnPack(ctx context.Context, in *struct {
	SourceID
	Body OwnPackRestore
}) (*reply[OwnPack], error) {
	owner, err := a.sourceOwner(ctx, in.Source)
	if err == nil {
		err = a.deps.Learning.Restore(ctx, owner, in.Source, in.Body.PackVersion)
	}
	if err != nil {
		return nil, err
	}
	return a.ownPackReply(ctx, owner, in.Source)
}

func (a *API) sourceTemplates(ctx context.Context, in *struct {
	SourceID
	Since time.Time `query:"since" doc:"From when on a template is novel; the last 24 hours where absent."`
}) (*reply[SourceTemplates], error) {
	owner, err := a.sourceOwner(ctx, in.Source)
	if err != nil {
		return nil, err
	}
	out := SourceTemplates{Since: in.Since.UTC(), Items: []SourceTemplate{}}
	if in.Since.IsZero() {
		out.Since = a.opts.Now().UTC().Add(-templatesNovel)
	}
	list, err := a.deps.Learning.SourceTemplates(ctx, owner, in.Source, out.Since)
	if err != nil {
		return nil, err
	}
	for _, t := range list {
		out.Messages += t.Count
		if t.Novel {
			out.Novel++
		}
		out.Items = append(out.Items, SourceTemplate{
			ID: t.ID, Template: t.Text, Count: t.Count, FirstAt: t.First.UTC(), LastAt: t.Last.UTC(), Sample: t.Sample, Novel: t.Novel,
		})
	}
	return answer(out), a.auditRead(ctx, []tenant.ID{owner}, "parser.templates", "source/"+in.Source)
}

var _ Learning = (*learned.Service)(nil)
