package clock

import (
	"strings"
	"time"
)

// ISO reads a timestamp such as 2024-05-01T10:11:12.345+08:00, also with a blank for the T, with slashes or
// dots in the date and without an offset, from the start of s. It returns how many bytes it took; loc is used where there is no offset.
func ISO(s string, loc *time.Location) (time.Time, int, bool) {
	c := scanner{s: s}
	year, ok := c.number(4, 4)
	if !ok || year < 1970 || year > 2200 {
		return time.Time{}, 0, false
	}
	sep := c.peek()
	if sep != '-' && sep != '/' && sep != '.' || !c.eat(sep) {
		return time.Time{}, 0, false
	}
	month, ok := c.number(1, 2)
	if !ok || month < 1 || month > 12 || !c.eat(sep) {
		return time.Time{}, 0, false
	}
	day, ok := c.number(1, 2)
	if !ok || day < 1 || day > 31 {
		return time.Time{}, 0, false
	}
	if b := c.peek(); b != 'T' && b != ' ' && b != 't' && b != '_' && b != ':' {
		return time.Time{}, 0, false
	}
	c.i++
	h, m, sec, ns, ok := c.clock()
	if !ok {
		return time.Time{}, 0, false
	}
	z, _ := c.zone(loc)
	return time.Date(year, time.Month(month), day, h, m, sec, ns, z).UTC(), c.i, true
}

// BSD reads the timestamp of RFC 3164 and its variants from the start of s: "Jan  2 15:04:05", with fraction,
// with the year first, before or after the time ("2024 Jan 2 15:04:05", "Jan 2 2024 15:04:05", "Jan 2 15:04:05 2024"), with a zone
// ("UTC", "+0800", and Cisco's "*Jan  2 15:04:05.123 UTC:"). Where there is no year it takes the latest
// that does not put the time well after ref.
func BSD(s string, loc *time.Location, ref time.Time) (time.Time, int, bool) {
	c := scanner{s: s}
	if b := c.peek(); b == '*' || b == '.' {
		c.i++
	}
	year, had := 0, false
	if digit(c.peek()) { // NX-OS: "2024 Jan  2 15:04:05"
		if year, had = c.number(4, 4); !had || year < 1990 || year > 2100 || !c.eat(' ') {
			return time.Time{}, 0, false
		}
	}
	month, ok := c.month()
	if !ok || !c.eat(' ') {
		return time.Time{}, 0, false
	}
	c.eat(' ')
	day, ok := c.number(1, 2)
	if !ok || day < 1 || day > 31 {
		return time.Time{}, 0, false
	}
	c.eat(',')
	if !c.eat(' ') {
		return time.Time{}, 0, false
	}
	if !had && len(c.s) > c.i+4 && digit(c.s[c.i]) && digit(c.s[c.i+1]) && digit(c.s[c.i+2]) {
		if year, had = c.number(4, 4); !had || !c.eat(' ') {
			return time.Time{}, 0, false
		}
	}
	h, m, sec, ns, ok := c.clock()
	if !ok {
		return time.Time{}, 0, false
	}
	if !had {
		year, had = c.trailingYear()
	}
	z, _ := c.zone(loc)
	if !had {
		return latestYear(month, day, h, m, sec, ns, z, ref), c.i, true
	}
	return time.Date(year, month, day, h, m, sec, ns, z).UTC(), c.i, true
}

// trailingYear reads " 2024" when a blank, a colon or the end follows.
func (c *scanner) trailingYear() (int, bool) {
	start := c.i
	if c.eat(' ') {
		y, ok := c.number(4, 4)
		colon := c.peek() == ':' && (c.i+1 == len(c.s) || c.s[c.i+1] == ' ') // "2001:db8::1" is a host
		if ok && y >= 1990 && y <= 2100 && (c.i == len(c.s) || c.peek() == ' ' || colon) {
			return y, true
		}
	}
	c.i = start
	return 0, false
}

// ahead is how far a sender's clock may run ahead of ours before a time without a year is taken for last year's.
const ahead = 7 * 24 * time.Hour

// latestYear returns the latest instant that is not beyond what a clock slightly ahead explains: a record of 31 December
// received on 1 January keeps its year, an old one that arrives late is never dated into the future, and 29 February
// belongs to the last year that had one.
func latestYear(mo time.Month, d, h, m, s, ns int, z *time.Location, ref time.Time) time.Time {
	limit := ref.Add(ahead)
	year := limit.In(z).Year()
	t := time.Date(year, mo, d, h, m, s, ns, z)
	const leapGap = 8 // the longest from one 29 February to the next
	for back := 0; back < leapGap && (t.After(limit) || t.Day() != d); back++ {
		year--
		t = time.Date(year, mo, d, h, m, s, ns, z)
	}
	return t.UTC()
}

// CommonLog reads the timestamp of access logs, "10/Oct/2000:13:55:36 -0700", from the start of s.
func CommonLog(s string, loc *time.Location) (time.Time, int, bool) {
	c := scanner{s: s}
	day, ok := c.number(1, 2)
	sep := c.peek()
	if !ok || day < 1 || day > 31 || sep != '/' && sep != '-' && sep != ' ' || !c.eat(sep) {
		return time.Time{}, 0, false
	}
	month, ok := c.month()
	if !ok || !c.eat(sep) {
		return time.Time{}, 0, false
	}
	year, ok := c.number(4, 4)
	if !ok || !c.eat(':') && !c.eat(' ') {
		return time.Time{}, 0, false
	}
	h, m, sec, ns, ok := c.clock()
	if !ok {
		return time.Time{}, 0, false
	}
	z, _ := c.zone(loc)
	return time.Date(year, month, day, h, m, sec, ns, z).UTC(), c.i, true
}

// Any reads a whole value as a timestamp in whichever of the usual forms it has, Unix time in seconds to
// nanoseconds included. Trailing text other than blanks refuses it.
func Any(s string, loc *time.Location, ref time.Time) (time.Time, bool) {
	s = strings.Trim(s, " \t[]()\"")
	if len(s) < 8 || len(s) > 64 {
		return time.Time{}, false
	}
	switch {
	case digit(s[0]):
		if t, ok := unix(s); ok {
			return t, true
		}
		if t, n, ok := ISO(s, loc); ok && whole(s[n:]) {
			return t, true
		}
		if t, n, ok := CommonLog(s, loc); ok && whole(s[n:]) {
			return t, true
		}
		if t, ok := compact(s, loc); ok {
			return t, true
		}
		if t, n, ok := chinese(s, loc); ok && whole(s[n:]) {
			return t, true
		}
		if t, n, ok := slashed(s, loc); ok && whole(s[n:]) {
			return t, true
		}
	case letter(s[0]):
		if t, n, ok := BSD(s, loc, ref); ok && whole(s[n:]) {
			return t, true
		}
		// "Fri Dec 31 07:07:07 2021", "Mon, 02 Jan 2006 15:04:05 MST"
		if i := strings.IndexByte(s, ' '); i >= 3 && i <= 10 {
			rest := strings.TrimLeft(s[i+1:], " ")
			if t, n, ok := BSD(rest, loc, ref); ok && whole(rest[n:]) {
				return t, true
			}
			if t, n, ok := CommonLog(rest, loc); ok && whole(rest[n:]) {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

// Leading reads a timestamp with which s begins, in whichever of the usual forms it has, and returns how many bytes it took.
func Leading(s string, loc *time.Location, ref time.Time) (time.Time, int, bool) {
	if s == "" {
		return time.Time{}, 0, false
	}
	if digit(s[0]) {
		if t, n, ok := ISO(s, loc); ok {
			return t, n, true
		}
		if t, n, ok := CommonLog(s, loc); ok {
			return t, n, true
		}
		if t, n, ok := slashed(s, loc); ok {
			return t, n, true
		}
		return BSD(s, loc, ref)
	}
	if t, n, ok := BSD(s, loc, ref); ok {
		return t, n, true
	}
	// "Fri Dec 31 07:07:07 2021", "Mon, 02 Jan 2006 15:04:05"
	if i := strings.IndexByte(s[:min(len(s), 11)], ' '); i >= 3 {
		rest := strings.TrimLeft(s[i+1:], " ")
		if t, n, ok := BSD(rest, loc, ref); ok {
			return t, len(s) - len(rest) + n, true
		}
		if t, n, ok := CommonLog(rest, loc); ok {
			return t, len(s) - len(rest) + n, true
		}
	}
	return time.Time{}, 0, false
}

// whole reports whether nothing of meaning follows a timestamp; a zone's letters ("CST") are ignored, being ambiguous.
func whole(rest string) bool {
	rest = strings.TrimLeft(rest, " \t:")
	if len(rest) > 5 {
		return false
	}
	for i := 0; i < len(rest); i++ {
		if !letter(rest[i]) {
			return false
		}
	}
	return true
}

// unix reads Unix time in seconds (with or without fraction), milli-, micro- or nanoseconds between 2001 and 2100.
func unix(s string) (time.Time, bool) {
	var n int64
	i := 0
	for i < len(s) && digit(s[i]) && i < 19 {
		n = n*10 + int64(s[i]-'0')
		i++
	}
	switch {
	case i == len(s) && i == 10:
		return plausible(time.Unix(n, 0))
	case i == len(s) && i == 13:
		return plausible(time.UnixMilli(n))
	case i == len(s) && i == 16:
		return plausible(time.UnixMicro(n))
	case i == len(s) && i == 19:
		return plausible(time.Unix(0, n))
	case i == 10 && s[i] == '.':
		c := scanner{s: s, i: i}
		if ns := c.fraction(); c.i == len(s) {
			return plausible(time.Unix(n, int64(ns)))
		}
	}
	return time.Time{}, false
}

func plausible(t time.Time) (time.Time, bool) {
	t = t.UTC()
	return t, t.Year() >= 2001 && t.Year() <= 2100
}
