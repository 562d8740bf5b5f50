package api

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Source is one sender, or a group of alike senders, of a customer.
type Source struct {
	ID        string     `json:"id"`
	Tenant    string     `json:"tenant" doc:"Id of the customer."`
	Name      string     `json:"name"`
	Kind      string     `json:"kind" doc:"What the sender is; a hint to the parser."`
	TokenHint string     `json:"token_hint" doc:"First characters of the token."`
	Senders   []string   `json:"senders" nullable:"false" doc:"Addresses (CIDR) whose syslog belongs to the source."`
	CertNames []string   `json:"cert_names" nullable:"false" doc:"Names of client certificates (subject alternative or common name) whose syslog over TLS belongs to the source."`
	Port      int        `json:"port" doc:"Own syslog port; 0 for none."`
	TimeZone  string     `json:"time_zone" doc:"IANA zone of records without an offset; empty is UTC."`
	Encoding  string     `json:"encoding"`
	Disabled  bool       `json:"disabled"`
	LastSeen  *time.Time `json:"last_seen,omitempty" doc:"When the last record arrived."`
	Records   int64      `json:"records" doc:"Records accepted since the source was made."`
	Unparsed  int64      `json:"unparsed" doc:"Of these, claimed by no parser."`
	Dropped   int64      `json:"dropped" doc:"Datagrams over the customer's rate, since the process started."`
	// What follows is how the source is now.
	Health        SourceHealth `json:"health"`
	Rate1m        float64      `json:"rate_1m" doc:"Records a second, over the last minute."`
	Rate1h        float64      `json:"rate_1h" doc:"Records a second, over the last hour."`
	Records1h     int64        `json:"records_1h" doc:"Records of the last sixty minutes."`
	ParseRate     *float64     `json:"parse_rate,omitempty" doc:"Share of the last hour's records that a parser understood, 0–1; absent where there were none."`
	LagS          *float64     `json:"lag_s,omitempty" doc:"Median seconds by which events lay behind their receipt in the last 15 minutes; negative where their time lies ahead. Absent where there were none."`
	ExpectMinutes int          `json:"expect_minutes" doc:"How often records must come at least; 0 for as the source is used to."`
	VerdictsFrom  string       `json:"verdicts_from" doc:"Level from which its own verdicts raise alerts; empty is as configured for all, off takes none."`
	Proposal      string       `json:"proposal,omitempty" doc:"Id of the open proposal of a parser for the source."`
	Series        *SourceSpark `json:"series,omitempty" doc:"Records over time, where asked for."`
	CreatedAt     time.Time    `json:"created_at"`
	UpdatedAt     time.Time    `json:"updated_at"`
	Version       int64        `json:"version"`
}

// SourceDraft is a source to be made.
type SourceDraft struct {
	Name          string   `json:"name" minLength:"1" maxLength:"200"`
	Kind          string   `json:"kind,omitempty" maxLength:"64" doc:"What the sender is said to be, a hint: auto, linux, windows, macos, network, firewall, ids, waf, vpn, proxy, dns, mail, web, nginx, apache, iis, database, container, cloud, endpoint, application, syslog, json, cef, leef, kv, csv, or a word of your own." default:"auto"`
	Senders       []string `json:"senders,omitempty" maxItems:"256" nullable:"false"`
	CertNames     []string `json:"cert_names,omitempty" maxItems:"64" nullable:"false" doc:"Names of client certificates (subject alternative or common name) whose syslog over TLS belongs to the source."`
	Port          int      `json:"port,omitempty" minimum:"0" maximum:"65535"`
	TimeZone      string   `json:"time_zone,omitempty" maxLength:"64"`
	Encoding      string   `json:"encoding,omitempty" maxLength:"32" doc:"auto, utf-8, gb18030 (also gbk, gb2312) or utf-16." default:"auto"`
	ExpectMinutes int      `json:"expect_minutes,omitempty" minimum:"0" maximum:"43200" doc:"How often records must come at least; 0 for as the source is used to."`
	VerdictsFrom  string   `json:"verdicts_from,omitempty" maxLength:"16" doc:"Level from which its own verdicts raise alerts: informational, low, medium, high, critical, or off; empty is as configured for all."`
}

// SourcePatch changes a source. Absent fields stay.
type SourcePatch struct {
	Name      *string   `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Kind      *string   `json:"kind,omitempty" maxLength:"64" doc:"What the sender is said to be, a hint: auto, linux, windows, macos, network, firewall, ids, waf, vpn, proxy, dns, mail, web, nginx, apache, iis, database, container, cloud, endpoint, application, syslog, json, cef, leef, kv, csv, or a word of your own."`
	Senders   *[]string `json:"senders,omitempty" maxItems:"256" nullable:"false"`
	CertNames *[]string `json:"cert_names,omitempty" maxItems:"64" nullable:"false" doc:"Names of client certificates whose syslog over TLS belongs to the source."`
	Port      *int      `json:"port,omitempty" minimum:"0" maximum:"65535"`
	TimeZone  *string   `json:"time_zone,omitempty" maxLength:"64"`
	Encoding  *string   `json:"encoding,omitempty" maxLength:"32" doc:"auto, utf-8, gb18030 (also gbk, gb2312) or utf-16."`
	Disabled  *bool     `json:"disabled,omitempty"`
	// ExpectMinutes of 0 goes back to the source's own habit.
	ExpectMinutes *int    `json:"expect_minutes,omitempty" minimum:"0" maximum:"43200" doc:"How often records must come at least; 0 for as the source is used to."`
	VerdictsFrom  *string `json:"verdicts_from,omitempty" maxLength:"16" doc:"Level from which its own verdicts raise alerts: informational, low, medium, high, critical, or off; empty is as configured for all."`
	Version       int64   `json:"version" minimum:"1" doc:"The version the change was made on."`
}

// FreshSource is a source with its token.
type FreshSource struct {
	Source
	Token string `json:"token" doc:"Senders authenticate with it; shown this once."`
}

// SourcePath is the input of operations whose path names a source.
type SourcePath struct {
	TenantPath
	Source string `path:"source" maxLength:"64"`
}

// Sources manages the sources of a customer. Both halves answer within the context's scope alone: a source of
// any other customer is fault.ErrNotFound.
type Sources interface {
	SourceReader
	SourceKeeper
}

// SourceReader finds sources and what they did.
type SourceReader interface {
	List(ctx context.Context, id tenant.ID) ([]collect.Overview, error)
	Get(ctx context.Context, id tenant.ID, source string) (collect.Overview, error)
	Series(ctx context.Context, id tenant.ID, source string, span collect.Span) ([]collect.Point, error)
	// Reach tells how far we see into each customer that has a source, from memory.
	Reach(ctx context.Context, ids []tenant.ID) map[tenant.ID]*collect.Reach
	DayOf(ctx context.Context, id tenant.ID) (map[string][]collect.Point, error)
}

// SourceKeeper changes sources; a change on an old version is a *fault.Conflict.
type SourceKeeper interface {
	Create(ctx context.Context, id tenant.ID, d collect.Draft) (collect.Source, string, error)
	Update(ctx context.Context, id tenant.ID, source string, p collect.Patch) (collect.Source, error)
	RotateToken(ctx context.Context, id tenant.ID, source string) (collect.Source, string, error)
	Delete(ctx context.Context, id tenant.ID, source string) error
}

func (a *API) declareSources() {
	register(a, operation{
		id: "listSources", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources", tag: "source",
		summary: "Sources of a customer",
	}, inPath(identity.ReadSources), a.listSources)
	register(a, operation{
		id: "createSource", method: http.MethodPost, path: "/api/v1/tenants/{tenant}/sources", tag: "source",
		summary: "Add a source", status: http.StatusCreated,
	}, inPath(identity.ManageSources), a.createSource)
	register(a, operation{
		id: "getSource", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources/{source}", tag: "source",
		summary: "One source",
	}, inPath(identity.ReadSources), a.getSource)
	register(a, operation{
		id: "updateSource", method: http.MethodPatch, path: "/api/v1/tenants/{tenant}/sources/{source}", tag: "source",
		summary: "Change a source",
	}, inPath(identity.ManageSources), a.updateSource)
	register(a, operation{
		id: "deleteSource", method: http.MethodDelete, path: "/api/v1/tenants/{tenant}/sources/{source}", tag: "source",
		summary: "Delete a source; its events stay",
	}, inPath(identity.ManageSources), a.deleteSource)
	register(a, operation{
		id: "rotateSourceToken", method: http.MethodPost, path: "/api/v1/tenants/{tenant}/sources/{source}/token", tag: "source",
		summary: "Replace a source's token; the old one stops at once",
	}, inPath(identity.ManageSources), a.rotateSourceToken)
	a.declareSourceHealth()
	a.declareCoverage()
}

func (a *API) listSources(ctx context.Context, in *struct {
	TenantPath
	SparkWish
}) (*reply[List[Source]], error) {
	t := tenantIn(ctx)
	found, err := a.sourcesOf(ctx, t.ID, in.Series)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{t.ID}, "source.list", "source"); err != nil {
		return nil, err
	}
	return answer(List[Source]{Items: found}), nil
}

func (a *API) createSource(ctx context.Context, in *struct {
	TenantPath
	Body SourceDraft
}) (*reply[FreshSource], error) {
	d := in.Body
	src, token, err := a.deps.Sources.Create(ctx, tenantIn(ctx).ID, collect.Draft{
		Name: d.Name, Kind: d.Kind, Senders: d.Senders, CertNames: d.CertNames, Port: d.Port, TimeZone: d.TimeZone, Encoding: d.Encoding,
		ExpectMinutes: d.ExpectMinutes, VerdictsFrom: d.VerdictsFrom,
	})
	if err != nil {
		return nil, err
	}
	standing, err := a.standingSource(ctx, src)
	if err != nil {
		return nil, err
	}
	return answer(FreshSource{Source: standing.Body, Token: token}), nil
}

func (a *API) getSource(ctx context.Context, in *SourcePath) (*reply[Source], error) {
	t := tenantIn(ctx)
	found, err := a.deps.Sources.Get(ctx, t.ID, in.Source)
	if err != nil {
		return nil, err
	}
	if err := a.auditRead(ctx, []tenant.ID{t.ID}, "source.read", "source/"+found.ID); err != nil {
		return nil, err
	}
	return answer(a.overviewBody(found)), nil
}

func (a *API) updateSource(ctx context.Context, in *struct {
	SourcePath
	Body SourcePatch
}) (*reply[Source], error) {
	b := in.Body
	src, err := a.deps.Sources.Update(ctx, tenantIn(ctx).ID, in.Source, collect.Patch{
		Name: b.Name, Kind: b.Kind, Senders: b.Senders, CertNames: b.CertNames, Port: b.Port, TimeZone: b.TimeZone, Encoding: b.Encoding,
		Disabled: b.Disabled, ExpectMinutes: b.ExpectMinutes, VerdictsFrom: b.VerdictsFrom, Version: b.Version,
	})
	if err != nil {
		return nil, err
	}
	return a.standingSource(ctx, src)
}

func (a *API) rotateSourceToken(ctx context.Context, in *SourcePath) (*reply[FreshSource], error) {
	src, token, err := a.deps.Sources.RotateToken(ctx, tenantIn(ctx).ID, in.Source)
	if err != nil {
		return nil, err
	}
	standing, err := a.standingSource(ctx, src)
	if err != nil {
		return nil, err
	}
	return answer(FreshSource{Source: standing.Body, Token: token}), nil
}

func (a *API) deleteSource(ctx context.Context, in *SourcePath) (*empty, error) {
	return &empty{}, a.deps.Sources.Delete(ctx, tenantIn(ctx).ID, in.Source)
}

// standingSource is a source after a change, with what it did.
func (a *API) standingSource(ctx context.Context, src collect.Source) (*reply[Source], error) {
	found, err := a.deps.Sources.Get(ctx, src.Tenant, src.ID)
	if err != nil {
		return nil, err
	}
	return answer(a.overviewBody(found)), nil
}

func (a *API) overviewBody(o collect.Overview) Source {
	s := sourceBody(o.Source)
	s.Proposal = a.deps.Learning.OpenProposal(o.ID)
	s.LastSeen = moment(o.Activity.LastSeen)
	s.Records, s.Unparsed, s.Dropped = o.Activity.Records, o.Activity.Unparsed, o.Activity.Dropped
	s.condition(&o.Condition)
	return s
}

func sourceBody(s collect.Source) Source {
	return Source{
		ID: s.ID, Tenant: string(s.Tenant), Name: s.Name, Kind: s.Kind, TokenHint: s.TokenHint,
		Senders: each(s.Senders, netip.Prefix.String), CertNames: s.CertNames, Port: s.Port, TimeZone: s.TimeZone, Encoding: s.Encoding,
		Disabled: s.Disabled, ExpectMinutes: s.ExpectMinutes, VerdictsFrom: s.VerdictsFrom, CreatedAt: s.CreatedAt.UTC(), UpdatedAt: s.UpdatedAt.UTC(), Version: s.Version,
	}
}

// moment is a time on the wire, absent where it is zero.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

var _ Sources = (*collect.Service)(nil)
