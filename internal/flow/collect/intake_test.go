package collect_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

type standings map[tenant.ID]collect.Standing

func (s standings) Standing(id tenant.ID) (collect.Standing, bool) {
	v, ok := s[id]
	return v, ok
}

func newIntake(t *testing.T, st standings) (*collect.Intake, *shelf, *shop) {
	t.Helper()
	s := newShop(t)
	s.sources = []collect.Source{{ID: "a", Tenant: acme}, {ID: "b", Tenant: beta}}
	if err := s.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	out := &shelf{}
	return collect.NewIntake(collect.IntakeOptions{Publisher: out, Registry: s.registry, Standings: st, PerSecond: 100, Logger: slog.New(slog.DiscardHandler)}), out, s
}

func of(id tenant.ID, source string, n int) []record.Record {
	recs := make([]record.Record, n)
	for i := range recs {
		recs[i] = record.Record{Tenant: id, Source: source, Input: "test", Received: time.Now(), Raw: fmt.Append(nil, i)}
	}
	return recs
}

func TestAcceptTakesAllOrNothing(t *testing.T) {
	t.Parallel()
	in, out, _ := newIntake(t, standings{acme: {}, beta: {Suspended: true}})
	if err := in.Accept(t.Context(), append(of(acme, "a", 2), of("", "", 1)...)); err != nil || len(out.stored) != 2 || len(out.inbox) != 1 {
		t.Fatalf("%v: %d stored, %d in the inbox", err, len(out.stored), len(out.inbox))
	}
	if err := in.Accept(t.Context(), append(of(acme, "a", 2), of(beta, "b", 1)...)); !errors.Is(err, fault.ErrForbidden) || len(out.stored) != 2 {
		t.Fatalf("%v: %d stored", err, len(out.stored))
	}
	if err := in.Accept(t.Context(), of("01J0000000000000000000000X", "x", 1)); !errors.Is(err, fault.ErrNotFound) {
		t.Fatal(err)
	}
	if received, rejected := in.Totals(); received != 2 || rejected != 1 {
		t.Fatalf("received %d, rejected %d", received, rejected)
	}
}

func TestOfferDropsAndCountsWhatCannotWait(t *testing.T) {
	t.Parallel()
	in, out, s := newIntake(t, standings{acme: {PerSecond: 1}, beta: {}})
	if err := in.Admit(acme, 5000); err != nil {
		t.Fatal(err)
	}
	if err := in.Offer(t.Context(), append(of(acme, "a", 3), of(beta, "b", 2)...)); err != nil || len(out.stored) != 2 {
		t.Fatalf("%v: %d stored", err, len(out.stored))
	}
	if a, b := s.registry.Activity("a"), s.registry.Activity("b"); a.Dropped != 3 || a.Records != 0 || b.Records != 2 || b.Dropped != 0 {
		t.Fatalf("%+v %+v", a, b)
	}
}

func TestABatchLargerThanTheBurstIsTakenOnceAndPaidFor(t *testing.T) {
	t.Parallel()
	in, _, _ := newIntake(t, standings{acme: {PerSecond: 200}}) // burst 2000
	if err := in.Admit(acme, 10_000); err != nil {
		t.Fatal(err)
	}
	var quota *fault.Quota
	if err := in.Admit(acme, 1); !errors.As(err, &quota) || quota.RetryAfter < 35*time.Second || quota.RetryAfter > 45*time.Second {
		t.Fatalf("8000 records over at 200/s: %v", err)
	}
}

func TestQuotasAreTheTenantsOwn(t *testing.T) {
	t.Parallel()
	in, _, _ := newIntake(t, standings{acme: {}, beta: {PerSecond: 1_000_000}}) // acme has the default of 100
	if err := in.Admit(acme, 1500); err != nil {
		t.Fatal(err)
	}
	if err := in.Admit(acme, 100); !errors.Is(err, fault.ErrQuota) {
		t.Fatal(err)
	}
	for range 10 {
		if err := in.Admit(beta, 100_000); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecordsAreBroughtWithinWhatTheQueueStores(t *testing.T) {
	t.Parallel()
	in, out, _ := newIntake(t, standings{acme: {}})
	recs := of(acme, "a", 4)
	recs[0].Raw = make([]byte, record.MaxRawBytes+1)
	recs[1].Fields = []event.Field{{Name: "k", Value: "v"}, {Name: "big", Value: strings.Repeat("x", record.MaxFieldBytes)}}
	for range record.MaxFields + 5 {
		recs[2].Fields = append(recs[2].Fields, event.Field{Name: "n", Value: "v"})
	}
	// The flag itself must find room: what goes for it here is a field of two bytes.
	recs[3].Fields = []event.Field{{Name: "big", Value: strings.Repeat("x", record.MaxFieldBytes-5)}, {Name: "k", Value: "v"}, {Name: "m", Value: "v"}}
	if err := in.Accept(t.Context(), recs); err != nil {
		t.Fatal(err)
	}
	if _, err := record.Encode(out.stored); err != nil {
		t.Fatal(err)
	}
	for i, r := range out.stored {
		if last := r.Fields[len(r.Fields)-1]; last.Name != collect.Truncated || last.Value != "true" {
			t.Errorf("record %d is not flagged: %v", i, last)
		}
	}
}

func TestAnUnavailableQueueIsCountedAndPassedOn(t *testing.T) {
	t.Parallel()
	in, out, s := newIntake(t, standings{acme: {}})
	out.err = fmt.Errorf("full: %w", fault.ErrUnavailable)
	if err := in.Accept(t.Context(), of(acme, "a", 2)); !errors.Is(err, fault.ErrUnavailable) {
		t.Fatal(err)
	}
	if received, rejected := in.Totals(); received != 0 || rejected != 2 || s.registry.Activity("a").Records != 0 {
		t.Fatalf("received %d, rejected %d", received, rejected)
	}
}
