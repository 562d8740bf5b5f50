package queue_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
)

func TestMarksComeBackWithTheRecordsTheyStandFor(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := open(t, queue.Options{Dir: dir})
	for i := range 5 {
		for _, key := range []string{"file/a", "file/b", "kafka/x"} {
			m := record.Mark{Key: key, Value: fmt.Sprintf("%d {of} it", i)}
			if err := q.PublishMarked(t.Context(), records(key, 3), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := q.Publish(t.Context(), records("plain", 1)); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"file/a": "4 {of} it", "file/b": "4 {of} it"}
	if d := cmp.Diff(want, q.Marks("file/")); d != "" {
		t.Fatal(d)
	}
	// From the messages alone.
	_ = q.Close()
	q = open(t, queue.Options{Dir: dir})
	if d := cmp.Diff(want, q.Marks("file/")); d != "" {
		t.Fatal(d)
	}
	// From the snapshot, once the messages are gone.
	if got, _ := read(t, q, 46); len(got) != 46 {
		t.Fatal(len(got))
	}
	if err := q.Commit(t.Context(), q.LastSeq()); err != nil {
		t.Fatal(err)
	}
	q.DropMarks("file/b", "nobody's")
	deadline := time.Now().Add(20 * time.Second)
	for s, err := q.Stats(t.Context()); s.Pending > 0 || q.Stored(t) > 1; s, err = q.Stats(t.Context()) {
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("not trimmed: %d, %v", s.Pending, err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = q.Close()
	q = open(t, queue.Options{Dir: dir})
	if d := cmp.Diff(map[string]string{"file/a": "4 {of} it", "kafka/x": "4 {of} it"}, q.Marks("")); d != "" {
		t.Fatal(d)
	}
	if err := q.SetMark(t.Context(), record.Mark{Key: "file/c", Value: "7"}); err != nil {
		t.Fatal(err)
	}
	_ = q.Close()
	if q = open(t, queue.Options{Dir: dir}); q.Marks("file/c")["file/c"] != "7" {
		t.Error("a mark without records is lost")
	}
}

func TestMarksAreBounded(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	for name, m := range map[string]record.Mark{
		"no key": {}, "blank in key": {Key: "a b"}, "line end": {Key: "a", Value: "b\r\nX: y"}, "too long": {Key: "a", Value: strings.Repeat("x", record.MaxMarkBytes)},
	} {
		if err := q.PublishMarked(t.Context(), records("a", 1), m); err == nil {
			t.Errorf("%s: stored", name)
		}
	}
	if err := q.PublishMarked(t.Context(), records("a", record.MaxBatchRecords+1), record.Mark{Key: "a"}); err == nil {
		t.Error("more than a batch: stored")
	}
	q.FillMarks(queue.MaxMarks)
	if err := q.PublishMarked(t.Context(), records("a", 1), record.Mark{Key: "one-more"}); err == nil {
		t.Error("a mark beyond the bound: stored")
	}
	if err := q.PublishMarked(t.Context(), records("a", 1), record.Mark{Key: "m0", Value: "1"}); err != nil {
		t.Error(err)
	}
	if err := q.SetMark(t.Context(), record.Mark{Key: "m1", Value: strings.Repeat("x", record.MaxMarkBytes-2)}); err != nil {
		t.Error(err)
	}
	if got := q.LastSeq(); got != 1 {
		t.Errorf("%d messages", got)
	}
}
