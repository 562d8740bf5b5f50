package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/tenant"
)

// ParserProposal is a parser proposed for a source, from what it sends.
type ParserProposal struct {
	ID          string         `json:"id"`
	Tenant      string         `json:"tenant" doc:"Id of the customer."`
	Source      ProposalSource `json:"source"`
	Reason      string         `json:"reason" enum:"new,drift" doc:"new: no parser pack reads enough of what the source sends. drift: it no longer sends what its own parser was made for."`
	State       string         `json:"state" enum:"open,approved,rejected"`
	Lines       int            `json:"lines" doc:"Records looked at."`
	Unclaimed   int            `json:"unclaimed" doc:"Of these, read by no parser pack."`
	Covered     int            `json:"covered" doc:"Of the unclaimed, read by the proposed parser."`
	Formats     int            `json:"formats"`
	Fields      int            `json:"fields"`
	Mapped      int            `json:"mapped" doc:"Fields with a name of the common schema."`
	CreatedAt   time.Time      `json:"created_at"`
	DecidedAt   *time.Time     `json:"decided_at,omitempty"`
	DecidedBy   string         `json:"decided_by,omitempty"`
	Note        string         `json:"note,omitempty"`
	PackVersion int64          `json:"pack_version,omitempty" doc:"Version of the source's own parser that it became."`
	Version     int64          `json:"version" doc:"Send it back with a decision; an old one is refused with 409."`
}

// ProposalSource names a source.
type ProposalSource struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ParserProposals is a list of proposals.
type ParserProposals struct {
	Items []ParserProposal `json:"items" nullable:"false" doc:"Newest first."`
	Total int              `json:"total" doc:"How many match in all."`
}

// ParserProposalDetail is a proposal and what it makes of the source's records.
type ParserProposalDetail struct {
	ParserProposal
	Proposal ProposedParser  `json:"proposal"`
	PackID   string          `json:"pack_id" doc:"What will stand under isoc.parser."`
	Pack     string          `json:"pack" doc:"pack.yml that the proposal compiles to, with the corrections."`
	Rows     []ProposedRow   `json:"rows" nullable:"false" doc:"At most 20 of the records, as the proposed parser reads them."`
	Before   ProposalReading `json:"before" doc:"How the records are read now."`
	After    ProposalReading `json:"after" doc:"How the proposed parser reads them."`
	InForce  *ProposedParser `json:"in_force,omitempty" doc:"With a drift: what the source's own parser in force was made of."`
}

// ProposalReading says how well records are read.
type ProposalReading struct {
	Lines   int     `json:"lines"`
	Claimed int     `json:"claimed" doc:"Read by a parser that knows them, not by their structure alone."`
	Mapped  float64 `json:"mapped" doc:"Fields of the common schema that a record has on average."`
}

// ProposedParser is how the records of a source may be read.
type ProposedParser struct {
	Lines     int              `json:"lines"`
	Unclaimed int              `json:"unclaimed"`
	Covered   int              `json:"covered"`
	Device    ProposedDevice   `json:"device"`
	Formats   []ProposedFormat `json:"formats" nullable:"false"`
}

// ProposedDevice says who writes the records.
type ProposedDevice struct {
	Vendor  string `json:"vendor" maxLength:"64"`
	Product string `json:"product" maxLength:"64"`
	Kind    string `json:"kind" maxLength:"32"`
}

// ProposedFormat is one kind of record.
type ProposedFormat struct {
	ID        string          `json:"id"`
	Structure string          `json:"structure" enum:"kv,json,colon,columns,text"`
	Pattern   string          `json:"pattern" doc:"For people: a template, columns, or names."`
	Lines     int             `json:"lines"`
	Samples   []string        `json:"samples" nullable:"false"`
	Fields    []ProposedField `json:"fields" nullable:"false"`
}

// ProposedField is one value of a format.
type ProposedField struct {
	Name         string            `json:"name" doc:"The vendor's; c1, c2 … of columns and s1, s2 … of slots without names."`
	Type         string            `json:"type"`
	Present      int               `json:"present"`
	Distinct     int               `json:"distinct"`
	Values       []ProposedValue   `json:"values" nullable:"false" doc:"The most frequent."`
	Target       string            `json:"target" doc:"Field of the common schema; empty for none: it is kept under the vendor's name."`
	As           string            `json:"as"`
	Table        map[string]string `json:"table,omitempty" doc:"The vendor's value to that of the schema."`
	Confidence   float64           `json:"confidence"`
	Why          []string          `json:"why" nullable:"false" doc:"name, value, neighbour, header, words, constant, approved."`
	Alternatives []ProposedChoice  `json:"alternatives" nullable:"false"`
	Decided      bool              `json:"decided" doc:"By a person."`
}

// ProposedValue is a value of a field and how often it was there.
type ProposedValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// ProposedChoice is another target that a field may have.
type ProposedChoice struct {
	Target     string  `json:"target"`
	As         string  `json:"as"`
	Confidence float64 `json:"confidence"`
}

// ProposedRow is a record as the proposed parser reads it.
type ProposedRow struct {
	Raw    string             `json:"raw"`
	Parser string             `json:"parser"`
	Format string             `json:"format"`
	Fields []ProposedRowField `json:"fields" nullable:"false"`
}

// ProposedRowField is a field of a record.
type ProposedRowField struct {
	Name       string    `json:"name"`
	Value      string    `json:"value"`
	From       string    `json:"from" doc:"The vendor's name; empty where the proposal does not name it."`
	Confidence float64   `json:"confidence"`
	Raw        []Stretch `json:"raw" nullable:"false" doc:"Where the value stands in the record, in UTF-16 units."`
}

// ProposalWish is what a person corrects in a proposal.
type ProposalWish struct {
	Corrections []ProposalCorrection `json:"corrections,omitempty" maxItems:"2000" nullable:"false"`
	Device      *ProposedDevice      `json:"device,omitempty"`
}

// ProposalCorrection changes one field of a format, or leaves out a field or a whole format.
type ProposalCorrection struct {
	Format string            `json:"format" maxLength:"200"`
	Field  string            `json:"field,omitempty" maxLength:"300" doc:"Empty: the format itself."`
	Name   *string           `json:"name,omitempty" maxLength:"128" doc:"Another name for a column or slot."`
	Target *string           `json:"target,omitempty" maxLength:"128" doc:"Field of the common schema; empty for none."`
	As     *string           `json:"as,omitempty" maxLength:"32"`
	Table  map[string]string `json:"table,omitempty"`
	Drop   bool              `json:"drop,omitempty"`
}

// ProposalApproval is a decision for a proposal.
type ProposalApproval struct {
	ProposalWish
	Version int64 `json:"version" minimum:"1"`
}

// ProposalRejection is a decision against a proposal.
type ProposalRejection struct {
	Version int64  `json:"version" minimum:"1"`
	Note    string `json:"note,omitempty" maxLength:"4000"`
}

// ProposalPath is the input of operations whose path names a proposal.
type ProposalPath struct {
	Proposal string `path:"proposal" maxLength:"64"`
}

// Learning proposes parsers and keeps sources' own. What belongs to customers outside the context's scope is fault.ErrNotFound.
type Learning interface {
	LearningProposals
	LearnedPacks
}

// LearningProposals keeps proposals. A decision on an old version is a *fault.Conflict.
type LearningProposals interface {
	List(ctx context.Context, q learned.Query) ([]learned.Head, int, error)
	Owner(ctx context.Context, id string) (tenant.ID, error)
	Get(ctx context.Context, id string) (learned.Detail, error)
	Preview(ctx context.Context, id string, w learned.Wish) (learned.Detail, error)
	Approve(ctx context.Context, id string, version int64, w learned.Wish) (learned.PackHead, error)
	Reject(ctx context.Context, id string, version int64, note string) (learned.Head, error)
	Learn(ctx context.Context, id tenant.ID, source string) (learned.Head, error)
	OpenProposal(source string) string
}

// LearnedPacks keeps sources' own parsers and templates.
type LearnedPacks interface {
	Own(source string) *pack.Set
	InForce(may func(tenant.ID) bool) []learned.Ref
	OwnPack(ctx context.Context, id tenant.ID, source string) (learned.OwnPack, error)
	Retire(ctx context.Context, id tenant.ID, source, note string) error
	Restore(ctx context.Context, id tenant.ID, source string, version int64) error
	SourceTemplates(ctx context.Context, id tenant.ID, source string, since time.Time) ([]learned.TemplateUse, error)
}

func (a *API) declareLearning() {
	register(a, operation{
		id: "listParserProposals", method: http.MethodGet, path: "/api/v1/parser-proposals", tag: "source",
		summary: "Parsers proposed for sources, newest first",
	}, named(identity.ReadSources), a.listProposals)
	register(a, operation{
		id: "getParserProposal", method: http.MethodGet, path: "/api/v1/parser-proposals/{proposal}", tag: "source",
		summary: "A proposed parser, and what it makes of the source's records",
	}, ofObject(identity.ReadSources, "proposal", a.proposalOwner), a.getProposal)
	register(a, operation{
		id: "previewParserProposal", method: http.MethodPost, path: "/api/v1/parser-proposals/{proposal}/preview", tag: "source",
		summary: "What a proposed parser would be with corrections; nothing is kept",
	}, ofObject(identity.ManageSources, "proposal", a.proposalOwner), a.previewProposal)
	register(a, operation{
		id: "approveParserProposal", method: http.MethodPost, path: "/api/v1/parser-proposals/{proposal}/approve", tag: "source",
		summary: "Make a proposal the source's own parser; it is in force when this answers",
	}, ofObject(identity.ManageSources, "proposal", a.proposalOwner), a.approveProposal)
	register(a, operation{
		id: "rejectParserProposal", method: http.MethodPost, path: "/api/v1/parser-proposals/{proposal}/reject", tag: "source",
		summary: "Decline a proposal; the same is not proposed again",
	}, ofObject(identity.ManageSources, "proposal", a.proposalOwner), a.rejectProposal)
	a.declareOwnPacks()
}

func (a *API) proposalOwner(ctx context.Context, id string) (tenant.ID, error) {
	return a.deps.Learning.Owner(ctx, id)
}

func (a *API) listProposals(ctx context.Context, in *struct {
	Tenant string `query:"tenant" maxLength:"2000" doc:"Slugs or ids, comma-separated; absent means all the caller may see."`
	Source string `query:"source" maxLength:"64" doc:"Id of a source."`
	State  string `query:"state" enum:",open,approved,rejected"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*reply[ParserProposals], error) {
	of, err := a.tenants(ctx, identity.ReadSources, words(in.Tenant))
	if err != nil {
		return nil, err
	}
	out := ParserProposals{Items: []ParserProposal{}}
	if len(of) == 0 {
		return answer(out), nil
	}
	q := learned.Query{Tenants: ids(of), Limit: in.Limit}
	if in.State != "" {
		q.States = []learned.State{learned.State(in.State)}
	}
	if in.Source != "" {
		q.Sources = []string{in.Source}
	}
	list, total, err := a.deps.Learning.List(ctx, q)
	if err != nil {
		return nil, err
	}
	out.Items, out.Total = each(list, a.proposalHead), total
	return answer(out), a.auditRead(ctx, ids(of), "parser.proposals", "source")
}

func (a *API) proposalHead(h learned.Head) ParserProposal {
	p := ParserProposal{
		ID: h.ID, Tenant: string(h.Tenant), Source: ProposalSource{ID: h.Source}, Reason: string(h.Reason), State: string(h.State),
		Lines: h.Lines, Unclaimed: h.Unclaimed, Covered: h.Covered, Formats: h.Formats, Fields: h.Fields, Mapped: h.Mapped,
		CreatedAt: h.CreatedAt.UTC(), DecidedAt: moment(h.DecidedAt), DecidedBy: h.DecidedBy, Note: h.Note, PackVersion: h.PackVersion, Version: h.Version,
	}
	if src, ok := a.deps.Names.ByID(h.Source); ok {
		p.Source.Name = src.Name
	}
	return p
}

func (a *API) getProposal(ctx context.Context, in *ProposalPath) (*reply[ParserProposalDetail], error) {
	d, err := a.deps.Learning.Get(ctx, in.Proposal)
	if err != nil {
		return nil, err
	}
	return a.proposalReply(ctx, d)
}

func (a *API) previewProposal(ctx context.Context, in *struct {
	ProposalPath
	Body ProposalWish
}) (*reply[ParserProposalDetail], error) {
	d, err := a.deps.Learning.Preview(ctx, in.Proposal, in.Body.wish())
	if err != nil {
		return nil, err
	}
	return a.proposalReply(ctx, d)
}

func (a *API) proposalReply(ctx context.Context, d learned.Detail) (*reply[ParserProposalDetail], error) {
	out := ParserProposalDetail{
		ParserProposal: a.proposalHead(d.Head), Proposal: proposedBody(d.Proposal), PackID: d.PackID, Pack: d.Pack,
		Before: ProposalReading(d.Before), After: ProposalReading(d.After), Rows: each(d.Rows, proposedRow),
	}
	if d.InForce != nil {
		body := proposedBody(d.InForce)
		out.InForce = &body
	}
	return answer(out), a.auditRead(ctx, []tenant.ID{d.Tenant}, "parser.proposal", "source/"+d.Source)
}

func (w ProposalWish) wish() learned.Wish {
	out := learned.Wish{Corrections: each(w.Corrections, func(c ProposalCorrection) learn.Correction { return learn.Correction(c) })}
	if w.Device != nil {
		d := learn.Device(*w.Device)
		out.Device = &d
	}
	return out
}

func proposedBody(p *learn.Proposal) ProposedParser {
	return ProposedParser{
		Lines: p.Lines, Unclaimed: p.Unclaimed, Covered: p.Covered, Device: ProposedDevice(p.Device), Formats: each(p.Formats, proposedFormat),
	}
}

func proposedFormat(f learn.Format) ProposedFormat {
	return ProposedFormat{
		ID: f.ID, Structure: f.Structure, Pattern: f.Pattern, Lines: f.Lines, Samples: whole(f.Samples),
		Fields: each(f.Fields, func(v learn.Field) ProposedField {
			return ProposedField{
				Name: v.Name, Type: v.Type, Present: v.Present, Distinct: v.Distinct, Target: v.Target, As: v.As, Table: v.Table,
				Confidence: v.Confidence, Why: whole(v.Why), Decided: v.Decided,
				Values:       each(v.Values, func(x learn.Value) ProposedValue { return ProposedValue(x) }),
				Alternatives: each(v.Alternatives, func(x learn.Choice) ProposedChoice { return ProposedChoice(x) }),
			}
		}),
	}
}

func proposedRow(r learned.Row) ProposedRow {
	rule := newRuler(r.Raw)
	return ProposedRow{
		Raw: r.Raw, Parser: r.Parser, Format: r.Format,
		Fields: each(r.Fields, func(f learned.RowField) ProposedRowField {
			out := ProposedRowField{Name: f.Name, Value: f.Value, From: f.From, Confidence: f.Confidence, Raw: []Stretch{}}
			for _, p := range f.Spots {
				out.Raw = append(out.Raw, rule.stretch(p.Start, p.End))
			}
			return out
		}),
	}
}

func (a *API) approveProposal(ctx context.Context, in *struct {
	ProposalPath
	Body ProposalApproval
}) (*reply[OwnPackVersion], error) {
	made, err := a.deps.Learning.Approve(ctx, in.Proposal, in.Body.Version, in.Body.wish())
	if err != nil {
		return nil, err
	}
	return answer(ownPackVersion(made)), nil
}

func (a *API) rejectProposal(ctx context.Context, in *struct {
	ProposalPath
	Body ProposalRejection
}) (*reply[ParserProposal], error) {
	h, err := a.deps.Learning.Reject(ctx, in.Proposal, in.Body.Version, in.Body.Note)
	if err != nil {
		return nil, err
	}
	return answer(a.proposalHead(h)), nil
}

// sourceOwner finds whose a source is.
func (a *API) sourceOwner(_ context.Context, id string) (tenant.ID, error) {
	src, ok := a.deps.Names.ByID(id)
	if !ok {
		return "", fault.ErrNotFound
	}
	return src.Tenant, nil
}
