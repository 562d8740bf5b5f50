package parse_test

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
)

func TestLocateFindsValuesInTheRecord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, name, value string
		want              []string // the record with the place in brackets
	}{
		{"Failed password for root from 203.0.113.9 port 4711", "user.name", "root", []string{"Failed password for [root] from 203.0.113.9 port 4711"}},
		{"host=root user=root x=1", "user.name", "root", []string{"host=[root] user=root x=1", "host=root user=[root] x=1"}},
		{"host=root user=root x=1", "auth.user", "root", []string{"host=root user=[root] x=1"}},
		{`{"EventID":1,"n":1}`, "winlog.EventID", "1", []string{`{"EventID":[1],"n":1}`}},
		{`{"a":1,"n":1}`, "winlog.EventID", "1", nil},
		{`{"Image":"C:\\a\\b.exe"}`, "Image", `C:\a\b.exe`, []string{`{"Image":"[C:\\a\\b.exe]"}`}},
		{`<Data Name='Image'>a &amp; b</Data>`, "Image", `a & b`, []string{`<Data Name='Image'>[a &amp; b]</Data>`}},
		{`{"m":"\u767b\u5f55 x"}`, "message", "登录 x", []string{`{"m":"[\u767b\u5f55 x]"}`}},
		{"rootkit", "user.name", "root", []string{"[root]kit"}},
		{"rooted", "user.name", "roo", nil},
		{"用户admin登录", "user.name", "admin", []string{"用户[admin]登录"}},
		{"登录失败", "x", "失败", nil}, // within a run of characters that is no word: too short to be sure
	} {
		var got []string
		for _, p := range parse.Locate(c.text, []event.Field{{Name: c.name, Value: c.value}}) {
			got = append(got, c.text[:p.Start]+"["+c.text[p.Start:p.End]+"]"+c.text[p.End:])
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s=%s: %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func TestLocatePartCountsEscapes(t *testing.T) {
	t.Parallel()
	text := `{"c":"C:\\Windows\\cmd.exe /c \"whoami\""}`
	value := `C:\Windows\cmd.exe /c "whoami"`
	p := parse.Locate(text, []event.Field{{Name: "c", Value: value}})
	if len(p) != 1 {
		t.Fatalf("places = %v", p)
	}
	at := strings.Index(value, `\cmd.exe`)
	from, to := p[0].Part(at, at+len(`\cmd.exe`))
	if text[from:to] != `\\cmd.exe` {
		t.Errorf("part = %q", text[from:to])
	}
}

func FuzzLocateStaysInTheRecord(f *testing.F) {
	f.Add(`{"a":"\\x"}`, `\x`, 0, 1)
	f.Add("\xff\xfe日志", "\xfe", 0, 1)
	f.Fuzz(func(t *testing.T, text, value string, start, end int) {
		for _, p := range parse.Locate(text, []event.Field{{Name: "a.b", Value: value}}) {
			if p.Start < 0 || p.End > len(text) || p.Start >= p.End {
				t.Fatalf("place %v of %d bytes", p, len(text))
			}
			if 0 <= start && start <= end && end <= len(value) {
				if from, to := p.Part(start, end); from < p.Start || to < from {
					t.Fatalf("part %d–%d of %v", from, to, p)
				}
			}
		}
	})
}
