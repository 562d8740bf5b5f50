package parse

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// seeds returns the records of all golden cases.
func seeds() []string {
	files, _ := filepath.Glob("testdata/cases/*/input.log")
	var all []string
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil {
			all = append(all, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")...)
		}
	}
	return all
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	f.Add([]byte("<13>Jun 14 09:00:00 h a: \xd4\xb4IP=1.2.3.4"))
	f.Add([]byte("\xff\xfe<\x001\x003\x00>\x00"))
	p := New(Options{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var ev event.Event
		p.Parse(&record.Record{Source: "s1", Received: received(), Raw: raw}, &ev)
		checkEvent(t, raw, &ev)
	})
}

// FuzzAutomatic parses without packs: what nothing claims goes through names, columns and free text.
func FuzzAutomatic(f *testing.F) {
	for _, s := range seeds() {
		f.Add([]byte(s))
	}
	if b, err := os.ReadFile("testdata/unknown.log"); err == nil {
		for _, s := range bytes.Split(b, []byte("\n")) {
			f.Add(s)
		}
	}
	f.Add([]byte("x [::1]:0 -> 10.0.0.1[53] 源IP：a，用户“b”从 \xe6 user@1.2.3.4.5.6 IPV4/UDP/1.2.3.4/5"))
	p := New(Options{Automatic: true})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var ev event.Event
		p.Parse(&record.Record{Source: "s1", Received: received(), Raw: raw}, &ev)
		checkEvent(t, raw, &ev)
		if n := len(ev.Value(fieldMapped)); n > maxAccount+256 {
			t.Errorf("%q: account of %d bytes", raw, n)
		}
	})
}

func FuzzJSONEvent(f *testing.F) {
	for _, s := range seeds() {
		if strings.HasPrefix(s, "{") {
			f.Add([]byte(s))
		}
	}
	f.Add([]byte(`{"Event":{"System":{"EventID":{"#text":[1]},"Channel":{}},"EventData":{"Data":[{"@Name":"a","#text":"b"},"c",[["d"]]]}}}`))
	f.Add([]byte(`{"event_data":{"a b":1},"event_id":1,"log_name":"x"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var ev event.Event
		if err := JSONEvent(line, &ev); err != nil {
			return
		}
		for _, fl := range ev.Fields {
			if fl.Name == "" || fl.Name == "event.id" || strings.HasPrefix(fl.Name, "isoc.") && fl.Name != "isoc.cut" {
				t.Errorf("%q set %q", line, fl.Name)
			}
		}
	})
}

func TestGoldenRecordsKeepTheInvariants(t *testing.T) {
	t.Parallel()
	p := New(Options{})
	for _, s := range seeds() {
		var ev event.Event
		p.Parse(&record.Record{Source: "s1", Received: received(), Raw: []byte(s)}, &ev)
		checkEvent(t, []byte(s), &ev)
	}
}

func FuzzStream(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Add("a\x00\x1f\u2028\x7f\"\\")
	f.Fuzz(func(t *testing.T, raw string) {
		if !utf8.ValidString(raw) { // JSON carries no other
			t.Skip("a JSON line carries valid UTF-8 only")
		}
		in, err := json.Marshal(map[string]string{"id": "i", "raw": raw})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Stream(bytes.NewReader(append(in, '\n')), &out, nil, false, false); err != nil {
			t.Fatal(err)
		}
		var flat map[string]any
		if err := json.Unmarshal(out.Bytes(), &flat); err != nil || bytes.Count(out.Bytes(), []byte("\n")) != 1 {
			t.Fatalf("%q → %q: %v", raw, out.Bytes(), err)
		}
		if want := strings.TrimPrefix(raw, "\ufeff"); flat["event.original"] != want {
			t.Errorf("event.original = %q, want %q", flat["event.original"], want)
		}
	})
}
