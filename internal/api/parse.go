package api

import (
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// ParseRequest is one record to try the parser on.
type ParseRequest struct {
	Raw      string `json:"raw" minLength:"1" maxLength:"262144" doc:"The record as a sender would send it."`
	Kind     string `json:"kind,omitempty" maxLength:"64" default:"auto"`
	TimeZone string `json:"time_zone,omitempty" maxLength:"64"`
	Encoding string `json:"encoding,omitempty" enum:"auto,utf-8,gb18030,utf-16" default:"auto"`
}

// ParseResult is what the pipeline would make of the record, and how.
type ParseResult struct {
	Fields Event       `json:"fields"`
	Steps  []ParseStep `json:"steps" nullable:"false"`
}

// ParseStep is one step of the parser.
type ParseStep struct {
	Name   string       `json:"name"`
	Result string       `json:"result"`
	OK     bool         `json:"ok"`
	Fields []ParseField `json:"fields" nullable:"false" doc:"Fields the step added."`
}

// ParseField is one field with its value.
type ParseField struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func (a *API) declareParse() {
	register(a, operation{
		id: "parse", method: http.MethodPost, path: "/api/v1/parse", tag: "source",
		summary: "Try the parser on a record; nothing is kept",
	}, provider(identity.ManageSources), pending[struct{ Body ParseRequest }, reply[ParseResult]])
}
