package learn

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
)

var day = time.Date(2024, 6, 14, 10, 0, 0, 0, time.UTC)

// gate is a device that nobody has made: two kinds of records, told by type.
func gate(n int) []Line {
	lines := make([]Line, n)
	for i := range lines {
		raw := fmt.Sprintf(`type=flow time="2024-06-14 10:00:%02d" srcaddr=192.0.2.%d srcport=%d dstaddr=198.51.100.%d dstport=443 verdict=%s bytes_in=%d`,
			i%60, i%250+1, 1024+i, i%9+1, []string{"allow", "deny"}[i%2], i*3)
		if i%3 == 0 {
			raw = fmt.Sprintf(`type=auth time="2024-06-14 10:00:%02d" usr=user%d res=%s srcaddr=192.0.2.%d`, i%60, i%7, []string{"OK", "FAIL"}[i/3%2], i%250+1)
		}
		lines[i] = Line{fmt.Sprintf("<134>Jun 14 10:00:%02d gw1 acmed: %s", i%60, raw), day}
	}
	return lines
}

func read(t *testing.T, p *Proposal, w Pack, raw string) *event.Event {
	t.Helper()
	pk, err := Load(w)
	if err != nil {
		t.Fatal(err)
	}
	parser, err := Parser(pk, parse.Settings{TimeZone: p.Zone}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var ev event.Event
	parser.Parse(&record.Record{Source: source, Received: day, Raw: []byte(raw)}, &ev)
	return &ev
}

func wantFields(t *testing.T, ev *event.Event, want map[string]string) {
	t.Helper()
	for name, v := range want {
		if got := ev.Value(name); got != v {
			t.Errorf("%s: %q, want %q in %v", name, got, v, ev.Fields)
		}
	}
}

func TestProposalIsCompiledAndReadsLaterLines(t *testing.T) {
	t.Parallel()
	p := Propose(gate(500), parse.Settings{}, nil)
	if p.Lines != 500 || p.Unclaimed != 500 || p.Covered != 500 || len(p.Formats) != 2 {
		t.Fatalf("lines %d, unclaimed %d, covered %d, %d formats", p.Lines, p.Unclaimed, p.Covered, len(p.Formats))
	}
	if p.Device != (Device{Product: "acmed", Kind: "firewall"}) {
		t.Errorf("device %+v", p.Device)
	}
	if q := Propose(gate(500)[100:330], parse.Settings{}, nil); q.Shape() != p.Shape() {
		t.Error("other lines of the same device have another shape")
	}
	text, err := json.Marshal(p) // as it is stored
	if err != nil {
		t.Fatal(err)
	}
	var stored Proposal
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	w, err := stored.Compile("own-acme", Device{"Acme", "Gate", "firewall"})
	if err != nil {
		t.Fatal(err)
	}
	if err := Try(w, nil); err != nil {
		t.Fatal(err)
	}
	// reordered, one name missing, one more
	ev := read(t, p, w, `<134>Jun 14 10:00:07 gw1 acmed: dstaddr=203.0.113.9 srcaddr=192.0.2.77 verdict=deny type=flow dstport=22 rule=12 time="2024-06-14 11:00:00"`)
	wantFields(t, ev, map[string]string{event.IsocParser: "own-acme", event.IsocFormat: "kv-type-flow", event.SourceIP: "192.0.2.77", event.DestinationIP: "203.0.113.9", event.DestinationPort: "22",
		event.Action: "deny", event.Dataset: "acme.gate", "acme.gate.rule": "12"})
	if ev.Time != day.Add(time.Hour) {
		t.Errorf("time %s", ev.Time)
	}
	ev = read(t, p, w, `<134>Jun 14 10:00:07 gw1 acmed: type=auth usr=kai res=FAIL srcaddr=192.0.2.1`)
	wantFields(t, ev, map[string]string{event.IsocFormat: "kv-type-auth", event.UserName: "kai", "event.outcome": "failure"})
	if got := read(t, p, w, `<134>Jun 14 10:00:07 gw1 acmed: kind=auth who=kai how=FAIL`).Value(event.IsocParser); got != "kv" {
		t.Errorf("another format is read by %s", got)
	}
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	p := Propose(gate(300), parse.Settings{}, nil)
	s := func(v string) *string { return &v }
	c, err := p.Correct([]Correction{
		{Format: "kv-type-flow", Field: "bytes_in", Target: s("source.bytes")},
		{Format: "kv-type-flow", Field: "verdict", Table: map[string]string{"allow": "allowed", "deny": "denied"}},
		{Format: "kv-type-auth", Drop: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.Compile("own-acme", Device{"艾克米", "网关", "firewall"})
	if err != nil {
		t.Fatal(err)
	}
	wantFields(t, read(t, c, w, gate(2)[1].Raw), map[string]string{"source.bytes": "3", event.Action: "denied", event.Dataset: "own.acme", "observer.vendor": "艾克米"})
	if len(p.Formats) != 2 || p.format("kv-type-flow").field("bytes_in").Target != "destination.bytes" {
		t.Error("the proposal itself has changed")
	}
	_, err = p.Correct([]Correction{
		{Format: "kv-type-flow", Field: "bytes_in", Target: s("source.bites")},
		{Format: "kv-type-flow", Field: "dstaddr", Target: s("source.ip")},
		{Format: "kv-type-flow", Field: "srcport", Name: s("port")},
		{Format: "kv-type-flow", Field: "nothing", Target: s("source.ip")},
		{Format: "none", Drop: true},
	})
	if err == nil {
		t.Fatal("impossible corrections are taken")
	}
	for _, part := range []string{`field "bytes_in": "source.bites" is no field of ECS`, `target source.ip is that of field "srcaddr" already`, `field "srcport": name: the record itself has it`, `field "nothing": the format has none`, `format "none"`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not said in: %v", part, err)
		}
	}
}

func TestDriftAndMerge(t *testing.T) {
	t.Parallel()
	p := Propose(gate(300), parse.Settings{}, nil)
	s := "source.bytes"
	p, err := p.Correct([]Correction{{Format: "kv-type-flow", Field: "bytes_in", Target: &s}})
	if err != nil {
		t.Fatal(err)
	}
	w, err := p.Compile("own-acme", Device{"Acme", "Gate", "firewall"})
	if err != nil {
		t.Fatal(err)
	}
	pk, err := Load(w)
	if err != nil {
		t.Fatal(err)
	}
	if d := Deviation(p, pk, gate(200), parse.Settings{}, nil); d.Share != 0 || d.Lines != 200 {
		t.Errorf("the same format deviates: %+v", d)
	}
	changed := gate(200)
	for i := range changed {
		raw := strings.Replace(changed[i].Raw, "verdict=", "zone=dmz action=", 1)
		changed[i].Raw = strings.Replace(raw, "type=auth time=", "kind=login at=", 1)
		changed[i].Raw = strings.Replace(changed[i].Raw, "usr=", "login_name=", 1)
		changed[i].Raw = strings.Replace(changed[i].Raw, "res=", "outcome=", 1)
	}
	d := Deviation(p, pk, changed, parse.Settings{}, nil)
	if d.Unclaimed != 67 || d.Changed != 133 || d.Share != 1 || len(d.Formats) != 1 || strings.Join(d.Formats[0].New, " ") != "action zone" || strings.Join(d.Formats[0].Missing, " ") != "verdict" {
		t.Errorf("drift: %+v", d)
	}
	m := Merge(p, Propose(changed, parse.Settings{}, nil))
	if m.Shape() == p.Shape() {
		t.Error("a changed format has the shape of the one in force")
	}
	w, err = m.Compile("own-acme", Device{"Acme", "Gate", "firewall"})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]map[string]string{
		gate(2)[1].Raw: {"source.bytes": "3", event.Action: "deny"},
		gate(1)[0].Raw: {event.UserName: "user0", "event.outcome": "success"},
		changed[1].Raw: {"source.bytes": "3", event.Action: "deny", "acme.gate.zone": "dmz"},
		changed[0].Raw: {event.UserName: "user0", "event.outcome": "success"},
	} {
		wantFields(t, read(t, m, w, raw), want)
	}
}
