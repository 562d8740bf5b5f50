package parse

import (
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// TestHostileRecordsStayCheap parses records of the largest size made of what scanners may trip over. The bound is far above what
// they take, so that only a scanner gone quadratic fails.
func TestHostileRecordsStayCheap(t *testing.T) {
	p := New(Options{})
	for _, unit := range []string{
		`a="`, "=", "a=", `a='b "`, "k: v, ", "：", "<a>", "<Event><System>", `{"a":`, "[", `{"a":[`, `\`, "|", "CEF:0|", "CEF:0|a|b|c|d|e|1|a=", "LEEF:2.0|a|b|c|d|^|",
		"from ", "IN= SRC= ", "type=A msg=audit(1:1): ", "client #", "<13>", "Jan 1 00:00:00 ", "\xd4\xb4", "\xff", `{"message":"`, `{"log":"{\"log\":\"`, "] [", `"`, "&amp;", "%", "\t",
	} {
		raw := strings.Repeat(unit, record.MaxRawBytes/len(unit))
		for _, prefix := range []string{"", "<13>Jun 14 09:00:00 h app: ", "a=1 b=2 c=3 "} {
			var ev event.Event
			start := time.Now()
			p.Parse(&record.Record{Source: "s1", Received: received(), Raw: []byte(prefix + raw)}, &ev)
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("%q after %q: %s", unit, prefix, took)
			} else if took > 100*time.Millisecond {
				t.Logf("%q after %q: %s", unit, prefix, took)
			}
			checkEvent(t, []byte(prefix+raw), &ev)
		}
	}
}
