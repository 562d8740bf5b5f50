package parse

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

var update = flag.Bool("update", false, "rewrite the wanted events of the golden cases")

// TestCases parses the records of every folder below testdata/cases, one a line of input.log, and compares the events
// with want.json. event.original and event.ingested are checked here and left out there.
func TestCases(t *testing.T) {
	t.Parallel()
	dirs, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			input, err := os.ReadFile(filepath.Join(dir, "input.log"))
			if err != nil {
				t.Fatal(err)
			}
			got := parseCase(t, strings.TrimSuffix(string(input), "\n"))
			file := filepath.Join(dir, "want.json")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

func received() time.Time { return time.Date(2024, 6, 15, 1, 2, 3, 0, time.UTC) }

func parseCase(t *testing.T, input string) []byte {
	t.Helper()
	p := New(Options{Packs: pack.NewShelf(nil)})
	var out bytes.Buffer
	for _, line := range strings.Split(input, "\n") {
		var ev event.Event
		p.Parse(&record.Record{Source: "s1", Received: received(), Raw: []byte(line)}, &ev)
		if got := ev.Value(event.Original); got != line {
			t.Errorf("event.original = %q, want %q", got, line)
		}
		if got := ev.Value(event.Ingested); got != "2024-06-15T01:02:03Z" {
			t.Errorf("event.ingested = %q", got)
		}
		flat := map[string]any{"@timestamp": ev.Time.Format(time.RFC3339Nano)}
		for _, f := range ev.Fields {
			switch old := flat[f.Name].(type) {
			case nil:
				flat[f.Name] = f.Value
			case string:
				flat[f.Name] = []string{old, f.Value}
			case []string:
				flat[f.Name] = append(old, f.Value)
			}
		}
		delete(flat, event.Original)
		delete(flat, event.Ingested)
		writeFlat(t, &out, flat)
	}
	return out.Bytes()
}

func writeFlat(t *testing.T, out *bytes.Buffer, flat map[string]any) {
	t.Helper()
	names := make([]string, 0, len(flat))
	for n := range flat {
		names = append(names, n)
	}
	sort.Strings(names)
	out.WriteString("{")
	for i, n := range names {
		if i > 0 {
			out.WriteString(",")
		}
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		out.WriteString("\n  \"" + n + "\": ")
		if err := enc.Encode(flat[n]); err != nil {
			t.Fatal(err)
		}
		out.Truncate(out.Len() - 1)
	}
	out.WriteString("\n}\n")
}
