package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/tenant"
)

const acme = tenant.ID("acme")

var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// desk is everything around the service, in memory: jobs do nothing until a test lets them.
type desk struct {
	history tenure.History
	inForce backfill.InForce
	runs    []backfill.Run // newest first
	tasks   map[string]dryrun.Task
	raised  map[string]bool
	audited []string
	now     time.Time
	refuse  bool
}

func (d *desk) History(context.Context, tenant.ID, string) (tenure.History, error) {
	return d.history, nil
}
func (d *desk) InForce(string) backfill.InForce { return d.inForce }
func (d *desk) Earlier(context.Context, string, string) (*sigma.Rule, error) {
	return nil, fault.ErrNotFound
}

func (d *desk) Add(_ context.Context, r backfill.Run) error {
	d.runs = append([]backfill.Run{r}, d.runs...)
	return nil
}

func (d *desk) Save(_ context.Context, r backfill.Run) error {
	for i := range d.runs {
		if d.runs[i].ID == r.ID {
			d.runs[i] = r
		}
	}
	return nil
}

func (d *desk) Runs(context.Context, tenant.ID, string) ([]backfill.Run, error) {
	return append([]backfill.Run(nil), d.runs...), nil
}

func (d *desk) Begin(_ context.Context, t dryrun.Task) (dryrun.Job, error) {
	if d.refuse {
		return dryrun.Job{}, fault.ErrUnavailable
	}
	d.tasks[t.ID] = t
	return dryrun.Job{ID: t.ID, Owner: t.Owner}, nil
}

func (d *desk) Get(owner, id string) (dryrun.Job, error) {
	t, ok := d.tasks[id]
	if !ok || t.Owner != owner {
		return dryrun.Job{}, fault.ErrNotFound
	}
	return dryrun.Job{ID: id, Report: dryrun.Report{Progress: 0.5}}, nil
}

func (d *desk) Forget(_, id string) error {
	d.end(id, dryrun.Cancelled, "")
	return nil
}

// end ends a job.
func (d *desk) end(id string, st dryrun.State, early string) {
	t := d.tasks[id]
	delete(d.tasks, id)
	t.Ended(context.Background(), dryrun.Job{ID: id, State: st, Report: dryrun.Report{Early: early}})
}

func (d *desk) Raise(_ context.Context, _ tenant.ID, _, _ string, findings []detect.Finding) (n int, err error) {
	for _, f := range findings {
		if !d.raised[f.EventID] {
			d.raised[f.EventID] = true
			n++
		}
	}
	return n, nil
}

func (d *desk) InTenant(ctx context.Context, _ tenant.ID, fn func(context.Context) error) error {
	return fn(ctx)
}

func (d *desk) Record(_ context.Context, _ tenant.ID, action, _ string, _, _ any, _ string) error {
	d.audited = append(d.audited, action)
	return nil
}

func (d *desk) service() *backfill.Service { return backfill.NewService(d.deps()) }

func (d *desk) deps() backfill.Deps {
	return backfill.Deps{
		Histories: d, Repository: d, Rules: d, Jobs: d, Raiser: d, Door: d, Auditor: d, Actor: func(context.Context) string { return "ann" },
		EventID: func(epoch uint32, seq uint64, index int) string {
			return fmt.Sprintf("%08x%012x%04x", epoch, seq, index)
		},
		Settled: func(context.Context, uint32, uint64) error { return nil }, Kept: func(tenant.ID) time.Duration { return 30 * 24 * time.Hour },
		Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return d.now },
	}
}

// newDesk has a rule that came at batch 100, an hour after the recorder began.
func newDesk() *desk {
	rules, _ := sigma.ParseRules("r.yml", []byte("title: R\nid: r\nlogsource: {product: linux}\ndetection: {s: {message: x}, condition: s}\n"))
	return &desk{
		history: tenure.History{
			Editions: []tenure.Edition{{Number: 1, Epoch: 7, Sequence: 1, At: start}, {Number: 2, Epoch: 7, Sequence: 100, At: start.Add(time.Hour)}},
			Rule:     map[int64]tenure.Standing{2: {State: tenure.On, Text: "a"}},
		},
		inForce: backfill.InForce{Rule: rules[0], Text: "a"}, tasks: map[string]dryrun.Task{}, raised: map[string]bool{}, now: start.Add(2 * time.Hour),
	}
}

func found(ids ...string) (all []detect.Finding) {
	for _, id := range ids {
		all = append(all, detect.Finding{Tenant: acme, EventID: id})
	}
	return all
}

const gap = "00000007000000000001"

func view(t *testing.T, s *backfill.Service) backfill.View {
	t.Helper()
	v, err := s.View(t.Context(), acme, "r")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func begin(t *testing.T, s *backfill.Service) backfill.Run {
	t.Helper()
	run, err := s.Start(t.Context(), acme, "r", gap)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestASearchThatEndedEarlyGoesOnAndRaisesNothingTwice(t *testing.T) {
	t.Parallel()
	d := newDesk()
	s := d.service()
	until := start.Add(30 * time.Minute)
	work := func(id string) {
		t.Helper()
		d.now = d.now.Add(time.Minute) // progress is written
		if _, err := d.tasks[id].Raise(t.Context(), found("1", "2"), until); err != nil {
			t.Fatal(err)
		}
	}
	run := begin(t, s)
	if from := d.tasks[run.ID].Scope.From; !from.Before(start.AddDate(0, 0, -30)) {
		t.Errorf("events with times before %v are not looked at", from)
	}
	if _, err := s.Start(t.Context(), acme, "r", gap); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("twice at once: %v", err)
	}
	work(run.ID)
	if r := view(t, s).Runs[0]; r.State != backfill.Running || r.Progress != 0.5 {
		t.Errorf("running %+v", r)
	}
	for _, stop := range []struct {
		by   func(id string)
		want backfill.State
	}{
		{func(id string) {
			if err := s.Cancel(t.Context(), acme, id); err != nil {
				t.Error(err)
			}
		}, backfill.Cancelled},
		{func(id string) { d.end(id, dryrun.Cancelled, "") }, backfill.Interrupted},      // a stop
		{func(id string) { delete(d.tasks, id); s = d.service() }, backfill.Interrupted}, // a kill
		{func(id string) { d.end(id, dryrun.Failed, "") }, backfill.Failed},
		{func(id string) { d.end(id, dryrun.Done, dryrun.EarlyTime) }, backfill.Done},
	} {
		stop.by(run.ID)
		v := view(t, s)
		if v.Runs[0].State != stop.want || v.Gaps[0].Filled != nil || !v.Runs[0].Until.Equal(until) {
			t.Errorf("%s: %+v, filled by %v", stop.want, v.Runs[0], v.Gaps[0].Filled)
		}
		run = begin(t, s)
		if from := d.tasks[run.ID].Scope.From; !from.Equal(until) {
			t.Errorf("after %s it goes on from %v", stop.want, from)
		}
		work(run.ID)
	}
	d.end(run.ID, dryrun.Done, "")
	if v := view(t, s); v.Gaps[0].Filled == nil || v.Gaps[0].Filled.ID != run.ID || len(d.raised) != 2 {
		t.Errorf("in the end %+v, %d raised", v.Gaps, len(d.raised))
	}
	if d.audited[0] != "rule.backfill" || d.audited[1] != "rule.backfill_cancel" || len(d.audited) != 7 {
		t.Errorf("audited %v", d.audited)
	}
	if err := s.Cancel(t.Context(), acme, run.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("what ended is cancelled: %v", err)
	}
}

func TestASearchThatCannotBeginIsKeptAsFailed(t *testing.T) {
	t.Parallel()
	d := newDesk()
	d.refuse = true
	s := d.service()
	if _, err := s.Start(t.Context(), acme, "r", gap); !errors.Is(err, fault.ErrUnavailable) {
		t.Errorf("began: %v", err)
	}
	if v := view(t, s); v.Runs[0].State != backfill.Failed {
		t.Errorf("run %+v", v.Runs[0])
	}
	d.refuse = false
	begin(t, s)
}

func TestWhatCannotBeFilledSaysWhy(t *testing.T) {
	t.Parallel()
	for want, change := range map[backfill.Bar]func(*desk){
		backfill.BarCorrelation: func(d *desk) { d.inForce = backfill.InForce{Text: "a", Correlates: true} },
		backfill.BarFeeds:       func(d *desk) { d.inForce.Silent = true },
		backfill.BarSettling:    func(d *desk) { d.inForce.Text = "b" },
		backfill.BarOpen:        func(d *desk) { d.history.Own = map[int64]tenure.State{2: tenure.Shadow} },
		backfill.BarText:        func(d *desk) { d.history.Rule[1] = tenure.Standing{State: tenure.On, Text: "older"} },
	} {
		d := newDesk()
		change(d)
		s := d.service()
		v := view(t, s)
		if v.Gaps[0].Barred != want {
			t.Errorf("%s: %+v", want, v.Gaps)
		}
		var bad *fault.Invalid
		if _, err := s.Start(t.Context(), acme, "r", gap); !errors.As(err, &bad) || bad.Code != "backfill."+string(want) {
			t.Errorf("%s: %v", want, err)
		}
		if _, err := s.Preview(t.Context(), "ann", acme, "r", gap); !errors.As(err, &bad) {
			t.Errorf("%s: %v", want, err)
		}
	}
	d := newDesk()
	d.now = start.AddDate(0, 0, 32)
	if v := view(t, d.service()); len(v.Gaps) != 0 {
		t.Errorf("events of %+v are no longer kept", v.Gaps)
	}
	if _, err := d.service().Start(t.Context(), acme, "r", "none"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("no gap: %v", err)
	}
}
