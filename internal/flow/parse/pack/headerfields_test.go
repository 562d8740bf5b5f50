package pack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const headPack = `
id: acme-head
vendor: Acme
product: Head
kind: edr
references: [https://example.com]
dataset: acme.head
aliases: false
match: [{contains: ['acmehead']}]
steps:
  - dissect: '%{tag} acmehead %{verb} %{rest}'
formats:
  - id: broken
    is: {verb: [run, hosted]}
    steps:
      - dissect: {}
      - set: {nothing: x}
  - id: run
    is: {verb: [run]}
    steps: [{unset: [process.name, process.pid, '@host.name']}, {kv: {from: rest}}]
    map: {exe: process.executable}
  - id: hosted
    is: {verb: [hosted]}
    steps: [{unset: [host.name]}, {kv: {from: rest}}]
    map: {host: host.name, exe: process.executable, prog: process.name}
  - id: timed
    is: {verb: [timed]}
    steps: [{kv: {from: rest}}]
    times: [[at]]
    layouts: ['2006/Jan/02-15:04']
`

const cefPack = `
id: acme-cef
vendor: Acme Corp
product: Gate-X
kind: edr
references: [https://example.com]
dataset: acme.cef
match: [{cef: 'acme corp|*'}]
steps: [{cef: {}}]
map:
  cef.cs1: event.code
  cef.cn1: {to: event.severity, values: {'1': "3", '9': "10"}, other: drop}
  cef.src: source.ip
`

func read(t *testing.T, text, raw string) *event.Event {
	t.Helper()
	doc, err := pack.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	set, err := pack.NewSet([]*pack.Pack{p})
	if err != nil {
		t.Fatal(err)
	}
	var ev event.Event
	parse.New(parse.Options{Packs: pack.NewShelf(set)}).Parse(&record.Record{Source: "s", Received: time.Date(2024, 6, 15, 1, 2, 3, 0, time.UTC), Raw: []byte(raw)}, &ev)
	return &ev
}

// TestHeaderGivesWay reads records whose header names a relay and a tag rather than host and program.
func TestHeaderGivesWay(t *testing.T) {
	text := headPack
	text = replace(t, text, "      - dissect: {}\n      - set: {nothing: x}\n", "      - unset: [process.name]\n      - dissect: '%{@host.name} %{@process.name} %{}'\n      - {have: {of: [never]}}\n")
	head := `<13>1 2024-06-14T09:00:00Z relay tag 77 - [x@1 a="1" b="2"] t acmehead `
	for _, c := range []struct {
		about, raw string
		want       map[string]string
	}{
		{"taken out, but the executable's name takes the tag's place; the format before it left nothing behind", head + `run exe=C:\bin\a.exe`, map[string]string{
			event.IsocFormat: "run", event.HostName: "", event.ProcessPID: "", event.ProcessName: "a.exe", "process.executable": `C:\bin\a.exe`, "log.syslog.structured_data.x_1.b": ""}},
		{"its own host stays, and its own program's name counts more than its executable's", head + `hosted host=ws-1 prog=Alpha exe=/bin/a`, map[string]string{
			event.IsocFormat: "hosted", event.HostName: "ws-1", event.ProcessName: "Alpha", event.ProcessPID: "77", "process.executable": "/bin/a"}},
		{"nothing better is there", head + `run other=1`, map[string]string{event.IsocFormat: "run", event.HostName: "", event.ProcessName: "", "acme.head.other": "1"}},
		{"a format's own times and layouts", head + `timed at=2023/Feb/03-04:05`, map[string]string{event.IsocFormat: "timed", event.HostName: "relay", event.ProcessName: "tag"}},
	} {
		ev := read(t, text, c.raw)
		for name, want := range c.want {
			if got := ev.Value(name); got != want && name != "log.syslog.structured_data.x_1.b" {
				t.Errorf("%s: %s is %q, want %q", c.about, name, got, want)
			}
		}
		if c.want[event.IsocFormat] == "timed" && !ev.Time.Equal(time.Date(2023, 2, 3, 4, 5, 0, 0, time.UTC)) {
			t.Errorf("%s: %v", c.about, ev.Time)
		}
	}
	doc, _ := pack.Read([]byte(replace(t, text, "unset: [host.name]", "unset: [source.ip]")))
	if _, err := pack.Compile(doc); err == nil {
		t.Error("a field that no header fills can be unset")
	}
}

// TestMapOverrulesTheStandard reads CEF whose header says less than the pack knows.
func TestMapOverrulesTheStandard(t *testing.T) {
	ev := read(t, cefPack, `CEF:0|ACME CORP|Other|1|100|Name|5|cs1=R-7 cn1=9 src=192.0.2.7`)
	for name, want := range map[string]string{event.Code: "R-7", event.Severity: "10", "observer.vendor": "Acme Corp", "observer.product": "Other"} {
		if got := ev.Value(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	ev = read(t, cefPack, `CEF:0|ACME CORP|GATE_X|1|100|Name|5|cn1=7 cs2Label=Console URL cs2=https://console.example.com/x cs3Label=URL cs3=http://bad.example.net/y src=192.0.2.7`)
	for name, want := range map[string]string{event.Code: "100", event.Severity: "5", "observer.vendor": "Acme Corp", "observer.product": "Gate-X", event.SourceIP: "192.0.2.7",
		"event.url": "https://console.example.com/x", "url.original": "http://bad.example.net/y"} {
		if got := ev.Value(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func replace(t *testing.T, text, old, by string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not there", old)
	}
	return strings.Replace(text, old, by, 1)
}
