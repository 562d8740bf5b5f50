package archivetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// checkScan reads a crowd in one second, a few over days and another tenant's.
func checkScan(t *testing.T, s *bench) {
	const crowd = 25_000
	rows := make([][]string, crowd)
	for i := range rows {
		rows[i] = []string{"n", fmt.Sprint(i), "message", "crowd"}
	}
	dense := s.events(s.a, rows...)
	for i := range dense {
		dense[i].Time = s.now.Add(-time.Hour).Add(time.Duration(i/5) * 100 * time.Microsecond)
	}
	s.put(t, dense)
	few := s.events(s.a, []string{"n", "old"}, []string{"n", "older"}, []string{"n", "oldest"})
	for i := range few {
		few[i].Time = s.now.Add(-time.Duration(i+1) * 24 * time.Hour)
	}
	s.put(t, few)
	s.put(t, s.events(s.b, []string{"n", "foreign"}))
	scan := func(sel archive.Selection) map[string]int {
		t.Helper()
		found := map[string]int{}
		var last event.Event
		var edge time.Time
		err := s.Scan(Everyone(), sel, func(until time.Time, events []event.Event) error {
			for _, ev := range events {
				if ev.Time.Before(last.Time) || ev.Time.Equal(last.Time) && ev.ID <= last.ID || ev.Time.Before(edge) || !ev.Time.Before(until) {
					t.Fatalf("%s at %s comes after %s at %s, in a piece from %s until %s", ev.ID, ev.Time, last.ID, last.Time, edge, until)
				}
				last = ev
				found[ev.Value("n")]++
			}
			edge = until
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !edge.Equal(sel.To) {
			t.Errorf("the scan ends at %s, want %s", edge, sel.To)
		}
		return found
	}
	sel := archive.Selection{Tenants: []tenant.ID{s.a}, From: s.now.Add(-30 * 24 * time.Hour), To: s.now.Add(time.Hour)}
	found := scan(sel)
	for n, times := range found {
		if times != 1 {
			t.Fatalf("%s is found %d times", n, times)
		}
	}
	if len(found) != crowd+3 || found["foreign"] != 0 {
		t.Errorf("%d events were scanned, want %d", len(found), crowd+3)
	}
	sel.From = s.now.Add(-25 * time.Hour)
	if found = scan(sel); len(found) != crowd+1 {
		t.Errorf("%d events of a day were scanned, want %d", len(found), crowd+1)
	}
	q, err := query.Parse("n:old*")
	if err != nil {
		t.Fatal(err)
	}
	sel.Query, sel.From = q, s.now.Add(-30*24*time.Hour)
	if found = scan(sel); len(found) != 3 {
		t.Errorf("selected %v", found)
	}
	stop := errors.New("enough")
	if err := s.Scan(Everyone(), sel, func(time.Time, []event.Event) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
	if q, err = query.Parse("* | limit 1"); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]archive.Selection{"pipes": {Tenants: sel.Tenants, Query: q, From: sel.From, To: sel.To}, "no times": {Tenants: sel.Tenants}} {
		if err := s.Scan(Everyone(), bad, func(time.Time, []event.Event) error { return nil }); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
