package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Event is one event, flat: ECS names and values as text, lists of texts where a name has several values.
type Event map[string]any

// evidenceEvents finds the events of an alert's evidence by their ids. Events that the archive no longer holds,
// or does not yet show, are missing from the result.
func (a *API) evidenceEvents(ctx context.Context, d alert.Detail) (map[string]Event, error) {
	t, err := a.tenant(ctx, string(d.Tenant))
	if err != nil {
		return nil, err
	}
	found, err := a.kept(ctx, d.Tenant, d.Evidence)
	if err != nil {
		return nil, err
	}
	events := make(map[string]Event, len(found))
	for _, e := range found {
		events[e.ID] = eventBody(e, t.Slug)
	}
	return events, nil
}

// kept finds the events of firings that the archive holds and shows.
func (a *API) kept(ctx context.Context, id tenant.ID, firings []alert.Evidence) ([]event.Event, error) {
	if len(firings) == 0 {
		return nil, nil
	}
	from, to := firings[0].Time, firings[0].Time
	quoted := make([]string, 0, len(firings))
	for _, e := range firings {
		if e.Time.Before(from) {
			from = e.Time
		}
		if e.Time.After(to) {
			to = e.Time
		}
		quoted = append(quoted, strconv.Quote(e.EventID))
	}
	q, err := query.Parse(event.EventID + ":in(" + strings.Join(quoted, ",") + ")")
	if err != nil {
		return nil, fmt.Errorf("query evidence: %w", err)
	}
	found, err := a.deps.Archive.Search(ctx, archive.Search{
		Tenants: []tenant.ID{id}, Query: q, From: from.Add(-time.Second), To: to.Add(time.Second), Limit: len(quoted),
	})
	if err != nil {
		return nil, fmt.Errorf("find evidence: %w", err)
	}
	return found.Events, nil
}

// tenantField names the customer, by slug, in events that stand outside the archive.
const tenantField = "isoc.tenant"

// eventBody flattens an event for the wire. A name with several values becomes a list, in order.
func eventBody(e event.Event, slug string) Event {
	out := make(Event, len(e.Fields)+3)
	for _, f := range e.Fields {
		switch v := out[f.Name].(type) {
		case nil:
			out[f.Name] = f.Value
			if list := event.Unfold(f); list != nil {
				out[f.Name] = list
			}
		case string:
			out[f.Name] = []string{v, f.Value}
		case []string:
			out[f.Name] = append(v, f.Value)
		}
	}
	if !e.Time.IsZero() {
		out[event.Timestamp] = e.Time.UTC().Format(time.RFC3339Nano)
	}
	if e.ID != "" {
		out[event.EventID] = e.ID
	}
	if slug != "" {
		out[tenantField] = slug
	}
	return out
}
