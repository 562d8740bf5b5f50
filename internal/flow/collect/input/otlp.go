package input

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputOTLP = "otlp-http"
	// maxOTLPEntry is the largest log record looked into, still packed: what it says must fit [record.MaxRawBytes] in the end.
	maxOTLPEntry = 4 * record.MaxRawBytes
	// maxOTLPFields bounds the fields of one request's records together, beside those that records share with their resource.
	maxOTLPFields = 1_000_000
	maxOTLPDepth  = 64
)

// otlpRequest is a request for export taken apart.
type otlpRequest struct {
	from    origin
	most    int // records beyond the first one more are not kept
	fields  int // made so far
	recs    []record.Record
	refused int
	why     string // the first record was refused
}

func (q *otlpRequest) full() bool { return len(q.recs) > q.most || q.fields > maxOTLPFields }

func (q *otlpRequest) refuse(why string) {
	if q.refused++; q.why == "" {
		q.why = why
	}
}

// otlpEntry is a log record, whichever way it was packed.
type otlpEntry struct {
	time, observed uint64 // nanoseconds since 1970
	severity       uint64
	level          string
	body           []byte // text as it is, anything else as JSON
	attributes     []event.Field
	name           string
	trace, span    string
}

// add makes a record of an entry. Its own attributes come before those of its resource, which is what the pipeline wants where both
// have a name. An entry without a body is its attributes, as JSON.
func (q *otlpRequest) add(e *otlpEntry, shared []event.Field) {
	own := e.attributes
	if len(e.body) == 0 && len(own) > 0 {
		e.body, own = attributesJSON(own), nil
	}
	switch {
	case len(e.body) == 0:
		q.refuse("a log record has neither body nor attributes")
		return
	case len(e.body) > record.MaxRawBytes:
		q.refuse(fmt.Sprintf("the body of a log record is larger than %d bytes", record.MaxRawBytes))
		return
	}
	own = addOTLP(own, "log.level", e.level)
	if e.severity > 0 && e.severity <= 24 {
		own = addOTLP(own, event.Severity, strconv.FormatUint(e.severity, 10))
		if e.level == "" {
			own = addOTLP(own, "log.level", [...]string{"trace", "debug", "info", "warn", "error", "fatal"}[(e.severity-1)/4])
		}
	}
	own = addOTLP(own, "event.name", e.name)
	own = addOTLP(own, "trace.id", e.trace)
	own = addOTLP(own, "span.id", e.span)
	fields := shared[:len(shared):len(shared)]
	if len(own) > 0 {
		fields = append(own, shared...)
		q.fields += len(fields)
	}
	rec := q.from.record(e.body, fields)
	if e.time == 0 {
		e.time = e.observed
	}
	if e.time > 0 && e.time <= maxSeconds*uint64(time.Second) {
		rec.Time = time.Unix(0, int64(e.time)).UTC()
	}
	q.recs = append(q.recs, rec)
}

// addOTLP adds a field, unless it says nothing. One more than a record may have is kept, so that the intake sees that there were.
func addOTLP(fields []event.Field, name, value string) []event.Field {
	if name == "" || value == "" || len(name) > 256 || len(fields) > record.MaxFields {
		return fields
	}
	return append(fields, event.Field{Name: name, Value: value})
}

func attributesJSON(fields []event.Field) []byte {
	dst := []byte{'{'}
	for i, f := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSON(dst, f.Name), ':')
		dst = appendJSON(dst, f.Value)
	}
	return append(dst, '}')
}

// otlp takes logs in over OTLP/HTTP, as protobuf or JSON.
func (h *HTTP) otlp(w http.ResponseWriter, r *http.Request) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	a := otlpAnswer{w: w, json: kind == "application/json"}
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		a.fail(failure{status: http.StatusMethodNotAllowed, detail: "use POST"})
		return
	case kind != "application/json" && kind != "application/x-protobuf":
		a.fail(failure{status: http.StatusUnsupportedMediaType, detail: "content types are application/x-protobuf and application/json"})
		return
	}
	fail := func(err error) {
		f := failureOf(err)
		h.note(r, f, err)
		a.fail(f)
	}
	src, err := h.authenticate(r)
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="isoc"`)
		fail(err)
		return
	}
	body, free, err := h.bodies.read(w, r)
	if err != nil {
		fail(err)
		return
	}
	defer free()
	q := &otlpRequest{from: originOf(r, src, inputOTLP), most: h.o.MaxRecords}
	decode := q.protobuf
	if a.json {
		decode = q.json
	}
	if err := h.keepOTLP(r.Context(), q, decode, body); err != nil {
		fail(err)
		return
	}
	a.done(q)
}

// keepOTLP takes the body apart and makes its records durable.
func (h *HTTP) keepOTLP(ctx context.Context, q *otlpRequest, decode func([]byte) error, body []byte) error {
	if err := decode(body); err != nil {
		h.o.Intake.Reject(1)
		return err
	}
	h.o.Intake.Reject(q.refused)
	if q.full() {
		return errTooLarge
	}
	_, err := h.keep(ctx, q.recs)
	return err
}

// otlpAnswer answers in the encoding of the question, as the protocol asks.
type otlpAnswer struct {
	w    http.ResponseWriter
	json bool
}

// done answers with what was refused, which the sender must not send again.
func (a otlpAnswer) done(q *otlpRequest) {
	if !a.json {
		a.write(http.StatusOK, q.reply())
		return
	}
	out := map[string]any{}
	if q.refused > 0 {
		out["partialSuccess"] = map[string]string{"rejectedLogRecords": strconv.Itoa(q.refused), "errorMessage": q.why}
	}
	text, _ := json.Marshal(out) // of texts alone
	a.write(http.StatusOK, text)
}

// reply is an ExportLogsServiceResponse.
func (q *otlpRequest) reply() []byte {
	if q.refused == 0 {
		return nil
	}
	var partial []byte
	partial = protowire.AppendVarint(protowire.AppendTag(partial, 1, protowire.VarintType), uint64(q.refused))
	partial = protowire.AppendString(protowire.AppendTag(partial, 2, protowire.BytesType), q.why)
	return protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), partial)
}

// fail answers with a google.rpc.Status.
func (a otlpAnswer) fail(f failure) {
	f.head(a.w, "")
	code := grpcCode(f.status)
	if a.json {
		text, _ := json.Marshal(map[string]any{"code": code, "message": f.detail}) // always marshals
		a.write(f.status, text)
		return
	}
	var out []byte
	out = protowire.AppendVarint(protowire.AppendTag(out, 1, protowire.VarintType), uint64(code))
	a.write(f.status, protowire.AppendString(protowire.AppendTag(out, 2, protowire.BytesType), f.detail))
}

func (a otlpAnswer) write(status int, body []byte) {
	kind := "application/x-protobuf"
	if a.json {
		kind = "application/json"
	}
	a.w.Header().Set("Content-Type", kind)
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body) // the sender is gone: nobody to tell
}
