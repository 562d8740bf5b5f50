package api

import (
	"context"
	"net/http"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// EventFields are the fields that events have by the Elastic Common Schema, whether any event has them yet or not.
type EventFields struct {
	Items []EventField `json:"items" nullable:"false" doc:"By name."`
}

// EventField is one of them.
type EventField struct {
	Name   string   `json:"name"`
	Type   string   `json:"type" enum:"text,number,boolean"`
	Values []string `json:"values" nullable:"false" doc:"All values that the schema allows; empty where it allows any."`
}

func (a *API) declareEventFields() {
	register(a, operation{
		id: "listEventFields", method: http.MethodGet, path: "/api/v1/event-fields", tag: "source",
		summary: "Fields of the Elastic Common Schema, to map a device's fields to",
	}, platform(identity.ReadSources), a.listEventFields)
}

func (a *API) listEventFields(context.Context, *struct{}) (*reply[EventFields], error) {
	known := ecs.Fields()
	out := EventFields{Items: make([]EventField, 0, len(known))}
	for _, f := range known {
		out.Items = append(out.Items, EventField{Name: f.Name, Type: f.Type, Values: whole(f.Values)})
	}
	return &reply[EventFields]{Body: out}, nil
}
