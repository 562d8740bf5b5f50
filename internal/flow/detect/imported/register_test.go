package imported_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/tenant"
)

// shelf is a [imported.Shelf] in memory.
type shelf struct {
	mu   sync.Mutex
	last map[tenant.ID]map[string]int64
	puts int
	fail error
}

func (s *shelf) DeviceRules(ctx context.Context, since int64, fn func(tenant.ID, string, int64)) error {
	if !tenant.ScopeFrom(ctx).IsAll() {
		return errors.New("not the scope of all")
	}
	for of, rules := range s.last {
		for rule, last := range rules {
			if last >= since {
				fn(of, rule, last)
			}
		}
	}
	return nil
}

func (s *shelf) PutDeviceRules(_ context.Context, of tenant.ID, day int64, rules []detect.RuleInfo) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if s.last[of] == nil {
		s.last[of] = make(map[string]int64)
	}
	for _, r := range rules {
		s.puts++
		s.last[of][r.ID] = day
	}
	return nil
}

func (s *shelf) ForgetDeviceRules(_ context.Context, of tenant.ID, since int64) error {
	for rule, last := range s.last[of] {
		if last < since {
			delete(s.last[of], rule)
		}
	}
	return nil
}

func verdictOf(of tenant.ID, rule string) detect.Finding {
	return detect.Finding{Tenant: of, Device: true, Rule: detect.RuleInfo{ID: rule, Title: "T " + rule, Level: detect.High}}
}

func TestRulesOfDevicesBeyondTheBoundAreFolded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := &shelf{last: map[tenant.ID]map[string]int64{}}
	open := func() *imported.Register {
		t.Helper()
		r, err := imported.OpenRegister(t.Context(), s, 3, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := open()
	a, b := tenant.NewID(), tenant.NewID()
	see := func(of tenant.ID, rule string) string {
		t.Helper()
		f := verdictOf(of, rule)
		r.Admit(&f)
		if err := r.Note(t.Context(), of, []detect.Finding{f, f, {Tenant: of, Rule: detect.RuleInfo{ID: "ours"}}}); err != nil {
			t.Fatal(err)
		}
		if f.Rule.ID == imported.OtherID && (f.Rule.Level != detect.High || f.Matches[0].Value != rule || f.Matches[1].Value != "T "+rule) {
			t.Errorf("folded %+v", f)
		}
		return f.Rule.ID
	}
	for i, want := range []string{"r0", "r1", "r2", imported.OtherID, imported.OtherID} {
		if got := see(a, fmt.Sprintf("r%d", i)); got != want {
			t.Errorf("rule %d is %s, want %s", i, got, want)
		}
	}
	if got := see(b, "r4"); got != "r4" {
		t.Errorf("another customer's %s", got)
	}
	if see(a, "r1") != "r1" || r.Folded() != 2 || len(s.last[a]) != 4 {
		t.Errorf("folded %d, kept %v", r.Folded(), s.last[a])
	}
	before := s.puts
	if see(a, "r1"); s.puts != before {
		t.Error("a rule was kept twice on a day")
	}
	r = open()
	if see(a, "r0") != "r0" || see(a, "r9") != imported.OtherID {
		t.Error("a start forgot what was known")
	}
	for range 4 { // r1 keeps saying something, the others do not
		now = now.Add(30 * 24 * time.Hour)
		see(a, "r1")
	}
	if see(a, "r9") != "r9" || len(s.last[a]) != 2 {
		t.Errorf("no room although others are gone: %v", s.last[a])
	}
	s.fail = errors.New("no disk")
	f := verdictOf(a, "r10")
	r.Admit(&f)
	if err := r.Note(t.Context(), a, []detect.Finding{f}); !errors.Is(err, s.fail) {
		t.Errorf("lost: %v", err)
	}
	s.fail = nil
	if see(a, "r10"); s.last[a]["r10"] == 0 {
		t.Error("a rule that could not be kept was not tried again")
	}
}

// TestAdmitByManyWorkers is for the race detector, and holds the bound whoever comes first.
func TestAdmitByManyWorkers(t *testing.T) {
	t.Parallel()
	r, err := imported.OpenRegister(t.Context(), &shelf{}, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	of := tenant.NewID()
	admitted := make([]map[string]bool, 4)
	var all sync.WaitGroup
	for w := range admitted {
		admitted[w] = map[string]bool{}
		all.Go(func() {
			for i := range 100 {
				f := verdictOf(of, fmt.Sprint(i))
				if r.Admit(&f); f.Rule.ID != imported.OtherID {
					admitted[w][f.Rule.ID] = true
				}
			}
		})
	}
	all.Wait()
	total := map[string]bool{}
	for _, m := range admitted {
		for rule := range m {
			total[rule] = true
		}
	}
	if len(total) != 10 {
		t.Errorf("%d rules were admitted", len(total))
	}
}
