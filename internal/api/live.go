package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/live"
	"github.com/isoc-project/isoc/internal/tenant"
)

// liveBeat is how often a stream says that it is there, and asks whether its reader still may read it.
const liveBeat = 15 * time.Second

// livePause is the least time between two messages: of one alert at most two changes a second are told.
const livePause = 500 * time.Millisecond

// Live opens streams of what happens. More than a caller may have are a *fault.Quota.
type Live interface {
	Open(caller string, sight live.Sight) (*live.Stream, error)
}

// LiveAlert is one change of an alert, as the stream tells it.
type LiveAlert struct {
	ID      string    `json:"id"`
	Tenant  string    `json:"tenant"`
	Change  string    `json:"change"` // raised, fired, moved or assigned
	Level   string    `json:"level"`
	State   string    `json:"state"`
	Version int64     `json:"version"`
	Risk    int       `json:"risk"`
	LastAt  time.Time `json:"last_at"`
}

func (a *API) declareLive() {
	register(a, operation{
		id: "live", method: http.MethodGet, path: "/api/v1/live", tag: "alert", timeout: unbounded,
		summary: "Server-sent events: alert and alerts (one or a list of {id, tenant, change, level, state, version, risk, last_at}), health ({status}), resync (read anew)",
	}, named(identity.ReadAlerts), a.live)
}

func (a *API) live(ctx context.Context, in *struct {
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
}) (*huma.StreamResponse, error) {
	var wanted []tenant.ID
	if in.Tenant != "" {
		allowed, err := a.tenants(ctx, identity.ReadAlerts, listOf(in.Tenant))
		if err != nil {
			return nil, err
		}
		wanted = ids(allowed)
	}
	p, _ := identity.From(ctx)
	stream, err := a.deps.Live.Open(p.UserID, sightOf(p, wanted))
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, stream.Close)
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer stream.Close()
		if err := a.follow(hc, stream, wanted); err != nil {
			a.log.DebugContext(hc.Context(), "live stream ended", "error", err)
		}
	}}, nil
}

// sightOf is what a caller may be told: changes of alerts that he may read, of the wanted customers where some are named.
func sightOf(p identity.Principal, wanted []tenant.ID) live.Sight {
	scope := p.Scope()
	return live.Sight{
		Tenants: func(id tenant.ID) bool {
			return scope.Allows(id) && p.Can(identity.ReadAlerts, id) && (len(wanted) == 0 || slices.Contains(wanted, id))
		},
		Health: p.IsProvider() && p.CanSomewhere(identity.ReadHealth),
	}
}

// follow writes a stream until its reader leaves, may no longer read, or the process stops.
func (a *API) follow(hc huma.Context, s *live.Stream, wanted []tenant.ID) error {
	hc.SetHeader("Content-Type", "text/event-stream")
	hc.SetHeader("X-Accel-Buffering", "no") // nginx would hold the events back
	hc.SetStatus(http.StatusOK)
	_, w := humago.Unwrap(hc)
	out := eventWriter{&patient{w: w, control: http.NewResponseController(w)}}
	defer out.to.done()
	if err := out.send([]byte("retry: 3000\n\n")); err != nil {
		return err
	}
	ctx := hc.Context()
	beat := time.NewTicker(a.opts.LiveBeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.Done():
			return nil
		case <-beat.C:
			present, err := a.present(hc)
			if err != nil {
				return err
			}
			p, _ := identity.From(present)
			if !p.CanSomewhere(identity.ReadAlerts) {
				return fault.ErrForbidden
			}
			s.Look(sightOf(p, wanted))
			if err := out.send([]byte(":\n\n")); err != nil {
				return err
			}
		case <-s.Wake():
			if err := a.tell(ctx, out, s); err != nil {
				return err
			}
		}
	}
}

// tell writes the news and then pauses, so that changes meanwhile become one.
func (a *API) tell(ctx context.Context, out eventWriter, s *live.Stream) error {
	news := s.Take()
	if news.Empty() {
		return nil
	}
	var of []tenant.ID
	for _, c := range news.Alerts {
		if !slices.Contains(of, c.Tenant) {
			of = append(of, c.Tenant)
		}
	}
	if err := a.auditRead(ctx, of, "alert.list", "alert"); err != nil {
		return err
	}
	if err := out.news(news); err != nil {
		return err
	}
	pause := time.NewTimer(livePause)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-ctx.Done():
	case <-s.Done():
	}
	return nil
}

// eventWriter writes server-sent events.
type eventWriter struct{ to *patient }

func (e eventWriter) news(n live.News) error {
	var b bytes.Buffer
	if n.Lost {
		writeEvent(&b, "resync", struct{}{})
	}
	if n.Health != "" {
		writeEvent(&b, "health", map[string]string{"status": n.Health})
	}
	switch changes := each(n.Alerts, liveBody); len(changes) {
	case 0:
	case 1:
		writeEvent(&b, "alert", changes[0])
	default:
		writeEvent(&b, "alerts", changes)
	}
	return e.send(b.Bytes())
}

// writeEvent adds one event; what is told always encodes.
func writeEvent(b *bytes.Buffer, name string, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		panic("api: encode live event: " + err.Error())
	}
	fmt.Fprintf(b, "event: %s\ndata: %s\n\n", name, text)
}

func (e eventWriter) send(text []byte) error {
	if _, err := e.to.Write(text); err != nil {
		return err
	}
	return e.to.flush()
}

func liveBody(c alert.Change) LiveAlert {
	return LiveAlert{
		ID: c.ID, Tenant: c.Tenant.String(), Change: string(c.Kind), Level: c.Level, State: string(c.State),
		Version: c.Version, Risk: c.Risk, LastAt: c.LastAt.UTC(),
	}
}
