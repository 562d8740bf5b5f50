package api

import (
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// Source is one sender, or a group of alike senders, of a customer.
type Source struct {
	ID        string     `json:"id"`
	Tenant    string     `json:"tenant" doc:"Id of the customer."`
	Name      string     `json:"name"`
	Kind      string     `json:"kind" doc:"What the sender is; a hint to the parser."`
	TokenHint string     `json:"token_hint" doc:"First characters of the token."`
	Senders   []string   `json:"senders" nullable:"false" doc:"Addresses (CIDR) whose syslog belongs to the source."`
	Port      int        `json:"port" doc:"Own syslog port; 0 for none."`
	TimeZone  string     `json:"time_zone" doc:"IANA zone of records without an offset; empty is UTC."`
	Encoding  string     `json:"encoding"`
	Disabled  bool       `json:"disabled"`
	LastSeen  *time.Time `json:"last_seen,omitempty" doc:"When the last record arrived."`
	Records   int64      `json:"records" doc:"Records accepted since the source was made."`
	Unparsed  int64      `json:"unparsed" doc:"Of these, claimed by no parser."`
	CreatedAt time.Time  `json:"created_at"`
	UpdatedAt time.Time  `json:"updated_at"`
	Version   int64      `json:"version"`
}

// SourceDraft is a source to be made.
type SourceDraft struct {
	Name     string   `json:"name" minLength:"1" maxLength:"200"`
	Kind     string   `json:"kind,omitempty" maxLength:"64" default:"auto"`
	Senders  []string `json:"senders,omitempty" maxItems:"256" nullable:"false"`
	Port     int      `json:"port,omitempty" minimum:"0" maximum:"65535"`
	TimeZone string   `json:"time_zone,omitempty" maxLength:"64"`
	Encoding string   `json:"encoding,omitempty" enum:"auto,utf-8,gb18030,utf-16" default:"auto"`
}

// SourcePatch changes a source. Absent fields stay.
type SourcePatch struct {
	Name     *string   `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Kind     *string   `json:"kind,omitempty" maxLength:"64"`
	Senders  *[]string `json:"senders,omitempty" maxItems:"256" nullable:"false"`
	Port     *int      `json:"port,omitempty" minimum:"0" maximum:"65535"`
	TimeZone *string   `json:"time_zone,omitempty" maxLength:"64"`
	Encoding *string   `json:"encoding,omitempty" enum:"auto,utf-8,gb18030,utf-16"`
	Disabled *bool     `json:"disabled,omitempty"`
	Version  int64     `json:"version" minimum:"1" doc:"The version the change was made on."`
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

func (a *API) declareSources() {
	register(a, operation{
		id: "listSources", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources", tag: "source",
		summary: "Sources of a customer",
	}, inPath(identity.ReadSources), pending[TenantPath, reply[List[Source]]])
	register(a, operation{
		id: "createSource", method: http.MethodPost, path: "/api/v1/tenants/{tenant}/sources", tag: "source",
		summary: "Add a source", status: http.StatusCreated,
	}, inPath(identity.ManageSources), pending[struct {
		TenantPath
		Body SourceDraft
	}, reply[FreshSource]])
	register(a, operation{
		id: "getSource", method: http.MethodGet, path: "/api/v1/tenants/{tenant}/sources/{source}", tag: "source",
		summary: "One source",
	}, inPath(identity.ReadSources), pending[SourcePath, reply[Source]])
	register(a, operation{
		id: "updateSource", method: http.MethodPatch, path: "/api/v1/tenants/{tenant}/sources/{source}", tag: "source",
		summary: "Change a source",
	}, inPath(identity.ManageSources), pending[struct {
		SourcePath
		Body SourcePatch
	}, reply[Source]])
	register(a, operation{
		id: "deleteSource", method: http.MethodDelete, path: "/api/v1/tenants/{tenant}/sources/{source}", tag: "source",
		summary: "Delete a source; its events stay",
	}, inPath(identity.ManageSources), pending[SourcePath, empty])
	register(a, operation{
		id: "rotateSourceToken", method: http.MethodPost, path: "/api/v1/tenants/{tenant}/sources/{source}/token", tag: "source",
		summary: "Replace a source's token; the old one stops at once",
	}, inPath(identity.ManageSources), pending[SourcePath, reply[FreshSource]])
}
