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

	// Message and Advice are Msg and Hint in parts, for whoever words them in another language.
	Message, Advice Text
}

// Text is a text in the parts that a catalogue needs to word it in another language: Format, in English, is the
// key, and Args are what its verbs show: numbers, strings as the user wrote them, lists of names ([]string) and
// other Texts. The empty Text says nothing.
type Text struct {
	Format string
	Args   []any
}

// String returns the text in English.
func (t Text) String() string {
	args := make([]any, len(t.Args))
	for i, a := range t.Args {
		if names, ok := a.([]string); ok {
			a = strings.Join(names, ", ")
		}
		args[i] = a
	}
	return fmt.Sprintf(t.Format, args...)
}

// say makes a text. The format must be a literal: a test of the catalogue reads them from the source.
func say(format string, args ...any) Text { return Text{Format: format, Args: args} }

// quoted shows text of the query in quotes.
func quoted(raw string) Text { return say(`"%s"`, raw) }

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

// errorAt makes an error with a hint, or none where advice is the empty Text. The format must be a literal as in [say].
func errorAt(pos int, advice Text, format string, args ...any) *Error {
	m := say(format, args...)
	return &Error{Pos: pos, Msg: m.String(), Hint: advice.String(), Message: m, Advice: advice}
}
