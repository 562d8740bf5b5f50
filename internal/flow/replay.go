package flow

import (
	"context"

	"github.com/isoc-project/isoc/internal/event"
)

// replay knows which events of the batches delivered again after a stop are in the archive already.
type replay struct {
	seen map[string]struct{}
	last uint64 // highest sequence any seen event may have
}

func (p *Pipeline) startReplay(ctx context.Context) (*replay, error) {
	seen, err := p.d.Keeper.Seen(ctx, p.d.Source.Epoch(), p.d.Source.Committed())
	if err != nil {
		return nil, err
	}
	if len(seen) > 0 {
		p.log.Info("events beyond the queue's cursor are archived already and will be skipped", "events", len(seen))
	}
	r := &replay{seen: seen}
	for id := range seen {
		if seq := sequenceOf(id); seq > r.last {
			r.last = seq
		}
	}
	return r, nil
}

// sequenceOf reads the sequence back from an id made by [EventID]; other ids give 0.
func sequenceOf(id string) uint64 {
	if len(id) != 24 {
		return 0
	}
	var v uint64
	for _, c := range []byte(id[8:20]) {
		switch {
		case c >= '0' && c <= '9':
			v = v<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | uint64(c-'a'+10)
		default:
			return 0
		}
	}
	return v
}

// fresh returns the events of a batch that the archive does not hold, and forgets the whole set once the
// batches it concerns are past.
func (r *replay) fresh(seq uint64, events []event.Event) []event.Event {
	if r.seen == nil {
		return events
	}
	if seq > r.last {
		r.seen = nil
		return events
	}
	kept := events[:0:0]
	for _, ev := range events {
		if _, ok := r.seen[ev.ID]; !ok {
			kept = append(kept, ev)
		}
	}
	return kept
}
