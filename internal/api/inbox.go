package api

import (
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// InboxGroup is the records of one sender that no source claimed.
type InboxGroup struct {
	Group   string    `json:"group" doc:"Names the group."`
	Input   string    `json:"input" doc:"The listener that took them."`
	Sender  string    `json:"sender"`
	Count   int64     `json:"count"`
	Bytes   int64     `json:"bytes"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
	Sample  string    `json:"sample" doc:"The latest record, cut."`
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
	Moved int64 `json:"moved"`
}

// GroupPath is the input of operations whose path names a group.
type GroupPath struct {
	Group string `path:"group" maxLength:"256"`
}

func (a *API) declareInbox() {
	register(a, operation{
		id: "listInbox", method: http.MethodGet, path: "/api/v1/inbox", tag: "inbox",
		summary: "Senders whose records no source claims",
	}, provider(identity.ManageInbox), pending[none, reply[List[InboxGroup]]])
	register(a, operation{
		id: "listInboxRecords", method: http.MethodGet, path: "/api/v1/inbox/{group}/records", tag: "inbox",
		summary: "Latest records of a sender",
	}, provider(identity.ManageInbox), pending[struct {
		GroupPath
		Limit int `query:"limit" minimum:"1" maximum:"200" default:"20"`
	}, reply[List[InboxRecord]]])
	register(a, operation{
		id: "assignInbox", method: http.MethodPost, path: "/api/v1/inbox/{group}/assign", tag: "inbox",
		summary: "Give a sender's records to a source", timeout: importTimeout,
	}, provider(identity.ManageInbox), pending[struct {
		GroupPath
		Body InboxAssignment
	}, reply[InboxMoved]])
	register(a, operation{
		id: "discardInbox", method: http.MethodDelete, path: "/api/v1/inbox/{group}", tag: "inbox",
		summary: "Throw a sender's records away",
	}, provider(identity.ManageInbox), pending[GroupPath, empty])
}
