package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says where a query is wrong and what to write instead.
type Error struct {
	Pos  int    // byte offset into the text as the user wrote it, 0 ≤ Pos ≤ len
	Msg  string // English, a short clause
	Hint string // what to write instead; may be empty
}

// Error returns "at N: MESSAGE (HINT)".
func (e *Error) Error() string {
	s := fmt.Sprintf("query at %d: %s", e.Pos, e.Msg)
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

// Context returns the text with a caret line under the wrong place, for people reading a terminal.
func (e *Error) Context(text string) string {
	pos := min(max(e.Pos, 0), len(text))
	start := strings.LastIndexByte(text[:pos], '\n') + 1
	end := len(text)
	if n := strings.IndexByte(text[pos:], '\n'); n >= 0 {
		end = pos + n
	}
	return text[start:end] + "\n" + strings.Repeat(" ", utf8.RuneCountInString(text[start:pos])) + "^"
}

func errorAt(pos int, hint, format string, args ...any) *Error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...), Hint: hint}
}
