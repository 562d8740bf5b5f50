package app

import (
	"log/slog"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// TestAnExceptionOfAnotherProcessIsFollowed has two processes on one database: what one makes and removes the other does at its next look, and
// the hits that it counts are the first one's to read.
func TestAnExceptionOfAnotherProcessIsFollowed(t *testing.T) {
	t.Parallel()
	quiet, dir := slog.New(slog.DiscardHandler), t.TempDir()
	open := func() *store.Store {
		s, err := store.Open(t.Context(), store.Options{Dir: dir, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	theirs, ours := open(), open()
	ctx := tenant.WithScope(t.Context(), tenant.All())
	customers := tenancy.NewService(tenancy.Deps{
		Repository: theirs.Tenancy(), Transactor: theirs, Auditor: newAudit(theirs), Directory: tenancy.NewDirectory(theirs.Tenancy()), Logger: quiet})
	of, err := customers.Create(ctx, tenancy.Draft{Slug: "acme", Name: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	book := except.NewBook(ours.Exceptions(), quiet, nil)
	ev := &event.Event{Tenant: of.ID, ID: "e"}
	ev.Set(event.HostName, "scanner")
	kept := func() bool {
		t.Helper()
		if err := book.Follow(ctx); err != nil {
			t.Fatal(err)
		}
		return book.Suppresses("rule", ev)
	}
	if kept() {
		t.Fatal("kept back before there was an exception")
	}
	other := except.NewService(except.Deps{Repository: theirs.Exceptions(), Door: theirs, Auditor: newAudit(theirs), Actor: identity.Actor})
	x, err := other.Create(ctx, except.Draft{Tenant: of.ID, Rule: "rule", Query: "host.name:=scanner", Reason: "ours", ExpiresAt: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if book.Suppresses("rule", ev) {
		t.Error("followed before it looked")
	}
	if !kept() {
		t.Error("not followed")
	}
	if err := book.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := other.Get(ctx, x.ID); err != nil || got.Hits != 1 {
		t.Errorf("hits told to the other: %d, %v", got.Hits, err)
	}
	if err := other.Remove(ctx, x.ID, "done"); err != nil {
		t.Fatal(err)
	}
	if kept() {
		t.Error("kept back after it was removed")
	}
}
