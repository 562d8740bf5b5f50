package app

import (
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/api"
)

// historyMinutes is how far back the process remembers how it was.
const historyMinutes = 60

// history is the last hour by the minute, in memory: what the counters grew by, and the worst of what goes up and down.
type history struct {
	mu      sync.Mutex
	minutes [historyMinutes]api.HealthMinute // by minute modulo
	last    api.IngestHealth                 // counters when it was last kept
}

// keep adds what happened since the last time to the minute that now lies in. Called every few seconds.
func (h *history) keep(now time.Time, is api.Health) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := now.UTC().Truncate(time.Minute)
	m := &h.minutes[at.Unix()/60%historyMinutes]
	if !m.At.Equal(at) {
		*m = api.HealthMinute{At: at}
	}
	m.Received += is.Ingest.Received - h.last.Received
	m.Rejected += is.Ingest.Rejected - h.last.Rejected
	m.Parsed += is.Ingest.Parsed - h.last.Parsed
	m.Unparsed += is.Ingest.Unparsed - h.last.Unparsed
	m.Findings += is.Ingest.Findings - h.last.Findings
	h.last = is.Ingest
	m.LagSeconds = max(m.LagSeconds, is.Queue.LagSeconds)
	m.Pending = max(m.Pending, is.Queue.Pending)
	m.HeapBytes = max(m.HeapBytes, is.Process.HeapBytes)
	m.Goroutines = max(m.Goroutines, is.Process.Goroutines)
}

// list returns the minutes from the start of the process on, an hour at most, oldest first and without gaps.
func (h *history) list(started, now time.Time) []api.HealthMinute {
	h.mu.Lock()
	defer h.mu.Unlock()
	current := now.UTC().Truncate(time.Minute)
	first := current.Add(-(historyMinutes - 1) * time.Minute)
	if begun := started.UTC().Truncate(time.Minute); begun.After(first) {
		first = begun
	}
	var all []api.HealthMinute
	for at := first; !at.After(current); at = at.Add(time.Minute) {
		m := h.minutes[at.Unix()/60%historyMinutes]
		if !m.At.Equal(at) {
			m = api.HealthMinute{At: at}
		}
		all = append(all, m)
	}
	return all
}

func (h *health) keep(now time.Time, is api.Health) { h.past.keep(now, is) }

// History implements [api.HealthReporter].
func (h *health) History() api.HealthHistory {
	return api.HealthHistory{Since: h.started.UTC(), Items: h.past.list(h.started, time.Now())}
}
