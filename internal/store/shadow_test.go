package store_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/shadow"
	"github.com/isoc-project/isoc/internal/tenant"
)

// firings in the shadow count once a sequence, on the day they arrived, and only the latest are kept.
func shadowsAreCounted(t *testing.T, b bench) {
	ctx := everyone(t)
	one, two := newTenant(t, b, "one"), newTenant(t, b, "two")
	now := time.Date(2026, 3, 20, 23, 0, 0, 0, time.UTC)
	s := shadow.NewService(b.Store, b.Shadows(), b.Shadows(), func() time.Time { return now })
	stream := alert.Stream{Epoch: 7}
	hits := func(of tenant.ID, rule string, first, n int) (all []shadow.Hit) {
		for i := range n {
			all = append(all, shadow.Hit{
				Tenant: of, Rule: rule, EventID: fmt.Sprintf("%024d", first+i), Time: now.Add(-time.Minute), Source: "src",
				Matches: []alert.Match{{Selection: "s", Field: "user.name", Value: "root"}}, Entities: []event.Field{{Name: "host.name", Value: "web"}},
			})
		}
		return all
	}
	apply := func(of tenant.ID, seq uint64, all ...shadow.Hit) {
		t.Helper()
		if err := s.Apply(tenant.WithScope(ctx, tenant.Only(of)), of, stream, seq, all); err != nil {
			t.Fatal(err)
		}
	}
	apply(one, 1, append(hits(one, "a", 0, 60), hits(one, "b", 0, 2)...)...)
	apply(one, 1, hits(one, "a", 900, 5)...) // replayed
	apply(two, 1, append(hits(two, "a", 0, 1), hits(one, "a", 990, 1)...)...)
	now = now.Add(2 * time.Hour)
	apply(one, 3, hits(one, "a", 100, 3)...)
	day := shadow.DayOf(now)
	all, err := s.Record(ctx, nil, "a")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]shadow.Day{{Number: day - 1, Hits: 61}, {Number: day, Hits: 3}}, all.Days); diff != "" || all.Total != 64 || all.Week != 64 {
		t.Errorf("all customers: total %d, week %d: %s", all.Total, all.Week, diff)
	}
	lasts, err := s.Lasts(tenant.WithScope(ctx, tenant.Only(one)), nil)
	if diff := cmp.Diff(map[string]time.Time{"a": now.Add(-time.Minute), "b": now.Add(-2*time.Hour - time.Minute)}, lasts); err != nil || diff != "" {
		t.Errorf("last firings: %v %s", err, diff)
	}
	own, err := s.Record(tenant.WithScope(ctx, tenant.Only(one)), nil, "a")
	if err != nil || own.Total != 63 || len(own.Latest) != shadow.MaxKept {
		t.Fatalf("one customer: total %d, %d kept, %v", own.Total, len(own.Latest), err)
	}
	if diff := cmp.Diff(hits(one, "a", 102, 1)[0].EventID, own.Latest[0].EventID); diff != "" || own.Latest[0].Matches[0].Value != "root" || own.Latest[0].Entities[0].Value != "web" || own.Latest[0].Tenant != one {
		t.Errorf("latest %+v", own.Latest[0])
	}
	if weeks, err := s.Weeks(ctx, []tenant.ID{one}); err != nil || weeks["a"] != 63 || weeks["b"] != 2 {
		t.Errorf("weeks %v, %v", weeks, err)
	}
	if _, err := s.Record(tenant.WithScope(ctx, tenant.Only(one)), []tenant.ID{two}, "a"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("somebody else's: %v", err)
	}
	now = now.AddDate(0, 0, 7)
	if weeks, err := s.Weeks(ctx, nil); err != nil || len(weeks) != 0 {
		t.Errorf("a week later: %v, %v", weeks, err)
	}
	now = now.AddDate(0, 0, shadow.KeptDays)
	apply(one, 4, hits(one, "a", 200, 1)...)
	if r, err := s.Record(ctx, []tenant.ID{one}, "a"); err != nil || r.Total != 1 {
		t.Errorf("days long past still count: %+v, %v", r.Days, err)
	}
}

// statesOfRulesAreKept walks what the platform and a customer decide, and what is written here; finer points are tested with the service.
func statesOfRulesAreKept(t *testing.T, b bench) {
	ctx := everyone(t)
	one := newTenant(t, b, "one")
	c := newContent(b.Store)
	if _, err := c.ImportFS(ctx, content.ImportOptions{Name: "corp", Unsigned: true, Activate: true}, fstest.MapFS{"a.yml": sigmaRule("r1", "Theirs"), "b.yml": sigmaRule("r2", "Theirs too")}); err != nil {
		t.Fatal(err)
	}
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	before, err := c.Edition(ctx)
	must("edition", err)
	must("state", c.SetState(ctx, "r1", content.Shadow, "trial", false))
	must("state again", c.SetState(ctx, "r1", content.Deprecated, "off", false))
	must("override", c.SetOverride(ctx, one, "r1", content.Enabled, "asked for", false))
	must("override again", c.SetOverride(ctx, one, "r1", content.Shadow, "quieter", false))
	must("save", c.Save(ctx, "r2", 0, string(sigmaRule("r2", "Ours").Data), "note"))
	_, err = c.SetSamples(ctx, "r2", []content.Sample{{Fires: true, Lines: []content.SampleLine{{Raw: "x", After: time.Second}}}})
	must("samples", err)
	if after, err := c.Edition(ctx); err != nil || after == before {
		t.Errorf("edition %q stays, %v", after, err)
	}
	st, err := c.State(ctx, "r1", func(tenant.ID) bool { return true })
	must("read state", err)
	if st.State != content.Deprecated || st.Reason != "off" || len(st.Overrides) != 1 || st.Overrides[0].Tenant != one || st.Overrides[0].State != content.Shadow {
		t.Errorf("state %+v", st)
	}
	if err := c.SetOverride(tenant.WithScope(ctx, tenant.Only(newTenant(t, b, "two"))), one, "r1", content.Off, "", false); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("somebody else's customer: %v", err)
	}
	wantActive(t, c, content.OwnPack+"/r2.yml r2", "corp/a.yml r1")
	if all, err := c.Samples(ctx, "r2"); err != nil || len(all) != 1 || all[0].Lines[0].After != time.Second {
		t.Errorf("samples %+v, %v", all, err)
	}
	must("take theirs", c.Settle(ctx, "r2", content.Theirs))
	must("inherit", c.SetOverride(ctx, one, "r1", content.Inherit, "", false))
	wantActive(t, c, "corp/b.yml r2")
	if v, err := c.Version(ctx, "r2", 1); err != nil || v.Base == "" || v.Note != "note" {
		t.Errorf("version %+v, %v", v, err)
	}
	made, err := c.Create(ctx, "title: Mine\n", "")
	must("create", err)
	must("remove", c.RemoveRule(ctx, made[0]))
	if n := count(t, b, `SELECT COUNT(*) FROM rule_versions WHERE rule_id = '`+made[0]+`'`); n != 0 {
		t.Errorf("%d versions of a removed draft", n)
	}
}
