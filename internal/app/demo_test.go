package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store/pgtest"
	"github.com/isoc-project/isoc/internal/tenant"
)

// show is a whole product with a demonstration as fast as it can be taken.
type show struct {
	*App
	ctx     context.Context // with the provider's scope
	intrude func(t *testing.T) *sql.DB
}

func newShow(t *testing.T, dsn, driver, admin string) *show {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.HTTP, cfg.Syslog.Address = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0"
	cfg.Database.DSN, cfg.Ingest.MinFreeBytes, cfg.Admin.Password = dsn, 0, "a-password-of-the-test-1"
	if admin == "" {
		admin = "file:" + filepath.Join(cfg.Data, "isoc.db") + "?_pragma=busy_timeout(10000)"
	}
	ctx := tenant.WithScope(t.Context(), tenant.All())
	log := slog.New(slog.DiscardHandler)
	a, err := New(ctx, cfg, Build{Language: "en"}, log)
	if err != nil {
		t.Fatal(err)
	}
	a.demoLength = time.Millisecond
	if err := a.openDemo(ctx, log); err != nil {
		t.Fatal(err)
	}
	life, end := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Run(life, func(Addresses) { close(ready) }) }()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return &show{a, ctx, func(t *testing.T) *sql.DB {
		db, err := sql.Open(driver, admin)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}}
}

// until asks again and again until ok, within a minute or two of a busy machine.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 2400 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func (s *show) progress(t *testing.T) demo.Progress {
	t.Helper()
	p, err := s.demo.Progress(s.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// settled waits until everything sent has been worked off and can be found.
func (s *show) settled(t *testing.T) {
	t.Helper()
	until(t, "the queue is worked off", func() bool { return s.pipeline.Processed() >= s.queue.LastSeq() })
	if err := s.archive.Flush(s.ctx); err != nil {
		t.Fatal(err)
	}
}

// found counts what a query finds at customers.
func (s *show) found(t *testing.T, text string, ids ...tenant.ID) int {
	t.Helper()
	q, err := query.Parse(text + " | stats count() n")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	r, err := s.archive.Search(s.ctx, archive.Search{Tenants: ids, Query: q, From: now.Add(-48 * time.Hour), To: now.Add(time.Hour), Limit: 1})
	if errors.Is(err, fault.ErrNotFound) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, row := range r.Events {
		_, _ = fmt.Sscan(row.Value("n"), &n)
	}
	return n
}

func TestTheDemonstrationIsDetectedAndRemovedWholly(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		demonstrate(t, newShow(t, "", "sqlite", ""))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn, admin := pgtest.Start(t).Database(t)
		demonstrate(t, newShow(t, dsn, "pgx", admin))
	})
}

func demonstrate(t *testing.T, s *show) {
	if err := s.demo.Start(s.ctx, "en"); err != nil {
		t.Fatal(err)
	}
	until(t, "the day is sent", func() bool { return s.demo.Phase() != demo.Running })
	s.settled(t)
	p := s.progress(t)
	if p.Phase != demo.Finished || p.Sent != p.Total || p.Total < 30_000 {
		t.Fatalf("%s, %d of %d sent", p.Phase, p.Sent, p.Total)
	}
	ids := []tenant.ID{p.Tenants[demo.Hospital], p.Tenants[demo.Factory]}
	// Datagrams may be lost, as anybody's; nothing else may.
	if n := s.found(t, "*", ids...); n > p.Sent || n < p.Sent*97/100 {
		t.Errorf("%d records found of %d sent", n, p.Sent)
	}
	if n := s.found(t, "isoc.parser:none", ids...); n > p.Sent/20 {
		t.Errorf("%d of %d records are not understood", n, p.Sent)
	}
	s.told(t, p)
	groups, err := s.inbox.Groups(s.ctx)
	if err != nil || len(groups) != 0 {
		t.Errorf("records that nobody claims: %v, %v", groups, err)
	}
	if exists := s.demo.Start(s.ctx, "en"); !errors.Is(exists, fault.ErrInvalid) {
		t.Errorf("a second one begins: %v", exists)
	}
	s.removed(t, p, ids)
	s.removedHalfWay(t)
}

// told checks that every step raised what it is to raise, and that little else did.
func (s *show) told(t *testing.T, p demo.Progress) {
	t.Helper()
	story := map[string]bool{}
	for _, c := range p.Chapters {
		for _, rule := range c.Rules {
			if !slices.ContainsFunc(c.Alerts, func(a demo.Alert) bool { return a.Rule == rule }) {
				t.Errorf("step %s has no alert of rule %s: %v", c.Code, rule, c.Alerts)
			}
		}
		for _, a := range c.Alerts {
			story[a.ID] = true
		}
	}
	if others := p.Alerts - len(story); others < 3 || others > 15 {
		t.Errorf("%d alerts, %d of them of the attacks", p.Alerts, len(story))
	}
	if p.First == nil {
		t.Error("no first alert")
	}
}

// removed checks that nothing is left but audit chains.
func (s *show) removed(t *testing.T, p demo.Progress, ids []tenant.ID) {
	t.Helper()
	sources, err := s.sources.List(s.ctx, ids[0])
	if err != nil || len(sources) == 0 {
		t.Fatalf("sources: %v, %v", sources, err)
	}
	if err := s.demo.Remove(s.ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.demo.Remove(s.ctx); err != nil {
		t.Errorf("removed again: %v", err)
	}
	if p := s.progress(t); p.Phase != demo.Absent || len(p.Tenants) != 0 || len(p.Chapters) != 0 {
		t.Errorf("left: %+v", p)
	}
	if _, err := s.alerts.Get(s.ctx, p.First.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an alert is found by its id: %v", err)
	}
	if page, err := s.alerts.List(s.ctx, alert.Query{}); err != nil || page.Total != 0 {
		t.Errorf("%d alerts are left, %v", page.Total, err)
	}
	if _, ok := s.registry.ByID(sources[0].ID); ok {
		t.Error("a source still takes records")
	}
	if n := s.found(t, "*", ids...); n != 0 {
		t.Errorf("%d records are left", n)
	}
	for _, id := range ids {
		if _, err := s.tenants.Get(s.ctx, id.String()); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("customer %s: %v", id, err)
		}
	}
	s.noRows(t, ids)
}

// noRows looks through every table, past the program, for the customers' ids.
func (s *show) noRows(t *testing.T, ids []tenant.ID) {
	t.Helper()
	db := s.intrude(t)
	list := `SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%tenant%'`
	if s.cfg.Database.DSN != "" {
		list = `SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_name IN ('tenant_id', 'tenant')`
	}
	tables := texts(t, db, list)
	if len(tables) < 8 {
		t.Fatalf("found only the tables %v", tables)
	}
	for _, table := range tables {
		if strings.HasPrefix(table, "audit_") || table == "tenants" || strings.HasPrefix(table, "goose") {
			continue
		}
		column := "tenant_id"
		if table == "memberships" {
			column = "tenant"
		}
		for _, id := range ids {
			if left := texts(t, db, fmt.Sprintf("SELECT CAST(count(*) AS TEXT) FROM %s WHERE %s = '%s'", table, column, id)); left[0] != "0" {
				t.Errorf("%s rows of %s are left in %s", left[0], id, table)
			}
		}
	}
	chain := texts(t, db, "SELECT action FROM audit_entries WHERE tenant_id = 'provider' AND action LIKE 'demo.%' ORDER BY seq")
	if want := []string{"demo.start", "demo.finish", "demo.remove", "demo.removed"}; !slices.Equal(chain, want) {
		t.Errorf("on record: %v, want %v", chain, want)
	}
}

func texts(t *testing.T, db *sql.DB, statement string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// removedHalfWay removes a demonstration in the middle of its sending; others' records pass as before.
func (s *show) removedHalfWay(t *testing.T) {
	t.Helper()
	s.demoLength = 20 * time.Second
	if err := s.openDemo(s.ctx, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if err := s.demo.Start(s.ctx, "zh-CN"); err != nil {
		t.Fatal(err)
	}
	until(t, "something is sent", func() bool { return s.progress(t).Sent > 2000 })
	ids := []tenant.ID{s.progress(t).Tenants[demo.Hospital], s.progress(t).Tenants[demo.Factory]}

	// A process that dies now finds it interrupted when it starts again.
	after := demo.NewService(demo.Deps{Settings: s.store, Tenants: demoTenants{s.tenants, s.registry}, Logger: slog.New(slog.DiscardHandler)})
	if err := after.Load(s.ctx); err != nil || after.Phase() != demo.Interrupted {
		t.Errorf("after a crash: %s, %v", after.Phase(), err)
	}

	if err := s.demo.Remove(s.ctx); err != nil {
		t.Fatal(err)
	}
	mine, err := s.tenants.Create(s.ctx, tenancy.Draft{Slug: "mine", Name: "Mine"})
	if err != nil {
		t.Fatal(err)
	}
	_, token, err := s.sources.Create(s.ctx, mine.ID, collect.Draft{Name: "host"})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(s.ctx, http.MethodPost, "http://"+s.http+"/ingest/raw", strings.NewReader("<13>host app: still here\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", res, err)
	}
	_ = res.Body.Close()
	s.settled(t)
	if n := s.found(t, "still", mine.ID); n != 1 {
		t.Errorf("%d records of another customer are found, want 1", n)
	}
	if n := s.found(t, "*", ids...); n != 0 {
		t.Errorf("%d records of the demonstration are left", n)
	}
	groups, err := s.inbox.Groups(s.ctx)
	if err != nil || len(groups) != 0 {
		t.Errorf("records that nobody claims: %v, %v", groups, err)
	}
}
