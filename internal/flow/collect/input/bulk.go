package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputBulk = "http-bulk"
	// bulkIndex is the field that keeps the index a document was sent to.
	bulkIndex        = "elasticsearch.index"
	maxActionBytes   = 16 << 10
	maxIndexBytes    = 256
	maxDocumentIDLen = 512
)

// bulkItem is one action of a bulk request and what became of it.
type bulkItem struct {
	action string // "index", "create", "update", "delete"; "index" for a line that is no action
	index  string
	id     string
	status int
	kind   string // Elasticsearch's name of the error, empty for none
	reason string
}

// bulkRequest is a bulk body taken apart: recs[i] belongs to items[of[i]].
type bulkRequest struct {
	items []bulkItem
	recs  []record.Record
	of    []int
}

// bulk speaks Elasticsearch's _bulk: pairs of an action line and a document line. A document becomes a record exactly as it
// was sent. Events are only ever added: index and create are the same, update and delete are refused item by item.
func (h *HTTP) bulk(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		w.Header().Set("Allow", "POST, PUT")
		writeElasticError(w, failure{status: http.StatusMethodNotAllowed, detail: "use POST or PUT"})
		return
	}
	src, err := h.authenticate(r)
	if err != nil {
		h.failElastic(w, r, err)
		return
	}
	body, free, err := h.bodies.read(w, r)
	if err != nil {
		h.failElastic(w, r, err)
		return
	}
	defer free()
	b := splitBulk(body, pathIndex(r), originOf(r, src, inputBulk), h.o.MaxRecords)
	if len(b.items) > h.o.MaxRecords {
		h.failElastic(w, r, errTooLarge)
		return
	}
	h.o.Intake.Reject(len(b.items) - len(b.recs))
	if len(b.recs) == 0 && !b.understood() {
		writeElasticError(w, failure{status: http.StatusBadRequest, title: "illegal_argument_exception", detail: b.complaint()})
		return
	}
	stored, err := h.keep(r.Context(), b.recs)
	if err != nil && stored == 0 {
		h.failElastic(w, r, err)
		return
	}
	b.settle(stored)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b.reply(time.Since(start))) // the sender is gone: nobody to tell
}

// pathIndex is the index a request names for documents whose action names none.
func pathIndex(r *http.Request) string {
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), "/_bulk")
	if name == "_bulk" || len(name) > maxIndexBytes {
		return ""
	}
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

// splitBulk takes a body apart. It stops at the first item beyond most: an item takes a hundred times the memory of its shortest lines.
func splitBulk(body []byte, index string, from origin, most int) *bulkRequest {
	pairs := min(bytes.Count(body, []byte{'\n'})/2, most) + 1
	b := &bulkRequest{items: make([]bulkItem, 0, pairs), recs: make([]record.Record, 0, pairs), of: make([]int, 0, pairs)}
	var p fastjson.Parser
	next := func() (line []byte, ok bool) {
		if len(body) == 0 {
			return nil, false
		}
		line, body, _ = bytes.Cut(body, []byte{'\n'})
		return bytes.TrimSuffix(line, []byte{'\r'}), true
	}
	for number := 1; len(b.items) <= most; number++ {
		line, ok := next()
		if !ok {
			break
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		item, ok := parseAction(&p, line, index)
		if !ok {
			b.refuse(bulkItem{action: "index", index: index}, "illegal_argument_exception", fmt.Sprintf("Malformed action/metadata line [%d]", number))
			continue
		}
		if item.action == "delete" {
			b.refuse(item, "illegal_argument_exception", fmt.Sprintf("line [%d]: events cannot be deleted", number))
			continue
		}
		doc, ok := next()
		number++
		b.document(item, doc, ok, number, from)
	}
	return b
}

func (b *bulkRequest) document(item bulkItem, doc []byte, ok bool, number int, from origin) {
	switch {
	case !ok:
		b.refuse(item, "illegal_argument_exception", fmt.Sprintf("line [%d]: the document is missing", number))
	case item.action == "update":
		b.refuse(item, "illegal_argument_exception", fmt.Sprintf("line [%d]: events cannot be updated", number))
	case len(doc) > record.MaxRawBytes:
		b.refuse(item, "illegal_argument_exception", fmt.Sprintf("line [%d]: document of %d bytes is larger than %d", number, len(doc), record.MaxRawBytes))
	case !isObject(bytes.TrimSpace(doc)) || !validJSON(doc):
		b.refuse(item, "document_parsing_exception", fmt.Sprintf("line [%d]: not a JSON object", number))
	default:
		var fields []event.Field
		if item.index != "" {
			fields = []event.Field{{Name: bulkIndex, Value: item.index}}
		}
		b.of = append(b.of, len(b.items))
		b.recs = append(b.recs, from.record(doc, fields))
		b.items = append(b.items, item)
	}
}

func (b *bulkRequest) refuse(item bulkItem, kind, reason string) {
	item.status, item.kind, item.reason = http.StatusBadRequest, kind, reason
	b.items = append(b.items, item)
}

// parseAction reads {"create":{"_index":"…","_id":"…"}}.
func parseAction(p *fastjson.Parser, line []byte, index string) (bulkItem, bool) {
	if len(line) > maxActionBytes {
		return bulkItem{}, false
	}
	v, err := p.ParseBytes(line)
	if err != nil {
		return bulkItem{}, false
	}
	o, err := v.Object()
	if err != nil || o.Len() != 1 {
		return bulkItem{}, false
	}
	var item bulkItem
	ok := false
	o.Visit(func(key []byte, meta *fastjson.Value) {
		switch string(key) {
		case "index", "create", "update", "delete":
			ok = meta.Type() == fastjson.TypeObject
			item = bulkItem{action: string(key), index: index, id: bounded(meta.GetStringBytes("_id"), maxDocumentIDLen)}
			if name := bounded(meta.GetStringBytes("_index"), maxIndexBytes); name != "" {
				item.index = name
			}
		}
	})
	return item, ok
}

func bounded(b []byte, n int) string { return string(b[:min(len(b), n)]) }

// understood reports whether any line was an action.
func (b *bulkRequest) understood() bool {
	for _, item := range b.items {
		if item.kind != "illegal_argument_exception" || !strings.HasPrefix(item.reason, "Malformed") {
			return true
		}
	}
	return false
}

func (b *bulkRequest) complaint() string {
	if len(b.items) == 0 {
		return "request body is required"
	}
	return b.items[0].reason
}

// settle says of every document whether it is stored; those that are not may be sent again.
func (b *bulkRequest) settle(stored int) {
	for i, n := range b.of {
		item := &b.items[n]
		if i < stored {
			item.status = http.StatusCreated
			continue
		}
		item.status, item.kind, item.reason = http.StatusTooManyRequests, "es_rejected_execution_exception", "the queue is full, send it again"
	}
}

func (b *bulkRequest) reply(took time.Duration) []byte {
	out := make([]byte, 0, 64+192*len(b.items))
	out = append(out, `{"took":`...)
	out = strconv.AppendInt(out, took.Milliseconds(), 10)
	out = append(out, `,"errors":`...)
	out = strconv.AppendBool(out, b.failed())
	out = append(out, `,"items":[`...)
	for i := range b.items {
		if i > 0 {
			out = append(out, ',')
		}
		out = b.items[i].append(out, i)
	}
	return append(out, `]}`...)
}

func (b *bulkRequest) failed() bool {
	for i := range b.items {
		if b.items[i].kind != "" {
			return true
		}
	}
	return false
}

func (i *bulkItem) append(out []byte, n int) []byte {
	out = append(out, `{"`...)
	out = append(out, i.action...)
	out = append(out, `":{"_index":`...)
	out = appendJSON(out, i.index)
	out = append(out, `,"_id":`...)
	if i.id != "" {
		out = appendJSON(out, i.id)
	} else {
		out = append(out, `"isoc-`...)
		out = strconv.AppendInt(out, int64(n), 10)
		out = append(out, '"')
	}
	if i.kind == "" {
		return append(out, `,"_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":0,"_primary_term":1,"status":201}}`...)
	}
	out = append(out, `,"status":`...)
	out = strconv.AppendInt(out, int64(i.status), 10)
	out = append(out, `,"error":{"type":`...)
	out = appendJSON(out, i.kind)
	out = append(out, `,"reason":`...)
	out = appendJSON(out, i.reason)
	return append(out, `}}}`...)
}

func (h *HTTP) failElastic(w http.ResponseWriter, r *http.Request, err error) {
	f := failureOf(err)
	h.note(r, f, err)
	switch {
	case errors.Is(err, fault.ErrUnauthenticated):
		f.title = "security_exception"
		w.Header().Set("WWW-Authenticate", `ApiKey, Basic realm="isoc"`)
	case f.status == http.StatusTooManyRequests, f.status == http.StatusServiceUnavailable:
		f.title = "es_rejected_execution_exception"
	}
	writeElasticError(w, f)
}

// writeElasticError answers in the shape Elasticsearch's clients look for.
func writeElasticError(w http.ResponseWriter, f failure) {
	if f.title == "" {
		f.title = "illegal_argument_exception"
	}
	f.head(w, "application/json")
	w.WriteHeader(f.status)
	cause := map[string]any{"type": f.title, "reason": f.detail}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"error":  map[string]any{"root_cause": []any{cause}, "type": f.title, "reason": f.detail},
		"status": f.status,
	})
}
