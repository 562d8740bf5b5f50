package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/tenant"
)

func explain(t *testing.T, w *world, id, query string) api.AlertExplanation {
	t.Helper()
	return into[api.AlertExplanation](t, w.analyst().get(t, "/api/v1/alerts/"+id+"/explain"+query), http.StatusOK)
}

// cutOut is what a stretch marks in a text as JavaScript has it.
func cutOut(text string, s api.Stretch) string {
	return string(utf16.Decode(utf16.Encode([]rune(text))[s.Start:s.End]))
}

func TestExplanationShowsWhatMatchedAndWhere(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	x := explain(t, w, w.one.alert, "")
	if !x.Kept || x.EventID != w.one.event || x.Rule.State != "same" || !x.Rule.Running || x.Tree == nil || x.Reading == nil {
		t.Fatalf("explanation = %+v", x)
	}
	root := x.Tree.Root
	if strings.Join(x.Tree.Conditions, "") != "selection" || root.Kind != "search" || root.Text != "selection" || !root.Holds {
		t.Fatalf("root = %+v", root)
	}
	test := root.Kids[0].Test
	if test.Field != "message" || strings.Join(test.Modifiers, "") != "contains" || test.Count != 1 || test.Matched != 1 {
		t.Fatalf("test = %+v", test)
	}
	hit := test.Patterns[0].Hits[0]
	value := x.Tree.Values[hit.Value]
	if value.Field != "message" || cutOut(value.Value, hit.Spans[0]) != "failed" {
		t.Errorf("hit %+v in %+v", hit, value)
	}
	if len(hit.Raw) != 1 || cutOut("<13>login failed "+w.one.secret, hit.Raw[0]) != "failed" {
		t.Errorf("in the record: %+v", hit.Raw)
	}
}

// raise puts a record of customer one through the parser into the archive and raises an alert on it.
func (w *world) raise(t *testing.T, raw, ruleID string, seq uint64, matches ...alert.Match) (id, eventID string) {
	t.Helper()
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	var ev event.Event
	parse.New(parse.Options{}).Parse(&record.Record{Tenant: tenant.ID(w.one.id), Source: w.one.source, Received: w.now, Raw: []byte(raw)}, &ev)
	ev.ID, ev.Time = eventIDOf(seq), w.now.Add(-time.Minute)
	ev.Set(event.EventID, ev.ID)
	must(t, w.archive.Append(ctx, []event.Event{ev}))
	must(t, w.archive.Flush(ctx))
	must(t, w.alerts.Apply(ctx, tenant.ID(w.one.id), alert.Stream{Epoch: 1}, seq, []alert.Signal{{
		Tenant: tenant.ID(w.one.id), Model: "signature", Rule: alert.Rule{ID: ruleID, Title: "Hostile", Level: "high"},
		Time: ev.Time, EventID: ev.ID, Matches: matches,
	}}))
	page, err := w.alerts.List(ctx, alert.Query{Tenants: []tenant.ID{tenant.ID(w.one.id)}, Rule: ruleID})
	must(t, err)
	return page.Items[0].ID, ev.ID
}

func eventIDOf(seq uint64) string { return eventID(seq, 7) }

func (w *world) load(t *testing.T, rule string) {
	t.Helper()
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	pack := zipped(t, "hostile.yml", rule)
	_, err := w.content.Import(ctx, content.ImportOptions{Name: "hostile", Unsigned: true, Activate: true}, bytes.NewReader(pack), int64(len(pack)))
	must(t, err)
}

const hostileRule = `title: Hostile
id: 5f8f4e2a-0000-4000-8000-0000000000aa
level: high
logsource: {product: linux}
detection:
  words: ["<script>", "登录"]
  field: {message|contains: "\u202e", user.name: [root, "<b>"]}
  condition: 1 of words or (field and not 1 of wor*)
`

func TestExplanationOfHostileValues(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.load(t, hostileRule)
	raw := "😀 <script>alert(1)</script> \u202e登录\x00失败 \"x\\\" user=root " + strings.Repeat("长", 3000)
	id, eventID := w.raise(t, raw, "5f8f4e2a-0000-4000-8000-0000000000aa", 77, alert.Match{Selection: "words", Value: "x", Pattern: "<script>"})
	x := explain(t, w, id, "?event="+eventID)
	if x.Tree == nil || !x.Tree.Root.Holds || x.Rule.State != "same" {
		t.Fatalf("explanation = %+v", x)
	}
	words := x.Tree.Root.Kids[0].Kids[0].Kids[0].Test
	if words == nil || words.Matched != 2 {
		t.Fatalf("words = %+v", x.Tree.Root.Kids[0])
	}
	for _, p := range words.Patterns {
		for _, h := range p.Hits {
			v := x.Tree.Values[h.Value]
			if int64(len(v.Value)) > 4<<10 || v.Length < int64(3000) && v.Field != "user.name" {
				t.Errorf("value of %s: %d bytes, length %d", v.Field, len(v.Value), v.Length)
			}
			s := api.Stretch{Start: h.Spans[0].Start - v.Skipped, End: h.Spans[0].End - v.Skipped}
			if got := cutOut(v.Value, s); got != p.Text {
				t.Errorf("%q marks %q", p.Text, got)
			}
			for _, r := range h.Raw {
				if got := cutOut(raw, r); got != p.Text {
					t.Errorf("%q marks %q in the record", p.Text, got)
				}
			}
		}
	}
}

func TestExplanationSaysWhenTheRuleIsAnother(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.load(t, strings.Replace(hostileRule, "title: Hostile", "title: Renamed", 1))
	id, _ := w.raise(t, "nothing to see", "5f8f4e2a-0000-4000-8000-0000000000aa", 78, alert.Match{Selection: "words", Value: "x", Pattern: "old"})
	if x := explain(t, w, id, ""); x.Rule.State != "changed" || strings.Join(x.Rule.Signs, ",") != "silent,title,pattern" || x.Tree.Root.Holds {
		t.Errorf("rule = %+v", x.Rule)
	}
	gone, _ := w.raise(t, "nothing", "5f8f4e2a-0000-4000-8000-0000000000ff", 79)
	if x := explain(t, w, gone, ""); x.Rule.State != "gone" || x.Tree != nil || x.Reading == nil {
		t.Errorf("rule = %+v", x.Rule)
	}
}

func TestExplanationWithoutTheEvent(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	must(t, w.archive.DeleteTenant(ctx, tenant.ID(w.one.id)))
	x := explain(t, w, w.one.alert, "")
	if x.Kept || x.Tree != nil || x.Reading != nil || x.Rule.State != "same" || x.EventID != w.one.event {
		t.Errorf("explanation = %+v", x)
	}
	wrong(t, w.analyst().get(t, "/api/v1/alerts/"+w.one.alert+"/explain?event=other"), http.StatusNotFound, "not_found")
}

func TestExplanationTellsHowTheRecordWasRead(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	raw := "<38>Jan  2 03:04:05 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4711 ssh2"
	id, _ := w.raise(t, raw, "5f8f4e2a-0000-4000-8000-0000000000ff", 80)
	x := explain(t, w, id, "")
	places := map[string]string{}
	var steps []string
	for _, s := range x.Reading.Steps {
		steps = append(steps, s.Name)
		for _, f := range s.Fields {
			for _, p := range f.Raw {
				places[f.Name] = cutOut(raw, p)
			}
		}
	}
	if x.Reading.Source.Name != "web of "+w.one.slug || len(x.Reading.Changed) > 0 || len(steps) < 3 {
		t.Errorf("reading = %+v", x.Reading)
	}
	for name, want := range map[string]string{"source.ip": "203.0.113.9", "user.name": "root", "host.name": "web1", "source.port": "4711"} {
		if places[name] != want {
			t.Errorf("%s stands at %q, want %q (steps %v)", name, places[name], want, steps)
		}
	}
}
