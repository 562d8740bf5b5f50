package local

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// slack keeps event times away from the edges at which the engine drops rows, so that its clock and
// ours may differ and a batch may wait.
const slack = time.Hour

// place is where the events of one tenant go during one call.
type place struct {
	id     tenant.ID
	engine logstorage.TenantID
	class  *class
}

// Append stores events; see [archive.Writer].
func (a *Archive) Append(ctx context.Context, events []event.Event) error {
	leave, err := a.enter()
	if err != nil {
		return err
	}
	defer leave()
	if len(events) == 0 {
		return nil
	}
	a.appending.Lock()
	defer a.appending.Unlock()
	last, err := a.checkEvents(events)
	if err != nil {
		return err
	}
	places, err := a.places(ctx, events)
	if err != nil {
		return err
	}
	a.gate.RLock()
	defer a.gate.RUnlock()
	if err := a.writable(places); err != nil {
		return err
	}
	a.add(events, places)
	a.lastSeq = last
	a.appended.Store(max(a.appended.Load(), last))
	return nil
}

// Advance marks sequences that left no events as handed over.
func (a *Archive) Advance(seq uint64) {
	a.appending.Lock()
	defer a.appending.Unlock()
	a.lastSeq = max(a.lastSeq, seq)
	a.appended.Store(max(a.appended.Load(), seq))
}

// checkEvents refuses what could not be told apart or replayed later, and returns the last sequence.
func (a *Archive) checkEvents(events []event.Event) (uint64, error) {
	last := a.lastSeq + 1
	for i := range events {
		ev := &events[i]
		if !validID(ev.ID) {
			return 0, fault.NewInvalid(fmt.Sprintf("events[%d].id", i), "archive.event.id", "must be 1–64 printable ASCII characters")
		}
		seq, ok := archive.Sequence(ev)
		if !ok || seq < last {
			return 0, fault.NewInvalid(fmt.Sprintf("events[%d].sequence", i), "archive.event.sequence",
				fmt.Sprintf("must be a number, at least %d", last))
		}
		last = seq
	}
	return last, nil
}

func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// places resolves every tenant of the batch before anything is stored.
func (a *Archive) places(ctx context.Context, events []event.Event) ([]place, error) {
	scope := tenant.ScopeFrom(ctx)
	var places []place
	for i := range events {
		id := events[i].Tenant
		if placeOf(places, id) != nil {
			continue
		}
		p, ok := a.opts.Directory.Place(id)
		if !ok || p.Account == 0 || p.RetentionDays <= 0 || !scope.Allows(id) {
			return nil, fmt.Errorf("place of tenant %q: %w", id, fault.ErrNotFound)
		}
		if err := a.accounts.add(entry{p.Account, p.RetentionDays}); err != nil {
			return nil, err
		}
		k, err := a.classes.get(p.RetentionDays)
		if err != nil {
			return nil, err
		}
		places = append(places, place{id: id, engine: engineTenant(p.Account), class: k})
	}
	return places, nil
}

func placeOf(places []place, id tenant.ID) *place {
	for i := range places {
		if places[i].id == id {
			return &places[i]
		}
	}
	return nil
}

func (a *Archive) writable(places []place) error {
	for i := range places {
		if places[i].class.storage.IsReadOnly() {
			return fmt.Errorf("less than %d bytes of disk are free: %w", a.opts.MinFreeBytes, fault.ErrUnavailable)
		}
	}
	return nil
}

// add hands the events to the engine.
func (a *Archive) add(events []event.Event, places []place) {
	now := a.opts.Now()
	batches := map[*class]*logstorage.LogRows{}
	var row []logstorage.Field
	a.streams.mu.Lock()
	defer a.streams.mu.Unlock()
	for i := range events {
		ev := &events[i]
		p := placeOf(places, ev.Tenant)
		st := a.streams.of(p.engine.AccountID, ev.Value(event.Dataset), now)
		row = append(row[:0], logstorage.Field{Name: query.Stream, Value: st.name})
		row = query.AppendRow(row, ev)
		row = a.sequenced(row, ev)
		at, moved := stored(ev, now, p.class.days)
		if moved {
			row = append(row, logstorage.Field{Name: archive.TimeOriginal, Value: ev.Time.UTC().Format(time.RFC3339Nano)})
			a.retimed.Add(1)
		}
		row, changed := fit(row, st)
		if changed {
			a.fitted.Add(1)
		}
		batch := batches[p.class]
		if batch == nil {
			batch = logstorage.GetLogRows(nil, nil, nil, nil, "")
			batches[p.class] = batch
		}
		batch.MustAdd(p.engine, at, row, 1)
		p.class.touch(at)
		a.books.appended.Add(1)
		if batch.NeedFlush() {
			p.class.storage.MustAddRows(batch)
			batch.ResetKeepSettings()
		}
	}
	for k, batch := range batches {
		k.storage.MustAddRows(batch)
		logstorage.PutLogRows(batch)
	}
}

// sequenced makes sure that the row has the number replays are found by.
func (a *Archive) sequenced(row []logstorage.Field, ev *event.Event) []logstorage.Field {
	if ev.Has(event.Sequence) {
		return row
	}
	seq, _ := archive.Sequence(ev)
	return append(row, logstorage.Field{Name: event.Sequence, Value: strconv.FormatUint(seq, 10)})
}

// stored returns the time an event is stored under: its own, or where the engine would drop that, the
// time it was received, or else now.
func stored(ev *event.Event, now time.Time, days int) (int64, bool) {
	oldest, newest := now.Add(-time.Duration(days)*day+slack), now.Add(futureDays*day)
	if within(ev.Time, oldest, newest) {
		return ev.Time.UnixNano(), false
	}
	if t, err := time.Parse(time.RFC3339Nano, ev.Value(event.Ingested)); err == nil && within(t, oldest, newest) {
		return t.UnixNano(), true
	}
	return now.UnixNano(), true
}

func within(t, oldest, newest time.Time) bool { return !t.Before(oldest) && !t.After(newest) }
