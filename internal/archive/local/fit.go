package local

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
)

const (
	maxRowBytes = 1900 << 10 // the engine drops rows above 2 MiB
	cutBytes    = 64 << 10   // to which the values of such a row are shortened first, and then by halves
)

// fit makes a row the engine is sure to keep and reports whether anything had to change. Fields that
// the stream does not admit are folded into one; values are shortened, event.original last.
func fit(row []logstorage.Field, st *stream) ([]logstorage.Field, bool) {
	row, changed := fold(row, st)
	if logstorage.EstimatedJSONRowLen(row) <= maxRowBytes {
		return row, changed
	}
	for limit := cutBytes; logstorage.EstimatedJSONRowLen(row) > maxRowBytes && limit > 1; limit /= 2 {
		for i := range row {
			if row[i].Name != event.Original || limit < 512 {
				row[i].Value = cut(row[i].Value, limit)
			}
		}
	}
	if slices.ContainsFunc(row, func(f logstorage.Field) bool { return f.Name == archive.Cut }) {
		return row, true // cut once before, when it was parsed; a row has one column of a name
	}
	return append(row, logstorage.Field{Name: archive.Cut, Value: "true"}), true
}

func fold(row []logstorage.Field, st *stream) ([]logstorage.Field, bool) {
	var over map[string]string
	n := 0
	for _, f := range row {
		if st.admits(n, f.Name) {
			row[n] = f
			n++
			continue
		}
		if over == nil {
			over = map[string]string{}
		}
		over[f.Name] = f.Value
	}
	if over == nil {
		return row, false
	}
	return append(row[:n], logstorage.Field{Name: archive.Folded, Value: jsonObject(over)}), true
}

// own reports whether a name is one every event may carry, whatever else its stream holds.
func own(name string) bool {
	switch name {
	case event.Message, event.Original, event.Ingested, event.EventID, event.Sequence, event.Dataset, archive.TimeOriginal, archive.Cut,
		query.Tenant, query.Stream, archive.Folded:
		return true
	}
	return false
}

func jsonObject(m map[string]string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return "" // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// cut shortens s to at most n bytes at a rune's boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
