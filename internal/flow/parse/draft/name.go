package draft

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
)

const labels = "labels."

// Bounds of the names that a draft remembers.
const (
	maxNames    = 8192
	maxFamilies = 256
)

// names remembers under which name a field is stored that a payload calls so: a source sends the same names with every record.
type names struct {
	families []family
	n        int // in all of them
}

// family is the names below one prefix.
type family struct {
	prefix string
	full   map[string]string
}

// below returns the names below a prefix. The family asked last stands first.
func (n *names) below(prefix string) map[string]string {
	for i := range n.families {
		if f := n.families[i]; f.prefix == prefix {
			if i > 0 {
				n.families[0], n.families[i] = f, n.families[0]
			}
			return f.full
		}
	}
	full := make(map[string]string)
	n.families = append(n.families, family{prefix, full})
	return full
}

// learn remembers a name, and forgets all others where there are too many.
func (n *names) learn(prefix, name, full string) string {
	if n.n++; n.n > maxNames || len(n.families) > maxFamilies {
		*n = names{n: 1}
	}
	full = strings.Clone(full)
	n.below(prefix)[strings.Clone(name)] = full
	return full
}

// vendorName returns the name under which a field named by the payload is stored.
func (d *Draft) vendorName(prefix, name string) string {
	if full, ok := d.names.below(prefix)[name]; ok {
		return full
	}
	full, whole := d.VendorName(prefix, name)
	if !whole {
		return full
	}
	return d.names.learn(prefix, name, full)
}

// VendorName returns the name under which AddVendor stores a field, and reports whether it had not to be cut, which is flagged else. It is for
// those who remember names themselves.
func (d *Draft) VendorName(prefix, name string) (full string, whole bool) {
	full, whole = d.newName(prefix, name)
	d.cut = d.cut || !whole
	return full, whole
}

// pathName is vendorName of a dotted path of JSON.
func (d *Draft) pathName(path []byte) string {
	const below = "{}" // no prefix is so: paths have a family of their own
	if full, ok := d.names.below(below)[string(path)]; ok {
		return full
	}
	name := string(path)
	if rest, ok := strings.CutPrefix(name, WindowsData); ok && strings.IndexByte(rest, ' ') >= 0 {
		name = WindowsData + strings.ReplaceAll(rest, " ", "")
	}
	full, whole := d.VendorName("", name)
	if !whole {
		return full
	}
	return d.names.learn(below, string(path), full)
}

// newName makes the name under which a field named by the payload is stored, and reports whether it is so short that it was not cut.
func (d *Draft) newName(prefix, name string) (full string, whole bool) {
	if prefix == "" && Reserved(name) {
		prefix = labels
	}
	clean := plain(name)
	if clean && prefix == "" && len(name) <= MaxNameBytes && name != "" {
		return name, true
	}
	start := d.open(len(prefix) + len(name) + 1)
	d.arena.WriteString(prefix)
	if clean && name != "" {
		d.arena.WriteString(name)
	} else {
		d.writeCleaned(name)
	}
	full = d.arena.String()[start:]
	if prefix == "" && Reserved(full) {
		full = d.Join(labels, full)
	}
	if len(full) > MaxNameBytes {
		return clip(full, MaxNameBytes), false
	}
	return full, true
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
