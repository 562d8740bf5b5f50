package input

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/collect"
)

// TestSplittersKeepNoMoreThanARequestMayHold guards memory: records are refused by number only after the body was cut, and a record
// takes a hundred times the memory of the line of one byte it stands on.
func TestSplittersKeepNoMoreThanARequestMayHold(t *testing.T) {
	t.Parallel()
	const most, lines = 10, 100_000
	from := origin{src: &collect.Source{}}
	r := httptest.NewRequest("POST", "/services/collector/raw", nil)
	raw := func(line, contentType string) int {
		return cap(splitRaw([]byte(strings.Repeat(line, lines)), contentType, from, &rawReply{}, most))
	}
	hec := func(line, path string) int {
		return cap(splitHEC(path, []byte(strings.Repeat(line, lines)), r, from, most).recs)
	}
	bulk := func(line string) int {
		b := splitBulk([]byte(strings.Repeat(line, lines)), "", from, most)
		return max(cap(b.items), cap(b.recs), cap(b.of))
	}
	for name, kept := range map[string]int{
		"raw lines":       raw("a\n", "text/plain"),
		"blank lines":     raw("\n", "text/plain"),
		"ndjson":          raw("1\n", "application/x-ndjson"),
		"json":            raw("1 ", "application/json"),
		"hec lines":       hec("a\n", "/raw"),
		"hec events":      hec(`{"event":1}`, "/event"),
		"bulk":            bulk("{\"index\":{}}\n{}\n"),
		"malformed bulk":  bulk("x\n"),
		"blank bulk":      bulk("\n"),
		"deletes in bulk": bulk("{\"delete\":{}}\n"),
	} {
		if kept > 2*most {
			t.Errorf("%s: %d kept of a request that may hold %d", name, kept, most)
		}
	}
}

func TestTimesBeyondNanosecondsAreNone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"1772600767.5": 1772600767500, "1772600767500": 1772600767500, "8999999999": 8999999999000,
		"9000000001": 0, "99999999999": 0, "99999999999999": 0, "1e300": 0, "-1": 0, "NaN": 0, "": 0, "soon": 0,
	} {
		got := hecTime(text)
		if got.IsZero() && want == 0 {
			continue
		}
		if got.UnixMilli() != want || got.UnixNano() != want*1e6 {
			t.Errorf("%q: %s", text, got)
		}
	}
}
