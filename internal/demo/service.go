package demo

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Length is how long a day takes to be sent.
const Length = 4 * time.Minute

// Deps are what a [Service] works with. All but Length and Now are required.
type Deps struct {
	Settings   Settings
	Transactor Transactor
	Auditor    Auditor
	Tenants    Tenants
	Sources    Sources
	Alerts     Alerts
	// Dial opens the way to the product's own listeners; it is called when a day begins.
	Dial   func() (Carrier, error)
	Actor  func(ctx context.Context) string // username of the caller
	Logger *slog.Logger
	Length time.Duration    // 0 for [Length]
	Now    func() time.Time // nil for the wall clock
}

// Service makes, sends, tells of and removes the one demonstration of an installation. Permissions are checked before; the context of
// every call has the provider's scope.
type Service struct {
	d   Deps
	log *slog.Logger

	op   sync.Mutex      // one start, stop or removal at a time
	base context.Context // of the sender, with the provider's scope
	end  context.CancelFunc

	mu    sync.Mutex // guards the rest
	state State
	run   *run // nil where nothing is sent
}

// run is one sender under way.
type run struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// NewService returns a service over d; [Service.Load] tells it what an earlier process left.
func NewService(d Deps) *Service {
	if d.Length == 0 {
		d.Length = Length
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	s := &Service{d: d, log: d.Logger.With("component", "demo"), state: State{Phase: Absent}}
	s.base, s.end = context.WithCancel(tenant.WithScope(context.Background(), tenant.All()))
	return s
}

// Run waits until ctx ends, then ends the sending, for good, and waits for it.
func (s *Service) Run(ctx context.Context) error {
	<-ctx.Done()
	s.end()
	s.halt()
	return nil
}

// halt ends the sender and waits for it.
func (s *Service) halt() {
	s.mu.Lock()
	r := s.run
	s.mu.Unlock()
	if r != nil {
		r.cancel()
		<-r.done
	}
}

// Start makes the two customers, named in the language, and begins to send their day. Where a demonstration exists it is a
// *fault.Invalid.
func (s *Service) Start(ctx context.Context, language string) error {
	s.op.Lock()
	defer s.op.Unlock()
	if s.current().Phase != Absent {
		return fault.NewInvalid("demo", "demo.exists", "a demonstration exists already: remove it first")
	}
	if s.base.Err() != nil {
		return fmt.Errorf("start demonstration: %w", fault.ErrUnavailable)
	}
	now := s.d.Now().UTC().Truncate(time.Second)
	st := State{
		Phase: Running, Seed: uint64(now.Unix()), From: now.Add(s.d.Length - Span).Truncate(time.Second), StartedAt: now, StartedBy: s.d.Actor(ctx), Tenants: map[Key]tenant.ID{},
	}
	tokens, err := s.cast(ctx, &st, language)
	if err == nil {
		day := NewDay(st.Seed, st.From, tokens)
		st.Total = day.Count()
		if err = s.enter(ctx, "demo.start", func(now *State) { *now = st }); err == nil {
			s.launch(day, tokens)
			return nil
		}
	}
	// What was made goes again; what cannot go now is found at the next start of the process.
	for _, id := range st.Tenants {
		if failed := s.d.Tenants.Delete(context.WithoutCancel(ctx), id); failed != nil {
			s.log.Error("a customer of a demonstration that could not begin is left", "tenant", id, "error", failed)
		}
	}
	return fmt.Errorf("start demonstration: %w", err)
}

// cast makes the customers and their sources, and returns the sources' tokens.
func (s *Service) cast(ctx context.Context, st *State, language string) (map[Key]string, error) {
	name := func(zh, en string) string {
		if language == "en" {
			return en
		}
		return zh
	}
	tokens := map[Key]string{}
	for _, c := range Customers() {
		id, err := s.d.Tenants.Create(ctx, c.Slug, name(c.NameZH, c.NameEN))
		if err != nil {
			return nil, err
		}
		st.Tenants[c.Key] = id
		for _, src := range c.Sources {
			if tokens[src.Key], err = s.d.Sources.Create(ctx, id, src, name(src.NameZH, src.NameEN)); err != nil {
				return nil, err
			}
		}
	}
	return tokens, nil
}

// Stop ends the sending; what was sent stays.
func (s *Service) Stop(ctx context.Context) error {
	s.op.Lock()
	defer s.op.Unlock()
	if s.current().Phase != Running {
		return nil
	}
	s.halt()
	if s.current().Phase == Finished { // just before
		return nil
	}
	return s.enter(ctx, "demo.stop", func(st *State) { st.Phase, st.EndedAt = Stopped, s.d.Now().UTC() })
}

// Remove ends the sending and deletes both customers with all they have; only audit chains stay. Where there is no
// demonstration it does nothing. After a failure it may be called again.
func (s *Service) Remove(ctx context.Context) error {
	s.op.Lock()
	defer s.op.Unlock()
	s.halt()
	marked, err := s.d.Tenants.Marked(ctx)
	if err != nil {
		return fmt.Errorf("remove demonstration: %w", err)
	}
	if s.current().Phase == Absent && len(marked) == 0 {
		return nil
	}
	was := s.current().Phase
	if err := s.enter(ctx, "demo.remove", func(st *State) { st.Phase = Removing }); err != nil {
		return fmt.Errorf("remove demonstration: %w", err)
	}
	for _, id := range marked {
		if err := s.d.Tenants.Delete(ctx, id); err != nil {
			s.set(func(st *State) {
				if st.Phase = was; was == Running {
					st.Phase = Stopped
				}
			})
			return fmt.Errorf("remove demonstration: %w", err)
		}
	}
	if err := s.enter(ctx, "demo.removed", func(st *State) { *st = State{Phase: Absent} }); err != nil {
		return fmt.Errorf("remove demonstration: %w", err)
	}
	return nil
}

// set changes the state in memory alone.
func (s *Service) set(change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state)
}
