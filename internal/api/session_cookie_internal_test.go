package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2/memstore"
)

// counting counts how often a session is written.
type counting struct {
	*memstore.MemStore
	commits int
	names   []string
}

func (c *counting) Commit(name string, data []byte, expiry time.Time) error {
	c.commits++
	c.names = append(c.names, name)
	return c.MemStore.Commit(name, data, expiry)
}

func TestASessionInUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	now := time.Now()
	store := &counting{MemStore: memstore.NewWithCleanupInterval(0)}
	s := newSessions(store, Options{Now: func() time.Time { return now }})
	header, err := s.begin(t.Context(), "user-1")
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := http.ParseSetCookie(header)
	if err != nil {
		t.Fatal(err)
	}
	begun := now
	for _, step := range []struct {
		pause   time.Duration
		commits int
	}{{time.Second, 1}, {58 * time.Second, 1}, {2 * time.Second, 2}, {30 * time.Second, 2}, {31 * time.Second, 3}} {
		now = now.Add(step.pause)
		user, at, err := s.find(t.Context(), cookie.Value)
		if err != nil || user != "user-1" || !at.Equal(begun.Truncate(time.Microsecond)) {
			t.Fatalf("find = %q, %v, %v", user, at, err)
		}
		if store.commits != step.commits {
			t.Fatalf("after %v: written %d times, want %d", now.Sub(begun), store.commits, step.commits)
		}
	}
	for _, name := range store.names {
		if strings.Contains(name, cookie.Value) || name == cookie.Value {
			t.Fatal("the store holds the cookie's value itself")
		}
	}
}

func TestASessionNobodyBeganIsNobodys(t *testing.T) {
	t.Parallel()
	s := newSessions(memstore.NewWithCleanupInterval(0), Options{Now: time.Now})
	for _, name := range []string{"", "made-up"} {
		if user, _, err := s.find(t.Context(), name); err != nil || user != "" {
			t.Errorf("find(%q) = %q, %v", name, user, err)
		}
	}
}
