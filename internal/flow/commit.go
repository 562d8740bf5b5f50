package flow

import (
	"context"
	"fmt"
	"time"
)

// commitLoop lets the queue forget what is delivered and on disk, until delivery ends; then once more.
func (p *Pipeline) commitLoop(ctx context.Context, delivered <-chan struct{}) error {
	tick := time.NewTicker(commitEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-delivered:
			return p.commit(ctx)
		}
		if err := p.commit(ctx); err != nil {
			// The cursor only falls behind: the next tick tries again, a crash replays more.
			p.log.Warn("cannot commit the queue's cursor", "error", err)
		}
	}
}

// commit moves the queue's cursor to the highest sequence that is delivered, durable, and no longer needed by correlations.
func (p *Pipeline) commit(ctx context.Context) error {
	upto := min(p.processed.Load(), p.d.Keeper.Durable())
	if p.d.Correlator != nil {
		upto = min(upto, p.d.Correlator.Durable())
	}
	if upto <= p.committed.Load() {
		return nil
	}
	if err := p.d.Source.Commit(ctx, upto); err != nil {
		return fmt.Errorf("commit sequence %d: %w", upto, err)
	}
	p.committed.Store(upto)
	return nil
}
