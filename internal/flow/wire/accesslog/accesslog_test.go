package accesslog

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	const when = "14/Jun/2024:14:00:00 +0000"
	cases := map[string]Entry{
		`192.0.2.1 - - [` + when + `] "GET /a?b=c HTTP/1.1" 200 12`:                                          {Remote: "192.0.2.1", Time: when, Request: "GET /a?b=c HTTP/1.1", Method: "GET", URL: "/a?b=c", Protocol: "HTTP/1.1", Status: "200", Bytes: "12"},
		`2001:db8::1 - kai b [` + when + `] "POST / HTTP/2.0" 302 - "http://r/" "UA \"x\" y" 0.5`:            {Remote: "2001:db8::1", User: "kai b", Time: when, Request: "POST / HTTP/2.0", Method: "POST", URL: "/", Protocol: "HTTP/2.0", Status: "302", Referrer: "http://r/", Agent: `UA \"x\" y`, Rest: "0.5"},
		`shop.example.test:443 192.0.2.1 - - [` + when + `] "GET /with blank HTTP/1.1" 404 0 "-" "curl/8.0"`: {VHost: "shop.example.test:443", Remote: "192.0.2.1", Time: when, Request: "GET /with blank HTTP/1.1", Method: "GET", URL: "/with blank", Protocol: "HTTP/1.1", Status: "404", Bytes: "0", Agent: "curl/8.0"},
		`192.0.2.1 - - [` + when + `] "\x16\x03" 400 0`:                                                      {Remote: "192.0.2.1", Time: when, Request: `\x16\x03`, Status: "400", Bytes: "0"},
	}
	for in, want := range cases {
		got, ok := Parse(in)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("Parse(%q) %v (-want +got):\n%s", in, ok, diff)
		}
	}
}

func TestParseRefusesOtherLines(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "text [with] brackets", `192.0.2.1 - - [14/Jun/2024:14:00:00 +0000] GET / 200`, `192.0.2.1 - - [14/Jun/2024:14:00:00 +0000] "GET /" abc`, "[x] y z"} {
		if e, ok := Parse(s); ok {
			t.Errorf("Parse(%q) = %+v", s, e)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`192.0.2.1 - - [14/Jun/2024:14:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 12 "http://r/" "UA"`)
	f.Add(`v:80 192.0.2.1 - u [14/Jun/2024:14:00:00 +0000] "\x16" 400 -`)
	f.Fuzz(func(t *testing.T, s string) {
		e, ok := Parse(s)
		if !ok {
			return
		}
		for _, part := range []string{e.Remote, e.User, e.Request, e.URL, e.Agent, e.Referrer, e.Rest} {
			if !strings.Contains(s, part) {
				t.Errorf("%q is no part of the line", part)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Parse(`203.0.113.70 - - [14/Jun/2024:14:00:00 +0000] "GET /index.php?id=1 HTTP/1.1" 200 5120 "https://example.test/start" "Mozilla/5.0 (X11; Linux x86_64)"`)
	}
}
