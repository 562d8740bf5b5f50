package alias

import "github.com/isoc-project/isoc/internal/flow/parse/ecs"

// Lookup returns the ECS field of a vendor's name, and whether the name is sure to mean it: a name that is not
// ("ip", "host") fills a field only where no sure one does.
func Lookup(name string) (t ecs.Target, sure bool) {
	m := Resolve(name)
	return m.Target, m.Rank == 0 && m.Form != ecs.None
}

// maxCached bounds the names that a Cache keeps.
const maxCached = 4096

// Cache keeps the meanings of names: a source sends the same names with every record. The zero Cache is ready; it serves one goroutine.
type Cache struct {
	known map[string]Meaning
}

// Resolve is [Resolve] with memory.
func (c *Cache) Resolve(name string) Meaning {
	if m, ok := c.known[name]; ok {
		return m
	}
	m := Resolve(name)
	if len(name) > maxName {
		return m
	}
	if c.known == nil || len(c.known) >= maxCached {
		c.known = make(map[string]Meaning, 256)
	}
	c.known[cloned(name)] = m
	return m
}

// cloned keeps the cache from holding the record that a name is part of.
func cloned(s string) string { return string([]byte(s)) }
