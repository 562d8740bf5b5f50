package dryrun

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Parser reads a record, decoded to UTF-8, as its source is set now.
type Parser interface {
	Parse(rec *record.Record, ev *event.Event)
}

// Scope is which archived events are matched.
type Scope struct {
	Tenants  []tenant.ID
	From, To time.Time // event times, in full; To is exclusive
	// Query selects among them in the archive, as [Narrow] makes it, and Only of what it finds; nil lets all through.
	Query *query.Query
	Only  func(*event.Event) bool
}

// Player matches archived events. It is safe for concurrent use.
type Player struct {
	archive archive.Scanner
	parser  Parser
}

// NewPlayer returns a player over an archive.
func NewPlayer(a archive.Scanner, p Parser) *Player { return &Player{a, p} }

// Piece is one step of a run.
type Piece struct {
	Until  time.Time // everything before was matched
	Events []*event.Event
	// Findings are of the events, in their order, and At tells the index of the event of each, or -1 where it is none of them.
	Findings []detect.Finding
	At       []int
}

// event is the one that the i-th finding is about, or nil.
func (p *Piece) event(i int) *event.Event {
	if p.At[i] < 0 {
		return nil
	}
	return p.Events[p.At[i]]
}

// Play matches a compiled set on every event of the scope, in the order of their times, and hands on piece by piece. It uses one
// goroutine, and ends with ctx or the first error of fn.
func (p *Player) Play(ctx context.Context, set *sigma.Set, s Scope, fn func(Piece) error) error {
	matcher := set.Matcher()
	var again event.Event
	err := p.archive.Scan(ctx, archive.Selection{Tenants: s.Tenants, Query: s.Query, From: s.From, To: s.To}, func(until time.Time, events []event.Event) error {
		if s.Only != nil {
			events = slices.DeleteFunc(events, func(ev event.Event) bool { return !s.Only(&ev) })
		}
		piece := Piece{Until: until, Events: make([]*event.Event, len(events))}
		for i := range events {
			if i%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			ev := archive.Restored(&events[i])
			p.complete(ev, &again)
			piece.Events[i] = ev
			matcher.Match(ev, func(f detect.Finding) {
				piece.Findings, piece.At = append(piece.Findings, f), append(piece.At, i)
			})
		}
		return fn(piece)
	})
	if err != nil {
		return fmt.Errorf("match archived events: %w", err)
	}
	return nil
}

// complete gives an event the empty fields that no archive keeps and a rule may ask for, by reading its record again.
func (p *Player) complete(ev, again *event.Event) {
	received, err := time.Parse(time.RFC3339Nano, ev.Value(event.Ingested))
	if err != nil {
		received = ev.Time
	}
	again.Fields = again.Fields[:0]
	p.parser.Parse(&record.Record{Tenant: ev.Tenant, Source: ev.Value(event.IsocSource), Received: received, Raw: []byte(ev.Value(event.Original))}, again)
	for _, f := range again.Fields {
		if f.Value == "" && !ev.Has(f.Name) {
			ev.Add(f.Name, "")
		}
	}
}
