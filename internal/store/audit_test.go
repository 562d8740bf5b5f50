package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// written makes a tenant whose chain has n entries; the first is that it was made.
func written(t *testing.T, b bench, slug string, n int) tenant.ID {
	t.Helper()
	id := newTenant(t, b, slug)
	trail := newTrail(b)
	for i := 2; i <= n; i++ {
		if err := trail.Record(everyone(t), id, "alert.close", fmt.Sprintf("alert/%d", i), map[string]int{"n": i - 1}, map[string]int{"n": i}, "noise"); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func entriesTellWhoAndWhat(t *testing.T, b bench) {
	id := newTenant(t, b, "acme")
	trail := newTrail(b)
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{
		UserID: "u1", Username: "wang", Provider: identity.ProviderAnalyst, Remote: "192.0.2.7", Session: "s1",
	})
	if err := trail.Record(ctx, id, "alert.close", "alert/7", "a\x00b\xff", []string{"闭环"}, "line\nbreak\x00"); err != nil {
		t.Fatal(err)
	}
	list, cursor, err := trail.List(ctx, audit.Query{Tenant: id, Action: "alert"})
	if err != nil || cursor != "" || len(list) != 1 {
		t.Fatalf("list = %+v, %q, %v", list, cursor, err)
	}
	got := list[0]
	if got.Hash != got.Sum() || time.Since(got.At).Abs() > time.Minute {
		t.Errorf("hash or time is off: %+v", got)
	}
	want := audit.Entry{
		Tenant: id, Seq: 2, At: got.At, Actor: "wang", ActorID: "u1", Provider: true, Remote: "192.0.2.7", Session: "s1", Action: "alert.close",
		Object: "alert/7", Before: `"a\u0000b\ufffd"`, After: `["闭环"]`, Reason: "line\nbreak\uFFFD", PrevHash: got.PrevHash, Hash: got.Hash,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if res, err := trail.Verify(ctx, id); err != nil || !res.OK || res.Entries != 2 {
		t.Errorf("verify = %+v, %v", res, err)
	}
}

func listPagesNewestFirst(t *testing.T, b bench) {
	id := written(t, b, "acme", 7)
	trail := newTrail(b)
	var seqs []int64
	for q := (audit.Query{Tenant: id, Limit: 3}); ; {
		list, cursor, err := trail.List(everyone(t), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			seqs = append(seqs, e.Seq)
		}
		if cursor == "" {
			break
		}
		q.Cursor = cursor
	}
	if d := cmp.Diff([]int64{7, 6, 5, 4, 3, 2, 1}, seqs); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	for _, c := range []struct {
		name string
		q    audit.Query
		want int
	}{
		{"action", audit.Query{Action: "tenant.create"}, 1},
		{"noun of the action", audit.Query{Action: "alert"}, 6},
		{"part of a noun", audit.Query{Action: "ale"}, 0},
		{"wildcard", audit.Query{Action: "%"}, 0},
		{"actor", audit.Query{Actor: "system"}, 7},
		{"nobody", audit.Query{Actor: "x' OR '1'='1"}, 0},
		{"later than all", audit.Query{From: time.Now().Add(time.Hour)}, 0},
		{"up to later", audit.Query{To: time.Now().Add(time.Hour)}, 7},
	} {
		c.q.Tenant = id
		list, _, err := trail.List(everyone(t), c.q)
		if err != nil || len(list) != c.want {
			t.Errorf("%s: %d entries, %v; want %d", c.name, len(list), err, c.want)
		}
	}
	if _, _, err := trail.List(everyone(t), audit.Query{Tenant: id, Cursor: "x"}); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("bad cursor: %v", err)
	}
}

func chainsAreClosedToOthers(t *testing.T, b bench) {
	mine, other := newTenant(t, b, "mine"), newTenant(t, b, "other")
	trail := newTrail(b)
	ctx := tenant.WithScope(t.Context(), tenant.Only(mine))
	for _, id := range []tenant.ID{other, tenant.Provider, "", tenant.NewID()} {
		if _, _, err := trail.List(ctx, audit.Query{Tenant: id}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("list %q: %v", id, err)
		}
		if _, err := trail.Verify(ctx, id); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("verify %q: %v", id, err)
		}
	}
	if err := trail.Record(ctx, other, "a.b", "c", nil, nil, ""); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("record for another: %v", err)
	}
	if list, _, err := trail.List(ctx, audit.Query{Tenant: mine}); err != nil || len(list) != 1 {
		t.Errorf("own chain: %d entries, %v", len(list), err)
	}
}

func parallelAppendsKeepTheChain(t *testing.T, b bench) {
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	ctx := everyone(t)
	const writers, each = 8, 10
	var wg sync.WaitGroup
	for w := range writers {
		trail := newTrail(b) // as separate processes would have
		wg.Go(func() {
			for i := range each {
				id := []tenant.ID{one, two, tenant.Provider}[(w+i)%3]
				if err := trail.Record(ctx, id, "test.append", fmt.Sprintf("writer/%d", w), nil, i, ""); err != nil {
					t.Errorf("record: %v", err)
				}
			}
		})
	}
	verifier := newTrail(b)
	for range 5 { // appends going on do a check no harm
		if res, err := verifier.Verify(ctx, one); err != nil || !res.OK {
			t.Errorf("verify meanwhile: %+v, %v", res, err)
		}
	}
	wg.Wait()
	results, err := verifier.VerifyAll(ctx)
	if err != nil || len(results) != 3 {
		t.Fatalf("verify all: %+v, %v", results, err)
	}
	var total int64
	for _, r := range results {
		if !r.OK {
			t.Errorf("chain %s: %+v", r.Tenant, r)
		}
		total += r.Entries
	}
	if want := int64(writers*each + 4); total != want { // two tenants made, each noted twice
		t.Errorf("%d entries, want %d", total, want)
	}
}

// tamperingIsFound harms a chain of six entries in each way, and expects the check to name the first broken entry.
func tamperingIsFound(t *testing.T, b bench) {
	for i, c := range []struct {
		name   string
		harm   []string // with T for the tenant's id
		broken int64
		reason string
	}{
		{"nothing", nil, 0, ""},
		{"edited actor", []string{`UPDATE audit_entries SET actor = 'eve' WHERE tenant_id = T AND seq = 3`}, 3, "edited"},
		{"edited state", []string{`UPDATE audit_entries SET after_state = '{"n":9}' WHERE tenant_id = T AND seq = 1`}, 1, "edited"},
		{"edited time", []string{`UPDATE audit_entries SET at = at + 1 WHERE tenant_id = T AND seq = 6`}, 6, "edited"},
		{"edited provider flag", []string{`UPDATE audit_entries SET provider = NOT provider WHERE tenant_id = T AND seq = 2`}, 2, "edited"},
		{"text moved between fields", []string{`UPDATE audit_entries SET action = action || 'x', object = 'y' WHERE tenant_id = T AND seq = 2`}, 2, "edited"},
		{"edited hash", []string{`UPDATE audit_entries SET hash = prev_hash WHERE tenant_id = T AND seq = 4`}, 4, "edited"},
		{"first removed", []string{`DELETE FROM audit_entries WHERE tenant_id = T AND seq = 1`}, 1, "missing"},
		{"middle removed", []string{`DELETE FROM audit_entries WHERE tenant_id = T AND seq = 4`}, 4, "missing"},
		{"middle removed, rest moved up", []string{
			`DELETE FROM audit_entries WHERE tenant_id = T AND seq = 4`, `UPDATE audit_entries SET seq = seq - 1 WHERE tenant_id = T AND seq = 5`,
			`UPDATE audit_entries SET seq = seq - 1 WHERE tenant_id = T AND seq = 6`}, 4, "edited"},
		{"last removed", []string{`DELETE FROM audit_entries WHERE tenant_id = T AND seq = 6`}, 6, "missing"},
		{"tail removed", []string{`DELETE FROM audit_entries WHERE tenant_id = T AND seq > 2`}, 3, "missing"},
		{"all removed", []string{`DELETE FROM audit_entries WHERE tenant_id = T`}, 1, "missing"},
		{"all removed with the head", []string{`DELETE FROM audit_entries WHERE tenant_id = T`, `DELETE FROM audit_heads WHERE tenant_id = T`}, 1, "no head"},
		{"head removed", []string{`DELETE FROM audit_heads WHERE tenant_id = T`}, 1, "no head"},
		{"head set back", []string{`UPDATE audit_heads SET seq = 4 WHERE tenant_id = T`}, 4, "head"},
		{"head's hash changed", []string{`UPDATE audit_heads SET hash = '0' WHERE tenant_id = T`}, 6, "head"},
		{"copied to the end", []string{copyEntry("seq + 5", "hash", 2)}, 7, "edited"},
		{"inserted before the first", []string{copyEntry("0", "hash", 1)}, 1, "inserted"},
	} {
		id := written(t, b, fmt.Sprintf("t%d", i), 6)
		for _, st := range c.harm {
			intrude(t, b, strings.ReplaceAll(st, " T", " '"+id.String()+"'"))
		}
		res, err := newTrail(b).Verify(everyone(t), id)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if res.OK != (c.broken == 0) || res.BrokenSeq != c.broken || !strings.Contains(res.Reason, c.reason) {
			t.Errorf("%s: %+v, want broken at %d because %q", c.name, res, c.broken, c.reason)
		}
	}
	if res, err := newTrail(b).Verify(everyone(t), tenant.Provider); err != nil || !res.OK {
		t.Errorf("the platform's chain, untouched: %+v, %v", res, err)
	}
}

func copyEntry(seq, hash string, of int) string {
	return fmt.Sprintf(`INSERT INTO audit_entries SELECT tenant_id, %s, at, actor, actor_id, provider, remote, session, action, object,
		before_state, after_state, reason, prev_hash, %s FROM audit_entries WHERE tenant_id = T AND seq = %d`, seq, hash, of)
}

// forgedEntryIsFound appends an entry that is right in itself, without moving the head.
func forgedEntryIsFound(t *testing.T, b bench) {
	id := written(t, b, "acme", 3)
	last, _, err := newTrail(b).List(everyone(t), audit.Query{Tenant: id, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	e := last[0]
	e.Seq, e.PrevHash, e.Reason = 4, e.Hash, "forged"
	e.Hash = e.Sum()
	intrude(t, b, fmt.Sprintf(`INSERT INTO audit_entries SELECT tenant_id, 4, at, actor, actor_id, provider, remote, session, action, object,
		before_state, after_state, 'forged', hash, '%s' FROM audit_entries WHERE tenant_id = '%s' AND seq = 3`, e.Hash, id))
	res, err := newTrail(b).Verify(everyone(t), id)
	if err != nil || res.OK || res.BrokenSeq != 4 || !strings.Contains(res.Reason, "inserted") {
		t.Errorf("verify = %+v, %v; want 4 found as inserted", res, err)
	}
}

func repeatedReadsAreOneEntry(t *testing.T, b bench) {
	id := newTenant(t, b, "acme")
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	trail := audit.NewService(audit.Deps{Repository: b.Audit(), ReadEvery: time.Minute, Now: func() time.Time { return now }})
	as := func(user string) func(action string) {
		ctx := identity.WithPrincipal(t.Context(), identity.Principal{UserID: user, Username: user, Provider: identity.ProviderAnalyst})
		return func(action string) {
			t.Helper()
			if err := trail.RecordReads(ctx, []tenant.ID{id}, action, "alert"); err != nil {
				t.Fatal(err)
			}
		}
	}
	li, wang := as("li"), as("wang")
	for range 5 {
		li("alert.list")
		wang("alert.list")
		li("event.search")
	}
	now = now.Add(time.Minute)
	li("alert.list")
	if res, err := trail.Verify(everyone(t), id); err != nil || !res.OK || res.Entries != 5 { // made, three kinds of read, one later
		t.Errorf("chain = %+v, %v; want 5 entries", res, err)
	}
}

func emptyDatabaseDoesNotVerify(t *testing.T, b bench) {
	results, err := newTrail(b).VerifyAll(everyone(t))
	if err != nil || len(results) != 1 || results[0].OK || results[0].Tenant != tenant.Provider {
		t.Errorf("verify all = %+v, %v; want the platform's chain missed", results, err)
	}
}
