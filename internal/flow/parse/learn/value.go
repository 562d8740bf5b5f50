package learn

import (
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

// The types of values.
const (
	tIP       = "ip"
	tEndpoint = "endpoint"
	tPort     = "port"
	tInteger  = "integer"
	tNumber   = "number"
	tTime     = "time"
	tMAC      = "mac"
	tURL      = "url"
	tPath     = "path"
	tEmail    = "email"
	tHash     = "hash"
	tDomain   = "domain"
	tEnum     = "enum"
	tWord     = "word"
	tText     = "text"
	tConstant = "constant"
)

// kindOf tells the type of one value; enum, port and constant are told by many.
func kindOf(v string) string {
	switch {
	case ecs.IP(v) != "":
		return tIP
	case digits(v):
		if len(v) == 10 && v[0] == '1' || len(v) == 13 && v[0] == '1' {
			return tTime
		}
		return tInteger
	case decimal(v):
		return tNumber
	case isMAC(v):
		return tMAC
	case isTime(v):
		return tTime
	}
	if ip, port := ecs.Split(v); ip != "" && port != "" {
		return tEndpoint
	}
	blank := strings.ContainsAny(v, " \t\n")
	switch {
	case !blank && strings.Contains(v, "://"):
		return tURL
	case isHex(v) && (len(v) == 32 || len(v) == 40 || len(v) == 64):
		return tHash
	case !blank && isEmail(v):
		return tEmail
	case len(v) > 1 && v[0] == '/' && !blank, len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/') && letter(v[0]), strings.HasPrefix(v, `\\`) && len(v) > 4:
		return tPath
	case isDomain(v):
		return tDomain
	case blank:
		return tText
	}
	return tWord
}

func digits(v string) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return v != ""
}

func decimal(v string) bool {
	v = strings.TrimPrefix(v, "-")
	a, b, ok := strings.Cut(v, ".")
	return digits(a) && (!ok || digits(b)) && len(v) < 24
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isHex(v string) bool {
	for i := 0; i < len(v); i++ {
		if c := v[i] | 0x20; (c < 'a' || c > 'f') && (v[i] < '0' || v[i] > '9') {
			return false
		}
	}
	return v != ""
}

func isMAC(v string) bool {
	if len(v) != 17 {
		return false
	}
	for i := range 17 {
		if i%3 == 2 {
			if v[i] != ':' && v[i] != '-' {
				return false
			}
		} else if !isHex(v[i : i+1]) {
			return false
		}
	}
	return true
}

func isEmail(v string) bool {
	user, host, ok := strings.Cut(v, "@")
	return ok && user != "" && len(v) < 255 && strings.IndexByte(host, '.') > 0 && strings.IndexByte(host, '@') < 0 && !strings.ContainsAny(v, `/\,;:"'<>()`)
}

func isDomain(v string) bool {
	if len(v) < 4 || len(v) > 253 || strings.IndexByte(v, '.') <= 0 {
		return false
	}
	last := strings.TrimSuffix(v, ".")
	last = last[strings.LastIndexByte(last, '.')+1:]
	for i := 0; i < len(last); i++ {
		if !letter(last[i]) {
			return false
		}
	}
	for i := 0; i < len(v); i++ {
		if c := v[i]; !letter(c) && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return len(last) >= 2 && len(last) <= 12
}

// reference is the time that times without a year are read by, where nothing depends on it.
var reference = time.Date(2024, 6, 15, 0, 0, 0, 0, time.UTC)

func isTime(v string) bool {
	if len(v) < 8 || len(v) > 40 || !timely(v) {
		return false
	}
	_, ok := clock.Any(v, time.UTC, reference)
	return ok
}

// timely spares the clock most words: a time has digits, and marks between them.
func timely(v string) bool {
	n, marks := 0, 0
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c >= '0' && c <= '9':
			n++
		case c == ':', c == '-', c == '/', c == '.', c == ',', c == 'T', c == 0xe5: // 年月日 begin so
			marks++
		}
	}
	return n >= 5 && marks >= 2
}

// The parts of a time that stands in several fields.
const (
	partDate  = "date"
	partClock = "clock"
	partZone  = "zone"
)

// partOf tells whether a value is a date without a time of day, or a time of day, or an offset.
func partOf(v string) string {
	switch {
	case len(v) >= 8 && len(v) <= 11 && !strings.Contains(v, ":") && isTime(v+" 10:11:12"):
		return partDate
	case len(v) >= 5 && len(v) <= 15 && strings.Count(v, ":") >= 1 && isTime("2024-06-14 "+v) && !isTime(v):
		return partClock
	case len(v) >= 3 && len(v) <= 6 && (v[0] == '+' || v[0] == '-') && digits(strings.Replace(v[1:], ":", "", 1)):
		return partZone
	}
	return ""
}
