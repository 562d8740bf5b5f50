package query

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/event"
)

// Tenant is the field under which every stored event names its customer.
const Tenant = "isoc.tenant.id"

// Stream is the archive's own grouping of rows. It is hidden from queries.
const Stream = "isoc.stream"

// Displaced is put before names that events may not use because they mean something to the engine
// or to the archive: a JSON log's own "_time" is stored as "isoc.displaced._time".
const Displaced = "isoc.displaced."

const maxName = 128 // bytes, the engine's bound on a field name

// AppendRow appends the engine's row of an event. It is the one mapping for stored events and for
// events in flight: the tenant and id come first, empty values are left out, names used more than
// once become one JSON array, and names the engine cannot hold are shortened with a hash.
func AppendRow(dst []logstorage.Field, ev *event.Event) []logstorage.Field {
	dst = append(dst, logstorage.Field{Name: Tenant, Value: string(ev.Tenant)}, logstorage.Field{Name: event.EventID, Value: ev.ID})
	start := len(dst)
	repeated := false
	for i := range ev.Fields {
		f := &ev.Fields[i]
		if f.Value == "" || f.Name == event.EventID || f.Name == Tenant {
			continue
		}
		name := Name(f.Name)
		repeated = repeated || holds(dst[start:], name)
		dst = append(dst, logstorage.Field{Name: name, Value: f.Value})
	}
	if repeated {
		dst = dst[:start+fold(dst[start:])]
	}
	return dst
}

// Name returns the name under which a field is stored.
func Name(name string) string {
	switch name {
	case "", engineTime, engineMessage, "_stream", "_stream_id", event.Timestamp, Stream:
		return Displaced + name
	}
	if len(name) <= maxName {
		return name
	}
	h := fnv.New64a()
	h.Write([]byte(name))
	cut := name[:96]
	for len(cut) > 0 && !utf8.ValidString(cut[len(cut)-min(4, len(cut)):]) && !utf8.RuneStart(name[len(cut)]) {
		cut = cut[:len(cut)-1]
	}
	return fmt.Sprintf("%s~%016x", cut, h.Sum64())
}

func holds(row []logstorage.Field, name string) bool {
	for i := range row {
		if row[i].Name == name {
			return true
		}
	}
	return false
}

// fold makes one JSON array of the values of each repeated name and returns the new length.
func fold(row []logstorage.Field) int {
	index := make(map[string]int, len(row))
	arrays := map[int][]string{}
	n := 0
	for _, f := range row {
		at, seen := index[f.Name]
		if !seen {
			index[f.Name] = n
			row[n] = f
			n++
			continue
		}
		if arrays[at] == nil {
			arrays[at] = []string{row[at].Value}
		}
		arrays[at] = append(arrays[at], f.Value)
	}
	for at, values := range arrays {
		row[at].Value = jsonArray(values)
	}
	return n
}

func jsonArray(values []string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(values); err != nil {
		return strings.Join(values, "\n") // strings always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}
