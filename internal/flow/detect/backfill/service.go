package backfill

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	raiseAtOnce = 200             // findings of one transaction
	saveEvery   = 5 * time.Second // how often progress is written
	// ahead is how far an event's time may lie after its receipt, and more: the archive stores none that lies further.
	ahead = 3 * 24 * time.Hour
)

// Histories tells since when rules are in force.
type Histories interface {
	History(ctx context.Context, id tenant.ID, rule string) (tenure.History, error)
}

// Jobs runs searches in the background.
type Jobs interface {
	Begin(ctx context.Context, t dryrun.Task) (dryrun.Job, error)
	Get(owner, id string) (dryrun.Job, error)
	Forget(owner, id string) error
}

// Door opens a transaction on one tenant's tables; the context it passes on carries it.
type Door interface {
	InTenant(ctx context.Context, id tenant.ID, fn func(context.Context) error) error
}

// Auditor writes one entry to the tenant's chain, inside the transaction of the context.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Deps are what a [Service] works with; Now may be nil for the wall clock.
type Deps struct {
	Histories  Histories
	Repository Repository
	Rules      Rules
	Jobs       Jobs
	Raiser     Raiser
	Door       Door
	Auditor    Auditor
	Actor      func(ctx context.Context) string
	// EventID is the id of an event by the place of its record in the queue: ids rise with it.
	EventID func(epoch uint32, sequence uint64, index int) string
	// Settled waits until everything of the queue's epoch before the sequence can be found in the archive.
	Settled func(ctx context.Context, epoch uint32, sequence uint64) error
	// Kept is for how long events of a customer are kept: none is stored with a time further back when it comes.
	Kept   func(id tenant.ID) time.Duration
	Logger *slog.Logger
	Now    func() time.Time
}

// Service shows gaps and fills them.
type Service struct {
	d   Deps
	log *slog.Logger

	mu     sync.Mutex
	asked  map[string]bool // runs that somebody ended
	active map[string]bool // customers with rules that are being searched
}

// NewService returns a service.
func NewService(d Deps) *Service {
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{d: d, log: d.Logger.With("component", "backfill"), asked: map[string]bool{}, active: map[string]bool{}}
}

func owner(id tenant.ID) string { return "backfill/" + id.String() }

// View tells since when a rule is in force at a customer of the context's scope, and of its gaps those with events that are still kept.
func (s *Service) View(ctx context.Context, id tenant.ID, rule string) (View, error) {
	h, err := s.d.Histories.History(ctx, id, rule)
	if err != nil {
		return View{}, fmt.Errorf("history of rule %s: %w", rule, err)
	}
	v := View{Spans: h.Spans()}
	if v.Runs, err = s.runs(ctx, id, rule); err != nil {
		return View{}, err
	}
	now := s.d.Rules.InForce(rule)
	oldest := s.d.Now().Add(-s.d.Kept(id))
	for _, g := range tenure.Gaps(v.Spans) {
		if !g.Open && g.To.Before(oldest) {
			continue
		}
		x := Gap{Gap: g}
		if x.Barred, err = s.barred(ctx, rule, v.Spans[len(v.Spans)-1], g, now); err != nil {
			return View{}, err
		}
		for i := range v.Runs {
			r := &v.Runs[i]
			if x.Filled == nil && r.whole() && covers(r, g) && r.Text == now.Text {
				x.Filled = r
			}
		}
		v.Gaps = append(v.Gaps, x)
	}
	return v, nil
}

func covers(r *Run, g tenure.Gap) bool {
	return r.Epoch == g.Epoch && r.First <= g.First && r.End >= g.End
}

func (s *Service) barred(ctx context.Context, rule string, last tenure.Span, g tenure.Gap, now InForce) (Bar, error) {
	switch {
	case now.Correlates:
		return BarCorrelation, nil
	case g.Open || last.State != tenure.On:
		return BarOpen, nil
	case now.Rule == nil || now.Text != last.Text:
		return BarSettling, nil
	case now.Silent:
		return BarFeeds, nil
	case g.Kind == tenure.WasOther:
		_, err := s.d.Rules.Earlier(ctx, rule, g.Text)
		if errors.Is(err, fault.ErrNotFound) {
			return BarText, nil
		}
		return "", err
	}
	return "", nil
}

// runs are those kept, with how far those are that still run.
func (s *Service) runs(ctx context.Context, id tenant.ID, rule string) ([]Run, error) {
	runs, err := s.d.Repository.Runs(ctx, id, rule)
	if err != nil {
		return nil, fmt.Errorf("runs of rule %s: %w", rule, err)
	}
	for i := range runs {
		r := &runs[i]
		if r.State != Running {
			continue
		}
		if j, err := s.d.Jobs.Get(owner(id), r.ID); err == nil {
			r.Progress, r.Events, r.Hits = j.Report.Progress, j.Report.Events, j.Report.Hits
		} else if !s.running(id, rule) {
			r.State = Interrupted
		}
	}
	return runs, nil
}

func (s *Service) running(id tenant.ID, rule string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.active[key(id, rule)]
}

func key(id tenant.ID, rule string) string { return id.String() + "/" + rule }

// Preview counts, for the owner, what filling a gap would raise, and raises nothing.
func (s *Service) Preview(ctx context.Context, owner string, id tenant.ID, rule, gap string) (dryrun.Job, error) {
	t, _, err := s.task(ctx, id, rule, gap)
	if err != nil {
		return dryrun.Job{}, err
	}
	t.Owner = owner
	return s.d.Jobs.Begin(ctx, t)
}

// Start fills a gap in the background, or goes on where a run of the same ended before its end.
func (s *Service) Start(ctx context.Context, id tenant.ID, rule, gap string) (Run, error) {
	t, g, err := s.task(ctx, id, rule, gap)
	if err != nil {
		return Run{}, err
	}
	run := Run{
		Tenant: id, ID: ulid.Make().String(), Rule: rule, Text: s.d.Rules.InForce(rule).Text, Epoch: g.Epoch, First: g.First, End: g.End, From: g.From, To: g.To,
		State: Running, By: s.d.Actor(ctx), At: s.d.Now().UTC(),
	}
	before, err := s.runs(ctx, id, rule)
	if err != nil {
		return Run{}, err
	}
	if i := slices.IndexFunc(before, func(r Run) bool {
		return r.Epoch == g.Epoch && r.First == g.First && r.End == g.End && r.Text == run.Text && r.State != Running && !r.whole() && !r.Until.IsZero()
	}); i >= 0 && before[i].Until.After(t.Scope.From) {
		t.Scope.From = before[i].Until
	}
	if !s.begin(id, rule) {
		return Run{}, fault.NewInvalid("gap", "backfill.running", "is being searched already")
	}
	if err := s.launch(ctx, run, t); err != nil {
		s.finish(id, rule)
		return Run{}, fmt.Errorf("back-fill rule %s: %w", rule, err)
	}
	return run, nil
}

func (s *Service) begin(id tenant.ID, rule string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[key(id, rule)] {
		return false
	}
	s.active[key(id, rule)] = true
	return true
}

func (s *Service) finish(id tenant.ID, rule string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, key(id, rule))
}

// launch keeps the run and begins its job.
func (s *Service) launch(ctx context.Context, run Run, t dryrun.Task) error {
	err := s.d.Door.InTenant(ctx, run.Tenant, func(ctx context.Context) error {
		if err := s.d.Repository.Add(ctx, run); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, run.Tenant, "rule.backfill", "rule/"+run.Rule, nil, map[string]string{
			"run": run.ID, "from": run.From.Format(time.RFC3339), "to": run.To.Format(time.RFC3339)}, "")
	})
	if err != nil {
		return err
	}
	saved := s.d.Now()
	progress := run
	t.ID, t.Owner = run.ID, owner(run.Tenant)
	t.Raise = func(ctx context.Context, hits []detect.Finding, until time.Time) (int, error) {
		fresh, err := s.raise(ctx, run, hits)
		if err != nil {
			return fresh, err
		}
		progress.Until, progress.Hits = until, progress.Hits+int64(len(hits))
		if s.d.Now().Sub(saved) >= saveEvery {
			saved = s.d.Now()
			return fresh, s.d.Repository.Save(ctx, progress)
		}
		return fresh, nil
	}
	t.Ended = func(ctx context.Context, x dryrun.Job) {
		defer s.finish(run.Tenant, run.Rule)
		end := progress
		end.Events, end.Hits, end.Early, end.FinishedAt, end.State = x.Report.Events, x.Report.Hits, x.Report.Early, s.d.Now().UTC(), s.endOf(x)
		if err := s.d.Repository.Save(ctx, end); err != nil {
			s.log.Error("how a search ended was not written; it counts as interrupted", "run", run.ID, "error", err)
		}
	}
	if _, err = s.d.Jobs.Begin(ctx, t); err != nil {
		run.State, run.FinishedAt = Failed, s.d.Now().UTC()
		return errors.Join(err, s.d.Repository.Save(ctx, run))
	}
	return nil
}

func (s *Service) endOf(x dryrun.Job) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked[x.ID]
	delete(s.asked, x.ID)
	switch {
	case x.State == dryrun.Done:
		return Done
	case x.State == dryrun.Failed:
		return Failed
	case asked:
		return Cancelled
	}
	return Interrupted
}

func (s *Service) raise(ctx context.Context, run Run, hits []detect.Finding) (fresh int, err error) {
	for some := range slices.Chunk(hits, raiseAtOnce) {
		n, err := s.d.Raiser.Raise(ctx, run.Tenant, run.ID, run.By, some)
		if err != nil {
			return fresh, fmt.Errorf("raise what was found: %w", err)
		}
		fresh += n
	}
	return fresh, nil
}

// Cancel ends a run. What it raised stays.
func (s *Service) Cancel(ctx context.Context, id tenant.ID, run string) error {
	if _, err := s.d.Jobs.Get(owner(id), run); err != nil {
		return err
	}
	err := s.d.Door.InTenant(ctx, id, func(ctx context.Context) error {
		return s.d.Auditor.Record(ctx, id, "rule.backfill_cancel", "backfill/"+run, nil, nil, "")
	})
	if err != nil {
		return fmt.Errorf("cancel back-fill %s: %w", run, err)
	}
	s.mu.Lock()
	s.asked[run] = true
	s.mu.Unlock()
	return s.d.Jobs.Forget(owner(id), run)
}

// task is what is to be read and matched to fill a gap.
func (s *Service) task(ctx context.Context, id tenant.ID, rule, gap string) (dryrun.Task, Gap, error) {
	v, err := s.View(ctx, id, rule)
	if err != nil {
		return dryrun.Task{}, Gap{}, err
	}
	i := slices.IndexFunc(v.Gaps, func(g Gap) bool { return g.ID() == gap })
	if i < 0 {
		return dryrun.Task{}, Gap{}, fmt.Errorf("gap %q of rule %s: %w", gap, rule, fault.ErrNotFound)
	}
	g := v.Gaps[i]
	if g.Barred != "" {
		return dryrun.Task{}, Gap{}, barredReason(g.Barred)
	}
	t := dryrun.Task{Rule: s.d.Rules.InForce(rule).Rule, Scope: dryrun.Scope{Tenants: []tenant.ID{id}, From: g.From.Add(-s.d.Kept(id) - ahead), To: g.To.Add(ahead)}}
	if t.Before, err = s.before(ctx, rule, g); err != nil {
		return dryrun.Task{}, Gap{}, err
	}
	first, last := s.d.EventID(g.Epoch, g.First, 0), s.d.EventID(g.Epoch, g.End-1, math.MaxUint16)
	// Ids tell exactly; by the sequence an archive can leave out what it holds of other times without reading it.
	text := fmt.Sprintf("%s:range[%d, %d] %s:string_range(%s, %s)", query.Quote(event.Sequence), g.First, g.End-1, query.Quote(event.EventID), query.Quote(first), query.Quote(last+"~"))
	if t.Scope.Query, err = query.Parse(text); err != nil {
		return dryrun.Task{}, Gap{}, fmt.Errorf("query of a gap: %w", err)
	}
	t.Scope.Only = func(ev *event.Event) bool { return first <= ev.ID && ev.ID <= last }
	t.Ready = func(ctx context.Context) error { return s.d.Settled(ctx, g.Epoch, g.End) }
	return t, g, nil
}

// before is the rule that judged the gap's events; nil where none raised anything.
func (s *Service) before(ctx context.Context, rule string, g Gap) (*sigma.Rule, error) {
	if g.Kind != tenure.WasOther {
		return nil, nil
	}
	was, err := s.d.Rules.Earlier(ctx, rule, g.Text)
	if err != nil {
		return nil, fmt.Errorf("the rule as it was: %w", err)
	}
	return was, nil
}

func barredReason(b Bar) error {
	switch b {
	case BarOpen:
		return fault.NewInvalid("gap", "backfill.open", "lasts: the rule raises no alerts at this customer")
	case BarCorrelation:
		return fault.NewInvalid("gap", "backfill.correlation", "cannot be filled: a correlation counts events as they arrive, with what came before them")
	case BarFeeds:
		return fault.NewInvalid("gap", "backfill.feeds", "cannot be filled: the rule only feeds correlations")
	case BarText:
		return fault.NewInvalid("gap", "backfill.text", "cannot be filled: the text that judged these events is no longer kept, so what it raised is not known")
	}
	return fault.NewInvalid("gap", "backfill.settling", "changes just now; ask again in a moment")
}
