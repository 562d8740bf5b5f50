package input

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

// maxJSONDepth bounds nesting: the validator recurses.
const maxJSONDepth = 256

// nextValue returns the extent of the JSON value at the start of data (blanks and commas before it skipped) and what follows.
// It only matches brackets and quotes; [validJSON] says whether the value is one. Ok is false where data holds no whole value.
func nextValue(data []byte) (value, rest []byte, ok bool) {
	data = skipBlank(data)
	if len(data) == 0 {
		return nil, nil, false
	}
	switch data[0] {
	case '{', '[':
		return nested(data)
	case '"':
		end := stringEnd(data)
		if end < 0 {
			return nil, nil, false
		}
		return data[:end], data[end:], true
	}
	end := 0
	for end < len(data) && !blank(data[end]) && data[end] != '{' && data[end] != '[' && data[end] != '"' && data[end] != '}' && data[end] != ']' && data[end] != ':' {
		end++
	}
	end = max(end, 1) // a stray bracket is a value of its own, and not a valid one
	return data[:end], data[end:], true
}

func nested(data []byte) (value, rest []byte, ok bool) {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return data[:i+1], data[i+1:], true
			}
		case '"':
			n := stringEnd(data[i:])
			if n < 0 {
				return nil, nil, false
			}
			i += n - 1
		}
	}
	return nil, nil, false
}

// stringEnd returns the length of the quoted string at the start of data, -1 where it has no end.
func stringEnd(data []byte) int {
	for i := 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// validJSON reports whether data is one JSON value nested no deeper than [maxJSONDepth].
func validJSON(data []byte) bool {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			if depth++; depth > maxJSONDepth {
				return false
			}
		case '}', ']':
			depth--
		case '"':
			n := stringEnd(data[i:])
			if n < 0 {
				return false
			}
			i += n - 1
		}
	}
	return fastjson.ValidateBytes(data) == nil
}

// members calls fn with the name and the bytes of the value of every member of a valid JSON object.
func members(object []byte, fn func(name string, value []byte)) {
	rest := object[1 : len(object)-1]
	for {
		name, after, ok := nextValue(rest)
		if !ok {
			return
		}
		after = skipBlank(after)
		if len(after) == 0 || after[0] != ':' {
			return
		}
		value, next, ok := nextValue(after[1:])
		if !ok {
			return
		}
		fn(text(name), value)
		rest = next
	}
}

// text returns the value of a JSON string, and the JSON itself of any other value.
func text(value []byte) string {
	var s string
	if len(value) > 1 && value[0] == '"' && json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

func isObject(value []byte) bool { return len(value) > 1 && value[0] == '{' }

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ',' }

func skipBlank(data []byte) []byte {
	for len(data) > 0 && blank(data[0]) {
		data = data[1:]
	}
	return data
}

// appendJSON appends s as a JSON string.
func appendJSON(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= utf8.RuneSelf {
			quoted, _ := json.Marshal(s) // a string always marshals
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
