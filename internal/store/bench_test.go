package store_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

func benchStore(b *testing.B) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), store.Options{Dir: b.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	return s
}

// BenchmarkAuditAppend is the cost of one durable writing transaction on SQLite.
func BenchmarkAuditAppend(b *testing.B) {
	s := benchStore(b)
	trail := audit.NewService(audit.Deps{Repository: s.Audit()})
	ctx, id := tenant.WithScope(b.Context(), tenant.All()), tenant.NewID()
	b.ReportAllocs()
	for b.Loop() {
		if err := trail.Record(ctx, id, "test.append", "bench/1", nil, map[string]int{"n": 1}, ""); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkResolveToken is what proving the caller adds to every API request.
func BenchmarkResolveToken(b *testing.B) {
	s := benchStore(b)
	people := identity.NewService(identity.Deps{Repository: s.Identity(), Transactor: s, Auditor: audit.NewService(audit.Deps{Repository: s.Audit()})})
	if _, _, err := people.Bootstrap(b.Context(), password); err != nil {
		b.Fatal(err)
	}
	u, err := people.Authenticate(b.Context(), identity.FirstAdmin, password)
	if err != nil {
		b.Fatal(err)
	}
	_, secret, err := people.IssueToken(identity.WithPrincipal(b.Context(), u.Principal()), "bench", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := people.ResolveToken(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify is the cost of checking a chain, per entry.
func BenchmarkVerify(b *testing.B) {
	s := benchStore(b)
	trail := audit.NewService(audit.Deps{Repository: s.Audit()})
	ctx, id := tenant.WithScope(b.Context(), tenant.All()), tenant.NewID()
	const entries = 2000
	for range entries {
		if err := trail.Record(ctx, id, "test.append", "bench/1", nil, map[string]int{"n": 1}, ""); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if res, err := trail.Verify(ctx, id); err != nil || !res.OK {
			b.Fatalf("%+v, %v", res, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/entries, "ns/entry")
}
