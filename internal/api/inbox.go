package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/charset"
	"github.com/isoc-project/isoc/internal/tenant"
)

// InboxGroup is the records of one sender that no source claimed.
type InboxGroup struct {
	Group   string    `json:"group" doc:"Names the group."`
	Input   string    `json:"input" doc:"The listener that took them."`
	Sender  string    `json:"sender"`
	Count   int       `json:"count"`
	Bytes   int64     `json:"bytes"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
	Sample  string    `json:"sample" doc:"Start of the latest record."`
	// Kind is a guess from the sample.
	Kind    string `json:"kind" doc:"What the sender seems to be, by its latest record; auto where nothing tells."`
	Dataset string `json:"dataset" doc:"What the latest record would be kept as."`
}

// InboxRecord is one record as received, and how it would be understood.
type InboxRecord struct {
	ReceivedAt time.Time   `json:"received_at"`
	Raw        string      `json:"raw"`
	Fields     Event       `json:"fields"`
	Steps      []ParseStep `json:"steps" nullable:"false"`
}

// RefusedSender is a sender that came with a token no enabled source has.
type RefusedSender struct {
	Sender    string    `json:"sender"`
	TokenHint string    `json:"token_hint" doc:"First characters of the token, where it was one of a source."`
	Count     int64     `json:"count"`
	LastAt    time.Time `json:"last_at"`
}

// InboxAssignment says whose a group's records are.
type InboxAssignment struct {
	Tenant    string `json:"tenant" minLength:"1" maxLength:"64" doc:"Slug or id."`
	Source    string `json:"source" minLength:"1" maxLength:"64" doc:"Id of a source of that customer."`
	AddSender bool   `json:"add_sender,omitempty" doc:"Also take further records of this sender from now on."`
}

// InboxMoved says how many records went on to the pipeline.
type InboxMoved struct {
	Moved int `json:"moved"`
}

// GroupPath is the input of operations whose path names a group.
type GroupPath struct {
	Group string `path:"group" maxLength:"256"`
}

// Inbox is the records that no source claims. It audits assignments, deletions and looks into records by itself.
type Inbox interface {
	Groups(ctx context.Context) ([]record.Group, error)
	Records(ctx context.Context, group string, limit int) ([]record.Record, error)
	Assign(ctx context.Context, group string, id tenant.ID, source string, addSender bool) (int, error)
	Delete(ctx context.Context, group string) (int, error)
	Refused(ctx context.Context) ([]collect.Refusal, error)
}

func (a *API) declareInbox() {
	register(a, operation{
		id: "listInbox", method: http.MethodGet, path: "/api/v1/inbox", tag: "inbox",
		summary: "Senders whose records no source claims",
	}, provider(identity.ManageInbox), a.listInbox)
	register(a, operation{
		id: "listInboxRecords", method: http.MethodGet, path: "/api/v1/inbox/{group}/records", tag: "inbox",
		summary: "First records of a sender",
	}, provider(identity.ManageInbox), a.listInboxRecords)
	register(a, operation{
		id: "assignInbox", method: http.MethodPost, path: "/api/v1/inbox/{group}/assign", tag: "inbox",
		summary: "Give a sender's records to a source", timeout: importTimeout,
	}, provider(identity.ManageInbox), a.assignInbox)
	register(a, operation{
		id: "discardInbox", method: http.MethodDelete, path: "/api/v1/inbox/{group}", tag: "inbox",
		summary: "Throw a sender's records away",
	}, provider(identity.ManageInbox), a.discardInbox)
	register(a, operation{
		id: "listRefused", method: http.MethodGet, path: "/api/v1/inbox-refused", tag: "inbox",
		summary: "Senders of the last hour whose token no enabled source has",
	}, provider(identity.ManageInbox), a.listRefused)
}

func (a *API) listRefused(ctx context.Context, _ *none) (*reply[List[RefusedSender]], error) {
	found, err := a.deps.Inbox.Refused(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[RefusedSender]{Items: each(found, func(r collect.Refusal) RefusedSender {
		return RefusedSender{Sender: r.Remote, TokenHint: r.Hint, Count: r.Count, LastAt: r.Last}
	})}), nil
}

func (a *API) listInbox(ctx context.Context, _ *none) (*reply[List[InboxGroup]], error) {
	groups, err := a.deps.Inbox.Groups(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[InboxGroup]{Items: each(groups, a.groupBody)}), nil
}

func (a *API) listInboxRecords(ctx context.Context, in *struct {
	GroupPath
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"20"`
}) (*reply[List[InboxRecord]], error) {
	records, err := a.deps.Inbox.Records(ctx, in.Group, in.Limit)
	if err != nil {
		return nil, err
	}
	explain := a.explain(ParseSettings{})
	return answer(List[InboxRecord]{Items: each(records, func(r record.Record) InboxRecord {
		as := explain(&r, "")
		return InboxRecord{ReceivedAt: r.Received.UTC(), Raw: readable(r.Raw), Fields: as.Fields, Steps: as.Steps}
	})}), nil
}

func (a *API) assignInbox(ctx context.Context, in *struct {
	GroupPath
	Body InboxAssignment
}) (*reply[InboxMoved], error) {
	t, err := a.tenant(ctx, in.Body.Tenant)
	if err != nil {
		return nil, err
	}
	moved, err := a.deps.Inbox.Assign(ctx, in.Group, t.ID, in.Body.Source, in.Body.AddSender)
	if err != nil {
		return nil, err
	}
	return answer(InboxMoved{Moved: moved}), nil
}

func (a *API) discardInbox(ctx context.Context, in *GroupPath) (*empty, error) {
	_, err := a.deps.Inbox.Delete(ctx, in.Group)
	return &empty{}, err
}

func (a *API) groupBody(g record.Group) InboxGroup {
	as := a.explain(ParseSettings{})(&record.Record{Received: g.Last, Input: g.Input, Remote: g.Sender, Raw: g.Sample}, "")
	return InboxGroup{
		Group: g.Name, Input: g.Input, Sender: g.Sender, Count: g.Records, Bytes: g.Bytes,
		FirstAt: g.First.UTC(), LastAt: g.Last.UTC(), Sample: readable(g.Sample), Kind: guessKind(as.Fields), Dataset: textOf(as.Fields, event.Dataset),
	}
}

// guessKind says what a sender seems to be, by the fields of one of its records.
func guessKind(fields Event) string {
	vendor, kind, _ := strings.Cut(textOf(fields, event.Dataset), ".")
	switch observer := textOf(fields, "observer.type"); {
	case slices.Contains([]string{"firewall", "ids", "waf", "vpn", "proxy"}, observer):
		return observer
	case textOf(fields, event.IsocParser) == "syslog":
		return "syslog"
	case vendor == "linux" && kind != "firewall", vendor == "windows", vendor == "dns", vendor == "proxy":
		return vendor
	case vendor == "web":
		if program := textOf(fields, event.ProcessName); program == "nginx" || program == "apache" {
			return program
		}
		return "web"
	}
	switch parser := textOf(fields, event.IsocParser); parser {
	case "cef", "leef", "json", "kv":
		return parser
	}
	return "auto"
}

// textOf is a field's one value as text.
func textOf(fields Event, name string) string {
	v, _ := fields[name].(string)
	return v
}

// readable is a record as text, decoded as the parser would without being told how.
func readable(raw []byte) string {
	text, _ := charset.Decode(raw, "auto")
	return text
}

var _ Inbox = (*collect.Inbox)(nil)
