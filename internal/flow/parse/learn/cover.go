package learn

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// Cover runs a source's own pack on its lines: how many it reads, how many nothing claims, and how many each format of it reads. The
// settings are the source's.
func Cover(pk *pack.Pack, lines []Line, settings parse.Settings, shelf *pack.Shelf) (covered, unclaimed int, perFormat map[string]int) {
	c := cover(pk, lines, parse.Options{Packs: shelf, Sources: func(string) (parse.Settings, bool) { return settings, true }})
	return c.Covered, c.Unclaimed, c.Formats
}

// coverage is what a pack reads of some lines.
type coverage struct {
	Covered, Unclaimed int
	Formats            map[string]int
	names              map[string]map[string]int // by format, the vendor's names and how many lines have them
	strange            []string                  // lines that nothing claims
}

func cover(pk *pack.Pack, lines []Line, options parse.Options) coverage {
	c := coverage{Formats: map[string]int{}, names: map[string]map[string]int{}}
	set, err := pack.NewSet([]*pack.Pack{pk})
	if err != nil {
		return c // one pack alone has no double
	}
	options.Own = func(string) *pack.Set { return set }
	parser := parse.New(options)
	prefix := pk.Document().Dataset + "."
	var ev event.Event
	for _, l := range newest(lines) {
		rec := record.Record{Source: source, Received: l.Received, Raw: []byte(l.Raw)}
		_, open := parser.Unclaimed(&rec, &ev)
		if ev.Value(event.IsocParser) != pk.ID() {
			if open {
				c.Unclaimed++
				c.strange = append(c.strange, l.Raw)
			}
			continue
		}
		c.Covered++
		id := ev.Value(event.IsocFormat)
		c.Formats[id]++
		m := c.names[id]
		if m == nil {
			m = map[string]int{}
			c.names[id] = m
		}
		seen := map[string]bool{}
		for _, f := range ev.Fields {
			if name, ok := strings.CutPrefix(f.Name, prefix); ok && !seen[name] {
				seen[name] = true
				m[name]++
			}
		}
	}
	return c
}
