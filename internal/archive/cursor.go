package archive

import (
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

// Cursor is a place between two events in newest-first order: everything that follows is older than
// Time, or as old with a smaller ID.
type Cursor struct {
	Time time.Time
	ID   string // at most 64 bytes
	// Left is how many events a limit in the query still allows; 0 means that it has none.
	Left uint32
}

const (
	cursorVersion = 1
	cursorHead    = 13 // version, time, left
)

// String returns the cursor as the opaque text callers hand back.
func (c Cursor) String() string {
	b := make([]byte, cursorHead, cursorHead+len(c.ID))
	b[0] = cursorVersion
	binary.BigEndian.PutUint64(b[1:], uint64(c.Time.UnixNano()))
	binary.BigEndian.PutUint32(b[9:], c.Left)
	return base64.RawURLEncoding.EncodeToString(append(b, c.ID...))
}

// ParseCursor reads what [Cursor.String] wrote; anything else is fault.ErrInvalid.
func ParseCursor(s string) (Cursor, error) {
	bad := fault.NewInvalid("cursor", "search.cursor", "is not a cursor of this search")
	if len(s) > 128 {
		return Cursor{}, bad
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) <= cursorHead || len(b) > cursorHead+64 || b[0] != cursorVersion {
		return Cursor{}, bad
	}
	for _, c := range b[cursorHead:] {
		if c < '!' || c > '~' {
			return Cursor{}, bad
		}
	}
	return Cursor{
		Time: time.Unix(0, int64(binary.BigEndian.Uint64(b[1:9]))).UTC(),
		ID:   string(b[cursorHead:]),
		Left: binary.BigEndian.Uint32(b[9:cursorHead]),
	}, nil
}
