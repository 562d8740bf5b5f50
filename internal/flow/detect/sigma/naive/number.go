package naive

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var comparisons = []string{"lt", "lte", "gt", "gte", "minute", "hour", "day", "week", "month", "year"}

func compared(mods []string) bool {
	return slices.ContainsFunc(mods, func(m string) bool { return slices.Contains(comparisons, m) })
}

func compare(mods []string, text, s string) bool {
	want, ok := decimal(text)
	if !ok {
		panic(unreadable("no number: " + text))
	}
	got, ok := decimal(s)
	operator := ""
	for _, m := range mods {
		switch m {
		case "lt", "lte", "gt", "gte":
			operator = m
		case "minute", "hour", "day", "week", "month", "year":
			got, ok = timePart(m, s)
		}
	}
	if !ok {
		return false
	}
	switch c := got.compare(want); operator {
	case "lt":
		return c < 0
	case "lte":
		return c <= 0
	case "gt":
		return c > 0
	case "gte":
		return c >= 0
	default:
		return c == 0
	}
}

// amount is a number: an integer of at most 18 characters exactly, all else as the nearest float.
type amount struct {
	n     int64
	f     float64
	exact bool
}

func (a amount) compare(b amount) int {
	if a.exact && b.exact {
		return cmp.Compare(a.n, b.n)
	}
	return cmp.Compare(a.f, b.f)
}

// decimal reads decimal text.
func decimal(s string) (amount, bool) {
	for _, c := range s {
		if !strings.ContainsRune("0123456789+-.eE", c) {
			return amount{}, false
		}
	}
	if len(s) > 64 {
		return amount{}, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) <= 18 {
		return amount{n: n, f: float64(n), exact: true}, true
	}
	f, err := strconv.ParseFloat(s, 64)
	return amount{f: f}, err == nil
}

func timePart(part, s string) (amount, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00",
		"2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05-0700", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02",
		"2006/01/02 15:04:05", "02/Jan/2006:15:04:05 -0700", time.RFC1123, time.RFC1123Z, time.ANSIC, time.UnixDate} {
		t, err := time.Parse(layout, s)
		if err != nil || len(s) > 64 {
			continue
		}
		_, week := t.ISOWeek()
		n := map[string]int{"minute": t.Minute(), "hour": t.Hour(), "day": t.Day(), "week": week,
			"month": int(t.Month()), "year": t.Year()}[part]
		return amount{n: int64(n), f: float64(n), exact: true}, true
	}
	return amount{}, false
}
