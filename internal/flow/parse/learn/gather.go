package learn

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/charset"
)

// source is the id under which a single source is known to a parser made here.
const source = "source"

// entry is a line that nothing claims.
type entry struct {
	raw     string // whole, decoded
	text    string // behind its header
	program string // of the header
	mapped  map[string]string
	named   []named // what the automatic parser made of it
}

// named says which ECS field the automatic parser took from which name, and how.
type named struct{ target, name, way string }

// Parser returns a parser for the lines of one source: with the packs of the shelf, nil for those that ship, and the source's own pack,
// which may be nil.
func Parser(own *pack.Pack, settings parse.Settings, shelf *pack.Shelf) (*parse.Parser, error) {
	o := parse.Options{Packs: shelf, Sources: func(string) (parse.Settings, bool) { return settings, true }}
	if own != nil {
		set, err := pack.NewSet([]*pack.Pack{own})
		if err != nil {
			return nil, err
		}
		o.Own = func(string) *pack.Set { return set }
	}
	return parse.New(o), nil
}

// newest returns those of the lines that are looked at.
func newest(lines []Line) []Line { return lines[max(0, len(lines)-MaxLines):] }

// gather returns the lines that nothing claims.
func gather(p *parse.Parser, lines []Line, settings parse.Settings) []*entry {
	var out []*entry
	var ev event.Event
	for _, l := range lines {
		if l.Raw == "" || len(l.Raw) > MaxLine {
			continue
		}
		rec := record.Record{Source: source, Received: l.Received, Raw: []byte(l.Raw)}
		u, ok := p.Unclaimed(&rec, &ev)
		if !ok || strings.TrimSpace(u.Text) == "" {
			continue
		}
		raw, _ := charset.Decode(rec.Raw, settings.Encoding)
		if !utf8.ValidString(raw) || !utf8.ValidString(u.Text) {
			continue
		}
		e := &entry{raw: raw, text: u.Text, program: u.Program, named: account(ev.Value("isoc.mapped"))}
		e.mapped = make(map[string]string, 8)
		for _, f := range ev.Fields {
			if core[f.Name] && e.mapped[f.Name] == "" {
				e.mapped[f.Name] = f.Value
			}
		}
		out = append(out, e)
	}
	return out
}

// core are the fields in which the automatic parser's finds are compared with values.
var core = map[string]bool{
	event.SourceIP: true, event.SourcePort: true, event.DestinationIP: true, event.DestinationPort: true, event.UserName: true, event.Action: true, "event.outcome": true,
	"url.original": true, "http.request.method": true, "http.response.status_code": true, "network.transport": true, "file.path": true, "dns.question.name": true,
	"process.name": true, "source.domain": true, "destination.domain": true, "user.email": true, "rule.name": true, "url.domain": true,
}

// account reads isoc.mapped: "source.ip<srcaddr, user.name<email:likely".
func account(text string) []named {
	var out []named
	for one := range strings.SplitSeq(text, ", ") {
		target, name, ok := strings.Cut(one, "<")
		if !ok {
			continue
		}
		way := ""
		if i := strings.LastIndexByte(name, ':'); i >= 0 {
			name, way = name[:i], name[i+1:]
		}
		out = append(out, named{target, name, way})
	}
	return out
}
