package delimited

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		`a,b,,c`:              {"a", "b", "", "c"},
		`a, "b, c" ,d`:        {"a", "b, c", "d"},
		`"say ""hi""",x`:      {`say "hi"`, "x"},
		`"never ends,x`:       {`"never ends`, "x"},
		`"odd"quote,x`:        {`"odd"quote`, "x"},
		``:                    {""},
		"last,\"quoted\"\r\n": {"last", "quoted"},
		`a,`:                  {"a", ""},
	} {
		if diff := cmp.Diff(want, Split(in, ',', nil)); diff != "" {
			t.Errorf("Split(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func TestSplitIsBounded(t *testing.T) {
	t.Parallel()
	if n := len(Split(strings.Repeat(",", 10*MaxFields), ',', nil)); n > MaxFields {
		t.Errorf("%d fields", n)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(`a,"b ""c""",d`, byte(','))
	f.Add("x\ty\t\"z", byte('\t'))
	f.Fuzz(func(t *testing.T, s string, delim byte) {
		if n := len(Split(s, delim, nil)); n == 0 || n > MaxFields {
			t.Errorf("%d fields", n)
		}
	})
}
