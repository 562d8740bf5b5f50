// Package httphead reads the heads of HTTP/1 requests and responses as they stand on the wire, whatever is wrong with them.
package httphead

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
)

// Errors of reading.
var (
	// ErrMore says that a head is not whole yet.
	ErrMore = errors.New("a head of HTTP that is not whole")
	// ErrMalformed says that bytes are no head.
	ErrMalformed = errors.New("no head of HTTP")
)

const (
	maxFields = 128
	maxTarget = 8 << 10
	maxValue  = 1 << 10
)

// Head is the head of a request or of a response.
type Head struct {
	Method, Target string // of a request
	Status         int    // of a response
	Version        string // "1.1"

	Host, UserAgent, Referrer, ContentType string
	Forwarded                              string // X-Forwarded-For
	Server, Location                       string
	User                                   string // of basic authentication; never the password
	Length                                 int64  // of the body as told, -1 where it is not
	Chunked, Upgrade                       bool
}

// methods are those that are known to begin a request.
var methods = []string{
	"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK",
	"SEARCH", "REPORT", "MKCALENDAR", "ACL", "BIND", "UNBIND", "REBIND", "LINK", "UNLINK", "PURGE", "MERGE", "CHECKOUT", "MKACTIVITY", "SOURCE", "DEBUG",
	"RPC_IN_DATA", "RPC_OUT_DATA", "BITS_POST", "CCM_POST", "SUBSCRIBE", "UNSUBSCRIBE", "NOTIFY", "M-SEARCH", "TRACK", "PRI",
}

// Begins reports whether bytes begin, as far as they go, like a request or a response.
func Begins(b []byte) (request, response bool) {
	if len(b) == 0 {
		return false, false
	}
	const version = "HTTP/1."
	if n := min(len(b), len(version)); string(b[:n]) == version[:n] {
		return false, true
	}
	for _, m := range methods {
		if n := min(len(b), len(m)); string(b[:n]) == m[:n] && (len(b) <= len(m) || b[len(m)] == ' ') {
			return true, false
		}
	}
	return false, false
}

// Parse reads the head that b begins with and returns its length.
func Parse(b []byte, h *Head) (n int, err error) {
	*h = Head{Length: -1}
	line, n, ok := cutLine(b, 0)
	if !ok {
		return 0, ErrMore
	}
	if err := h.start(line); err != nil {
		return 0, err
	}
	for range maxFields {
		field, next, ok := cutLine(b, n)
		if !ok {
			return 0, ErrMore
		}
		n = next
		if len(field) == 0 {
			return n, nil
		}
		if name, value, ok := bytes.Cut(field, []byte{':'}); ok {
			h.field(name, bytes.TrimSpace(value))
		}
	}
	for { // what is beyond is read over
		field, next, ok := cutLine(b, n)
		if !ok {
			return 0, ErrMore
		}
		if n = next; len(field) == 0 {
			return n, nil
		}
	}
}

// cutLine returns the line at an offset and where the next begins. A bare line feed ends a line too.
func cutLine(b []byte, at int) (line []byte, next int, ok bool) {
	i := bytes.IndexByte(b[at:], '\n')
	if i < 0 {
		return nil, at, false
	}
	return bytes.TrimSuffix(b[at:at+i], []byte{'\r'}), at + i + 1, true
}

func (h *Head) start(line []byte) error {
	if rest, ok := bytes.CutPrefix(line, []byte("HTTP/")); ok {
		version, rest, _ := bytes.Cut(rest, []byte{' '})
		code, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte{' '})
		status, err := strconv.Atoi(string(code))
		if err != nil || status < 100 || status > 999 || len(version) > 3 {
			return ErrMalformed
		}
		h.Status, h.Version = status, string(version)
		return nil
	}
	method, rest, ok := bytes.Cut(line, []byte{' '})
	if !ok || len(method) == 0 || len(method) > 32 {
		return ErrMalformed
	}
	for _, c := range method {
		if (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return ErrMalformed
		}
	}
	target := rest
	if i := bytes.LastIndex(rest, []byte(" HTTP/")); i >= 0 && len(rest)-i <= len(" HTTP/1.1") {
		target, h.Version = rest[:i], string(rest[i+len(" HTTP/"):])
	} else if string(method) != "GET" {
		return ErrMalformed // only HTTP/0.9 has no version, and only GET
	}
	h.Method, h.Target = string(method), clip(target, maxTarget)
	return nil
}

func (h *Head) field(name, value []byte) {
	text := func(to *string, most int) {
		if *to == "" {
			*to = clip(value, most)
		}
	}
	switch len(name) { // few headers matter: their lengths tell most apart
	case 4:
		if is(name, "host") {
			text(&h.Host, 255)
		}
	case 6:
		if is(name, "server") {
			text(&h.Server, maxValue)
		}
	case 7:
		switch {
		case is(name, "referer"):
			text(&h.Referrer, 2*maxValue)
		case is(name, "upgrade"):
			h.Upgrade = true
		}
	case 8:
		if is(name, "location") {
			text(&h.Location, 2*maxValue)
		}
	case 10:
		if is(name, "user-agent") {
			text(&h.UserAgent, maxValue)
		}
	case 12:
		if is(name, "content-type") {
			text(&h.ContentType, 255)
		}
	case 13:
		if is(name, "authorization") {
			h.User = basic(value)
		}
	case 14:
		if is(name, "content-length") {
			if n, err := strconv.ParseInt(string(value), 10, 64); err == nil && n >= 0 && n < 1<<50 {
				h.Length = n
			}
		}
	case 15:
		if is(name, "x-forwarded-for") {
			text(&h.Forwarded, 255)
		}
	case 17:
		if is(name, "transfer-encoding") && strings.Contains(strings.ToLower(string(value)), "chunked") {
			h.Chunked = true
		}
	}
}

// is compares a header's name with one in small letters.
func is(name []byte, small string) bool {
	for i, c := range name {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != small[i] {
			return false
		}
	}
	return true
}

func clip(b []byte, most int) string { return string(b[:min(len(b), most)]) }

// basic returns the user of basic authentication.
func basic(value []byte) string {
	scheme, code, ok := bytes.Cut(value, []byte{' '})
	if !ok || !strings.EqualFold(string(scheme), "basic") || len(code) > maxValue {
		return ""
	}
	plain, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(code)))
	if err != nil {
		return ""
	}
	user, _, ok := bytes.Cut(plain, []byte{':'})
	if !ok {
		return ""
	}
	return clip(user, 255)
}

// Chunk reads the line before a chunk of a body: the size of what follows it, without the line's end after, and the length of the line. It returns
// [ErrMore] where the line is not whole.
func Chunk(b []byte) (size int64, n int, err error) {
	line, n, ok := cutLine(b, 0)
	if !ok {
		if len(b) > 4<<10 {
			return 0, 0, ErrMalformed
		}
		return 0, 0, ErrMore
	}
	if i := bytes.IndexByte(line, ';'); i >= 0 {
		line = line[:i]
	}
	size, err = strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
	if err != nil || size < 0 || size > 1<<50 {
		return 0, 0, ErrMalformed
	}
	return size, n, nil
}

// Sniff tells the type of a body by how it begins, where that is sure; else it is empty.
func Sniff(b []byte) string {
	for _, m := range [...]struct{ magic, mime string }{
		{"MZ", "application/x-dosexec"},
		{"\x7fELF", "application/x-executable"},
		{"\xcf\xfa\xed\xfe", "application/x-mach-o-executable"},
		{"\xca\xfe\xba\xbe", "application/java-archive"},
		{"%PDF-", "application/pdf"},
		{"PK\x03\x04", "application/zip"},
		{"Rar!\x1a\x07", "application/x-rar"},
		{"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
		{"\x89PNG\r\n\x1a\n", "image/png"},
		{"\xff\xd8\xff", "image/jpeg"},
		{"GIF8", "image/gif"},
		{"#!", "text/x-shellscript"},
		{"MSCF", "application/vnd.ms-cab-compressed"},
		{"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"},
	} {
		if len(b) >= len(m.magic) && string(b[:len(m.magic)]) == m.magic {
			return m.mime
		}
	}
	return ""
}
