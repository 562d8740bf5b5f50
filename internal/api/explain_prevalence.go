package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of prevalence. What is not counted within the long time is counted over the last day alone; what is not
// counted then either is said to be not counted.
const (
	prevalenceDays      = 30
	prevalenceLong      = 12 * time.Second
	prevalenceShort     = 5 * time.Second
	maxPrevalent        = 12      // values
	maxPrevalentValue   = 2 << 10 // bytes of a value
	rareRecords         = 10
	rareHosts           = 2
	prevalenceShortSpan = 24 * time.Hour
)

// prevalentFields are those whose values tell one thing from another, in the order in which they are shown.
var prevalentFields = []string{
	event.HostName, event.SourceIP, event.UserName, "user.target.name", event.DestinationIP, "destination.domain", "url.domain", "dns.question.name",
	"process.hash.sha256", "process.hash.sha1", "process.hash.md5", "file.hash.sha256", "file.hash.sha1", "file.hash.md5",
	"process.executable", event.ProcessName, "process.parent.executable", "process.parent.name", "file.path", "file.name", "service.name",
	"process.command_line", "user_agent.original",
}

// AlertPrevalence says how common the values of an alert are at its customer.
type AlertPrevalence struct {
	From   time.Time         `json:"from"`
	To     time.Time         `json:"to"`
	Values []ValuePrevalence `json:"values" nullable:"false"`
}

// ValuePrevalence says how common one value is. The alert's own events are among those counted.
type ValuePrevalence struct {
	Field string `json:"field"`
	Value string `json:"value"`
	Query string `json:"query" doc:"Finds the records that were counted, between since and the end."`
	// Counted says how far back the figures go.
	Counted string     `json:"counted" enum:"all,day,none" doc:"all: the whole time; day: only the last day of it, since more took too long, so that the figures are lower bounds; none: not even that."`
	Since   time.Time  `json:"since"`
	Records uint64     `json:"records"`
	Hosts   uint64     `json:"hosts" doc:"Different values of host.name."`
	First   *time.Time `json:"first,omitempty"`
	Last    *time.Time `json:"last,omitempty"`
	Rare    bool       `json:"rare" doc:"At most ten records on at most two hosts in the whole time. Hosts themselves are never called rare."`
}

func (a *API) declarePrevalence() {
	register(a, operation{
		id: "alertPrevalence", method: http.MethodGet, path: "/api/v1/alerts/{id}/prevalence", tag: "alert",
		summary: "How common the values of an alert are at its customer", timeout: searchTimeout,
	}, ofObject(identity.SearchEvents, "id", a.alertOwner), a.alertPrevalence)
}

func (a *API) alertPrevalence(ctx context.Context, in *struct {
	AlertPath
	Event string `query:"event" maxLength:"64" doc:"Id of an event the alert keeps; absent: the first firing that the archive still has."`
}) (*reply[AlertPrevalence], error) {
	d, err := a.deps.Alerts.Get(ctx, in.ID)
	if err != nil {
		return nil, fmt.Errorf("get alert: %w", err)
	}
	if err := a.auditRead(ctx, []tenant.ID{d.Tenant}, "event.prevalence", "alert/"+d.ID); err != nil {
		return nil, err
	}
	x, err := a.firing(ctx, d, in.Event)
	if err != nil {
		return nil, err
	}
	to := a.opts.Now().UTC().Truncate(time.Second).Add(time.Second)
	out := AlertPrevalence{From: to.AddDate(0, 0, -prevalenceDays), To: to}
	out.Values, err = a.prevalence(ctx, d.Tenant, prevalent(d, x.event), out.From, to)
	if err != nil {
		return nil, err
	}
	return answer(out), nil
}

// prevalent picks the values to count: the alert's entities, and of the event what tells things apart.
func prevalent(d alert.Detail, ev *event.Event) []event.Field {
	found := slices.Clone(d.Entities)
	for _, name := range prevalentFields {
		if ev == nil || isList(ev, name) {
			continue // a list stands in the archive as one text, which no condition on one value finds
		}
		if f := (event.Field{Name: name, Value: ev.Value(name)}); !slices.Contains(found, f) {
			found = append(found, f)
		}
	}
	found = slices.DeleteFunc(found, func(f event.Field) bool {
		return f.Value == "" || f.Value == "-" || len(f.Value) > maxPrevalentValue
	})
	place := func(f event.Field) int {
		if i := slices.Index(prevalentFields, f.Name); i >= 0 {
			return i
		}
		return len(prevalentFields)
	}
	slices.SortStableFunc(found, func(a, b event.Field) int { return place(a) - place(b) })
	return found[:min(len(found), maxPrevalent)]
}

func isList(ev *event.Event, name string) bool {
	n := 0
	for _, f := range ev.Fields {
		if f.Name == name {
			n++
		}
	}
	return n > 1
}

// prevalence counts the values one after the other, so that it never holds more than one of the archive's places.
func (a *API) prevalence(ctx context.Context, id tenant.ID, values []event.Field, from, to time.Time) ([]ValuePrevalence, error) {
	long, cancel := context.WithTimeout(ctx, prevalenceLong)
	defer cancel()
	out := make([]ValuePrevalence, 0, len(values))
	var late []int
	for i, f := range values {
		v, err := a.countValue(long, id, f, from, to)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		if err != nil {
			late = append(late, i)
		}
		out = append(out, v)
	}
	short, cancel := context.WithTimeout(ctx, prevalenceShort)
	defer cancel()
	for _, i := range late {
		v, err := a.countValue(short, id, values[i], to.Add(-prevalenceShortSpan), to)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return nil, err
		}
		if err == nil {
			v.Counted, v.Rare = "day", false
		}
		out[i] = v
	}
	return out, nil
}

// countValue counts the records with a value. With an error it gives what is known without counting.
func (a *API) countValue(ctx context.Context, id tenant.ID, f event.Field, from, to time.Time) (ValuePrevalence, error) {
	out := ValuePrevalence{Field: f.Name, Value: f.Value, Query: query.Exactly(f.Name, f.Value), Counted: "none", Since: from}
	if ctx.Err() != nil {
		return out, fmt.Errorf("prevalence: %w", ctx.Err())
	}
	q, err := query.Parse(out.Query + " | stats count() as n, count_uniq(" + event.HostName + ") as hosts, min(@timestamp) as first, max(@timestamp) as last")
	if err != nil {
		return out, fmt.Errorf("prevalence of %s: %w", f.Name, err)
	}
	found, err := a.deps.Archive.Search(ctx, archive.Search{Tenants: []tenant.ID{id}, Query: q, From: from, To: to, Limit: 1})
	if err != nil {
		return out, fmt.Errorf("prevalence: %w", err)
	}
	if len(found.Events) == 0 {
		return out, fmt.Errorf("prevalence: no answer: %w", fault.ErrUnavailable)
	}
	row := found.Events[0]
	out.Counted, out.Records, out.Hosts = "all", wholeNumber(row.Value("n")), wholeNumber(row.Value("hosts"))
	if out.Records > 0 {
		first, last := engineMoment(row.Value("first")), engineMoment(row.Value("last"))
		out.First, out.Last = &first, &last
	}
	out.Rare = f.Name != event.HostName && out.Records <= rareRecords && out.Hosts <= rareHosts
	return out, nil
}
