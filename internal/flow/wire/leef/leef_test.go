package leef

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/wire/kv"
)

func TestParseAndEach(t *testing.T) {
	t.Parallel()
	want := map[string]string{"src": "192.0.2.1", "usrName": "kai b", "action": "deny all"}
	for name, in := range map[string]string{
		"version 1":                 "LEEF:1.0|Acme|Gate|2.1|7|src=192.0.2.1\tusrName=kai b\taction=deny all",
		"version 1, tabs as #011":   "LEEF:1.0|Acme|Gate|2.1|7|src=192.0.2.1#011usrName=kai b#011action=deny all",
		"version 1, tabs as blanks": "LEEF:1.0|Acme|Gate|2.1|7|src=192.0.2.1 usrName=kai b action=deny all",
		"version 2, caret":          "LEEF:2.0|Acme|Gate|2.1|7|^|src=192.0.2.1^usrName=kai b^action=deny all",
		"version 2, 0x7c":           "LEEF:2.0|Acme|Gate|2.1|7|0x7c|src=192.0.2.1|usrName=kai b|action=deny all",
		"version 2, x3b":            "LEEF:2.0|Acme|Gate|2.1|7|x3b|src=192.0.2.1;usrName=kai b;action=deny all",
		"version 2, none":           "LEEF:2.0|Acme|Gate|2.1|7||src=192.0.2.1\tusrName=kai b\taction=deny all",
		"version 2, left out":       "LEEF:2.0|Acme|Gate|2.1|7|src=192.0.2.1\tusrName=kai b\taction=deny all",
	} {
		h, ok := Parse(in)
		if !ok || h.Vendor != "Acme" || h.Product != "Gate" || h.Release != "2.1" || h.EventID != "7" {
			t.Errorf("%s: header %+v %v", name, h, ok)
		}
		got := map[string]string{}
		h.Each(func(k, v string) { got[k] = v })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("LEEF:1.0|Acme|Gate|2.1|7|src=192.0.2.1\tusrName=kai b")
	f.Add("LEEF:2.0|Acme|Gate|2.1|7|0x7c|src=192.0.2.1|x=y")
	f.Add("LEEF:2.0|a|b|c|d|^|#011")
	f.Fuzz(func(t *testing.T, s string) {
		h, ok := Parse(s)
		if !ok {
			return
		}
		if h.Delimiter == "" {
			t.Error("empty delimiter")
		}
		if n := h.Each(func(_, _ string) {}); n > kv.MaxPairs {
			t.Errorf("%d pairs", n)
		}
	})
}
