package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
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
}

// InboxRecord is one record as received.
type InboxRecord struct {
	ReceivedAt time.Time `json:"received_at"`
	Raw        string    `json:"raw"`
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
}

func (a *API) listInbox(ctx context.Context, _ *none) (*reply[List[InboxGroup]], error) {
	groups, err := a.deps.Inbox.Groups(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[InboxGroup]{Items: each(groups, groupBody)}), nil
}

func (a *API) listInboxRecords(ctx context.Context, in *struct {
	GroupPath
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"20"`
}) (*reply[List[InboxRecord]], error) {
	records, err := a.deps.Inbox.Records(ctx, in.Group, in.Limit)
	if err != nil {
		return nil, err
	}
	return answer(List[InboxRecord]{Items: each(records, func(r record.Record) InboxRecord {
		return InboxRecord{ReceivedAt: r.Received.UTC(), Raw: readable(r.Raw)}
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

func groupBody(g record.Group) InboxGroup {
	return InboxGroup{
		Group: g.Name, Input: g.Input, Sender: g.Sender, Count: g.Records, Bytes: g.Bytes,
		FirstAt: g.First.UTC(), LastAt: g.Last.UTC(), Sample: readable(g.Sample),
	}
}

// readable is a record as text, decoded as the parser would without being told how.
func readable(raw []byte) string {
	text, _ := charset.Decode(raw, "auto")
	return text
}

var _ Inbox = (*collect.Inbox)(nil)
