package syslogframe

import "bytes"

// maxCountDigits bounds an octet count at 9,999,999: a longer number is text.
const maxCountDigits = 7

// Splitter cuts one connection's bytes into records. Each record is framed by itself (RFC 6587): "LEN SP MSG" where LEN is followed by a
// blank and '<', else up to the next LF or NUL. Senders mix both on a port, and relays even on a connection.
//
// A record longer than the limit is cut there and its rest skipped. Empty records are skipped. Where the bytes are cut into
// chunks makes no difference. A Splitter belongs to one goroutine and holds at most limit bytes and a chunk.
type Splitter struct {
	limit int
	buf   []byte // start of a record not complete yet
	skip  int    // bytes of an octet-counted record beyond the limit still to come
	drop  bool   // skipping a line beyond the limit

	scanned int // leading bytes of buf known to hold no line end, so that a slow sender costs no more than a fast one
}

// NewSplitter returns a splitter for records of at most limit bytes, at least 16.
func NewSplitter(limit int) *Splitter { return &Splitter{limit: max(limit, 16)} }

// Feed takes the next bytes of the stream and calls emit for every record now complete. The record is valid during the
// call only. Cut says that it was longer than the limit.
func (s *Splitter) Feed(p []byte, emit func(rec []byte, cut bool)) {
	if len(s.buf) > 0 {
		s.buf = append(s.buf, p...)
		rest := s.split(s.buf, emit)
		s.buf = s.buf[:copy(s.buf, rest)]
		return
	}
	s.buf = append(s.buf[:0], s.split(p, emit)...)
}

// Flush ends the stream: it emits a last line without terminator, and what there is of an unfinished octet-counted record, as cut.
func (s *Splitter) Flush(emit func(rec []byte, cut bool)) {
	rec, cut := s.buf, false
	if n, head, ok, _ := octetCount(rec); ok && n > len(rec)-head {
		rec, cut = rec[head:], true
	}
	if rec = trimLine(rec); len(rec) > 0 {
		emit(rec, cut)
	}
	s.buf, s.skip, s.drop, s.scanned = s.buf[:0], 0, false, 0
}

// Pending returns how many bytes of an unfinished record are held.
func (s *Splitter) Pending() int { return len(s.buf) }

// split emits the complete records of p and returns the rest.
func (s *Splitter) split(p []byte, emit func([]byte, bool)) []byte {
	for len(p) > 0 {
		if p = s.skipRest(p); len(p) == 0 {
			break
		}
		if p[0] == '\n' || p[0] == 0 || p[0] == '\r' {
			p = p[1:]
			continue
		}
		n, head, counted, more := octetCount(p)
		var rest []byte
		var ok bool
		switch {
		case more:
			return p
		case counted:
			rest, ok = s.counted(p, head, n, emit)
		default:
			rest, ok = s.line(p, emit)
		}
		if !ok {
			return rest
		}
		p = rest
	}
	return p
}

// skipRest drops what belongs to a record already emitted as cut.
func (s *Splitter) skipRest(p []byte) []byte {
	if s.skip > 0 {
		n := min(s.skip, len(p))
		s.skip -= n
		return p[n:]
	}
	if s.drop {
		end := lineEnd(p)
		if end < 0 {
			return nil
		}
		s.drop = false
		return p[end+1:]
	}
	return p
}

func (s *Splitter) counted(p []byte, head, n int, emit func([]byte, bool)) (rest []byte, ok bool) {
	body := p[head:]
	want := min(n, s.limit)
	if len(body) < want {
		return p, false
	}
	rec := body[:want]
	if n <= s.limit {
		rec = trimLine(rec)
	}
	if len(rec) > 0 {
		emit(rec, n > s.limit)
	}
	s.skip = n - want
	return body[want:], true
}

func (s *Splitter) line(p []byte, emit func([]byte, bool)) (rest []byte, ok bool) {
	end := lineEnd(p[s.scanned:])
	if end >= 0 {
		end += s.scanned
	}
	s.scanned = 0
	switch {
	case end < 0 && len(p) <= s.limit:
		s.scanned = len(p)
		return p, false
	case end < 0:
		emit(p[:s.limit], true)
		s.drop = true
		return nil, true
	case end > s.limit:
		emit(p[:s.limit], true)
	default:
		if rec := trimLine(p[:end]); len(rec) > 0 {
			emit(rec, false)
		}
	}
	return p[end+1:], true
}

// octetCount reads "LEN SP <" at the start of p. More says that p is too short to tell.
func octetCount(p []byte) (n, head int, ok, more bool) {
	i := 0
	for i < len(p) && i <= maxCountDigits && p[i] >= '0' && p[i] <= '9' {
		n = n*10 + int(p[i]-'0')
		i++
	}
	switch {
	case i == 0 || i > maxCountDigits || p[0] == '0':
		return 0, 0, false, false
	case i == len(p):
		return 0, 0, false, true
	case p[i] != ' ':
		return 0, 0, false, false
	case i+1 == len(p):
		return 0, 0, false, true
	case p[i+1] != '<':
		return 0, 0, false, false
	}
	return n, i + 1, true, false
}

func lineEnd(p []byte) int {
	lf := bytes.IndexByte(p, '\n')
	if lf >= 0 {
		p = p[:lf]
	}
	if nul := bytes.IndexByte(p, 0); nul >= 0 {
		return nul
	}
	return lf
}

// trimLine takes the line end, if any, off a record.
func trimLine(rec []byte) []byte {
	for len(rec) > 0 {
		switch rec[len(rec)-1] {
		case '\n', '\r', 0:
			rec = rec[:len(rec)-1]
		default:
			return rec
		}
	}
	return rec
}
