package queue

import (
	"fmt"
	"testing"
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
