package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputHEC = "http-hec"
	// maxSeconds bounds the time of an event: the year 2255.
	maxSeconds = 9e9
)

// hecReply is how Splunk answers: a code that its clients look at, and text.
type hecReply struct {
	Text    string `json:"text"`
	Code    int    `json:"code"`
	Invalid *int   `json:"invalid-event-number,omitempty"` // 0 is the first
	// Accepted is ours: how many records of the request are stored, where not all are.
	Accepted *int `json:"accepted,omitempty"`
}

// hec speaks Splunk's HTTP event collector: events, raw lines and health. Acknowledgement channels are not needed, for every
// answer comes after the records are durable, and are refused.
func (h *HTTP) hec(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/services/collector"), "/")
	switch path {
	case "/health", "/health/1.0":
		h.hecHealth(w)
		return
	case "/ack", "/ack/1.0":
		answerHEC(w, http.StatusBadRequest, hecReply{Text: "ACK is disabled", Code: 14})
		return
	case "", "/event", "/event/1.0", "/raw", "/raw/1.0":
	default:
		answerHEC(w, http.StatusNotFound, hecReply{Text: "The requested URL was not found on this server.", Code: 404})
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		answerHEC(w, http.StatusMethodNotAllowed, hecReply{Text: "Method Not Allowed", Code: 405})
		return
	}
	src, err := h.hecSource(r)
	if err != nil {
		refuseHEC(w, r)
		return
	}
	body, free, err := h.bodies.read(w, r)
	if err != nil {
		h.failHEC(w, r, 0, err)
		return
	}
	defer free()
	h.hecStore(w, r, splitHEC(path, body, r, originOf(r, src, inputHEC), h.o.MaxRecords))
}

// hecRequest is a body taken apart. Bad is the first event refused, with the answer that goes with it.
type hecRequest struct {
	most    int // records beyond the first one more are not kept
	recs    []record.Record
	refused int
	bad     *hecReply
}

func (q *hecRequest) refuse(n int, text string, code int) {
	q.refused++
	if q.bad == nil {
		q.bad = &hecReply{Text: text, Code: code, Invalid: &n}
	}
}

func (h *HTTP) hecStore(w http.ResponseWriter, r *http.Request, q *hecRequest) {
	h.o.Intake.Reject(q.refused)
	switch {
	case len(q.recs) > h.o.MaxRecords:
		h.failHEC(w, r, 0, errTooLarge)
		return
	case len(q.recs) == 0 && q.bad == nil:
		answerHEC(w, http.StatusBadRequest, hecReply{Text: "No data", Code: 5})
		return
	}
	stored, err := h.keep(r.Context(), q.recs)
	switch {
	case err != nil:
		h.failHEC(w, r, stored, err)
	case q.bad != nil:
		q.bad.Accepted = &stored
		answerHEC(w, http.StatusBadRequest, *q.bad)
	default:
		answerHEC(w, http.StatusOK, hecReply{Text: "Success", Code: 0})
	}
}

// hecSource authenticates by header or, as Splunk allows, by the query parameter token.
func (h *HTTP) hecSource(r *http.Request) (*collect.Source, error) {
	if r.Header.Get("Authorization") == "" {
		return h.source(r.URL.Query().Get("token"))
	}
	return h.authenticate(r)
}

func (h *HTTP) hecHealth(w http.ResponseWriter) {
	if h.o.Ready() != nil {
		w.Header().Set("Retry-After", "5")
		answerHEC(w, http.StatusServiceUnavailable, hecReply{Text: "HEC is unhealthy, queues are full", Code: 18})
		return
	}
	answerHEC(w, http.StatusOK, hecReply{Text: "HEC is healthy", Code: 17})
}

func splitHEC(path string, body []byte, r *http.Request, from origin, most int) *hecRequest {
	q := &hecRequest{most: most}
	if strings.HasPrefix(path, "/raw") {
		query := r.URL.Query()
		var shared []event.Field
		for _, name := range []string{"host", "source", "sourcetype", "index"} {
			shared = addHEC(shared, name, query.Get(name))
		}
		at := hecTime(query.Get("time"))
		splitHECRaw(q, body, from, shared, at)
		return q
	}
	n := 0
	left := values(body, func(value []byte) {
		q.event(value, n, from)
		n++
	})
	if len(left) > 0 {
		q.refuse(n, "Invalid data format", 6)
	}
	return q
}

func splitHECRaw(q *hecRequest, body []byte, from origin, shared []event.Field, at time.Time) {
	for n := 0; len(body) > 0 && len(q.recs) <= q.most; n++ {
		var raw []byte
		raw, body, _ = bytes.Cut(body, []byte{'\n'})
		raw = bytes.TrimSuffix(raw, []byte{'\r'})
		switch {
		case len(bytes.TrimSpace(raw)) == 0:
		case len(raw) > record.MaxRawBytes:
			q.refuse(n, fmt.Sprintf("Event of %d bytes is larger than %d", len(raw), record.MaxRawBytes), 6)
		default:
			rec := from.record(raw, append([]event.Field(nil), shared...))
			rec.Time = at
			q.recs = append(q.recs, rec)
		}
	}
}

// event takes one event object apart: {"time":…,"host":…,"source":…,"sourcetype":…,"index":…,"event":…,"fields":{…}}.
func (q *hecRequest) event(value []byte, n int, from origin) {
	if len(q.recs) > q.most {
		return
	}
	if !isObject(value) || !validJSON(value) {
		q.refuse(n, "Invalid data format", 6)
		return
	}
	rec := from.record(nil, nil)
	found := false
	members(value, func(name string, v []byte) {
		switch name {
		case "event":
			found = true
			rec.Raw = hecRaw(v)
		case "time":
			rec.Time = hecTime(text(v))
		case "fields":
			if isObject(v) {
				members(v, func(name string, v []byte) { rec.Fields = addLabel(rec.Fields, name, text(v)) })
			}
		case "host", "source", "sourcetype", "index":
			rec.Fields = addHEC(rec.Fields, name, text(v))
		}
	})
	switch {
	case !found:
		q.refuse(n, "Event field is required", 12)
	case len(bytes.TrimSpace(rec.Raw)) == 0:
		q.refuse(n, "Event field cannot be blank", 13)
	case len(rec.Raw) > record.MaxRawBytes:
		q.refuse(n, fmt.Sprintf("Event of %d bytes is larger than %d", len(rec.Raw), record.MaxRawBytes), 6)
	default:
		q.recs = append(q.recs, rec)
	}
}

// hecRaw is the record an event stands for: the text of a string, the JSON of anything else, nothing of null.
func hecRaw(v []byte) []byte {
	if string(v) == "null" {
		return nil
	}
	if v[0] == '"' {
		return []byte(text(v))
	}
	return v
}

// addHEC adds what the envelope says of an event's origin.
func addHEC(fields []event.Field, name, value string) []event.Field {
	if value == "" || value == "null" || len(fields) >= record.MaxFields {
		return fields
	}
	switch name {
	case "host":
		name = event.HostName
	default:
		name = "splunk." + name
	}
	return append(fields, event.Field{Name: name, Value: value})
}

// addLabel adds an indexed field under the sender's own name.
func addLabel(fields []event.Field, name, value string) []event.Field {
	if name == "" || len(name) > 256 || len(fields) >= record.MaxFields {
		return fields
	}
	return append(fields, event.Field{Name: "labels." + name, Value: value})
}

// hecTime reads seconds since 1970 with any fraction; milliseconds are recognised by their size. Zero means none, not readable, or
// beyond what nanoseconds since 1970 can express.
func hecTime(s string) time.Time {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v <= 0 || v > 1e14 || math.IsNaN(v) {
		return time.Time{}
	}
	if v > 1e11 {
		v /= 1000
	}
	if v > maxSeconds {
		return time.Time{}
	}
	whole, fraction := math.Modf(v)
	return time.Unix(int64(whole), int64(math.Round(fraction*1e6))*1000).UTC()
}

func refuseHEC(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("WWW-Authenticate", `Splunk realm="isoc"`)
	if r.Header.Get("Authorization") == "" && r.URL.Query().Get("token") == "" {
		answerHEC(w, http.StatusUnauthorized, hecReply{Text: "Token is required", Code: 2})
		return
	}
	answerHEC(w, http.StatusUnauthorized, hecReply{Text: "Invalid token", Code: 4})
}

func (h *HTTP) failHEC(w http.ResponseWriter, r *http.Request, stored int, err error) {
	f := failureOf(err)
	h.note(r, f, err)
	f.head(w, "application/json")
	reply := hecReply{Text: f.detail, Code: 8}
	switch {
	case errors.Is(err, fault.ErrNotFound):
		reply = hecReply{Text: "Invalid token", Code: 4}
	case f.status == http.StatusForbidden:
		reply = hecReply{Text: "Token disabled", Code: 1}
	case f.status == http.StatusTooManyRequests, f.status == http.StatusServiceUnavailable:
		reply = hecReply{Text: "Server is busy", Code: 9}
	case f.status == http.StatusBadRequest, f.status == http.StatusUnsupportedMediaType:
		reply = hecReply{Text: "Invalid data format", Code: 6}
	}
	if stored > 0 {
		reply.Accepted = &stored
	}
	answerHEC(w, f.status, reply)
}

func answerHEC(w http.ResponseWriter, status int, reply hecReply) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(reply) // the sender is gone: nobody to tell
}
