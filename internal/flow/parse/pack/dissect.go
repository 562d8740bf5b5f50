package pack

import (
	"errors"
	"fmt"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// maxKeys bounds the values of one pattern.
const maxKeys = 128

// dissect splits a text at literals. Its patterns are tried in order.
type dissect struct {
	patterns []pattern
}

type pattern struct {
	head  string // literal before the first value
	parts []part
}

// part is a value and the literal after it.
type part struct {
	slot
	until  string
	padded bool // swallow repeats of until
	blank  bool // until is blanks and tabs, and padded: any of them in any number
}

func (p *Pack) dissect(texts []string) (*dissect, error) {
	d := &dissect{}
	for _, t := range texts {
		pt, err := p.pattern(t)
		if err != nil {
			return nil, fmt.Errorf("dissect %q: %w", t, err)
		}
		d.patterns = append(d.patterns, pt)
	}
	return d, nil
}

// What stands for a literal "%{", and for a percent sign before a value, while a pattern is read; neither is in any log.
const (
	escapedOpen = "\x00{"
	percent     = "\x01"
)

func (p *Pack) pattern(text string) (pattern, error) {
	var out pattern
	text = strings.ReplaceAll(strings.ReplaceAll(text, "%%%{", percent+"%{"), "%%{", escapedOpen)
	literal := func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, escapedOpen, "%{"), percent, "%")
	}
	head, rest, found := strings.Cut(text, "%{")
	out.head = literal(head)
	for found {
		var name, until string
		var ok bool
		if name, rest, ok = strings.Cut(rest, "}"); !ok {
			return out, errors.New("%{ without }")
		}
		until, rest, found = strings.Cut(rest, "%{")
		if found && until == "" {
			return out, errors.New("two values without a text between them")
		}
		pt := part{until: literal(until)}
		if name, pt.padded = strings.CutSuffix(name, "->"); pt.padded && until == "" {
			return out, errors.New("-> without a text after it")
		}
		pt.blank = pt.padded && strings.Trim(pt.until, blanks) == ""
		more := false
		if name, more = strings.CutPrefix(name, "+"); more && name == "" {
			return out, errors.New("%{+} without a name")
		}
		name, check, _ := strings.Cut(name, ":")
		switch check {
		case "", "ip", "int", "word":
		default:
			return out, fmt.Errorf("%%{…:%s}: ip, int or word is wanted", check)
		}
		s, err := p.slot(name)
		if err != nil {
			return out, err
		}
		pt.slot, pt.more, pt.check = s, more, check
		if out.parts = append(out.parts, pt); len(out.parts) > maxKeys {
			return out, fmt.Errorf("more than %d values", maxKeys)
		}
	}
	if len(out.parts) == 0 {
		return out, errors.New("no value")
	}
	return out, nil
}

func (d *dissect) apply(r *run, text string) bool {
	for i := range d.patterns {
		if d.patterns[i].apply(r, text) {
			return true
		}
	}
	r.why = "no pattern fits"
	return false
}

func (p *pattern) apply(r *run, text string) bool {
	rest, ok := strings.CutPrefix(text, p.head)
	if !ok {
		return false
	}
	var values [maxKeys]string
	last := len(p.parts) - 1
	for i := range p.parts {
		pt := &p.parts[i]
		v := rest
		switch {
		case pt.until == "":
			rest = ""
		case i == last:
			if pt.blank {
				v = strings.TrimRight(rest, blanks)
				ok = len(v) < len(rest)
			} else if v, ok = strings.CutSuffix(rest, pt.until); ok && pt.padded {
				v = trimSuffixes(v, pt.until)
			}
			if !ok {
				return false
			}
			rest = ""
		case pt.blank:
			at := strings.IndexAny(rest, blanks)
			if at < 0 {
				return false
			}
			v, rest = rest[:at], strings.TrimLeft(rest[at:], blanks)
		default:
			at := strings.Index(rest, pt.until)
			if at < 0 {
				return false
			}
			v, rest = rest[:at], rest[at+len(pt.until):]
			for pt.padded && strings.HasPrefix(rest, pt.until) {
				rest = rest[len(pt.until):]
			}
		}
		if pt.check != "" && !checked(pt.check, v) {
			return false
		}
		values[i] = v
	}
	for i := range p.parts {
		r.put(&p.parts[i].slot, values[i])
	}
	return true
}

// blanks are what "->" swallows before a blank or a tab.
const blanks = " \t"

func trimSuffixes(v, end string) string {
	for strings.HasSuffix(v, end) {
		v = v[:len(v)-len(end)]
	}
	return v
}

func checked(check, v string) bool {
	switch check {
	case "ip":
		return ecs.IP(v) != ""
	case "int":
		for i := 0; i < len(v); i++ {
			if v[i] < '0' || v[i] > '9' {
				return false
			}
		}
		return v != ""
	}
	return v != "" && !strings.ContainsAny(v, " \t")
}
