package archive

import (
	"strconv"

	"github.com/isoc-project/isoc/internal/event"
)

// Sequence returns the queue sequence of an event: its event.sequence, or the one its id is made
// of (8 hex digits of epoch, 12 of sequence, 4 of index).
func Sequence(ev *event.Event) (uint64, bool) {
	if s, ok := ev.Get(event.Sequence); ok {
		n, err := strconv.ParseUint(s, 10, 53)
		return n, err == nil
	}
	if len(ev.ID) != 24 {
		return 0, false
	}
	n, err := strconv.ParseUint(ev.ID[8:20], 16, 53)
	return n, err == nil
}
