package record

import (
	"errors"
	"strings"
)

// MaxMarkBytes bounds key and value of a mark together.
const MaxMarkBytes = 400

// Mark says how far an input is in what it reads, a file or a partition say, once the records it comes with are stored. What the value means is
// the input's own affair.
type Mark struct {
	Key   string // printable, without blanks
	Value string // printable
}

// Check returns an error for a mark that cannot be stored.
func (m Mark) Check() error {
	unprintable := func(r rune) bool { return r < ' ' || r > '~' }
	switch {
	case m.Key == "" || strings.ContainsRune(m.Key, ' ') || strings.ContainsFunc(m.Key+m.Value, unprintable):
		return errors.New("mark: the key is empty, or a character is not allowed")
	case len(m.Key)+len(m.Value) > MaxMarkBytes:
		return errors.New("mark: too long")
	}
	return nil
}

// size is what the mark takes in a message.
func (m Mark) size() int { return len(m.Key) + len(m.Value) + 32 }

// MarkBytes is an upper bound of what marks take in a message beside the batch.
func MarkBytes(marks ...Mark) int {
	n := 0
	for _, m := range marks {
		n += m.size()
	}
	return n
}
