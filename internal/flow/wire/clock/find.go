package clock

import "time"

// Find looks for a timestamp in the first window bytes of s, at the start of a word or behind a bracket. A time with its year is
// preferred to one without. full reports whether it had one; n is where the text after it begins.
func Find(s string, window int, loc *time.Location, ref time.Time) (t time.Time, n int, full, ok bool) {
	limit := min(len(s), window)
	for i := 0; i < limit; i++ {
		if i > 0 && wordByte(s[i-1]) {
			continue
		}
		switch c := s[i]; {
		case digit(c):
			if at, took, found := dated(s[i:], loc); found {
				return at, i + took, true, true
			}
			if at, took, found := alertTime(s[i:], loc, ref); found && !ok {
				t, n, ok = at, i+took, true
			}
		case !ok && letter(c):
			if at, took, found := BSD(s[i:], loc, ref); found {
				year := took > 16 || hasYear(s[i:i+took])
				if year {
					return at, i + took, true, true
				}
				t, n, ok = at, i+took, true
			}
		}
	}
	return t, n, false, ok
}

// dated reads a time that begins with a digit and has a year, or Unix time with a fraction.
func dated(s string, loc *time.Location) (time.Time, int, bool) {
	if len(s) < 14 {
		return time.Time{}, 0, false
	}
	if t, n, ok := ISO(s, loc); ok {
		return t, n, true
	}
	if t, n, ok := CommonLog(s, loc); ok {
		return t, n, true
	}
	if s[0] == '1' && s[10] == '.' {
		n := 11
		for n < len(s) && digit(s[n]) {
			n++
		}
		if n >= 14 && (n == len(s) || s[n] != '.' && !letter(s[n])) {
			if t, ok := unix(s[:n]); ok {
				return t, n, true
			}
		}
	}
	if s[4] == 0xe5 { // 年
		if t, n, ok := chinese(s, loc); ok {
			return t, n, true
		}
	}
	return slashed(s, loc)
}

// alertTime reads "05/01-10:11:12.345678", which Snort writes.
func alertTime(s string, loc *time.Location, ref time.Time) (time.Time, int, bool) {
	c := scanner{s: s}
	month, ok1 := c.number(2, 2)
	slash := c.eat('/')
	day, ok2 := c.number(2, 2)
	if !ok1 || !slash || !ok2 || !c.eat('-') || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, 0, false
	}
	h, m, sec, ns, ok := c.clock()
	if !ok {
		return time.Time{}, 0, false
	}
	return latestYear(time.Month(month), day, h, m, sec, ns, loc, ref), c.i, true
}

// slashed reads "05/31/2024 13:02:03", "31.05.2024 13:02:03" and, with a year of two digits, "05/31/24,13:02:03".
func slashed(s string, loc *time.Location) (time.Time, int, bool) {
	c := scanner{s: s}
	a, ok1 := c.number(1, 2)
	sep := c.peek()
	if !ok1 || sep != '/' && sep != '-' && sep != '.' || !c.eat(sep) {
		return time.Time{}, 0, false
	}
	b, ok2 := c.number(1, 2)
	if !ok2 || !c.eat(sep) {
		return time.Time{}, 0, false
	}
	start := c.i
	year, ok := c.number(2, 4)
	switch {
	case !ok || c.i-start == 3:
		return time.Time{}, 0, false
	case c.i-start == 2:
		year += 2000
	}
	if p := c.peek(); p != ' ' && p != ',' && p != '-' && p != 'T' {
		return time.Time{}, 0, false
	}
	c.i++
	c.eat(' ')
	month, day := a, b
	if a > 12 || sep == '.' {
		month, day = b, a
	}
	h, m, sec, ns, ok := c.clock()
	if !ok || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, 0, false
	}
	h = c.half(h)
	z, _ := c.zone(loc)
	return time.Date(year, time.Month(month), day, h, m, sec, ns, z).UTC(), c.i, true
}

// half reads " PM" and " AM".
func (c *scanner) half(h int) int {
	rest := c.s[c.i:]
	if len(rest) >= 3 && rest[0] == ' ' && (rest[2]|0x20) == 'm' {
		switch rest[1] | 0x20 {
		case 'p':
			c.i += 3
			return h%12 + 12
		case 'a':
			c.i += 3
			return h % 12
		}
	}
	return h
}

// compact reads 20240501101112, 20240501T101112Z and 20240501101112.345.
func compact(s string, loc *time.Location) (time.Time, bool) {
	c := scanner{s: s}
	year, ok1 := c.number(4, 4)
	month, ok2 := c.number(2, 2)
	day, ok3 := c.number(2, 2)
	if !ok1 || !ok2 || !ok3 || year < 1990 || year > 2100 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}, false
	}
	if !c.eat('T') {
		c.eat(' ')
	}
	h, ok1 := c.number(2, 2)
	m, ok2 := c.number(2, 2)
	sec, ok3 := c.number(2, 2)
	if !ok1 || !ok2 || !ok3 || h > 24 || m > 59 || sec > 60 {
		return time.Time{}, false
	}
	ns := c.fraction()
	z, _ := c.zone(loc)
	if !whole(c.s[c.i:]) {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, h, m, sec, ns, z).UTC(), true
}

// chinese reads 2024年05月01日 10:11:12 and 2024年5月1日10时11分12秒.
func chinese(s string, loc *time.Location) (time.Time, int, bool) {
	c := scanner{s: s}
	var v [6]int
	for i, after := range [...]string{"年", "月", "日", "时", "分", "秒"} {
		n, ok := c.number(1, 4)
		if !ok {
			return time.Time{}, 0, false
		}
		v[i] = n
		rest := c.s[c.i:]
		switch {
		case len(rest) >= len(after) && rest[:len(after)] == after:
			c.i += len(after)
		case i > 2 && i < 5 && c.eat(':'), i == 5:
		default:
			return time.Time{}, 0, false
		}
		c.eat(' ')
	}
	if v[0] < 1990 || v[0] > 2100 || v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] > 24 || v[4] > 59 || v[5] > 60 {
		return time.Time{}, 0, false
	}
	return time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, loc).UTC(), c.i, true
}

func hasYear(s string) bool {
	for i := 0; i+4 <= len(s); i++ {
		if (s[i] == '1' && s[i+1] == '9' || s[i] == '2' && s[i+1] == '0') && digit(s[i+2]) && digit(s[i+3]) &&
			(i == 0 || s[i-1] == ' ') && (i+4 == len(s) || s[i+4] == ' ') {
			return true
		}
	}
	return false
}

func wordByte(b byte) bool {
	return digit(b) || letter(b) || b == '.' || b == ':' || b == '-' || b == '_'
}
