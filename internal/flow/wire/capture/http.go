package capture

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/httphead"
)

const (
	maxRequests  = 32   // of one connection that wait for their responses
	requestBytes = 2048 // what one counts for
)

// httpTalk pairs the requests and responses of a connection.
type httpTalk struct {
	waiting []*exchange
	answer  *exchange // whose response's head was read, and its body is looked at
	sides   [2]half
}

// exchange is a request, its response, or both.
type exchange struct {
	request, response         httphead.Head
	asked, answered           time.Time
	requestMIME, responseMIME string
}

// half is where one direction is.
type half struct {
	place place
	left  int64 // of the body, or -1 to the end of the connection
	first bool  // of the body nothing was seen
	lost  bool  // bytes were missing: a head is looked for
}

type place uint8

const (
	inHead place = iota
	inBody
	inChunk // before the line of a chunk's size
	inTrailer
)

func (t *httpTalk) data(d *Decoder, f *flow, from int, b []byte, at time.Time) (used int64, done bool) {
	s := &t.sides[from]
	for {
		if used >= int64(len(b)) {
			return used, false
		}
		n, more, stop := t.step(d, f, from, b[used:], at)
		if stop {
			return used, true
		}
		used += min(n, toTheEnd-used)
		if more {
			if s.lost { // nothing here begins a head
				return int64(len(b)), false
			}
			return used, false
		}
	}
}

// step reads one thing: a head, the line of a chunk, a body. more says that it is not whole.
func (t *httpTalk) step(d *Decoder, f *flow, from int, b []byte, at time.Time) (n int64, more, stop bool) {
	s := &t.sides[from]
	switch s.place {
	case inHead:
		return t.head(d, f, from, b, at)
	case inBody:
		if s.first && !t.sniff(d, f, from, b, s.left) {
			return 0, true, false
		}
		if s.left < 0 {
			return toTheEnd, false, false
		}
		s.place = inHead
		return s.left, false, false
	case inChunk:
		size, line, err := httphead.Chunk(b)
		switch {
		case errors.Is(err, httphead.ErrMore):
			return 0, true, false
		case err != nil:
			return 0, false, true
		case size == 0:
			t.told(d, f, from)
			s.place = inTrailer
			return int64(line), false, false
		}
		if s.first && !t.sniff(d, f, from, b[line:], size) {
			return 0, true, false
		}
		return int64(line) + size + 2, false, false
	default:
		i := slices.Index(b, '\n')
		if i < 0 {
			return 0, true, false
		}
		if i == 0 || i == 1 && b[0] == '\r' {
			s.place = inHead
		}
		return int64(i) + 1, false, false
	}
}

// sniff looks at how a body begins, and reports whether there is enough to.
func (t *httpTalk) sniff(d *Decoder, f *flow, from int, b []byte, size int64) bool {
	if int64(len(b)) < 8 && (size < 0 || int64(len(b)) < size) {
		return false
	}
	t.sides[from].first = false
	if size >= 0 {
		b = b[:min(int64(len(b)), size)]
	}
	mime := httphead.Sniff(b)
	if from == 0 {
		if len(t.waiting) > 0 {
			t.waiting[len(t.waiting)-1].requestMIME = mime
		}
		return true
	}
	if t.answer != nil {
		t.answer.responseMIME = mime
	}
	t.told(d, f, from)
	return true
}

// told writes the exchange whose response is known now.
func (t *httpTalk) told(d *Decoder, f *flow, from int) {
	if e := t.answer; from == 1 && e != nil {
		t.answer = nil
		d.emitHTTP(f, e)
	}
}

func (t *httpTalk) head(d *Decoder, f *flow, from int, b []byte, at time.Time) (n int64, more, stop bool) {
	s := &t.sides[from]
	request, response := httphead.Begins(b)
	if b[0] == '\r' || b[0] == '\n' { // left over from what was before
		return 1, false, false
	}
	if !request && !response {
		if s.lost {
			return 0, true, false
		}
		return 0, false, true
	}
	var h httphead.Head
	size, err := httphead.Parse(b, &h)
	switch {
	case errors.Is(err, httphead.ErrMore):
		if s.lost && len(b) < maxStream/2 {
			s.lost = false // it begins one
		}
		return 0, true, false
	case err != nil, (h.Status == 0) != (from == 0):
		return 0, false, !s.lost
	}
	s.lost = false
	if h.Status == 0 {
		t.request(d, f, &h, at)
	} else if t.response(d, f, &h, at) {
		return int64(size), false, true
	}
	return int64(size), false, false
}

func (t *httpTalk) request(d *Decoder, f *flow, h *httphead.Head, at time.Time) {
	if len(t.waiting) == maxRequests {
		d.emitHTTP(f, t.waiting[0])
		t.waiting = t.waiting[1:]
		d.weigh(f, -requestBytes)
	}
	t.waiting = append(t.waiting, &exchange{request: *h, asked: at})
	d.weigh(f, requestBytes+len(h.Target))
	s := &t.sides[0]
	s.first = true
	switch {
	case h.Chunked:
		s.place = inChunk
	case h.Length > 0:
		s.place, s.left = inBody, h.Length
	}
}

// response takes in a response's head, and reports whether the connection goes on as something else.
func (t *httpTalk) response(d *Decoder, f *flow, h *httphead.Head, at time.Time) (stop bool) {
	if h.Status < 200 && h.Status != 101 {
		return false
	}
	t.told(d, f, 1)
	e := &exchange{asked: at}
	if len(t.waiting) > 0 {
		e = t.waiting[0]
		t.waiting = t.waiting[1:]
		d.weigh(f, -requestBytes-len(e.request.Target))
	}
	e.response, e.answered = *h, at
	t.answer = e
	s := &t.sides[1]
	s.first = true
	switch {
	case h.Status == 101, e.request.Method == "CONNECT" && h.Status < 300:
		return true
	case e.request.Method == "HEAD" || h.Status == 204 || h.Status == 304 || h.Length == 0:
		t.told(d, f, 1)
	case h.Chunked:
		s.place = inChunk
	case h.Length > 0:
		s.place, s.left = inBody, h.Length
	default:
		s.place, s.left = inBody, -1
	}
	return false
}

// hole looks for the next head, since where a body ends is not known any more.
func (t *httpTalk) hole(from int) bool {
	t.sides[from] = half{lost: true}
	return true
}

func (t *httpTalk) close(d *Decoder, f *flow) {
	t.told(d, f, 1)
	for _, e := range t.waiting {
		d.emitHTTP(f, e)
	}
	t.waiting = nil
}

func (d *Decoder) emitHTTP(f *flow, e *exchange) {
	q, a := &e.request, &e.response
	o := d.open(f, "packet.http", e.asked)
	o.Raw(`"event.category":["network","web"],"event.type":["protocol","access"]`)
	o.Text("event.action", "http_request")
	if q.Method != "" && a.Status != 0 {
		o.Time("event.start", e.asked)
		o.Time("event.end", e.answered)
		o.Count("event.duration", uint64(max(e.answered.Sub(e.asked), 0)))
	}
	if q.Method != "" {
		o.Text("http.version", q.Version)
		o.Text("http.request.method", q.Method)
		o.Text("url.original", q.Target)
		u := split(q)
		o.Text("url.scheme", "http")
		o.Text("url.domain", u.host)
		if _, err := netip.ParseAddr(u.host); err != nil {
			o.Text("destination.domain", u.host)
		}
		o.Number("url.port", uint64(u.port))
		o.Text("url.path", u.path)
		o.Text("url.query", u.query)
		o.Text("url.extension", u.extension)
		o.Text("user_agent.original", q.UserAgent)
		o.Text("http.request.referrer", q.Referrer)
		o.Text("user.name", q.User)
		o.Text("packet.http.forwarded_for", q.Forwarded)
		if q.Length > 0 {
			o.Number("http.request.body.bytes", uint64(q.Length))
		}
		o.Text("http.request.mime_type", mimeType(e.requestMIME, q.ContentType))
	}
	if a.Status != 0 {
		o.Count("http.response.status_code", uint64(a.Status))
		if a.Length >= 0 {
			o.Count("http.response.body.bytes", uint64(a.Length))
		}
		o.Text("http.response.mime_type", mimeType(e.responseMIME, a.ContentType))
		o.Text("packet.http.server", a.Server)
		o.Text("packet.http.location", a.Location)
	}
	d.emit(&o)
}

// mimeType is what a body shows itself to be, else what it is said to be.
func mimeType(sniffed, told string) string {
	if sniffed != "" {
		return sniffed
	}
	told, _, _ = strings.Cut(told, ";")
	return strings.ToLower(strings.TrimSpace(told))
}

// target is the parts of what a request asks for.
type target struct {
	host, path, query, extension string
	port                         uint16
}

func split(q *httphead.Head) target {
	host, rest := q.Host, q.Target
	if i := strings.Index(rest, "://"); i > 0 && i < 8 && rest[0] != '/' { // to a proxy
		host, rest = rest[i+3:], ""
		if j := strings.IndexAny(host, "/?"); j >= 0 {
			host, rest = host[:j], host[j:]
		}
	} else if q.Method == "CONNECT" {
		host, rest = rest, ""
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	var t target
	t.host = host
	if h, p, ok := cutPort(host); ok {
		t.host, t.port = h, p
	}
	if addr, err := netip.ParseAddr(strings.Trim(t.host, "[]")); err == nil {
		t.host = addr.String()
	}
	t.path, t.query, _ = strings.Cut(rest, "?")
	last := t.path[strings.LastIndexByte(t.path, '/')+1:]
	if i := strings.LastIndexByte(last, '.'); i > 0 && len(last)-i-1 <= 12 {
		t.extension = last[i+1:]
	}
	return t
}

func cutPort(host string) (string, uint16, bool) {
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.HasSuffix(host, "]") || strings.Count(host, ":") > 1 && !strings.HasPrefix(host, "[") {
		return host, 0, false
	}
	port, err := strconv.ParseUint(host[i+1:], 10, 16)
	return host[:i], uint16(port), err == nil
}
