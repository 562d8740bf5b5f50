package archive_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
)

func TestCursorComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, c := range []archive.Cursor{
		{Time: time.Unix(0, 1).UTC(), ID: "a"}, {Time: time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC), ID: "65f0000000000000000c0001", Left: 17},
		{Time: time.Unix(0, -5).UTC(), ID: strings.Repeat("x", 64)},
	} {
		if got, err := archive.ParseCursor(c.String()); err != nil || got != c {
			t.Errorf("%v comes back as %v, %v", c, got, err)
		}
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(archive.Cursor{Time: time.Unix(1e9, 5), ID: "65f0000000000000000c0001"}.String())
	f.Add("")
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := archive.ParseCursor(s)
		if err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if again, err := archive.ParseCursor(c.String()); err != nil || again != c {
			t.Fatalf("%q: %v becomes %v, %v", s, c, again, err)
		}
	})
}

func TestSequenceComesFromTheFieldOrTheID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		id, field string
		want      uint64
		ok        bool
	}{
		{"65f0000000000000000c0001", "", 12, true}, {"x", "34", 34, true}, {"65f0000000000000000c0001", "5", 5, true},
		{"x", "", 0, false}, {"65f00000zzzz0000000c0001", "", 0, false}, {"x", "-1", 0, false}, {"x", "18446744073709551615", 0, false},
	} {
		ev := event.Event{ID: c.id}
		ev.SetIfAbsent(event.Sequence, c.field)
		if got, ok := archive.Sequence(&ev); ok != c.ok || ok && got != c.want {
			t.Errorf("%+v gives %d, %v", c, got, ok)
		}
	}
}
