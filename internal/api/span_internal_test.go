package api

import (
	"errors"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

func TestReadTimeUnderstandsWhatPeopleAndProgramsWrite(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"":                          {},
		"now":                       now,
		"now-15m":                   now.Add(-15 * time.Minute),
		"now-1d12h":                 now.Add(-36 * time.Hour),
		"now-2w":                    now.Add(-14 * 24 * time.Hour),
		"2026-01-02T03:04:05Z":      time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		"2026-01-02T11:04:05+08:00": time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		"1767323045":                time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		"1767323045123":             time.Date(2026, 1, 2, 3, 4, 5, 123e6, time.UTC),
	} {
		got, err := readTime("from", text, now)
		if err != nil || !got.Equal(want) {
			t.Errorf("readTime(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestReadTimeNamesTheFieldItCannotRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"yesterday", "now-", "now-5", "now-5y", "now--5m", "now-99999999999999999999w", "now-0s", "2026-01-02", "12", "-1767323045", "9999-01-01T00:00:00Z"} {
		_, err := readTime("to", text, time.Now())
		var bad *fault.Invalid
		if !errors.As(err, &bad) || bad.Field != "to" {
			t.Errorf("readTime(%q) = %v", text, err)
		}
	}
}

func TestReadSpanRefusesAnEndBeforeItsStart(t *testing.T) {
	t.Parallel()
	_, _, err := readSpan("now-1h", "now-2h", time.Now())
	var bad *fault.Invalid
	if !errors.As(err, &bad) || bad.Field != "to" || bad.Code != "time.order" {
		t.Fatalf("err = %v", err)
	}
}

func FuzzReadTime(f *testing.F) {
	for _, seed := range []string{"now-1w2d3h4m5s", "2026-01-02T03:04:05.999999999+14:00", "1767323045123", "now-2147483647w"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readTime("from", text, now)
		if err != nil {
			return
		}
		if got.IsZero() {
			return
		}
		// Whatever was understood must fit in the archive's nanoseconds.
		if !time.Unix(0, got.UnixNano()).Equal(got) {
			t.Fatalf("readTime(%q) = %v does not fit", text, got)
		}
	})
}
