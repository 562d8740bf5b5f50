package input_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
)

const splunk = "Authorization: Splunk " + acmeToken

func TestHECTakesConcatenatedEventsWithTheirEnvelope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	body := `{"time":1772600767.891,"host":"web-1","source":"/var/log/auth.log","sourcetype":"linux_secure","index":"main","event":"Mar 4 \"x\" 中","fields":{"env":"prod","n":3}}` +
		"\n\r " + `{"event": {"b" : [1, 2]}, "time":"1772600767891"}[{"event":"in an array"}, {"event":42}]`
	for _, path := range []string{"", "/event", "/event/1.0", "/"} {
		before := len(w.raws())
		got := call(t, "POST", srv.URL+"/services/collector"+path, strings.NewReader(body), splunk)
		if got.status != 200 || got.body != `{"text":"Success","code":0}`+"\n" {
			t.Fatalf("%q: %+v", path, got)
		}
		want := []string{`acme-token:Mar 4 "x" 中`, `acme-token:{"b" : [1, 2]}`, "acme-token:in an array", "acme-token:42"}
		if diff := cmp.Diff(want, w.raws()[before:]); diff != "" {
			t.Fatal(diff)
		}
	}
	r := w.records()[0]
	at := time.Date(2026, 3, 4, 5, 6, 7, 891_000_000, time.UTC)
	want := []event.Field{
		{Name: "host.name", Value: "web-1"}, {Name: "splunk.source", Value: "/var/log/auth.log"}, {Name: "splunk.sourcetype", Value: "linux_secure"},
		{Name: "splunk.index", Value: "main"}, {Name: "labels.env", Value: "prod"}, {Name: "labels.n", Value: "3"},
	}
	if diff := cmp.Diff(want, r.Fields); diff != "" || !r.Time.Equal(at) || !w.records()[1].Time.Equal(at) || !w.records()[2].Time.IsZero() {
		t.Fatalf("%s %s %s", diff, r.Time, w.records()[1].Time)
	}
}

func TestHECTakesRawLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	got := call(t, "POST", srv.URL+"/services/collector/raw?host=h1&sourcetype=st&channel=abc", strings.NewReader("one\n\ntwo"), splunk)
	if got.status != 200 {
		t.Fatal(got)
	}
	if diff := cmp.Diff([]string{"acme-token:one", "acme-token:two"}, w.raws()); diff != "" {
		t.Fatal(diff)
	}
	want := []event.Field{{Name: "host.name", Value: "h1"}, {Name: "splunk.sourcetype", Value: "st"}}
	if diff := cmp.Diff(want, w.records()[1].Fields); diff != "" {
		t.Fatal(diff)
	}
}

func TestHECNamesTheBadEventAndKeepsTheGoodOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	for _, c := range []struct{ body, want string }{
		{`{"event":"a"}{"time":1}{"event":"b"}`, `{"text":"Event field is required","code":12,"invalid-event-number":1,"accepted":2}`},
		{`{"event":""}`, `{"text":"Event field cannot be blank","code":13,"invalid-event-number":0,"accepted":0}`},
		{`{"event":null}`, `{"text":"Event field cannot be blank","code":13,"invalid-event-number":0,"accepted":0}`},
		{`{"event":"c"} {"event": nonsense} {"event":"d"}`, `{"text":"Invalid data format","code":6,"invalid-event-number":1,"accepted":2}`},
		{`{"event":"e"}{"event":"`, `{"text":"Invalid data format","code":6,"invalid-event-number":1,"accepted":1}`},
		{`text`, `{"text":"Invalid data format","code":6,"invalid-event-number":0,"accepted":0}`},
		{``, `{"text":"No data","code":5}`},
	} {
		got := call(t, "POST", srv.URL+"/services/collector/event", strings.NewReader(c.body), splunk)
		if got.status != 400 || strings.TrimSpace(got.body) != c.want {
			t.Errorf("%s: %+v", c.body, got)
		}
	}
	if diff := cmp.Diff([]string{"acme-token:a", "acme-token:b", "acme-token:c", "acme-token:d", "acme-token:e"}, w.raws()); diff != "" {
		t.Fatal(diff)
	}
}

func TestHECAnswersItsOtherEndpoints(t *testing.T) {
	t.Parallel()
	srv := serve(t, newWorld(t), input.HTTPOptions{})
	for _, c := range []struct {
		method, path, auth string
		status             int
		body               string
	}{
		{"GET", "/health", "", 200, `{"text":"HEC is healthy","code":17}`},
		{"GET", "/health/1.0", "", 200, `{"text":"HEC is healthy","code":17}`},
		{"POST", "/ack?channel=1", splunk, 400, `{"text":"ACK is disabled","code":14}`},
		{"POST", "/event", "", 401, `{"text":"Token is required","code":2}`},
		{"POST", "/event", "Authorization: Splunk nope", 401, `{"text":"Invalid token","code":4}`},
		{"GET", "/event", splunk, 405, `{"text":"Method Not Allowed","code":405}`},
		{"POST", "/nope", splunk, 404, `{"text":"The requested URL was not found on this server.","code":404}`},
	} {
		got := call(t, c.method, srv.URL+"/services/collector"+c.path, nil, c.auth)
		if got.status != c.status || strings.TrimSpace(got.body) != c.body {
			t.Errorf("%s: %+v", c.path, got)
		}
	}
}
