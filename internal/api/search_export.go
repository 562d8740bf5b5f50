package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of one export.
const (
	exportRows    = 100_000
	exportBytes   = 256 << 20
	exportTimeout = 10 * time.Minute
	exportColumns = 200
	exportsAtOnce = 4
	// exportStall bounds how long a reader may take nothing.
	exportStall = 30 * time.Second
)

// ExportRequest asks for events as a file.
type ExportRequest struct {
	Span
	Format string   `json:"format,omitempty" enum:"csv,jsonl" default:"csv"`
	Fields []string `json:"fields,omitempty" maxItems:"200" nullable:"false" doc:"Columns of a CSV, in order; none means every field of the first page. JSON lines always hold whole events."`
	Order  string   `json:"order,omitempty" enum:"newest,oldest" default:"newest"`
}

func (a *API) declareExport() {
	a.exports = make(chan struct{}, exportsAtOnce)
	register(a, operation{
		id: "searchExport", method: http.MethodPost, path: "/api/v1/search/export", tag: "search",
		summary: "Events as CSV or JSON lines, at most 100,000 or 256 MiB; a last line says so where it was cut", timeout: exportTimeout,
	}, named(identity.SearchEvents), a.searchExport)
}

// exportSlot takes one of the few places for exports and returns how to give it back; without a free one it is a [fault.Quota].
func (a *API) exportSlot() (release func(), err error) {
	select {
	case a.exports <- struct{}{}:
		return func() { <-a.exports }, nil
	default:
		return nil, &fault.Quota{What: fmt.Sprintf("%d exports at once", exportsAtOnce), RetryAfter: 10 * time.Second}
	}
}

// searchExport streams what a search finds. The first page is read before the answer begins, so that a wrong query or
// a busy archive is refused like everywhere.
func (a *API) searchExport(ctx context.Context, in *struct{ Body ExportRequest }) (*huma.StreamResponse, error) {
	q, err := a.read(ctx, in.Body.Span)
	if err != nil {
		return nil, err
	}
	release, err := a.exportSlot()
	if err != nil {
		return nil, err
	}
	asked := map[string]any{"query": in.Body.Query, "from": in.Body.From, "to": in.Body.To, "format": in.Body.Format}
	if err := a.auditAsked(ctx, q.tenants, "event.export", asked); err != nil {
		release()
		return nil, err
	}
	// What arrives meanwhile is not part of it.
	if q.to.IsZero() {
		q.to = a.opts.Now().UTC().Add(48 * time.Hour)
	}
	e := &export{api: a, question: q, request: in.Body, slugs: q.slugs(), perTenant: make(map[tenant.ID]int)}
	if len(q.tenants) > 0 {
		if err := e.next(ctx); err != nil {
			release()
			return nil, err
		}
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer release()
		e.stream(hc)
	}}, nil
}

// export is one file on its way.
type export struct {
	api      *API
	question question
	request  ExportRequest
	slugs    map[tenant.ID]string

	page      archive.Result // to be written next
	columns   []string
	rows      int
	bytes     int64
	cut       string // why not everything is in the file; empty where all is
	perTenant map[tenant.ID]int
}

func (e *export) next(ctx context.Context) error {
	s := archive.Search{
		Tenants: ids(e.question.tenants), Query: e.question.query, From: e.question.from, To: e.question.to,
		Limit: archive.MaxLimit, Cursor: e.page.Cursor, Oldest: e.request.Order == "oldest",
	}
	if !e.question.query.Pages() {
		s.Limit = archive.MaxRows
	}
	var err error
	if e.page, err = e.api.deps.Archive.Search(ctx, s); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// stream writes the file page by page and keeps in each customer's chain how much of theirs went out.
func (e *export) stream(hc huma.Context) {
	ctx := hc.Context()
	_, w := humago.Unwrap(hc)
	out := &patient{w: w, control: http.NewResponseController(w), most: exportBytes}
	defer out.done()
	kind, name := "text/csv; charset=utf-8", "csv"
	if e.request.Format == "jsonl" {
		kind, name = "application/x-ndjson", "jsonl"
	}
	hc.SetHeader("Content-Type", kind)
	hc.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="isoc-events-%s.%s"`, e.api.opts.Now().UTC().Format("20060102-150405"), name))
	hc.SetStatus(http.StatusOK)
	err := e.write(ctx, out)
	if err != nil && ctx.Err() == nil {
		e.cut = "error"
		e.api.log.ErrorContext(ctx, "export ended early", "request_id", metaFrom(ctx).requestID, "error", err)
	}
	if e.cut != "" {
		out.most = 0 // this line may always go
		_, _ = io.WriteString(out, e.lastLine())
	}
	e.bytes = out.sent
	// The reader may be gone; what left is kept all the same.
	e.account(context.WithoutCancel(ctx), err)
}

// write writes pages until there are none, or a bound is reached.
func (e *export) write(ctx context.Context, out *patient) error {
	encode := e.jsonLine
	if e.request.Format != "jsonl" {
		var err error
		if encode, err = e.csvHead(out); err != nil {
			return err
		}
	}
	for {
		for i := range e.page.Events {
			if e.rows >= exportRows {
				e.cut = "rows"
				return nil
			}
			line, err := encode(&e.page.Events[i])
			if err != nil {
				return err
			}
			if out.full(len(line)) {
				e.cut = "bytes"
				return nil
			}
			if _, err := out.Write(line); err != nil {
				return err
			}
			e.rows++
			e.perTenant[e.page.Events[i].Tenant]++
		}
		if e.page.Cursor == "" {
			if e.page.Truncated {
				e.cut = "rows"
			}
			return nil
		}
		if err := out.flush(); err != nil {
			return err
		}
		if err := e.next(ctx); err != nil {
			return err
		}
	}
}

// body is the event as every answer of the API has it.
func (e *export) body(ev *event.Event) Event { return eventBody(*ev, e.slugs[ev.Tenant]) }

func (e *export) jsonLine(ev *event.Event) ([]byte, error) {
	line, err := json.Marshal(e.body(ev))
	return append(line, '\n'), err
}

// csvHead writes the names of the columns and returns what encodes a row.
func (e *export) csvHead(out io.Writer) (func(*event.Event) ([]byte, error), error) {
	e.columns = e.request.Fields
	if len(e.columns) == 0 {
		e.columns = e.allColumns()
	}
	var line strings.Builder
	w := csv.NewWriter(&line)
	row := func(cells []string) ([]byte, error) {
		line.Reset()
		if err := w.Write(cells); err != nil {
			return nil, err
		}
		w.Flush()
		return []byte(line.String()), w.Error()
	}
	cells := make([]string, len(e.columns))
	for i, name := range e.columns {
		cells[i] = harmless(name)
	}
	head, err := row(cells)
	if err != nil {
		return nil, err
	}
	// The mark in front makes spreadsheets read UTF-8.
	if _, err := out.Write(append([]byte("\ufeff"), head...)); err != nil {
		return nil, err
	}
	return func(ev *event.Event) ([]byte, error) {
		body := e.body(ev)
		for i, name := range e.columns {
			cells[i] = harmless(cell(body[name]))
		}
		return row(cells)
	}, nil
}

// allColumns are the fields of the first page: time and message first, the rest by name.
func (e *export) allColumns() []string {
	seen := make(map[string]bool)
	for i := range e.page.Events {
		for name := range e.body(&e.page.Events[i]) {
			seen[name] = true
		}
	}
	var columns []string
	for _, name := range []string{event.Timestamp, tenantField, event.Dataset, event.HostName, event.Message} {
		if seen[name] {
			columns = append(columns, name)
			delete(seen, name)
		}
	}
	rest := make([]string, 0, len(seen))
	for name := range seen {
		rest = append(rest, name)
	}
	slices.Sort(rest)
	columns = append(columns, rest...)
	return columns[:min(len(columns), exportColumns)]
}

func cell(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, "\n")
	}
	return ""
}

// harmless keeps a spreadsheet from taking text of a log for a formula.
func harmless(s string) string {
	if s == event.Timestamp { // the one name of ours that looks like one
		return s
	}
	for _, sign := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, sign) {
			return "'" + s
		}
	}
	return s
}

// lastLine says in the file itself that it does not hold everything.
func (e *export) lastLine() string {
	why := map[string]string{
		"rows":  fmt.Sprintf("cut after %d rows", e.rows),
		"bytes": fmt.Sprintf("cut after %d MiB", exportBytes>>20),
		"error": "ended early by an error",
	}[e.cut]
	if e.request.Format == "jsonl" {
		return fmt.Sprintf("{\"isoc.export\":\"%s; narrow the query or the time to get the rest\"}\n", why)
	}
	return fmt.Sprintf("iSOC export: %s; narrow the query or the time to get the rest\n", why)
}

// account keeps how many rows of each customer left, with the question they answer.
func (e *export) account(ctx context.Context, failed error) {
	for _, t := range e.question.tenants {
		done := map[string]any{"query": e.request.Query, "from": e.request.From, "to": e.request.To, "format": e.request.Format}
		switch {
		case e.question.query.Pages():
			done["rows"] = e.perTenant[t.ID]
		case len(e.question.tenants) == 1:
			done["rows"] = e.rows
		}
		if e.cut != "" {
			done["cut"] = e.cut
		}
		if failed != nil {
			done["complete"] = false
		}
		if err := e.api.auditAsked(ctx, []tenancy.Tenant{t}, "event.exported", done); err != nil {
			e.api.log.ErrorContext(ctx, "count of an export not kept", "error", err)
		}
	}
}

// patient writes to a reader that may be slow, but not forever, and counts.
type patient struct {
	w       io.Writer
	control *http.ResponseController
	most    int64
	sent    int64
}

func (p *patient) full(more int) bool { return p.sent+int64(more) > p.most }

// Write gives the reader a new period of patience for each piece.
func (p *patient) Write(b []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(exportStall)) // recorders of tests have none
	n, err := p.w.Write(b)
	p.sent += int64(n)
	return n, err
}

// done takes the deadline back, since the connection may carry further requests.
func (p *patient) done() { _ = p.control.SetWriteDeadline(time.Time{}) }

func (p *patient) flush() error {
	if err := p.control.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
