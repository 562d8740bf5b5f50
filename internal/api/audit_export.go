package api

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/isoc-project/isoc/internal/access/audit"
)

// auditPage is how many entries of an export are read at once.
const auditPage = 500

// exportAudit streams entries of one chain as a file. The export is an entry of that chain itself, whoever asks, and the first of the
// file; the first page is read before the answer begins, so that a wrong filter is refused like everywhere.
func (a *API) exportAudit(ctx context.Context, in *struct {
	AuditSelection
	Format string `query:"format" enum:"csv,jsonl" default:"csv"`
}) (*huma.StreamResponse, error) {
	q, err := a.auditQuery(ctx, in.AuditSelection)
	if err != nil {
		return nil, err
	}
	release, err := a.exportSlot()
	if err != nil {
		return nil, err
	}
	asked := map[string]any{"actor": in.Actor, "action": in.Action, "object": in.Object, "from": in.From, "to": in.To, "format": in.Format}
	if err := a.deps.Trail.Record(ctx, q.Tenant, "audit.export", "audit", nil, asked, ""); err != nil {
		release()
		return nil, fmt.Errorf("audit export: %w", err)
	}
	q.Limit = auditPage
	entries, cursor, err := a.deps.Chains.List(ctx, q)
	if err != nil {
		release()
		return nil, err
	}
	q.Cursor = cursor
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer release()
		a.streamAudit(hc, q, entries, in.Format)
	}}, nil
}

// streamAudit writes page after page. What fails on the way ends the file with a line that says so.
func (a *API) streamAudit(hc huma.Context, q audit.Query, entries []audit.Entry, format string) {
	ctx := hc.Context()
	_, w := humago.Unwrap(hc)
	out := &patient{w: w, control: http.NewResponseController(w), most: exportBytes}
	defer out.done()
	kind := "text/csv; charset=utf-8"
	if format == "jsonl" {
		kind = "application/x-ndjson"
	}
	hc.SetHeader("Content-Type", kind)
	hc.SetHeader("Content-Disposition", fmt.Sprintf(`attachment; filename="isoc-audit-%s.%s"`, a.opts.Now().UTC().Format("20060102-150405"), format))
	hc.SetStatus(http.StatusOK)
	file := newAuditFile(out, format)
	for {
		for _, e := range entries {
			file.add(entryBody(e))
		}
		if file.flush() != nil || q.Cursor == "" {
			return // all is written, or nobody reads any more
		}
		if out.full(0) {
			file.cut("the file is full: narrow the time")
			return
		}
		var err error
		if entries, q.Cursor, err = a.deps.Chains.List(ctx, q); err != nil {
			if ctx.Err() == nil {
				a.log.ErrorContext(ctx, "audit export ended early", "request_id", metaFrom(ctx).requestID, "error", err)
			}
			file.cut("the export ended early")
			return
		}
	}
}

// auditFile writes entries as CSV or as JSON lines. The first error of the writer stays and is told by flush.
type auditFile struct {
	out  *bufio.Writer
	rows *csv.Writer // nil for JSON lines
}

func newAuditFile(w io.Writer, format string) *auditFile {
	f := &auditFile{out: bufio.NewWriterSize(w, 64<<10)}
	if format != "jsonl" {
		_, _ = f.out.WriteString("\ufeff") // the mark makes spreadsheets read UTF-8; errors stay in the writer
		f.rows = csv.NewWriter(f.out)
		f.row("seq", "at", "actor", "provider", "action", "object", "reason", "remote", "session", "before", "after", "prev_hash", "hash")
	}
	return f
}

func (f *auditFile) add(e AuditEntry) {
	if f.rows == nil {
		line, err := json.Marshal(e)
		if err == nil {
			_, _ = f.out.Write(append(line, '\n')) // errors stay in the writer
		}
		return
	}
	f.row(strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339Nano), e.Actor, strconv.FormatBool(e.Provider), e.Action, e.Object, e.Reason,
		e.Remote, e.Session, e.Before, e.After, e.PrevHash, e.Hash)
}

func (f *auditFile) row(cells ...string) {
	for i, text := range cells {
		cells[i] = harmless(text)
	}
	_ = f.rows.Write(cells) // errors stay in the writer
}

// cut ends the file with a line that says why not everything is in it.
func (f *auditFile) cut(why string) {
	if f.rows == nil {
		_, _ = fmt.Fprintf(f.out, "{\"isoc.cut\":%q}\n", why) // errors stay in the writer
	} else {
		f.row("cut: " + why)
	}
	_ = f.flush()
}

func (f *auditFile) flush() error {
	if f.rows != nil {
		f.rows.Flush()
	}
	return f.out.Flush()
}
