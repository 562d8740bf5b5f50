package dryrun

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Cancelled State = "cancelled"
	Failed    State = "failed"
)

const (
	maxWaiting = 8
	// keepFor is how long a job that ended is kept, and maxKept how many.
	keepFor = 30 * time.Minute
	maxKept = 200
)

// atOnce is how many jobs run at the same time: the processors are the pipeline's before they are ours.
func atOnce() int { return min(2, max(1, runtime.GOMAXPROCS(0)/4)) }

// Job is a dry run as it stands.
type Job struct {
	ID         string
	Owner      string // id of the user who began it
	State      State
	Reason     string // why it failed
	Rule       detect.RuleInfo
	Scope      Scope
	Report     Report
	CreatedAt  time.Time
	FinishedAt time.Time // zero until it ends
}

// Deps are what [Jobs] work with; Now may be nil for the wall clock.
type Deps struct {
	Player *Player
	Group  Grouper
	// Spared reports whether an exception is about a rule firing on an event, and counts nothing; nil for none.
	Spared func(rule string, ev *event.Event) bool
	// Filtered returns the rules as the Sigma filters in force would leave them, in their order; nil for no filters.
	Filtered func(rules []*sigma.Rule) []*sigma.Rule
	// Census counts the events of archives, so that those which cannot fire need not be read; nil reads all.
	Census Census
	// Pack names the pack that a file is of, which decides whom a name means; nil says that all files are of one.
	Pack   func(file string) string
	Logger *slog.Logger
	Now    func() time.Time
}

// Census counts archived events over time.
type Census interface {
	Histogram(ctx context.Context, h archive.HistogramQuery) (archive.Histogram, error)
}

// Jobs runs dry runs in the background, few at once. Jobs live in memory, as long as the process does.
type Jobs struct {
	d    Deps
	log  *slog.Logger
	slot chan struct{}
	base context.Context
	stop context.CancelFunc
	wait sync.WaitGroup

	mu   sync.Mutex
	jobs map[string]*job
}

type job struct {
	Job
	task   Task
	before string       // id under which its text of before is in the set
	narrow *query.Query // selects less of the scope; nil reads all of it
	cancel context.CancelFunc
}

// NewJobs returns a runner; Close ends what it runs.
func NewJobs(d Deps) *Jobs {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Filtered == nil {
		d.Filtered = func(rules []*sigma.Rule) []*sigma.Rule { return rules }
	}
	j := &Jobs{d: d, log: d.Logger.With("component", "dryrun"), slot: make(chan struct{}, atOnce()), jobs: map[string]*job{}}
	j.base, j.stop = context.WithCancel(context.Background())
	return j
}

// Close cancels all jobs and waits until they have ended.
func (j *Jobs) Close() {
	j.stop()
	j.wait.Wait()
}

// read is what is to be tried of a text: one rule, or a correlation made of rules in the text and in others, as the filters in force
// leave them. What the engine refuses is a fault.Invalid of the field source.
func (j *Jobs) read(text string, with []Text) (*sigma.Rule, *Compound, error) {
	docs, bad := sigma.ParseDocuments("rule.yml", []byte(text))
	if len(bad) == 0 {
		bad = docs.Check(sigma.Options{})
	}
	switch {
	case len(bad) > 0:
		b := bad[0]
		reason := b.Reason
		if b.Field != "" {
			reason = b.Field + ": " + reason
		}
		return nil, nil, refused(reason)
	case len(docs.Correlations) > 0:
		c, err := compound(docs, with, j.d)
		return nil, c, err
	case len(docs.Filters) > 0:
		return nil, nil, fault.NewInvalid("source", "dryrun.filter", "a filter alone fires on nothing; try the rule it is for")
	case len(docs.Rules) != 1:
		return nil, nil, fault.NewInvalid("source", "dryrun.one", "must be one rule")
	}
	return j.d.Filtered(docs.Rules)[0], nil, nil
}

// refused is what the engine says of a text; it has no code, for there is no list of all that it may say.
func refused(reason string) error { return &fault.Invalid{Field: "source", Reason: reason} }

// Start begins a job on the last days, of customers that the context's scope allows. With are the texts that a correlation is made of. Too
// many waiting ones are fault.ErrUnavailable.
func (j *Jobs) Start(ctx context.Context, owner, text string, with []Text, tenants []tenant.ID, days int) (Job, error) {
	if days < 1 || days > MaxDays {
		return Job{}, fault.NewInvalid("days", "dryrun.days", "must be between 1 and 30")
	}
	rule, made, err := j.read(text, with)
	if err != nil {
		return Job{}, err
	}
	now := j.d.Now().UTC().Truncate(time.Microsecond)
	return j.Begin(ctx, Task{Owner: owner, Rule: rule, Compound: made, Scope: Scope{Tenants: tenants, From: now.AddDate(0, 0, -days), To: now}})
}

// Task is what a job does.
type Task struct {
	ID    string // empty: one is made
	Owner string
	Rule  *sigma.Rule // nil where a correlation is tried
	// Compound is the correlation that is tried; nil for a rule.
	Compound *Compound
	// Before is the text that the rule had when the events came: what that fired on is counted as known, and is no hit. May be nil.
	Before *sigma.Rule
	Scope  Scope
	// Ready is waited for before anything is read; nil for nothing.
	Ready func(ctx context.Context) error
	// Raise is given the hits of one piece after the other, in the order of their times, and returns how many of them are new; until
	// is the event time up to which everything was given. nil raises nothing. Its error ends the job.
	Raise func(ctx context.Context, hits []detect.Finding, until time.Time) (int, error)
	// Ended is told the job as it ended, before anybody else sees it so; nil for nobody. Its context has none of the job's end.
	Ended func(ctx context.Context, x Job)
}

// Begin begins a job on events of customers that the context's scope allows. Too many waiting ones are fault.ErrUnavailable.
func (j *Jobs) Begin(ctx context.Context, t Task) (Job, error) {
	tried, before := []*sigma.Rule{t.Rule}, ""
	var info detect.RuleInfo
	if t.Compound != nil {
		tried, info = t.Compound.rules, t.Compound.correlation.Info()
	} else {
		info = t.Rule.Info()
	}
	rules := tried
	if t.Before != nil {
		was := *t.Before
		before = t.Rule.ID + "/before"
		was.ID = before
		rules = append(slices.Clip(rules), &was)
	}
	set, bad := sigma.Compile(rules, sigma.Options{})
	if len(bad) > 0 {
		return Job{}, refused(bad[0].Reason)
	}
	for _, id := range t.Scope.Tenants {
		if !tenant.ScopeFrom(ctx).Allows(id) {
			return Job{}, fault.ErrNotFound
		}
	}
	if t.ID == "" {
		t.ID = ulid.Make().String()
	}
	now := j.d.Now().UTC().Truncate(time.Microsecond)
	run, cancel := context.WithCancel(tenant.WithScope(j.base, tenant.Only(t.Scope.Tenants...)))
	x := &job{Job: Job{ID: t.ID, Owner: t.Owner, State: Queued, Rule: info, Scope: t.Scope, CreatedAt: now}, task: t, before: before, cancel: cancel}
	if j.d.Census != nil {
		x.narrow = Narrow(t.Scope.Query, tried, sigma.Options{})
	}
	x.Report = newTally(t.Scope, j.d.Group, nil, nil).snapshot()
	if err := j.admit(x); err != nil {
		cancel()
		return Job{}, err
	}
	j.wait.Go(func() {
		defer cancel()
		j.run(run, x, set)
	})
	return j.Get(t.Owner, x.ID)
}

// admit keeps a job if not too many wait, and forgets old ones.
func (j *Jobs) admit(x *job) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.d.Now()
	waiting := 0
	oldest := ""
	for id, o := range j.jobs {
		switch {
		case o.State == Queued:
			waiting++
		case !o.FinishedAt.IsZero() && now.Sub(o.FinishedAt) > keepFor:
			delete(j.jobs, id)
		case !o.FinishedAt.IsZero() && (oldest == "" || id < oldest):
			oldest = id
		}
	}
	if waiting >= maxWaiting {
		return fmt.Errorf("%d dry runs wait already: %w", waiting, fault.ErrUnavailable)
	}
	if len(j.jobs) >= maxKept {
		delete(j.jobs, oldest)
	}
	j.jobs[x.ID] = x
	return nil
}

func (j *Jobs) run(ctx context.Context, x *job, set *sigma.Set) {
	select {
	case j.slot <- struct{}{}:
		defer func() { <-j.slot }()
	case <-ctx.Done():
		j.end(x, Cancelled, "")
		return
	}
	j.set(x, func() { x.State = Running })
	t := newTally(x.Scope, j.d.Group, j.d.Spared, x.task.Compound)
	err := j.play(ctx, x, set, t)
	if t.report.Early == "" && err == nil {
		t.report.Progress = 1
	}
	r := t.snapshot()
	j.set(x, func() { x.Report = r })
	switch {
	case err == nil || errors.Is(err, errBound):
		j.end(x, Done, "")
	case ctx.Err() != nil:
		j.end(x, Cancelled, "")
	default:
		j.log.Warn("a dry run failed", "job", x.ID, "error", err)
		j.end(x, Failed, err.Error())
	}
}

// errBound ends a run that met a bound.
var errBound = errors.New("a bound was met")

// play matches, counts and raises.
func (j *Jobs) play(ctx context.Context, x *job, set *sigma.Set, t *tally) error {
	if x.task.Ready != nil {
		if err := x.task.Ready(ctx); err != nil {
			return err
		}
	}
	start := time.Now()
	scope := x.Scope
	if x.narrow != nil {
		if err := j.count(ctx, t); err != nil {
			return err
		}
		scope.Query = x.narrow
	}
	var made *correlator
	if x.task.Compound != nil {
		made = newCorrelator(x.task.Compound, j.d.Spared)
	}
	take := func(p Piece) error {
		hits := t.add(p, x.before)
		if x.task.Raise != nil {
			fresh, err := x.task.Raise(ctx, hits, p.Until)
			if err != nil {
				return err
			}
			t.report.Raised += int64(fresh)
		}
		if t.report.Early = t.early(time.Since(start)); t.report.Early != "" && p.Until.Before(x.Scope.To) {
			return errBound
		}
		t.report.Early = ""
		r := t.snapshot()
		j.set(x, func() { x.Report = r })
		return nil
	}
	if made == nil {
		return j.d.Player.Play(ctx, set, scope, take)
	}
	err := j.d.Player.Play(ctx, set, scope, func(p Piece) error {
		p, excepted := made.piece(p)
		t.report.Excepted += int64(excepted)
		t.held = len(made.ids)
		return take(p)
	})
	if err != nil {
		return err
	}
	return take(made.end(x.Scope.To)) // what is open at the end is judged as it stands
}

// count asks for the events there are, of which not all will be read.
func (j *Jobs) count(ctx context.Context, t *tally) error {
	hours := int(t.scope.To.Sub(t.scope.From)/time.Hour) + 1 // so that none lies in two days
	h, err := j.d.Census.Histogram(ctx, archive.HistogramQuery{
		Tenants: t.scope.Tenants, Query: t.scope.Query, From: t.scope.From, To: t.scope.To, Buckets: min(hours, archive.MaxBuckets),
	})
	t.census = h.Buckets
	return err
}

func (j *Jobs) set(x *job, change func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change()
}

func (j *Jobs) end(x *job, s State, reason string) {
	if x.task.Ended != nil {
		as := x.Job
		as.State, as.Reason = s, reason
		x.task.Ended(tenant.WithScope(context.WithoutCancel(j.base), tenant.Only(x.Scope.Tenants...)), as)
	}
	j.set(x, func() { x.State, x.Reason, x.FinishedAt = s, reason, j.d.Now().UTC() })
}

// Get returns a job of the owner; any other is fault.ErrNotFound.
func (j *Jobs) Get(owner, id string) (Job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	x, ok := j.jobs[id]
	if !ok || x.Owner != owner {
		return Job{}, fmt.Errorf("dry run %q: %w", id, fault.ErrNotFound)
	}
	return x.Job, nil
}

// Forget cancels a job of the owner if it still runs, and forgets it.
func (j *Jobs) Forget(owner, id string) error {
	if _, err := j.Get(owner, id); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if x, ok := j.jobs[id]; ok {
		x.cancel()
		delete(j.jobs, id)
	}
	return nil
}
