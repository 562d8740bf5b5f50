package learned

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/tenant"
)

// perTurn bounds how many sources are studied at a time, so that a turn is over in a second or two.
const perTurn = 4

// worker is what [Service.Work] remembers from one turn to the next.
type worker struct {
	mu    sync.Mutex
	open  map[string]string    // proposals, by source
	again map[string]time.Time // when a source may be studied again

	mining map[string]*mining
	saved  time.Time // when templates were written last
}

func (w *worker) begin() {
	w.open, w.again, w.mining = map[string]string{}, map[string]time.Time{}, map[string]*mining{}
}

func (w *worker) setOpen(open map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = open
}

// opened notes the open proposal of a source, or that it has none.
func (w *worker) opened(source, proposal string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	open := make(map[string]string, len(w.open)+1)
	for s, p := range w.open {
		open[s] = p
	}
	open[source] = proposal
	w.open = open
}

// rest says from when on a source may be studied again; the zero time means now.
func (w *worker) rest(source string, until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.again[source] = until
}

func (w *worker) openOf(source string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.open[source]
}

// Work does what is due: it puts in force what was decided, counts templates, and proposes parsers. It needs a scope that allows all
// customers, and one at a time.
func (s *Service) Work(ctx context.Context) error {
	if err := s.Reload(ctx); err != nil {
		return err
	}
	var errs []error
	studied := 0
	for _, sh := range s.d.Collector.shelves() {
		if ctx.Err() != nil {
			break
		}
		owner, _, _, ok := s.d.Source(sh.source)
		if !ok || owner != sh.tenant {
			s.d.Collector.drop(sh.source)
			s.worker.forget(sh.source)
			continue
		}
		k := s.d.Collector.look(sh, false, true)
		if err := s.mine(ctx, k); err != nil {
			errs = append(errs, err)
		}
		if studied < perTurn && s.due(k) {
			studied++
			if err := s.study1(ctx, k); err != nil {
				errs = append(errs, err)
			}
		}
	}
	if now := s.d.Now(); now.Sub(s.worker.saved) >= time.Minute {
		s.worker.saved = now
		errs = append(errs, s.Save(ctx))
	}
	return errors.Join(errs...)
}

// due reports whether enough came of a source to look whether something is to be proposed.
func (s *Service) due(k Kept) bool {
	s.worker.mu.Lock()
	defer s.worker.mu.Unlock()
	if s.worker.open[k.Source] != "" || s.d.Now().Before(s.worker.again[k.Source]) {
		return false
	}
	if s.d.Book.page(k.Source) != nil {
		return k.Arrived >= driftLines || k.Came >= MaxRecent
	}
	return k.Arrived >= Enough && k.Share >= Worth
}

// study1 proposes a parser for a source where it finds one that is not there already.
func (s *Service) study1(ctx context.Context, k Kept) error {
	p := s.d.Book.page(k.Source)
	if p != nil && !s.drifted(p, k) {
		s.worker.rest(k.Source, s.d.Now().Add(s.d.Again/10)) // which was cheap to see
		return nil
	}
	s.d.Collector.tried(k.Source)
	s.worker.rest(k.Source, s.d.Now().Add(s.d.Again))
	f := s.study(k.Source)
	if f.proposal == nil || len(f.proposal.Formats) == 0 || len(f.lines) < AtLeast {
		return nil
	}
	if p != nil && p.proposal.Shape() == f.proposal.Shape() {
		return nil // nothing that the pack in force has not
	}
	rejected, err := s.rejected(ctx, k.Tenant, k.Source, f.proposal.Shape())
	if err != nil || rejected {
		return err
	}
	h, err := s.put(ctx, k.Tenant, k.Source, f, "parser.propose")
	switch {
	case errors.Is(err, fault.ErrConflict): // another proposed meanwhile
		return nil
	case err != nil:
		return fmt.Errorf("propose a parser: %w", err)
	}
	s.log.InfoContext(ctx, "a parser is proposed", "source", k.Source, "reason", h.Reason, "lines", h.Lines, "formats", h.Formats)
	return nil
}

// rejected reports whether somebody said no to the same shape.
func (s *Service) rejected(ctx context.Context, id tenant.ID, source, shape string) (bool, error) {
	list, _, err := s.d.Repository.List(ctx, Query{Tenants: []tenant.ID{id}, Sources: []string{source}, States: []State{Rejected}, Limit: keptDecided})
	if err != nil {
		return false, fmt.Errorf("rejected proposals: %w", err)
	}
	return slices.ContainsFunc(list, func(h Head) bool { return h.Shape == shape }), nil
}

// findings are what studying a source gave.
type findings struct {
	reason   Reason
	lines    []learn.Line
	proposal *learn.Proposal // nil where there is nothing to propose
}

// study looks for a parser in what is kept of a source. One for a source that has its own is made to replace that.
func (s *Service) study(source string) findings {
	kept := s.d.Collector.Kept(source)
	f := findings{reason: New, lines: kept.Lines}
	p := s.d.Book.page(source)
	if p != nil {
		f.reason = Drift
		f.lines = append(kept.Lines, kept.Recent...)
		slices.SortStableFunc(f.lines, func(x, y learn.Line) int { return x.Received.Compare(y.Received) })
	}
	if len(f.lines) < AtLeast {
		return f
	}
	set := s.settings(source)
	f.proposal = learn.Propose(f.lines, set, s.d.Shelf)
	if p == nil || f.proposal == nil || len(f.proposal.Formats) == 0 {
		return f
	}
	f.proposal = learn.Merge(p.proposal, f.proposal)
	if made, err := f.proposal.Compile(p.ID, f.proposal.Device); err == nil {
		if compiled, err := learn.Load(made); err == nil {
			f.proposal.Covered, f.proposal.Unclaimed, _ = learn.Cover(compiled, f.lines, set, s.d.Shelf)
			f.proposal.Unclaimed += f.proposal.Covered
		}
	}
	return f
}

// drifted reports whether a source no longer sends what its own pack was made for: too much of it is not read, or is read while it has
// names that the pack does not know, or lacks those it always had.
func (s *Service) drifted(p *page, k Kept) bool {
	recent := s.d.Collector.Kept(p.Source).Recent
	d := learn.Deviation(p.proposal, p.pack, recent, s.settings(p.Source), s.d.Shelf)
	return k.Arrived >= driftLines && float64(d.Unclaimed) >= Worth*float64(len(recent)) ||
		len(recent) >= MaxRecent && float64(d.Changed) >= driftShare*float64(len(recent))
}
