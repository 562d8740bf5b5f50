package query

import "strings"

// time parses what follows "_time:". The current token is the colon.
func (r *rewriter) time() error {
	r.timed = true
	if err := r.next(); err != nil {
		return err
	}
	switch {
	case r.tok.eof() || r.tok.is("|", ")"):
		return errorAt(r.tok.pos, say("write _time:15m, _time:2026-01-31 or _time:[2026-01-31T10:00Z, 2026-01-31T11:00Z)"), "the time is missing")
	case r.tok.is("day_range", "week_range"):
		if err := r.next(); err != nil {
			return err
		}
		if !r.tok.is("[", "(") {
			return errorAt(r.tok.pos, say("write day_range[08:00, 18:00)"), "expected '[' or '('")
		}
		if err := r.interval(false); err != nil {
			return err
		}
	case r.tok.is("[", "("):
		if err := r.interval(true); err != nil {
			return err
		}
	default:
		for r.tok.is(">", "<", "=") {
			if err := r.next(); err != nil {
				return err
			}
		}
		if err := r.moment(); err != nil {
			return err
		}
	}
	if r.tok.is("offset") {
		if err := r.next(); err != nil {
			return err
		}
		_, err := r.compound(false)
		return err
	}
	return nil
}

func (r *rewriter) interval(moments bool) error {
	open := r.tok
	if err := r.next(); err != nil {
		return err
	}
	for !r.tok.is(")", "]") {
		switch {
		case r.tok.eof() || r.tok.is("|"):
			return errorAt(open.pos, Text{}, "%q is never closed", open.raw)
		case moments && (r.tok.word() || r.tok.glue() || r.tok.quoted()):
			if err := r.moment(); err != nil {
				return err
			}
		default:
			if err := r.next(); err != nil {
				return err
			}
		}
	}
	return r.next()
}

// moment parses one time and notes whether it is relative to now.
func (r *rewriter) moment() error {
	t, err := r.compound(false)
	if err != nil {
		return err
	}
	if !absolute(t.text) {
		r.relative = true
	}
	return nil
}

// absolute reports whether a time names a fixed moment: it starts with a year, or is a Unix time.
func absolute(s string) bool {
	if len(s) < 4 || strings.Trim(s[:4], "0123456789") != "" {
		return false
	}
	return len(s) == 4 || strings.ContainsRune("-+Zz", rune(s[4])) || strings.Trim(s, "0123456789.") == ""
}
