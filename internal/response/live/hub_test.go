package live_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/live"
	"github.com/isoc-project/isoc/internal/tenant"
)

func only(ids ...tenant.ID) live.Sight {
	return live.Sight{Tenants: tenant.Only(ids...).Allows}
}

func open(t *testing.T, h *live.Hub, caller string, sight live.Sight) *live.Stream {
	t.Helper()
	s, err := h.Open(caller, sight)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAStreamTellsOnlyWhatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	one, two := tenant.NewID(), tenant.NewID()
	h := live.NewHub()
	mine, all, blind := open(t, h, "a", only(one)), open(t, h, "b", live.Sight{Tenants: tenant.All().Allows, Health: true}), open(t, h, "c", live.Sight{})
	h.Observe([]alert.Change{{Tenant: one, ID: "1", Kind: alert.Raised}, {Tenant: two, ID: "2", Kind: alert.Raised}, {Tenant: "", ID: "3"}})
	h.Health("degraded")
	if n := mine.Take(); len(n.Alerts) != 1 || n.Alerts[0].ID != "1" || n.Health != "" {
		t.Errorf("a customer is told %+v", n)
	}
	if n := all.Take(); len(n.Alerts) != 2 || n.Health != "degraded" {
		t.Errorf("the provider is told %+v", n)
	}
	if n := blind.Take(); !n.Empty() {
		t.Errorf("nobody is told %+v", n)
	}
	// What waits for a reader whose sight is narrowed meanwhile is never told.
	h.Observe([]alert.Change{{Tenant: one, ID: "1"}, {Tenant: two, ID: "2"}})
	all.Look(only(two))
	if n := all.Take(); len(n.Alerts) != 1 || n.Alerts[0].ID != "2" {
		t.Errorf("after narrowing: %+v", n)
	}
}

func TestChangesOfOneAlertBecomeOne(t *testing.T) {
	t.Parallel()
	one := tenant.NewID()
	h := live.NewHub()
	s := open(t, h, "a", only(one))
	for i, kind := range []alert.ChangeKind{alert.Raised, alert.Fired, alert.Moved} {
		h.Observe([]alert.Change{{Tenant: one, ID: "1", Kind: kind, Version: int64(i + 1)}})
	}
	if n := s.Take(); len(n.Alerts) != 1 || n.Alerts[0].Kind != alert.Raised || n.Alerts[0].Version != 3 {
		t.Errorf("news = %+v", n)
	}
	h.Observe([]alert.Change{{Tenant: one, ID: "1", Kind: alert.Fired, Version: 4}})
	if n := s.Take(); len(n.Alerts) != 1 || n.Alerts[0].Kind != alert.Fired {
		t.Errorf("afterwards = %+v", n)
	}
	if n := s.Take(); !n.Empty() {
		t.Errorf("taken twice: %+v", n)
	}
}

func TestAReaderWhoLagsIsToldToReadAnew(t *testing.T) {
	t.Parallel()
	one := tenant.NewID()
	h := live.NewHub()
	s := open(t, h, "a", only(one))
	for i := range 5000 {
		h.Observe([]alert.Change{{Tenant: one, ID: fmt.Sprint(i)}})
	}
	if n := s.Take(); !n.Lost || len(n.Alerts) != 0 {
		t.Errorf("lost %v with %d alerts", n.Lost, len(n.Alerts))
	}
	h.Observe([]alert.Change{{Tenant: one, ID: "x"}})
	if n := s.Take(); n.Lost || len(n.Alerts) != 1 {
		t.Errorf("afterwards: %+v", n)
	}
}

func TestStreamsAreLimitedAndEnd(t *testing.T) {
	t.Parallel()
	h := live.NewHub()
	var streams []*live.Stream
	for range live.MaxPerCaller {
		streams = append(streams, open(t, h, "a", live.Sight{}))
	}
	if _, err := h.Open("a", live.Sight{}); !errors.Is(err, fault.ErrQuota) {
		t.Errorf("one too many: %v", err)
	}
	open(t, h, "b", live.Sight{})
	streams[0].Close()
	streams[0].Close()
	open(t, h, "a", live.Sight{})
	h.Close()
	select {
	case <-streams[1].Done():
	default:
		t.Error("a stream outlives the hub")
	}
	if _, err := h.Open("b", live.Sight{}); !errors.Is(err, fault.ErrUnavailable) || h.Streams() != 0 {
		t.Errorf("after the end: %v, %d streams", err, h.Streams())
	}
}

func TestPublishingAndReadingAtOnce(t *testing.T) {
	t.Parallel()
	one := tenant.NewID()
	h := live.NewHub()
	var work sync.WaitGroup
	for i := range 4 {
		s := open(t, h, fmt.Sprint(i), only(one))
		work.Go(func() {
			defer s.Close()
			for told := 0; told < 100; {
				<-s.Wake()
				news := s.Take()
				if told += len(news.Alerts); news.Lost {
					return
				}
			}
		})
		work.Go(func() {
			for n := range 500 {
				h.Observe([]alert.Change{{Tenant: one, ID: fmt.Sprint(i, n)}})
			}
		})
	}
	work.Wait()
}
