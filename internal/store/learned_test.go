package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/tenant"
)

func learnedIsKept(t *testing.T, b bench) {
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	sources, _ := newSources(t, b)
	make := func(id tenant.ID, name string) string {
		t.Helper()
		src, _, err := sources.Create(everyone(t), id, collect.Draft{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return src.ID
	}
	gate, other := make(one, "gate"), make(two, "other")
	proposalsAreKept(t, b, one, gate)
	ownPacksAreKept(t, b, one, gate)
	templatesAreKept(t, b, one, gate)
	learnedIsClosed(t, b, one, two, gate, other)
	if err := sources.Delete(everyone(t), one, gate); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"parser_proposals", "parser_packs", "source_templates"} {
		if b.driver != "sqlite" {
			continue // the intruder has no tenant there
		}
		if n := count(t, b, "SELECT count(*) FROM "+table+" WHERE source_id = '"+gate+"'"); n != 0 {
			t.Errorf("%d rows of %s outlive their source", n, table)
		}
	}
	if list, err := b.Learned().AllActive(everyone(t)); err != nil || len(list) != 0 {
		t.Errorf("in force after the source is gone: %v, %v", list, err)
	}
}

func proposal(of tenant.ID, source, id string) learned.Stored {
	return learned.Stored{Content: []byte("packed\x00\xff"), Head: learned.Head{
		ID: id, Tenant: of, Source: source, Reason: learned.New, State: learned.Open, Shape: "abc",
		Figures:   learned.Figures{Lines: 500, Unclaimed: 480, Covered: 470, Formats: 3, Fields: 20, Mapped: 9},
		CreatedAt: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC), Version: 1,
	}}
}

func proposalsAreKept(t *testing.T, b bench, one tenant.ID, source string) {
	t.Helper()
	ctx, shelf := everyone(t), b.Learned()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	first := proposal(one, source, "01A")
	must(shelf.Insert(ctx, first))
	if err := shelf.Insert(ctx, proposal(one, source, "01B")); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("a second open proposal: %v", err)
	}
	got, err := shelf.Find(ctx, "01A")
	if diff := cmp.Diff(first, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	open, err := shelf.AllOpen(ctx)
	if err != nil || open[source] != "01A" {
		t.Errorf("open: %v, %v", open, err)
	}
	renewed := first
	renewed.Version, renewed.Reason, renewed.Lines, renewed.Content = 2, learned.Drift, 200, []byte("again")
	must(shelf.Renew(ctx, renewed))
	var conflict *fault.Conflict
	if err := shelf.Renew(ctx, renewed); !errors.As(err, &conflict) || conflict.Version != 2 {
		t.Errorf("renewed on an old version: %v", err)
	}
	decided := renewed
	decided.Version, decided.State, decided.DecidedAt, decided.DecidedBy, decided.Note = 3, learned.Rejected, first.CreatedAt.Add(time.Hour), "ann", "not ours"
	must(shelf.Decide(ctx, decided))
	if err := shelf.Decide(ctx, decided); !errors.As(err, &conflict) || conflict.By != "ann" || conflict.Version != 3 {
		t.Errorf("decided twice: %v", err)
	}
	got, err = shelf.Find(ctx, "01A")
	if diff := cmp.Diff(decided, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for i := range 5 {
		p := proposal(one, source, fmt.Sprintf("02%d", i))
		must(shelf.Insert(ctx, p))
		if i < 4 {
			p.Version, p.State = 2, learned.Approved
			must(shelf.Decide(ctx, p))
		}
	}
	must(shelf.Forget(ctx, one, source, 3))
	list, total, err := shelf.List(ctx, learned.Query{Tenants: []tenant.ID{one}, Limit: 2})
	if err != nil || total != 3 || len(list) != 2 || list[0].ID != "024" || list[1].ID != "023" {
		t.Errorf("%d of %d: %+v, %v", len(list), total, list, err)
	}
	list, total, err = shelf.List(ctx, learned.Query{States: []learned.State{learned.Open}, Sources: []string{source}, Limit: 9})
	if err != nil || total != 1 || len(list) != 1 || list[0].ID != "024" {
		t.Errorf("open: %d, %+v, %v", total, list, err)
	}
}

func ownPacksAreKept(t *testing.T, b bench, one tenant.ID, source string) {
	t.Helper()
	ctx, shelf := everyone(t), b.Learned()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	version := func(n int64) learned.StoredPack {
		return learned.StoredPack{Content: fmt.Append(nil, "text\x00", n), PackHead: learned.PackHead{
			Tenant: one, Source: source, Version: n, ID: "own-gate", Active: true, Formats: 2, Proposal: "01A",
			CreatedAt: now, CreatedBy: "ann", ChangedAt: now, ChangedBy: "ann"}}
	}
	must(shelf.InsertPack(ctx, version(1)))
	if err := shelf.InsertPack(ctx, version(2)); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("a second active pack: %v", err)
	}
	later := version(1).PackHead
	later.ChangedAt, later.ChangedBy = now.Add(time.Hour), "bob"
	if was, err := shelf.RetirePacks(ctx, later); err != nil || !was {
		t.Errorf("retired: %v, %v", was, err)
	}
	if was, err := shelf.RetirePacks(ctx, later); err != nil || was {
		t.Errorf("retired again: %v, %v", was, err)
	}
	must(shelf.InsertPack(ctx, version(2)))
	got, err := shelf.Pack(ctx, one, source, 2)
	if diff := cmp.Diff(version(2), got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	list, err := shelf.Versions(ctx, one, source)
	later.Active = false
	if diff := cmp.Diff([]learned.PackHead{version(2).PackHead, later}, list); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := shelf.RetirePacks(ctx, version(2).PackHead); err != nil {
		t.Fatal(err)
	}
	must(shelf.ActivatePack(ctx, version(1).PackHead))
	if err := shelf.ActivatePack(ctx, version(7).PackHead); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a version that is not there: %v", err)
	}
	active, err := shelf.AllActive(ctx)
	if diff := cmp.Diff([]learned.Ref{{Tenant: one, Source: source, Version: 1, ID: "own-gate", Since: now}}, active); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	ids, err := shelf.PackIDs(ctx, one)
	if diff := cmp.Diff(map[string]string{source: "own-gate"}, ids); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	must(shelf.ForgetPacks(ctx, one, source, 2))
	if list, err = shelf.Versions(ctx, one, source); err != nil || len(list) != 1 || list[0].Version != 1 {
		t.Errorf("kept: %+v, %v", list, err)
	}
}

func templatesAreKept(t *testing.T, b bench, one tenant.ID, source string) {
	t.Helper()
	ctx, shelf := everyone(t), b.Learned()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	want := []learned.Template{
		{ID: "t2", Text: "用户 <*> 登录", Count: 9, After: 300, First: now, Last: now.Add(time.Minute), Sample: "用户 root 登录"},
		{ID: "t1", Text: "link <*> up", Count: 3, First: now, Last: now, Sample: "link 3 up"},
	}
	if err := shelf.PutTemplates(ctx, one, source, []learned.Template{{ID: "t0", Text: "gone", Count: 1}, want[1]}, nil); err != nil {
		t.Fatal(err)
	}
	if err := shelf.PutTemplates(ctx, one, source, want[:1], []string{"t0", "never"}); err != nil {
		t.Fatal(err)
	}
	got, err := shelf.TemplatesOf(ctx, one, source)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if err := shelf.PutTemplates(ctx, one, "gone", want, nil); err != nil {
		t.Errorf("templates of a source that is gone: %v", err)
	}
}

// learnedIsClosed holds that a customer reaches nothing of another's.
func learnedIsClosed(t *testing.T, b bench, one, two tenant.ID, gate, other string) {
	t.Helper()
	ctx, shelf := everyone(t), b.Learned()
	foreign := proposal(two, other, "09Z")
	if err := shelf.Insert(ctx, foreign); err != nil {
		t.Fatal(err)
	}
	outsider := tenant.WithScope(t.Context(), tenant.Only(two))
	list, total, err := shelf.List(outsider, learned.Query{Limit: 100})
	if err != nil || total != 1 || len(list) != 1 || list[0].ID != "09Z" {
		t.Errorf("a customer lists %d, %+v, %v", total, list, err)
	}
	refused := map[string]error{}
	_, refused["find"] = shelf.Find(outsider, "024")
	_, refused["pack"] = shelf.Pack(outsider, one, gate, 1)
	_, refused["versions"] = shelf.Versions(outsider, one, gate)
	_, refused["ids"] = shelf.PackIDs(outsider, one)
	_, refused["templates"] = shelf.TemplatesOf(outsider, one, gate)
	_, refused["all open"] = shelf.AllOpen(outsider)
	_, refused["all active"] = shelf.AllActive(outsider)
	_, refused["own tenant, another's source"] = shelf.Pack(outsider, two, gate, 1)
	refused["decide"] = shelf.Decide(outsider, proposal(one, gate, "024"))
	refused["as one's own"] = shelf.Decide(outsider, proposal(two, gate, "024"))
	refused["put"] = shelf.PutTemplates(outsider, one, gate, nil, nil)
	_, refused["retire"] = shelf.RetirePacks(outsider, learned.PackHead{Tenant: one, Source: gate})
	for what, err := range refused {
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := shelf.Insert(outsider, proposal(two, gate, "0XX")); err == nil {
		t.Error("a proposal for another's source is kept")
	}
	if got, err := shelf.TemplatesOf(outsider, two, gate); err != nil || len(got) != 0 {
		t.Errorf("templates of another's source: %v, %v", got, err)
	}
}
