package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// listener reads server-sent events.
type listener struct {
	lines *bufio.Scanner
}

// listen opens a stream of server-sent events over a real connection, past its first line.
func (w *world) listen(t *testing.T, token, path string) *listener {
	t.Helper()
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+path, nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := srv.Client().Do(req)
	must(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	l := &listener{lines: bufio.NewScanner(res.Body)}
	l.lines.Buffer(nil, 8<<20)
	l.lines.Scan() // says that the stream is open
	return l
}

// next returns the next message.
func (l *listener) next(t *testing.T) (kind, data string) {
	t.Helper()
	for l.lines.Scan() {
		switch line := l.lines.Text(); {
		case strings.HasPrefix(line, "event: "):
			kind = line[len("event: "):]
		case strings.HasPrefix(line, "data: "):
			return kind, line[len("data: "):]
		}
	}
	t.Fatalf("the stream ended: %v", l.lines.Err())
	return "", ""
}

func arriving(c customer, seq uint64, messages ...string) []event.Event {
	var events []event.Event
	for i, m := range messages {
		e := event.Event{Tenant: tenant.ID(c.id), Time: time.Unix(1_700_000_000, 0), ID: eventID(seq, i)}
		e.Add(event.Message, m)
		e.Add("tags", "a")
		e.Add("tags", "b")
		e.Add("empty", "")
		events = append(events, e)
	}
	return events
}

func TestTailShowsWhatArrivesToWhomItBelongs(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	l := w.listen(t, w.one.viewerToken, "/api/v1/search/tail?query="+url.QueryEscape("failed"))
	w.tail.Publish(append(arriving(w.two, 50, "failed at the neighbour"), arriving(w.one, 50, "failed one", "fine", "failed two")...))
	w.tail.Publish(arriving(w.one, 51, "failed three"))
	var got []string
	for len(got) < 3 {
		kind, data := l.next(t)
		var events []api.Event
		must(t, json.Unmarshal([]byte(data), &events))
		for _, ev := range events {
			got = append(got, fmt.Sprint(kind, " ", ev["message"], " ", ev["tags"], " ", ev["isoc.tenant"], " ", ev["empty"]))
		}
	}
	of := " [a b] " + w.one.slug + " <nil>"
	if diff := cmp.Diff([]string{"events failed one" + of, "events failed two" + of, "events failed three" + of}, got); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
}

func TestTailSaysHowManyItLeftOut(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	l := w.listen(t, w.one.viewerToken, "/api/v1/search/tail?")
	const all = 5 * 400
	messages := make([]string, 400)
	for i := range messages {
		messages[i] = fmt.Sprint("flood ", i)
	}
	for i := range 5 {
		w.tail.Publish(arriving(w.one, uint64(60+i), messages...))
	}
	seen, skipped := 0, 0
	for seen+skipped < all {
		switch kind, data := l.next(t); kind {
		case "events":
			var events []api.Event
			must(t, json.Unmarshal([]byte(data), &events))
			seen += len(events)
		case "skipped":
			var n struct{ Count int }
			must(t, json.Unmarshal([]byte(data), &n))
			skipped += n.Count
		}
	}
	if seen+skipped != all || skipped == 0 || seen == 0 {
		t.Fatalf("%d seen and %d skipped of %d", seen, skipped, all)
	}
}

func TestTailEndsInTime(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	l := w.listen(t, w.one.viewerToken, "/api/v1/search/tail?seconds=1")
	if kind, data := l.next(t); kind != "end" || data != `{"reason":"time"}` {
		t.Fatal(kind, data)
	}
}

func TestTailEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	l := w.listen(t, w.one.viewerToken, "/api/v1/search/tail?")
	w.tail.Close()
	for l.lines.Scan() {
		if strings.HasPrefix(l.lines.Text(), "event: ") {
			t.Fatalf("told %q", l.lines.Text())
		}
	}
	must(t, l.lines.Err()) // ended, not cut off
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/search/tail?seconds=1"), http.StatusServiceUnavailable, "unavailable")
}

func TestTailRefusesWhatAnEventInFlightCannotAnswer(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for _, q := range []string{"a | stats count()", "_time:5m", "u:in(a | fields u)", "a |"} {
		wrong(t, w.viewerOf(w.one).send(t, http.MethodGet, "/api/v1/search/tail?seconds=1&query="+url.QueryEscape(q), nil), http.StatusUnprocessableEntity, "query")
	}
	wrong(t, w.viewerOf(w.one).send(t, http.MethodGet, "/api/v1/search/tail?seconds=1&tenants="+w.two.slug, nil), http.StatusNotFound, "not_found")
}

func TestOneUserHasFewTails(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for range 4 {
		w.listen(t, w.one.viewerToken, "/api/v1/search/tail?")
	}
	wrong(t, w.viewerOf(w.one).send(t, http.MethodGet, "/api/v1/search/tail?seconds=1", nil), http.StatusTooManyRequests, "quota")
	w.listen(t, w.two.viewerToken, "/api/v1/search/tail?")
}

// waiting is an archive whose search waits until its caller gives up.
type waiting struct {
	api.Archive
	asked, left chan struct{}
}

func (a waiting) Search(ctx context.Context, _ archive.Search) (archive.Result, error) {
	close(a.asked)
	<-ctx.Done()
	close(a.left)
	return archive.Result{}, ctx.Err()
}

// tired is an archive whose search takes longer than it may.
type tired struct{ api.Archive }

func (tired) Search(context.Context, archive.Search) (archive.Result, error) {
	return archive.Result{}, fmt.Errorf("too long: %w", errors.Join(fault.ErrUnavailable, context.DeadlineExceeded))
}

func TestSearchThatTakesTooLongSaysSo(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.deps.Archive = tired{w.archive}
	w.serve(t, api.Options{})
	wrong(t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": "*"}), http.StatusGatewayTimeout, "timeout")
}

func TestSearchEndsWhenItsCallerGivesUp(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	slow := waiting{w.archive, make(chan struct{}), make(chan struct{})}
	w.deps.Archive = slow
	w.serve(t, api.Options{})
	srv := httptest.NewServer(w)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-slow.asked
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL+"/api/v1/search", strings.NewReader(`{"query":"*"}`))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+w.one.viewerToken)
	req.Header.Set("Content-Type", "application/json")
	if res, err := srv.Client().Do(req); err == nil {
		_ = res.Body.Close()
		t.Fatal("answered")
	}
	select {
	case <-slow.left:
	case <-time.After(30 * time.Second):
		t.Fatal("the archive still works for a caller who is gone")
	}
}
