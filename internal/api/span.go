package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

// maxAgo bounds how far a relative time reaches: ten years, the longest retention.
const maxAgo = 10 * 366 * 24 * time.Hour

// readSpan reads both ends of a span of time; an absent end is the zero time. from must not be after to.
func readSpan(from, to string, now time.Time) (start, end time.Time, err error) {
	if start, err = readTime("from", from, now); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if end, err = readTime("to", to, now); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if !start.IsZero() && !end.IsZero() && end.Before(start) {
		return time.Time{}, time.Time{}, fault.NewInvalid("to", "time.order", "must not be before from")
	}
	return start, end, nil
}

// readTime reads a point in time as people and programs write it: RFC 3339, Unix seconds or milliseconds,
// "now", or "now-15m". The empty text is the zero time.
func readTime(field, text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return time.Time{}, nil
	case text == "now":
		return now.UTC(), nil
	case strings.HasPrefix(text, "now-"):
		if ago, ok := readAgo(text[len("now-"):]); ok {
			return now.Add(-ago).UTC(), nil
		}
	default:
		if t, err := time.Parse(time.RFC3339Nano, text); err == nil && sensible(t) {
			return t.UTC(), nil
		}
		if t, ok := readUnix(text); ok {
			return t, nil
		}
	}
	return time.Time{}, fault.NewInvalid(field, "time.format",
		"must be RFC 3339, Unix seconds, now, or now-15m with s, m, h, d or w")
}

// readAgo reads "15m" or "1d12h". Each unit is a day of 24 hours and a week of seven days.
func readAgo(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{
		's': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour,
	}
	var sum time.Duration
	for text != "" {
		digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if digits < 1 {
			return 0, false
		}
		n, err := strconv.ParseInt(text[:digits], 10, 32)
		unit, ok := units[text[digits]]
		if err != nil || !ok || time.Duration(n) > maxAgo/unit {
			return 0, false
		}
		if sum += time.Duration(n) * unit; sum > maxAgo {
			return 0, false
		}
		text = text[digits+1:]
	}
	return sum, sum > 0
}

// readUnix reads Unix seconds (10 digits) or milliseconds (13 digits).
func readUnix(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, false
	}
	switch len(text) {
	case 10:
		return time.Unix(n, 0).UTC(), true
	case 13:
		return time.UnixMilli(n).UTC(), true
	}
	return time.Time{}, false
}

// sensible reports whether a time fits in the nanoseconds that the archive counts in.
func sensible(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 2200 }
