package cef

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAndEach(t *testing.T) {
	t.Parallel()
	h, ok := Parse(`CEF:0|Acme\|Co|Wall\\1|4.2|1001|Name with blanks|7|src=192.0.2.1 msg=two words and a\=b\nnext cs1=C:\Temp\x request=http://x/?a=b&c=d act=x`)
	want := Header{Version: "0", Vendor: "Acme|Co", Product: `Wall\1`, Release: "4.2", Signature: "1001", Name: "Name with blanks", Severity: "7", Extension: h.Extension}
	if diff := cmp.Diff(want, h); diff != "" || !ok {
		t.Errorf("header %v (-want +got):\n%s", ok, diff)
	}
	got := map[string]string{}
	Each(h.Extension, func(k, v string) { got[k] = v })
	pairs := map[string]string{"src": "192.0.2.1", "msg": "two words and a=b\nnext", "cs1": `C:\Temp\x`, "request": "http://x/?a=b&c=d", "act": "x"}
	if diff := cmp.Diff(pairs, got); diff != "" {
		t.Errorf("extension (-want +got):\n%s", diff)
	}
}

func TestParseRefusesBrokenHeaders(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "CEF:", "CEF:0|a|b", "CEF:0||||||", "CEF:10.2.3.4:514|when:12:00|server:db7|port:1521|a|b|c|d", "CEF:x|a|b|c|d|e|1|", "LEEF:1.0|a|b|c|d|"} {
		if h, ok := Parse(s); ok {
			t.Errorf("Parse(%q) = %+v", s, h)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`CEF:0|Acme\|Co|Wall\\1|4.2|1001|Name|7|src=192.0.2.1 msg=a\=b c1Label=x`)
	f.Add(`CEF:1|a|b|c|d|e|Low|`)
	f.Fuzz(func(t *testing.T, s string) {
		h, ok := Parse(s)
		if ok && h.Vendor == "" && h.Product == "" {
			t.Error("a header without vendor and product")
		}
		if n := Each(h.Extension, func(_, v string) {
			if len(v) > len(s) {
				t.Error("value longer than the line")
			}
		}); n > MaxPairs {
			t.Errorf("%d pairs", n)
		}
		Each(s, func(_, _ string) {})
		Find(s, 512)
	})
}
