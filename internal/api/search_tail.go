package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive/tail"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of one live tail.
const (
	tailLife  = time.Hour              // at most; then the client connects again
	tailPace  = 250 * time.Millisecond // between two messages
	tailShown = 25                     // events a message: 100 a second is more than anyone reads
	tailBeat  = 15 * time.Second       // between signs of life, and looks whether the caller may still watch
	tailsEach = 4                      // of one user at once
)

// Tails passes on events as the archive takes them. It refuses tenants outside the context's scope.
type Tails interface {
	Watch(ctx context.Context, tenants []tenant.ID) (*tail.Watcher, error)
}

// TailParams say what to watch.
type TailParams struct {
	Tenants string `query:"tenants" maxLength:"65536" doc:"Slugs or ids, comma-separated; none means all the caller may see."`
	Query   string `query:"query" maxLength:"16384" doc:"A filter without pipes; empty shows all."`
	Seconds int    `query:"seconds" minimum:"1" maximum:"3600" default:"3600" doc:"How long to watch."`
}

func (a *API) declareTail() {
	a.tailing = make(map[string]int)
	register(a, operation{
		id: "searchTail", method: http.MethodGet, path: "/api/v1/search/tail", tag: "search",
		summary: "Events as they arrive, as server-sent events: events (a list), skipped (how many were too many to show), end (why)",
		timeout: tailLife + time.Minute,
	}, named(identity.SearchEvents), a.searchTail)
}

func (a *API) searchTail(ctx context.Context, in *TailParams) (*huma.StreamResponse, error) {
	text := strings.TrimSpace(in.Query)
	if text == "" {
		text = "*"
	}
	filter, err := query.CompileFilter(text)
	if err != nil {
		return nil, err
	}
	refs := slices.DeleteFunc(strings.Split(in.Tenants, ","), func(s string) bool { return s == "" })
	tenants, err := a.tenants(ctx, identity.SearchEvents, refs)
	if err != nil {
		return nil, err
	}
	if p, _ := identity.From(ctx); p.IsProvider() {
		if err := a.auditAsked(ctx, tenants, "event.tail", map[string]any{"query": in.Query}); err != nil {
			return nil, err
		}
	}
	leave, err := a.enterTail(ctx)
	if err != nil {
		return nil, err
	}
	// Watching begins before the answer does, so that nothing is missed from its first byte on.
	w, err := a.deps.Tails.Watch(ctx, ids(tenants))
	if err != nil {
		leave()
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer leave()
		defer w.Close()
		s := &tailing{api: a, watcher: w, filter: filter, tenants: tenants, slugs: question{tenants: tenants}.slugs(), life: time.Duration(in.Seconds) * time.Second}
		s.run(hc)
	}}, nil
}

// enterTail counts the caller's tails.
func (a *API) enterTail(ctx context.Context) (leave func(), err error) {
	p, _ := identity.From(ctx)
	a.tailMu.Lock()
	defer a.tailMu.Unlock()
	if a.tailing[p.UserID] >= tailsEach {
		return nil, &fault.Quota{What: fmt.Sprintf("%d live tails", tailsEach), RetryAfter: tailBeat}
	}
	a.tailing[p.UserID]++
	return func() {
		a.tailMu.Lock()
		defer a.tailMu.Unlock()
		if a.tailing[p.UserID]--; a.tailing[p.UserID] <= 0 {
			delete(a.tailing, p.UserID)
		}
	}, nil
}

// tailing is one stream of events to one client.
type tailing struct {
	api     *API
	watcher *tail.Watcher
	filter  *query.Filter
	tenants []tenancy.Tenant
	slugs   map[tenant.ID]string
	life    time.Duration

	out     *patient
	waiting []event.Event // to be sent with the next message, the newest
	skipped uint64
}

func (s *tailing) run(hc huma.Context) {
	ctx, cancel := context.WithCancel(hc.Context())
	defer cancel()
	_, w := humago.Unwrap(hc)
	s.out = &patient{w: w, control: http.NewResponseController(w)}
	defer s.out.done()
	hc.SetHeader("Content-Type", "text/event-stream")
	hc.SetHeader("X-Accel-Buffering", "no") // proxies must not gather it
	hc.SetStatus(http.StatusOK)
	if err := s.comment("watching"); err != nil {
		return
	}
	matched := make(chan event.Event, 4*tailShown)
	var lost atomic.Uint64 // matched, but there were too many to hand over
	go s.match(ctx, matched, &lost)
	pace, beat, end := time.NewTicker(tailPace), time.NewTicker(tailBeat), time.NewTimer(s.life)
	defer pace.Stop()
	defer beat.Stop()
	defer end.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-s.watcher.Done():
			return // the process stops; without an end the client connects again
		case ev := <-matched:
			s.keep(ev)
		case <-pace.C:
			s.skipped += lost.Swap(0) + s.watcher.Missed()
			err = s.send()
		case <-beat.C:
			if !s.allowed(hc) {
				_ = s.message("end", map[string]string{"reason": "session"})
				return
			}
			err = s.comment("")
		case <-end.C:
			_ = s.message("end", map[string]string{"reason": "time"})
			return
		}
		if err != nil {
			return // the client is gone
		}
	}
}

// match reads what arrives and keeps the events the query asks for. It never waits for the client.
func (s *tailing) match(ctx context.Context, matched chan<- event.Event, lost *atomic.Uint64) {
	for {
		err := s.watcher.Next(ctx, func(ev *event.Event) {
			if !s.filter.Match(ev) {
				return
			}
			select {
			case matched <- *ev:
			default:
				lost.Add(1)
			}
		})
		if err != nil {
			return
		}
	}
}

// keep holds an event for the next message; of too many the newest stay.
func (s *tailing) keep(ev event.Event) {
	if len(s.waiting) >= tailShown {
		s.waiting = s.waiting[1:]
		s.skipped++
	}
	s.waiting = append(s.waiting, ev)
}

func (s *tailing) send() error {
	if s.skipped > 0 {
		if err := s.message("skipped", map[string]uint64{"count": s.skipped}); err != nil {
			return err
		}
		s.skipped = 0
	}
	if len(s.waiting) == 0 {
		return nil
	}
	events := each(s.waiting, func(ev event.Event) Event { return eventBody(stored(ev), s.slugs[ev.Tenant]) })
	s.waiting = nil
	return s.message("events", events)
}

// stored is an event as the archive will give it back.
func stored(ev event.Event) event.Event {
	row := query.AppendRow(nil, &ev)
	out := event.Event{Tenant: ev.Tenant, Time: ev.Time, ID: ev.ID, Fields: make([]event.Field, len(row))}
	for i, f := range row {
		out.Fields[i] = event.Field{Name: f.Name, Value: f.Value}
	}
	return out
}

func (s *tailing) message(kind string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write("event: " + kind + "\ndata: " + string(b) + "\n\n")
}

// comment is a line that clients ignore; it shows proxies and us that the connection lives.
func (s *tailing) comment(text string) error { return s.write(": " + text + "\n\n") }

func (s *tailing) write(text string) error {
	if _, err := io.WriteString(s.out, text); err != nil {
		return err
	}
	return s.out.flush()
}

// allowed asks anew who the caller is and whether all that is watched may still be seen. Watching alone keeps no session
// from idling out.
func (s *tailing) allowed(hc huma.Context) bool {
	ctx, err := s.api.present(hc)
	if err != nil {
		return false
	}
	_, err = s.api.tenants(ctx, identity.SearchEvents, each(s.tenants, func(t tenancy.Tenant) string { return t.ID.String() }))
	return err == nil
}
