package parse

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// gate is a pack that uses every step.
const gate = `
id: acme-gate
vendor: Acme
product: Gate
kind: firewall
dataset: acme.gate
references: [https://example.com]
match:
  - prefix: 'GATE '
  - program: [gated]
    contains: [gate-log]
  - prefix: '%GATE-'
steps:
  - dissect: ['GATE %{mod}/%{id}: %{text}', '%GATE-%{mod}-%{id}: %{text}', '%{}gate-log %{mod} %{id} %{text}']
formats:
  - id: conn
    is: {id: ['100', '101']}
    steps:
      - kv: {from: text}
    map:
      act: {to: event.action, values: {P: allowed, D: denied}}
      peer: {to: source, as: endpoint}
      dur: {to: event.duration, unit: ms}
    set: {event.category: network, event.type: [connection, info]}
  - id: strict-kv
    is: {id: '200'}
    steps: [{kv: {from: text, pairs: ' # ', assign: ' -> ', trim: '"', only: true}}]
  - id: table
    is: {id: '300'}
    steps:
      - csv: {from: text, separator: '|', columns: [a, _, '@source.ip', '@user.name'], least: 3}
  - id: by-kind
    is: {id: '400'}
    steps:
      - csv: {from: text, by: {at: 0, columns: {IN: [kind, '@source.ip'], OUT: [kind, '@destination.ip']}}}
  - id: body
    is: {id: '500'}
    steps: [{json: {from: text, under: body}}]
    times: []
  - id: doc
    is: {id: '600'}
    steps: [{xml: {from: text}}]
    map: {Peer.addr: source.ip, Peer: user.name}
  - id: odd
    is: {id: '700'}
    when: 'acme.gate.text:odd'
    steps:
      - re2: 'user=<(?P<who>[^>]*)> n=(?P<n>\d+)'
        literal: 'user=<'
        from: text
      - set: {note: '%{who} was %{n}'}
    map: {who: user.name}
  - id: told
    is: {id: '900'}
    steps:
      - csv: {from: text, separator: '|', columns: [t, peer_a, n], least: 2, most: 3}
      - have: {of: [t, peer_a, n], least: 2, is: {t: [up, down]}, check: {peer_a: ip, n: int}}
    map: {peer_a: source.ip}
  - id: untold
    is: {id: '900'}
    steps: [{set: {note: not told}}]
  - id: again
    is: {id: '800'}
    steps:
      - set: {message: '%{text}'}
      - header: {}
      - native: accesslog
map:
  src: source.ip
  dst: destination.ip
times: [[day, clock]]
layouts: ['02/01/2006 15.04.05']
`

func withPacks(t *testing.T, texts ...string) *Parser {
	t.Helper()
	var packs []*pack.Pack
	for _, text := range texts {
		doc, err := pack.Read([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p, err := pack.Compile(doc)
		if err != nil {
			t.Fatal(err)
		}
		packs = append(packs, p)
	}
	set, err := pack.NewSet(packs)
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Packs: pack.NewShelf(set)})
}

func TestPackSteps(t *testing.T) {
	t.Parallel()
	p := withPacks(t, strings.Replace(gate, "    times: []\n", "", 1))
	for name, c := range map[string]struct {
		raw  string
		want map[string]string
	}{
		"key=value, values, units, endpoint, times": {
			"GATE fw/100: src=192.0.2.1 dst=198.51.100.7 act=D peer=192.0.2.9:443 dur=1500 day=03/05/2024 clock=10.11.12",
			map[string]string{
				event.IsocFormat: "conn", event.SourceIP: "192.0.2.9", event.SourcePort: "443", event.DestinationIP: "198.51.100.7", event.Action: "denied", "event.duration": "1500000000",
				"acme.gate.dur": "1500", event.Category: "network", "observer.vendor": "Acme", event.Dataset: "acme.gate", event.IsocParser: "acme-gate",
			},
		},
		"strict pairs":       {`GATE fw/200: src -> "192.0.2.1" # x -> 1=2`, map[string]string{event.IsocFormat: "strict-kv", event.SourceIP: "192.0.2.1", "acme.gate.x": "1=2"}},
		"columns":            {"GATE fw/300: one|two|192.0.2.4|ACME\\kai", map[string]string{event.IsocFormat: "table", "acme.gate.a": "one", event.SourceIP: "192.0.2.4", event.UserName: "kai", "user.domain": "ACME"}},
		"columns by a value": {"GATE fw/400: OUT,192.0.2.5", map[string]string{event.IsocFormat: "by-kind", event.DestinationIP: "192.0.2.5"}},
		"JSON below a name":  {`GATE fw/500: {"a":{"b":[1,2]}}`, map[string]string{event.IsocFormat: "body", "acme.gate.body.a.b": "1"}},
		"XML":                {`GATE fw/600: <Log><Peer addr="192.0.2.6">kai</Peer></Log>`, map[string]string{event.IsocFormat: "doc", event.SourceIP: "192.0.2.6", event.UserName: "kai"}},
		"expression and set": {`GATE fw/700: odd user=<kai> n=3`, map[string]string{event.IsocFormat: "odd", event.UserName: "kai", "acme.gate.note": "kai was 3"}},
		"have holds":         {"GATE fw/900: up|192.0.2.7|-", map[string]string{event.IsocFormat: "told", event.SourceIP: "192.0.2.7"}},
		"have: its value":    {"GATE fw/900: left|192.0.2.7|1", map[string]string{event.IsocFormat: "untold"}},
		"have: its check":    {"GATE fw/900: up|192.0.2.7|one", map[string]string{event.IsocFormat: "untold"}},
		"have: too few":      {"GATE fw/900: up|", map[string]string{event.IsocFormat: "untold"}},
		"too many values":    {"GATE fw/900: up|192.0.2.7|1|2", map[string]string{event.IsocFormat: "untold"}},
		"a header within":    {`GATE fw/800: <13>Jun 14 20:00:00 web1 nginx: 192.0.2.8 - - [14/Jun/2024:20:00:00 +0000] "GET /x HTTP/1.1" 200 5 "-" "curl"`, map[string]string{event.IsocFormat: "again", event.SourceIP: "192.0.2.8", event.HostName: "web1", "url.original": "/x"}},
		"a tag with percent": {"<134>Jun 14 20:00:00 gw1 %GATE-7-101: src=192.0.2.1", map[string]string{event.IsocFormat: "conn", event.SourceIP: "192.0.2.1", event.HostName: "gw1"}},
		"program and text":   {"<134>Jun 14 20:00:00 gw1 gated[7]: gate-log fw 101 src=192.0.2.1", map[string]string{event.IsocFormat: "conn", event.SourceIP: "192.0.2.1"}},
		"no format holds":    {"GATE fw/999: srcip=192.0.2.1 dstip=192.0.2.2 dpt=80", map[string]string{event.IsocParser: "acme-gate", event.IsocFormat: "", event.Dataset: "acme.gate"}},
		"too few columns":    {"GATE fw/300: one", map[string]string{event.IsocParser: "acme-gate", event.IsocFormat: "", "acme.gate.a": ""}},
		"steps fail":         {"GATE nonsense", map[string]string{event.IsocParser: "none", event.Dataset: "acme.gate", "observer.product": "Gate"}},
		"another's":          {"GATEWAY up", map[string]string{event.IsocParser: "none", "observer.vendor": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := record.Record{Source: "s", Received: received(), Raw: []byte(c.raw)}
			ev := parseOne(t, p, rec)
			for field, want := range c.want {
				if got := ev.Value(field); got != want {
					t.Errorf("%s = %q, want %q", field, got, want)
				}
			}
			if t.Failed() {
				for _, s := range p.Explain(&rec) {
					t.Logf("%v %s %s %v", s.OK, s.Name, s.Result, s.Fields)
				}
			}
		})
	}
}

func TestPackRefusals(t *testing.T) {
	t.Parallel()
	const head = "id: a-b\nvendor: V\nproduct: P\nkind: firewall\ndataset: v.p\nmatch: [{prefix: 'X'}]\n"
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":              {head + "stepz: []", "stepz"},
		"unknown key in a target":  {head + "map: {a: {too: source.ip}}", "too"},
		"not ECS":                  {head + "map: {a: sourc.ip}", "sourc.ip"},
		"a value ECS forbids":      {head + "set: {event.category: networks}", "networks"},
		"a value in a table":       {head + "map: {a: {to: event.type, values: {x: permitted}}}", "permitted"},
		"two values, no text":      {head + "steps: [{dissect: '%{a}%{b}'}]", "without a text"},
		"two verbs":                {head + "steps: [{dissect: '%{a}', kv: {}}]", "two steps"},
		"no verb":                  {head + "steps: [{from: a}]", "no verb"},
		"expression, no literal":   {head + "steps: [{re2: '(?P<a>x)'}]", "literal"},
		"a filter that is none":    {head + "formats: [{id: x, when: 'a:('}]", "when"},
		"the platform's own":       {head + "prefix: ''\nsteps: [{dissect: '%{isoc.parser}'}]", "platform"},
		"a prefix of the platform": {head + "prefix: isoc.x.", "prefix"},
		"a format twice":           {head + "formats: [{id: x}, {id: x}]", "there already"},
		"recognised by nothing":    {strings.Replace(head, "prefix: 'X'", "", 1), "nothing to recognise"},
		"recognised by too little": {strings.Replace(head, "prefix: 'X'", "contains: [abc]", 1), "4 bytes"},
		"an alias":                 {head + "set: &x {event.kind: event}\nmap: *x", "alias"},
		"too deep":                 {head + "set: " + strings.Repeat("[", 20) + strings.Repeat("]", 20), "deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := pack.Read([]byte(c.text))
			if err == nil {
				_, err = pack.Compile(doc)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
}

// TestPacksOfOneRecord has the more specific pack read a record that two are for, and the other one when its steps fail.
func TestPacksOfOneRecord(t *testing.T) {
	t.Parallel()
	const wide = "id: wide\nvendor: W\nproduct: P\nkind: ids\ndataset: w.p\nmatch: [{prefix: 'X'}]\nsteps: [{dissect: 'X%{rest}'}]\n"
	const narrow = "id: narrow\nvendor: N\nproduct: P\nkind: ids\ndataset: n.p\nstrict: true\nmatch: [{prefix: 'X', contains: [only-here]}]\nsteps: [{dissect: 'X %{a} only-here %{b:int}'}]\n"
	p := withPacks(t, wide, narrow)
	for raw, want := range map[string]string{"X 1 only-here 2": "narrow", "X 1 only-here two": "wide", "X 1": "wide", "only-here": "none"} {
		ev := parseOne(t, p, record.Record{Raw: []byte(raw)})
		if got := ev.Value(event.IsocParser); got != want {
			t.Errorf("%q was read by %s, want %s", raw, got, want)
		}
	}
}

func FuzzPackDocument(f *testing.F) {
	f.Add(gate, "GATE fw/100: src=192.0.2.1")
	f.Add("id: a-b\nvendor: V\nproduct: P\nkind: waf\ndataset: v.p\nmatch: [{json: {keys: [a.b], values: {c: [1]}}}]\nsteps: [{json: {}}]", `{"a":{"b":1},"c":1}`)
	f.Add("id: a-b\nvendor: V\nproduct: P\nkind: waf\ndataset: v.p\nmatch: [{cef: 'V|*'}]\nsteps: [{cef: {}}]", `CEF:0|V|P|1|2|n|3|src=192.0.2.1`)
	f.Fuzz(func(t *testing.T, text, raw string) {
		doc, err := pack.Read([]byte(text))
		if err != nil {
			return
		}
		p, err := pack.Compile(doc)
		if err != nil {
			return
		}
		set, err := pack.NewSet([]*pack.Pack{p})
		if err != nil {
			t.Fatal(err)
		}
		parser := New(Options{Packs: pack.NewShelf(set)})
		rec := record.Record{Source: "s", Received: received(), Raw: []byte(raw)}
		var ev, again event.Event
		parser.Parse(&rec, &ev)
		parser.ExplainInto(&rec, &again)
		checkEvent(t, rec.Raw, &ev)
		if len(ev.Fields) != len(again.Fields) {
			t.Errorf("%d fields, %d when explained", len(ev.Fields), len(again.Fields))
		}
	})
}
