package queue

import (
	"fmt"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/record"
)

// Rewind makes Next start again after the committed cursor, as a new process does.
func (q *Queue) Rewind() {
	q.reader.reset()
	q.reader.last = q.Committed()
}

// FillGroups makes the inbox believe in n groups.
func (q *Queue) FillGroups(t *testing.T, n int) {
	t.Helper()
	q.groups.mu.Lock()
	defer q.groups.mu.Unlock()
	for i := range n {
		q.groups.known[fmt.Sprint("g", i)] = struct{}{}
	}
}

// Stored is how many messages the raw stream holds.
func (q *Queue) Stored(t *testing.T) uint64 {
	t.Helper()
	info, err := q.raw.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info.State.Msgs
}

// FillMarks makes n marks, each as long as may be.
func (q *Queue) FillMarks(n int) {
	for i := range n {
		key := fmt.Sprint("m", i)
		q.marks.set(record.Mark{Key: key, Value: strings.Repeat("x", record.MaxMarkBytes-len(key))})
	}
}
