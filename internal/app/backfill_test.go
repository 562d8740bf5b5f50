package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/pgtest"
	"github.com/isoc-project/isoc/internal/tenant"
)

// past is a whole product, a customer with a source, and a rule written there.
type past struct {
	*show
	id     tenant.ID
	source string
	rule   string
	sent   int
}

const missed = `title: Accepted
logsource: {product: linux}
detection: {s: {user.name: %s}, condition: s}
`

func newPast(t *testing.T, on *show) *past {
	t.Helper()
	p := &past{show: on}
	p.ctx = identity.WithPrincipal(p.ctx, identity.Principal{Username: "ann", Provider: identity.ProviderAdmin})
	ten, err := p.tenants.Create(p.ctx, tenancy.Draft{Slug: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	p.id = ten.ID
	src, _, err := p.sources.Create(p.ctx, ten.ID, collect.Draft{Name: "web", Kind: "linux"})
	if err != nil {
		t.Fatal(err)
	}
	p.source = src.ID
	made, err := p.content.Create(p.ctx, fmt.Sprintf(missed, "[eve, eva]"), "")
	if err != nil {
		t.Fatal(err)
	}
	p.rule = made[0]
	sample := func(user string, fires bool) content.Sample {
		return content.Sample{Fires: fires, Kind: "linux", Lines: []content.SampleLine{{Raw: accepted("web", user)}}}
	}
	if _, err := p.content.SetSamples(p.ctx, p.rule, []content.Sample{sample("eve", true), sample("root", false)}); err != nil {
		t.Fatal(err)
	}
	p.move(t, content.Testing)
	return p
}

func accepted(host, user string) string {
	return "<38>Mar  2 08:00:00 " + host + " sshd[1]: Accepted password for " + user + " from 192.0.2.1 port 1 ssh2"
}

func (p *past) move(t *testing.T, to content.State) {
	t.Helper()
	if err := p.content.SetState(p.ctx, p.rule, to, "", false); err != nil {
		t.Fatal(err)
	}
}

// sends one log-in a user, and waits until all is worked off.
func (p *past) sends(t *testing.T, host string, users ...string) {
	t.Helper()
	for _, u := range users {
		p.sent++
		r := record.Record{Tenant: p.id, Source: p.source, Received: time.Now(), Input: "http", Raw: []byte(accepted(host, u))}
		if err := p.queue.Publish(p.ctx, []record.Record{r}); err != nil {
			t.Fatal(err)
		}
	}
	p.settled(t)
}

func (p *past) view(t *testing.T) backfill.View {
	t.Helper()
	v, err := p.backfills.View(p.ctx, p.id, p.rule)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// stands waits until the rule is recorded so.
func (p *past) stands(t *testing.T, st tenure.State) {
	t.Helper()
	until(t, "the rule is "+string(st), func() bool {
		v := p.view(t)
		n := len(v.Spans)
		return n > 0 && v.Spans[n-1].State == st && (st != tenure.On || v.Spans[n-1].Text == pastRules{p.rules, p.content}.InForce(p.rule).Text)
	})
}

// fills searches a gap to the end.
func (p *past) fills(t *testing.T, gap backfill.Gap) backfill.Run {
	t.Helper()
	run, err := p.backfills.Start(p.ctx, p.id, p.rule, gap.ID())
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the gap is searched", func() bool {
		runs := p.view(t).Runs
		i := slices.IndexFunc(runs, func(r backfill.Run) bool { return r.ID == run.ID })
		run = runs[i]
		return run.State != backfill.Running
	})
	return run
}

// firings counts what alerts of the rule count: raised as events came, and by whom afterwards.
func (p *past) firings(t *testing.T) (live, later int64) {
	t.Helper()
	page, err := p.alerts.List(p.ctx, alert.Query{Tenants: []tenant.ID{p.id}, Rule: p.rule, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range page.Items {
		switch a.BackfilledBy {
		case "":
			live += a.Count
		case "ann":
			later += a.Count
		default:
			t.Errorf("alert by %q", a.BackfilledBy)
		}
	}
	return live, later
}

func (p *past) counts(t *testing.T, live, later int64) {
	t.Helper()
	if a, b := p.firings(t); a != live || b != later {
		t.Errorf("%d firings raised as events came and %d afterwards, want %d and %d", a, b, live, later)
	}
}

func TestWhatARuleMissedIsFoundOnceOnRequest(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		missesAndFinds(t, newPast(t, newShow(t, "", "sqlite", "")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn, admin := pgtest.Start(t).Database(t)
		missesAndFinds(t, newPast(t, newShow(t, dsn, "pgx", admin)))
	})
}

func missesAndFinds(t *testing.T, p *past) {
	p.sends(t, "web", "root", "eve", "eva", "eve", "bob", "eve")
	p.sends(t, "spared", "eve")
	p.move(t, content.Enabled)
	p.stands(t, tenure.On)
	p.sends(t, "web", "eve", "bob")
	p.counts(t, 1, 0)

	v := p.view(t)
	if len(v.Gaps) != 1 || v.Gaps[0].Kind != tenure.WasAbsent || v.Gaps[0].Barred != "" || v.Gaps[0].Filled != nil {
		t.Fatalf("gaps %+v", v.Gaps)
	}
	_, err := newExceptions(p.App).Create(p.ctx, except.Draft{Tenant: p.id, Rule: p.rule, Query: "host.name:=spared", Reason: "known", ExpiresAt: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	job, err := p.backfills.Preview(p.ctx, "ann", p.id, p.rule, v.Gaps[0].ID())
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the impact is known", func() bool {
		job, err = p.dryRuns.Get("ann", job.ID)
		return err == nil && !job.FinishedAt.IsZero()
	})
	if job.State != dryrun.Done || job.Report.Events != 7 || job.Report.Hits != 4 || job.Report.Excepted != 1 || job.Report.Raised != 0 {
		t.Errorf("impact %s %+v", job.State, job.Report)
	}
	p.counts(t, 1, 0)

	if run := p.fills(t, v.Gaps[0]); run.State != backfill.Done || run.Raised != 4 || run.By != "ann" || run.Early != "" {
		t.Errorf("run %+v", run)
	}
	p.counts(t, 1, 4)
	if v = p.view(t); v.Gaps[0].Filled == nil {
		t.Errorf("the gap is not filled: %+v", v.Gaps)
	}
	if run := p.fills(t, v.Gaps[0]); run.Raised != 0 || run.Hits != 4 {
		t.Errorf("again: %+v", run)
	}
	p.counts(t, 1, 4)

	if err := p.content.Save(p.ctx, p.rule, 1, fmt.Sprintf("id: %s\nlevel: high\n"+missed, p.rule, "[eve, eva]"), ""); err != nil {
		t.Fatal(err)
	}
	p.stands(t, tenure.On)
	if v = p.view(t); len(v.Gaps) != 1 || v.Gaps[0].Filled == nil {
		t.Errorf("a text that fires alike makes gaps: %+v", v.Gaps)
	}

	// Another text: of what the text before judged, only what that did not fire on; of the first gap, only what nothing fired on.
	if err := p.content.Save(p.ctx, p.rule, 2, fmt.Sprintf("id: %s\n"+missed, p.rule, "[eve, bob]"), ""); err != nil {
		t.Fatal(err)
	}
	p.stands(t, tenure.On)
	v = p.view(t)
	if len(v.Gaps) != 2 || v.Gaps[1].Kind != tenure.WasOther || v.Gaps[1].Barred != "" || v.Gaps[0].Filled != nil {
		t.Fatalf("gaps of another text %+v", v.Gaps)
	}
	for i, want := range []int64{1, 1} {
		if run := p.fills(t, v.Gaps[i]); run.State != backfill.Done || run.Raised != want {
			t.Errorf("gap %d: %+v", i, run)
		}
	}
	p.counts(t, 1, 6)

	p.move(t, content.Deprecated)
	p.stands(t, tenure.Off)
	v = p.view(t)
	for _, g := range v.Gaps {
		if g.Barred != backfill.BarOpen {
			t.Errorf("a rule that is off: %+v", g)
		}
	}
	if _, err := p.backfills.Start(p.ctx, p.id, p.rule, v.Gaps[0].ID()); err == nil {
		t.Error("a rule that is off was searched for")
	}
}

// TestFiltersInForceHoldInDryRunsAndBackfills compares what is estimated with what is raised as events come.
func TestFiltersInForceHoldInDryRunsAndBackfills(t *testing.T) {
	t.Parallel()
	p := newPast(t, newShow(t, "", "sqlite", ""))
	text := fmt.Sprintf("id: %s\n"+missed, p.rule, "[eve, eva]")
	tried := func(hits int64) {
		t.Helper()
		job, err := p.dryRuns.Start(p.ctx, "ann", text, nil, []tenant.ID{p.id}, 1)
		if err != nil {
			t.Fatal(err)
		}
		until(t, "the dry run ends", func() bool {
			job, err = p.dryRuns.Get("ann", job.ID)
			return err == nil && !job.FinishedAt.IsZero()
		})
		if job.State != dryrun.Done || job.Report.Hits != hits {
			t.Errorf("dry run %s, %d hits, want %d", job.State, job.Report.Hits, hits)
		}
	}
	p.sends(t, "web", "root", "eve", "eva")
	p.sends(t, "spared", "eve")
	tried(3)
	made, err := p.content.Create(p.ctx, fmt.Sprintf("title: Known\nlogsource: {product: linux}\nfilter: {rules: [%s], s: {host.name: spared}, condition: not s}\n", p.rule), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []content.State{content.Testing, content.Enabled} {
		tried(3)
		if err := p.content.SetState(p.ctx, made[0], to, "", false); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "the filter is in force", func() bool { return len(p.rules.inForce.Load().filters) == 1 })
	tried(2) // before the rule is in force, as it would then fire
	p.move(t, content.Enabled)
	p.stands(t, tenure.On)
	p.sends(t, "web", "eve")
	p.sends(t, "spared", "eve", "eva")
	p.counts(t, 1, 0)
	tried(3)

	v := p.view(t)
	if len(v.Gaps) != 1 || v.Gaps[0].Barred != "" {
		t.Fatalf("gaps %+v", v.Gaps)
	}
	job, err := p.backfills.Preview(p.ctx, "ann", p.id, p.rule, v.Gaps[0].ID())
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the impact is known", func() bool {
		job, err = p.dryRuns.Get("ann", job.ID)
		return err == nil && !job.FinishedAt.IsZero()
	})
	if job.Report.Hits != 2 {
		t.Errorf("impact %+v", job.Report)
	}
	if run := p.fills(t, v.Gaps[0]); run.Raised != 2 {
		t.Errorf("run %+v", run)
	}
	p.counts(t, 1, 2)
}
