package clock

import "time"

// scanner walks a timestamp byte by byte without allocating.
type scanner struct {
	s string
	i int
}

func (c *scanner) eat(b byte) bool {
	if c.i < len(c.s) && c.s[c.i] == b {
		c.i++
		return true
	}
	return false
}

func (c *scanner) peek() byte {
	if c.i < len(c.s) {
		return c.s[c.i]
	}
	return 0
}

// number reads between lo and hi digits.
func (c *scanner) number(lo, hi int) (int, bool) {
	n, start := 0, c.i
	for c.i < len(c.s) && c.i-start < hi && digit(c.s[c.i]) {
		n = n*10 + int(c.s[c.i]-'0')
		c.i++
	}
	return n, c.i-start >= lo
}

// month reads an English month name of three or more letters.
func (c *scanner) month() (time.Month, bool) {
	if c.i+3 > len(c.s) {
		return 0, false
	}
	m := monthOf(c.s[c.i], c.s[c.i+1], c.s[c.i+2])
	if m == 0 {
		return 0, false
	}
	c.i += 3
	for c.i < len(c.s) && letter(c.s[c.i]) {
		c.i++
	}
	return m, true
}

// clock reads 15:04:05 with an optional fraction after '.' or ','.
func (c *scanner) clock() (h, m, s, ns int, ok bool) {
	if h, ok = c.number(1, 2); !ok || h > 24 || !c.eat(':') {
		return 0, 0, 0, 0, false
	}
	if m, ok = c.number(2, 2); !ok || m > 59 || !c.eat(':') {
		return 0, 0, 0, 0, false
	}
	if s, ok = c.number(2, 2); !ok || s > 60 {
		return 0, 0, 0, 0, false
	}
	return h, m, s, c.fraction(), true
}

// fraction reads an optional fraction of a second, digits past nanoseconds ignored.
func (c *scanner) fraction() int {
	if b := c.peek(); b != '.' && b != ',' || c.i+1 >= len(c.s) || !digit(c.s[c.i+1]) {
		return 0
	}
	c.i++
	ns, scale := 0, 100_000_000
	for c.i < len(c.s) && digit(c.s[c.i]) {
		ns += int(c.s[c.i]-'0') * scale
		scale /= 10
		c.i++
	}
	return ns
}

// zone reads an optional offset: Z, +08:00, +0800, +08, "UTC", "GMT", each after at most one blank.
func (c *scanner) zone(loc *time.Location) (*time.Location, bool) {
	start := c.i
	c.eat(' ')
	rest := c.s[c.i:]
	switch {
	case len(rest) > 0 && (rest[0] == 'Z' || rest[0] == 'z') && (len(rest) == 1 || !letter(rest[1])):
		c.i++
		return time.UTC, true
	case len(rest) >= 3 && (rest[:3] == "UTC" || rest[:3] == "GMT") && (len(rest) == 3 || !letter(rest[3])):
		c.i += 3
		if len(rest) > 3 && (rest[3] == '+' || rest[3] == '-') {
			if z, ok := c.offset(); ok {
				return z, true
			}
		}
		return time.UTC, true
	case len(rest) >= 3 && (rest[0] == '+' || rest[0] == '-') && digit(rest[1]):
		if z, ok := c.offset(); ok {
			return z, true
		}
	}
	c.i = start
	return loc, false
}

func (c *scanner) offset() (*time.Location, bool) {
	sign := 1
	if c.s[c.i] == '-' {
		sign = -1
	}
	c.i++
	h, ok := c.number(1, 2)
	if !ok || h > 15 {
		return nil, false
	}
	c.eat(':')
	m, _ := c.number(0, 2)
	if m > 59 {
		return nil, false
	}
	secs := sign * (h*3600 + m*60)
	if secs == 0 {
		return time.UTC, true
	}
	return time.FixedZone("", secs), true
}

func digit(b byte) bool  { return b >= '0' && b <= '9' }
func letter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

func monthOf(a, b, c byte) time.Month {
	switch uint32(a|0x20)<<16 | uint32(b|0x20)<<8 | uint32(c|0x20) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return time.January
	case 'f'<<16 | 'e'<<8 | 'b':
		return time.February
	case 'm'<<16 | 'a'<<8 | 'r':
		return time.March
	case 'a'<<16 | 'p'<<8 | 'r':
		return time.April
	case 'm'<<16 | 'a'<<8 | 'y':
		return time.May
	case 'j'<<16 | 'u'<<8 | 'n':
		return time.June
	case 'j'<<16 | 'u'<<8 | 'l':
		return time.July
	case 'a'<<16 | 'u'<<8 | 'g':
		return time.August
	case 's'<<16 | 'e'<<8 | 'p':
		return time.September
	case 'o'<<16 | 'c'<<8 | 't':
		return time.October
	case 'n'<<16 | 'o'<<8 | 'v':
		return time.November
	case 'd'<<16 | 'e'<<8 | 'c':
		return time.December
	}
	return 0
}
