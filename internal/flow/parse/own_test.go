package parse

import (
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const ownPack = `
id: own-meter
vendor: Acme
product: Meter
kind: iot
dataset: acme.meter
bound: true
strict: true
aliases: false
steps: [{kv: {only: true}}]
formats:
  - id: reading
    steps: [{have: {of: [station, reading, who], least: 2}}]
    map: {station: source.ip, who: user.name}
`

// TestASourcesOwnPack reads what nothing else claims, for its source alone.
func TestASourcesOwnPack(t *testing.T) {
	t.Parallel()
	doc, err := pack.Read([]byte(ownPack))
	if err != nil {
		t.Fatal(err)
	}
	own, err := pack.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	set, err := pack.NewSet([]*pack.Pack{own})
	if err != nil {
		t.Fatal(err)
	}
	p := New(Options{Own: func(source string) *pack.Set {
		if source == "meters" {
			return set
		}
		return nil
	}})
	for name, c := range map[string]struct{ source, raw, parser string }{
		"its own":                 {"meters", "<13>Jun 14 10:00:00 m1 metrd: station=192.0.2.5 reading=12 who=kai", "own-meter"},
		"without a header":        {"meters", "reading=12 who=kai extra=1", "own-meter"},
		"in a shipper's document": {"meters", `{"@timestamp":"2024-06-14T10:00:00Z","agent":{"type":"filebeat"},"message":"station=192.0.2.5 reading=12 who=kai"}`, "own-meter"},
		"another source's":        {"others", "station=192.0.2.5 reading=12 who=kai", "kv"},
		"not its format":          {"meters", "a=1 b=2 c=3 d=4", "kv"},
		"a shipped pack's":        {"meters", "<38>Jun 14 10:00:00 h1 sshd[77]: Accepted password for kai from 192.0.2.5 port 50000 ssh2", "openssh"},
	} {
		var ev event.Event
		rec := record.Record{Source: c.source, Raw: []byte(c.raw)}
		p.Parse(&rec, &ev)
		if got := ev.Value(event.IsocParser); got != c.parser {
			t.Errorf("%s: parser %q, want %q", name, got, c.parser)
		}
		if c.parser == "own-meter" && (ev.Value(event.UserName) != "kai" || ev.Value(event.IsocFormat) != "reading" || ev.Value(event.Dataset) != "acme.meter" || ev.Value("acme.meter.who") != "kai") {
			t.Errorf("%s: %v", name, ev.Fields)
		}
		u, open := p.Unclaimed(&rec, &ev)
		if open != (c.parser == "kv") || open && u.Text != c.raw {
			t.Errorf("%s: unclaimed %v %+v", name, open, u)
		}
	}
}
