package i18n

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/query"
)

// Query words what is wrong with a query, or what to write instead. English is what the query language says itself,
// and what is said where the catalogue does not know the format.
func (c *Catalogue) Query(lang Lang, t query.Text) string {
	format, ok := c.query[t.Format]
	if !ok || lang != Chinese {
		return t.String()
	}
	args := make([]any, len(t.Args))
	for i, a := range t.Args {
		switch a := a.(type) {
		case query.Text:
			args[i] = c.Query(lang, a)
		case []string:
			args[i] = strings.Join(a, "、")
		default:
			args[i] = a
		}
	}
	return fmt.Sprintf(format, args...)
}

// QueryFormats returns every format of the query language that the catalogue words.
func (c *Catalogue) QueryFormats() []string { return slices.Collect(maps.Keys(c.query)) }
