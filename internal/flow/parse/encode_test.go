package parse

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
)

// TestEncode writes events of every size, with repeated names and all kinds of bytes, and reads them back with the standard library.
func TestEncode(t *testing.T) {
	var enc encoder
	r := rand.New(rand.NewPCG(1, 2))
	letters := []rune("abc\"\\\n\t\r\x00\x1f\x20\x7f中é/<>&")
	text := func(n int) string {
		var b strings.Builder
		for range r.IntN(n + 1) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	for n := range 600 {
		var ev event.Event
		want := map[string]any{"@timestamp": "0001-01-01T00:00:00Z", "id": "7"}
		for range n {
			f := event.Field{Name: fmt.Sprintf("field%d.%s", r.IntN(n), text(3)), Value: text(40)}
			ev.Fields = append(ev.Fields, f)
			switch old := want[f.Name].(type) {
			case nil:
				want[f.Name] = f.Value
			case string:
				want[f.Name] = []any{old, f.Value}
			case []any:
				want[f.Name] = append(old, f.Value)
			}
		}
		ev.Add("id", "a payload's own")
		line, err := enc.encode(&ev, "7", nil)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%d fields:\n%v, want\n%v", n, got, want)
		}
	}
}

// TestStreamTellsCarriersApart reads a record within an object, an object that is the record, and text.
func TestStreamTellsCarriersApart(t *testing.T) {
	in := `{"id":"1","raw":"hello"}` + "\n" + ` {"id":"2", "raw" : "hello"}` + "\n" + `{"a":"raw"}` + "\n" + `{"raw":` + "\n" + `say "raw"` + "\n"
	var out strings.Builder
	if err := Stream(strings.NewReader(in), &out, nil, false, false); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var ev map[string]any
		if err := json.Unmarshal([]byte(line), &ev); err != nil {
			t.Fatal(err)
		}
		got = append(got, ev[event.Original].(string))
	}
	if want := []string{"hello", "hello", `{"a":"raw"}`, `{"raw":`, `say "raw"`}; !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
