package input

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputRaw = "http-raw"
	// maxListed bounds the rejected records an answer names; rejected_total counts them all.
	maxListed = 100
)

// rawReply is the answer to /ingest/raw. With an error it is a problem document (RFC 9457) that carries the same members.
type rawReply struct {
	Type     string        `json:"type,omitempty"`
	Title    string        `json:"title,omitempty"`
	Status   int           `json:"status,omitempty"`
	Detail   string        `json:"detail,omitempty"`
	Accepted int           `json:"accepted"`
	Rejected []rejectedRaw `json:"rejected"`
	Total    int           `json:"rejected_total,omitempty"`

	tooLarge int // of the rejected
}

type rejectedRaw struct {
	Line   int    `json:"line"` // 1 is the first; of a JSON array, the element
	Reason string `json:"reason"`
}

func (p *rawReply) reject(line int, reason string) {
	p.Total++
	if len(p.Rejected) < maxListed {
		p.Rejected = append(p.Rejected, rejectedRaw{line, reason})
	}
}

// raw takes one record a line. With Content-Type application/x-ndjson every line must be JSON; with application/json the body is one
// or more JSON values or arrays of them, each value a record.
func (h *HTTP) raw(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		w.Header().Set("Allow", "POST, PUT")
		h.answerRaw(w, rawReply{Status: http.StatusMethodNotAllowed, Detail: "use POST"})
		return
	}
	src, err := h.authenticate(r)
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="isoc"`)
		h.failRaw(w, r, rawReply{}, err)
		return
	}
	body, free, err := h.bodies.read(w, r)
	if err != nil {
		h.failRaw(w, r, rawReply{}, err)
		return
	}
	defer free()
	var reply rawReply
	recs := splitRaw(body, r.Header.Get("Content-Type"), originOf(r, src, inputRaw), &reply, h.o.MaxRecords)
	h.o.Intake.Reject(reply.Total)
	if len(recs) > h.o.MaxRecords {
		h.failRaw(w, r, rawReply{}, errTooLarge)
		return
	}
	if reply.Accepted, err = h.keep(r.Context(), recs); err != nil {
		h.failRaw(w, r, reply, err)
		return
	}
	switch {
	case reply.Total > 0 && reply.Accepted == 0 && reply.tooLarge == reply.Total:
		reply.Status, reply.Detail = http.StatusRequestEntityTooLarge, "every record is too large"
	case reply.Total > 0:
		reply.Status, reply.Detail = http.StatusBadRequest, fmt.Sprintf("%d of %d records were refused; the others are stored", reply.Total, reply.Total+reply.Accepted)
	}
	h.answerRaw(w, reply)
}

// splitRaw cuts a body into records and notes the ones it refuses. It stops at the first record beyond most: a record takes a
// hundred times the memory of a line of one byte.
func splitRaw(body []byte, contentType string, from origin, reply *rawReply, most int) []record.Record {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "application/json" {
		return splitJSON(body, from, reply, most)
	}
	ndjson := kind == "application/x-ndjson" || kind == "application/ndjson" || kind == "application/jsonl"
	recs := make([]record.Record, 0, min(bytes.Count(body, []byte{'\n'}), most)+1)
	left := linesOf(body)
	for line := 1; len(recs) <= most; line++ {
		raw, more := left.next()
		if !more {
			break
		}
		switch {
		case len(bytes.TrimSpace(raw)) == 0:
		case len(raw) > record.MaxRawBytes:
			reply.tooLarge++
			reply.reject(line, fmt.Sprintf("record of %d bytes is larger than %d", len(raw), record.MaxRawBytes))
		case ndjson && !validJSON(raw):
			reply.reject(line, "not valid JSON")
		default:
			recs = append(recs, from.record(raw, nil))
		}
	}
	return recs
}

func splitJSON(body []byte, from origin, reply *rawReply, most int) []record.Record {
	var recs []record.Record
	n := 0
	each := func(value []byte) {
		n++
		switch {
		case len(recs) > most:
		case len(value) > record.MaxRawBytes:
			reply.tooLarge++
			reply.reject(n, fmt.Sprintf("record of %d bytes is larger than %d", len(value), record.MaxRawBytes))
		case !validJSON(value):
			reply.reject(n, "not valid JSON")
		default:
			recs = append(recs, from.record(value, nil))
		}
	}
	if rest := values(body, each); len(rest) > 0 {
		reply.reject(n+1, "not valid JSON: it has no end")
	}
	return recs
}

// values calls fn for each JSON value in a row and for each element of the arrays among them (not of arrays in arrays),
// and returns what is left over.
func values(data []byte, fn func([]byte)) []byte {
	return eachValue(data, func(value []byte) {
		if value[0] != '[' || len(value) == 1 {
			fn(value)
			return
		}
		if left := eachValue(value[1:len(value)-1], fn); len(left) > 0 {
			fn(left)
		}
	})
}

func eachValue(data []byte, fn func([]byte)) (left []byte) {
	for {
		value, rest, ok := nextValue(data)
		if !ok {
			return skipBlank(data)
		}
		fn(value)
		data = rest
	}
}

func (h *HTTP) failRaw(w http.ResponseWriter, r *http.Request, reply rawReply, err error) {
	f := failureOf(err)
	h.note(r, f, err)
	reply.Status, reply.Detail = f.status, f.detail
	f.head(w, "application/problem+json")
	h.answerRaw(w, reply)
}

func (h *HTTP) answerRaw(w http.ResponseWriter, reply rawReply) {
	contentType, status := "application/json", http.StatusOK
	if reply.Status != 0 {
		contentType, status = "application/problem+json", reply.Status
		reply.Type, reply.Title = "about:blank", http.StatusText(reply.Status)
	}
	if reply.Rejected == nil {
		reply.Rejected = []rejectedRaw{}
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(reply) // the sender is gone: nobody to tell
}
