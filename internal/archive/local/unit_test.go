package local

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
)

func TestRowCutTwiceIsFlaggedOnce(t *testing.T) {
	t.Parallel()
	s := &streams{generation: 1}
	row := []logstorage.Field{{Name: archive.Cut, Value: "true"}}
	for i := range 40 {
		row = append(row, logstorage.Field{Name: fmt.Sprint("f", i), Value: strings.Repeat("x", 60<<10)})
	}
	row, changed := fit(row, s.of(1, "web.access", time.Now()))
	flags := 0
	for _, f := range row {
		if f.Name == archive.Cut {
			flags++
		}
	}
	if !changed || flags != 1 || logstorage.EstimatedJSONRowLen(row) > maxRowBytes {
		t.Errorf("changed %v, flagged %d times, %d bytes", changed, flags, logstorage.EstimatedJSONRowLen(row))
	}
}

func TestStreamAdmitsBoundedNames(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := &streams{generation: 1}
	st := s.of(1, "web.access", now)
	for i := range 3 * maxStreamNames {
		row := []logstorage.Field{{Name: event.Message, Value: "m"}, {Name: fmt.Sprint("n", i), Value: "v"}, {Name: "host.name", Value: "h"}}
		row, changed := fit(row, st)
		wide := i >= maxStreamNames-1 // host.name takes one place
		if changed != wide || row[0].Name != event.Message {
			t.Fatalf("row %d is %v, changed %v", i, row, changed)
		}
		if wide && row[len(row)-1].Value != fmt.Sprintf(`{"n%d":"v"}`, i) {
			t.Fatalf("row %d folds into %v", i, row[len(row)-1])
		}
	}
	if len(st.names) != maxStreamNames {
		t.Errorf("the stream has %d names", len(st.names))
	}
	if s.of(1, "web.access", now.Add(fullStreamLife/2)) != st {
		t.Error("a full stream is replaced too early")
	}
	if next := s.of(1, "web.access", now.Add(2*fullStreamLife)); next == st || next.name == st.name {
		t.Errorf("a full stream is never replaced: %s", next.name)
	}
}

func TestStreamsOfATenantAreBounded(t *testing.T) {
	t.Parallel()
	s := &streams{generation: 1}
	names := map[string]bool{}
	for i := range 3 * maxStreams {
		names[s.of(7, fmt.Sprint("vendor.product", i), time.Now()).name] = true
	}
	for _, bad := range []string{"", "UPPER", "a b", strings.Repeat("x", 65), "é"} {
		names[s.of(7, bad, time.Now()).name] = true
	}
	if len(names) != maxStreams+1 {
		t.Errorf("a tenant has %d streams, want %d", len(names), maxStreams+1)
	}
	if got := s.of(8, "web.access", time.Now()).name; !strings.HasPrefix(got, "web.access/") {
		t.Errorf("another tenant's stream is %s", got)
	}
}

func TestBucketWidthNeedsNoMoreBucketsThanWanted(t *testing.T) {
	t.Parallel()
	for _, span := range []time.Duration{1, time.Second, 7 * time.Minute, 24 * time.Hour, 90 * day, 3650 * day} {
		for _, n := range []int{1, 3, 60, 2000} {
			w := bucketWidth(span, n)
			if w < time.Second || w%time.Second != 0 || span > w*time.Duration(n) {
				t.Errorf("%v in %d buckets of %v", span, n, w)
			}
		}
	}
}

func TestLedgerSurvivesATornLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "accounts")
	if err := os.WriteFile(path, []byte("\n12 30.\n\n7 90"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		l, err := openLedger(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.add(entry{5, 30}); err != nil {
			t.Fatal(err)
		}
		want := []logstorage.TenantID{{AccountID: 5}, {AccountID: 12}}
		if diff := cmp.Diff(want, l.all()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if l.holds(90, l.all()) || !l.holds(30, want[:1]) || l.holds(30, []logstorage.TenantID{{AccountID: 1}}) {
			t.Error("the ledger holds the wrong classes")
		}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClassFoldersAreRecognised(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"class-0030d": 30, "class-3650d": 3650, "class-30d": 0, "class-0000d": 0, "class--030d": 0, "x": 0, "class-0030d.old": 0} {
		if got, ok := classDays(name); got != want && ok {
			t.Errorf("%s is %d, %v", name, got, ok)
		}
	}
}

func TestEngineLinesBecomeRecords(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := &engineLog{log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))}
	for _, line := range []string{"info\tlib/a.go:1\tone\ttwo\n", "warn\tlib/b.go:2\tlow\n", "panic\tlib/c.go:3\tFATAL: x\n", "odd\n"} {
		if n, err := w.Write([]byte(line)); n != len(line) || err != nil {
			t.Errorf("%q: %d, %v", line, n, err)
		}
	}
	want := "level=DEBUG msg=\"one\\ttwo\" engine_level=info place=lib/a.go:1\nlevel=WARN msg=low engine_level=warn place=lib/b.go:2\n" +
		"level=ERROR msg=\"FATAL: x\" engine_level=panic place=lib/c.go:3\nlevel=INFO msg=odd\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBooksNoticeLostRows gives the engine a row it refuses, past the fitting.
func TestBooksNoticeLostRows(t *testing.T) {
	t.Parallel()
	k := &class{days: 7, touched: map[string]struct{}{}}
	if err := setUpEngine(256<<20, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	k.storage = logstorage.MustOpenStorage(filepath.Join(t.TempDir(), "s"), &logstorage.StorageConfig{Retention: 7 * day})
	defer k.storage.MustClose()
	var b books
	b.start([]*class{k})
	rows := logstorage.GetLogRows(nil, nil, nil, nil, "")
	rows.MustAdd(engineTenant(1), time.Now().UnixNano(), []logstorage.Field{{Name: "a", Value: "kept"}}, 0)
	rows.MustAdd(engineTenant(1), time.Now().Add(-30*day).UnixNano(), []logstorage.Field{{Name: "a", Value: "too old"}}, 0)
	k.storage.MustAddRows(rows)
	b.appended.Add(2)
	k.storage.DebugFlush()
	b.close([]*class{k}, slog.New(slog.DiscardHandler))
	if got := b.missing.Load(); got != 1 {
		t.Errorf("%d rows are missed, want 1", got)
	}
	b.close([]*class{k}, slog.New(slog.DiscardHandler))
	if got := b.missing.Load(); got != 1 {
		t.Errorf("a quiet checkpoint misses %d rows", got)
	}
}
