package parse

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

func parseOne(t *testing.T, p *Parser, rec record.Record) event.Event {
	t.Helper()
	if rec.Received.IsZero() {
		rec.Received = received()
	}
	var ev event.Event
	p.Parse(&rec, &ev)
	return ev
}

func TestTimeComesFromRecordThenEnvelopeThenReceipt(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil), Sources: func(id string) (Settings, bool) {
		return Settings{TimeZone: map[string]string{"cn": "Asia/Shanghai", "odd": "Nowhere/Else"}[id]}, true
	}})
	envelope := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	cases := []struct{ name, source, raw, want string }{
		{"header without a zone, in the source's", "cn", "<13>Jun 14 20:00:00 h app: x", "2024-06-14T12:00:00Z"},
		{"header with a zone", "cn", "<13>1 2024-06-14T20:00:00-01:00 h app - - - x", "2024-06-14T21:00:00Z"},
		{"unknown zone is UTC", "odd", "<13>Jun 14 20:00:00 h app: x", "2024-06-14T20:00:00Z"},
		{"December received in June is last year's", "utc", "<13>Dec 31 23:00:00 h app: x", "2023-12-31T23:00:00Z"},
		{"record's own time before the header's", "utc", `<13>Jun 14 20:00:00 h app: {"time":"2024-06-14T19:59:58Z"}`, "2024-06-14T19:59:58Z"},
		{"envelope", "utc", "free text", "2024-06-01T00:00:00Z"},
	}
	for _, c := range cases {
		ev := parseOne(t, p, record.Record{Source: c.source, Raw: []byte(c.raw), Time: envelope})
		if got := ev.Time.Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	ev := parseOne(t, p, record.Record{Raw: []byte("free text")})
	if !ev.Time.Equal(received()) {
		t.Errorf("without any time: %s, want the time of receipt", ev.Time)
	}
}

func TestYearAtTheTurnOfTheYear(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil)})
	for _, c := range []struct{ received, header, want string }{
		{"2025-01-01T00:00:05Z", "Dec 31 23:59:59", "2024-12-31T23:59:59Z"},
		{"2024-12-31T23:59:55Z", "Jan  1 00:00:01", "2025-01-01T00:00:01Z"},
		{"2024-03-01T00:00:00Z", "Feb 29 12:00:00", "2024-02-29T12:00:00Z"},
	} {
		at, err := time.Parse(time.RFC3339, c.received)
		if err != nil {
			t.Fatal(err)
		}
		ev := parseOne(t, p, record.Record{Received: at, Raw: []byte("<13>" + c.header + " h app: x")})
		if got := ev.Time.Format(time.RFC3339); got != c.want {
			t.Errorf("received %s, header %s: %s, want %s", c.received, c.header, got, c.want)
		}
	}
}

func TestEnvelopeFieldsAreMergedBehindTheRecord(t *testing.T) {
	t.Parallel()
	ev := parseOne(t, New(Options{Packs: pack.NewShelf(nil)}), record.Record{Tenant: tenant.ID("t1"), Source: "s9", Raw: []byte("<13>Jun 14 20:00:00 web1 app: x"), Fields: []event.Field{
		{Name: "host.name", Value: "envelope"}, {Name: "labels.team", Value: "blue"}, {Name: "isoc.source.id", Value: "forged"}, {Name: "event.id", Value: "forged"},
	}})
	for name, want := range map[string]string{"host.name": "web1", "labels.team": "blue", "isoc.source.id": "s9", "event.id": ""} {
		if got := ev.Value(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if ev.Tenant != "t1" {
		t.Errorf("tenant %q", ev.Tenant)
	}
}

func TestMessageIsOneField(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"message":["a","b"],"x":1}`:                      "a\nb",
		`{"message":{"a":1}}`:                              `{"message":{"a":1}}`,
		`{"message":"m"}`:                                  "m",
		`<13>Jun 14 20:00:00 h app: a=1 b=2 message=3 c=4`: "a=1 b=2 message=3 c=4",
	} {
		ev := parseOne(t, New(Options{Packs: pack.NewShelf(nil)}), record.Record{Raw: []byte(raw)})
		checkEvent(t, []byte(raw), &ev)
		if got := ev.Value(event.Message); got != want {
			t.Errorf("%s: message %q, want %q", raw, got, want)
		}
	}
}

func TestGBKRecordIsDecodedAndNoted(t *testing.T) {
	t.Parallel()
	const text = "<134>Jun 14 19:00:00 fw 源IP=203.0.113.120 目的IP=10.0.0.80 动作=阻断"
	raw, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	ev := parseOne(t, New(Options{Packs: pack.NewShelf(nil)}), record.Record{Raw: []byte(raw)})
	for name, want := range map[string]string{"event.original": text, "log.encoding": "gb18030", "source.ip": "203.0.113.120", "动作": "阻断", "event.action": "blocked"} {
		if got := ev.Value(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestPayloadCannotForgeThePlatformsFields(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil)})
	for _, raw := range []string{
		`{"isoc":{"parser":"x","source.id":"x"},"event.id":"x","event":{"sequence":"x","ingested":"x","original":"x"},"_stream":"x","_time":"x"}`,
		`<13>Jun 14 19:00:00 h app: isoc.source.id=x event.id=x event.original=x isoc.parser=x event.sequence=x`,
		`isoc.source.id: x, event.id: x, srcip: 1.2.3.4, dstip: 1.2.3.5, isoc.parser: x`,
		`CEF:0|a|b|c|d|e|1|isoc.source.id=x event.id=x`,
		`<13>1 2024-06-14T22:14:15Z h a - - [isoc event.id="x" isoc.parser="x"] m`,
		`{"winlog":{"channel":"Security","event_id":1},"isoc.source.id":"x","event":{"id":"x"}}`,
	} {
		ev := parseOne(t, p, record.Record{Source: "s1", Raw: []byte(raw)})
		for _, f := range ev.Fields {
			if f.Value == "x" && draft.Reserved(f.Name) {
				t.Errorf("%s set %s", raw, f.Name)
			}
		}
		if got := ev.Value("isoc.source.id"); got != "s1" {
			t.Errorf("%s: isoc.source.id = %q", raw, got)
		}
	}
}

func TestDatasetsOfDevicesAreBounded(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil)})
	seen := map[string]bool{}
	for i := range 3 * maxDatasets {
		ev := parseOne(t, p, record.Record{Raw: fmt.Appendf(nil, "CEF:0|Vendor%d|P|1|1|n|1|src=192.0.2.1", i)})
		seen[ev.Value(event.Dataset)] = true
	}
	if len(seen) > maxDatasets+1 || !seen["cef.other"] {
		t.Errorf("%d datasets, cef.other %v", len(seen), seen["cef.other"])
	}
	for name := range seen {
		if !validDataset(name) {
			t.Errorf("dataset %q", name)
		}
	}
}

func TestHugeRecordsAreCutAndFlagged(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"long":"` + strings.Repeat("x", 2*draft.MaxValueBytes) + `"`)
	for i := range 2 * draft.MaxFields {
		fmt.Fprintf(&b, `,"f%d":%d`, i, i)
	}
	b.WriteString(strings.Repeat(`,"n":{"n":`, 1) + strings.Repeat(`{"n":`, 60) + "1" + strings.Repeat("}", 60) + "}}")
	ev := parseOne(t, New(Options{Packs: pack.NewShelf(nil)}), record.Record{Raw: []byte(b.String())})
	if ev.Value(draft.FlagCut) != "true" {
		t.Error("not flagged")
	}
	if len(ev.Fields) > draft.MaxFields+32 {
		t.Errorf("%d fields", len(ev.Fields))
	}
	for _, f := range ev.Fields {
		if len(f.Name) > draft.MaxNameBytes || len(f.Value) > draft.MaxValueBytes && f.Name != event.Original {
			t.Errorf("field %.40s of %d bytes", f.Name, len(f.Value))
		}
	}
	for _, name := range []string{event.Message, event.Original, event.Dataset, event.IsocParser, event.Ingested} {
		if !ev.Has(name) {
			t.Errorf("%s is missing from a full event", name)
		}
	}
	if got := ev.Value(event.Original); got != b.String() {
		t.Errorf("event.original cut to %d of %d bytes", len(got), b.Len())
	}
}

func TestParseReusesTheEventCompletely(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil)})
	var reused event.Event
	for _, raw := range seeds() {
		rec := record.Record{Source: "s", Received: received(), Raw: []byte(raw)}
		var fresh event.Event
		p.Parse(&rec, &fresh)
		p.Parse(&rec, &reused)
		if diff := cmp.Diff(fresh, reused); diff != "" {
			t.Errorf("%.60q differs in a reused event (-fresh +reused):\n%s", raw, diff)
		}
	}
}

func TestExplainTellsTheStepsOfTheSameParse(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil)})
	for _, raw := range seeds() {
		rec := record.Record{Source: "s", Received: received(), Raw: []byte(raw)}
		var plain, explained event.Event
		p.Parse(&rec, &plain)
		steps := p.ExplainInto(&rec, &explained)
		if diff := cmp.Diff(plain, explained); diff != "" {
			t.Errorf("%.60q explained differs:\n%s", raw, diff)
		}
		if len(steps) < 2 || steps[0].Name != "decode" || steps[len(steps)-1].Name != "finish" {
			t.Errorf("%.60q: steps %v", raw, steps)
		}
	}
}

func TestAutomaticAloneKnowsNoProgram(t *testing.T) {
	t.Parallel()
	p := New(Options{Automatic: true})
	ev := parseOne(t, p, record.Record{Raw: []byte("<86>Jun 14 09:12:01 web1 sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2")})
	if got := ev.Value(event.IsocParser); got != parserSyslog || ev.Value(event.SourceIP) != "192.0.2.1" {
		t.Errorf("parser %q, source.ip %q", got, ev.Value(event.SourceIP))
	}
	if ev = parseOne(t, p, record.Record{Raw: []byte(`{"src_ip":"192.0.2.2"}`)}); ev.Value(event.SourceIP) != "192.0.2.2" {
		t.Errorf("JSON: source.ip %q", ev.Value(event.SourceIP))
	}
}

func TestStreamAnswersEveryLineInOrder(t *testing.T) {
	t.Parallel()
	in := `{"id":"a1","raw":"<86>Jun 14 09:12:01 web1 sshd[1]: Accepted password for kai from 192.0.2.1 port 22 ssh2"}
raw text that is no JSON object

{"id":"a2","raw":"{\"x\":[1,2],\"id\":\"own\"}"}
{"id":"a3","raw":""}
`
	for _, explain := range []bool{false, true} {
		var out bytes.Buffer
		if err := Stream(strings.NewReader(in), &out, nil, explain, false); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != 5 {
			t.Fatalf("%d lines for 5", len(lines))
		}
		var objects [5]map[string]any
		for i, l := range lines {
			if err := json.Unmarshal([]byte(l), &objects[i]); err != nil {
				t.Fatalf("line %d: %v", i, err)
			}
			if _, ok := objects[i]["steps"]; ok != explain {
				t.Errorf("line %d: steps present = %v", i, ok)
			}
			if objects[i]["@timestamp"] == "" {
				t.Errorf("line %d without @timestamp", i)
			}
		}
		if objects[0]["id"] != "a1" || objects[0]["user.name"] != "kai" || objects[1]["event.original"] != "raw text that is no JSON object" || objects[3]["id"] != "a2" {
			t.Errorf("lines mixed up: %v", lines)
		}
		if diff := cmp.Diff([]any{"1", "2"}, objects[3]["x"]); diff != "" {
			t.Errorf("array: %s", diff)
		}
	}
}

func TestStreamCutsLinesBeyondItsBoundAndGoesOn(t *testing.T) {
	t.Parallel()
	in := `{"id":"long","raw":"` + strings.Repeat("x", MaxLineBytes) + "\"}\r\n" + `{"id":"next","raw":"here"}`
	var out bytes.Buffer
	if err := Stream(strings.NewReader(in), &out, nil, false, false); err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
	if len(lines) != 2 {
		t.Fatalf("%d lines for 2", len(lines))
	}
	var long, next map[string]any
	if err := errors.Join(json.Unmarshal(lines[0], &long), json.Unmarshal(lines[1], &next)); err != nil {
		t.Fatal(err)
	}
	if original, _ := long["event.original"].(string); len(original) != record.MaxRawBytes {
		t.Errorf("the long line left %d bytes", len(original))
	}
	if next["id"] != "next" || next["event.original"] != "here" {
		t.Errorf("after it: %v", next)
	}
}

// checkEvent asserts what holds for every record whatever is in it.
func checkEvent(t *testing.T, raw []byte, ev *event.Event) {
	t.Helper()
	if utf8.Valid(raw) && !bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) && ev.Value(event.Original) != string(raw) {
		t.Errorf("event.original = %q, want %q", ev.Value(event.Original), raw)
	}
	for _, name := range []string{event.Original, event.Ingested, event.IsocSource, event.IsocParser, event.Dataset, event.Message} {
		n := 0
		for _, f := range ev.Fields {
			if f.Name == name {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%q: %d fields %s", raw, n, name)
		}
	}
	if ds := ev.Value(event.Dataset); !validDataset(ds) {
		t.Errorf("%q: dataset %q", raw, ds)
	}
	if (ev.Value(event.IsocParser) == parserNone) != ev.Has(event.IsocParseError) {
		t.Errorf("%q: parser %q with reason %q", raw, ev.Value(event.IsocParser), ev.Value(event.IsocParseError))
	}
	if ev.Time.IsZero() || ev.Time.Location() != time.UTC {
		t.Errorf("%q: time %v", raw, ev.Time)
	}
	for _, f := range ev.Fields {
		if f.Name == "" || len(f.Name) > draft.MaxNameBytes || !utf8.ValidString(f.Name) {
			t.Errorf("%q: field name %q", raw, f.Name)
		}
		if !utf8.ValidString(f.Value) {
			t.Errorf("%q: %s = %q is no UTF-8", raw, f.Name, f.Value)
		}
	}
	for _, name := range []string{event.EventID, event.Sequence, "isoc.forged"} {
		if ev.Has(name) {
			t.Errorf("%q set %s", raw, name)
		}
	}
}

// TestHeaderBehindARelays reads the device's own header where a relay put another before it, with and without a priority.
func TestHeaderBehindARelays(t *testing.T) {
	t.Parallel()
	p := New(Options{Packs: pack.NewShelf(nil)})
	for _, raw := range []string{
		"<13>1 2024-06-14T20:00:00Z relay1 - - - - Jun 14 19:59:58 web1 sshd[7]: Failed password for kai from 192.0.2.7 port 22 ssh2",
		"<13>1 2024-06-14T20:00:00Z relay1 - - - - <38>Jun 14 19:59:58 web1 sshd[7]: Failed password for kai from 192.0.2.7 port 22 ssh2",
		"<13>Jun 14 20:00:00 relay1 Jun 14 19:59:58 web1 sshd[7]: Failed password for kai from 192.0.2.7 port 22 ssh2",
	} {
		ev := parseOne(t, p, record.Record{Received: received(), Raw: []byte(raw)})
		if ev.Value(event.HostName) != "web1" || ev.Value(event.IsocParser) != "sshd" || ev.Value(event.SourceIP) != "192.0.2.7" || !ev.Time.Equal(time.Date(2024, 6, 14, 19, 59, 58, 0, time.UTC)) {
			t.Errorf("%q: host %q, parser %q, time %v", raw, ev.Value(event.HostName), ev.Value(event.IsocParser), ev.Time)
		}
	}
}
