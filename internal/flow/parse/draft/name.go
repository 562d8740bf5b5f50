package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
)

const labels = "labels."

// vendorName returns the name under which a field named by the payload is stored.
func (d *Draft) vendorName(prefix, name string) string {
	if prefix == "" && Reserved(name) {
		prefix = labels
	}
	clean := plain(name)
	if clean && prefix == "" && len(name) <= MaxNameBytes && name != "" {
		return name
	}
	start := d.open()
	d.arena.WriteString(prefix)
	if clean && name != "" {
		d.arena.WriteString(name)
	} else {
		d.writeCleaned(name)
	}
	full := d.arena.String()[start:]
	if prefix == "" && Reserved(full) {
		full = d.Join(labels, full)
	}
	if len(full) > MaxNameBytes {
		d.cut = true
		full = clip(full, MaxNameBytes)
	}
	return full
}

func (d *Draft) writeCleaned(name string) {
	if name == "" {
		d.arena.WriteByte('_')
		return
	}
	for _, r := range name {
		if r == utf8.RuneError || !allowed(r) {
			r = '_'
		}
		d.arena.WriteRune(r)
	}
}

// Reserved reports whether a payload may not set the name: it belongs to the platform, and a sender who
// could set it would forge provenance or identity.
func Reserved(name string) bool {
	switch name {
	case event.EventID, event.Sequence, event.Ingested, event.Original, event.Timestamp, "_time", "_msg", "_stream", "_stream_id":
		return true
	}
	return name == "isoc" || strings.HasPrefix(name, "isoc.")
}

// plain reports whether every character is an allowed ASCII one, the usual case.
func plain(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-' || c == '@') {
			return false
		}
	}
	return true
}

func allowed(r rune) bool {
	if r < utf8.RuneSelf {
		return plain(string(r))
	}
	return unicode.Is(unicode.Han, r)
}
