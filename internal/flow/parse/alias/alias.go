package alias

import (
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// maxName bounds a name that is looked up, in bytes of its folded form.
const maxName = 64

// Lookup returns the ECS field of a vendor's name, and whether the name is sure to mean it: a name that is not
// ("ip", "host") fills a field only where no sure one does. Case, blanks and the punctuation "_-./" do not matter.
// Of a dotted path the last segment counts, with the one before it where the last alone says too little
// ("author.name").
func Lookup(name string) (t ecs.Target, sure bool) {
	var buf [maxName]byte
	parent, leaf := split(name)
	if parent != "" {
		if t = pair(fold(buf[:0], parent, leaf)); t.Form != ecs.None {
			return t, true
		}
	}
	key := fold(buf[:0], leaf, "")
	if t = certain(key); t.Form != ecs.None {
		return t, true
	}
	return likely(key, parent == ""), false
}

// split returns the last two segments of a dotted path.
func split(name string) (parent, leaf string) {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] != '.' {
			continue
		}
		leaf = name[i+1:]
		for j := i - 1; j >= 0; j-- {
			if name[j] == '.' {
				return name[j+1 : i], leaf
			}
		}
		return name[:i], leaf
	}
	return "", name
}

// fold appends a and b in lower case without punctuation; too long a name folds to nothing.
func fold(dst []byte, a, b string) string {
	for _, s := range [...]string{a, b} {
		for i := 0; i < len(s); i++ {
			c := s[i]
			switch {
			case c >= 'A' && c <= 'Z':
				c |= 0x20
			case c == '_' || c == '-' || c == '.' || c == ' ' || c == '/' || c == '@' || c == ':':
				continue
			}
			if len(dst) == maxName {
				return ""
			}
			dst = append(dst, c)
		}
	}
	if !utf8.Valid(dst) {
		return ""
	}
	return string(dst)
}
