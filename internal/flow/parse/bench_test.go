package parse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// BenchmarkParse parses the golden records of each format; one operation is one record. The cost of encoding the
// event as JSON is measured by BenchmarkParseAndEncode.
func BenchmarkParse(b *testing.B) {
	benchmarkCases(b, func(p *Parser, rec *record.Record, ev *event.Event, _ []byte) []byte {
		p.Parse(rec, ev)
		return nil
	})
}

func BenchmarkParseAndEncode(b *testing.B) {
	var enc encoder
	benchmarkCases(b, func(p *Parser, rec *record.Record, ev *event.Event, _ []byte) []byte {
		p.Parse(rec, ev)
		text, err := enc.encode(ev, "", nil)
		if err != nil {
			b.Fatal(err)
		}
		return text
	})
}

func benchmarkCases(b *testing.B, do func(*Parser, *record.Record, *event.Event, []byte) []byte) {
	b.Helper()
	dirs, err := filepath.Glob("testdata/cases/*")
	if err != nil {
		b.Fatal(err)
	}
	for _, dir := range dirs {
		raw, err := os.ReadFile(filepath.Join(dir, "input.log"))
		if err != nil {
			b.Fatal(err)
		}
		var records []record.Record
		size := 0
		for _, line := range strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n") {
			records = append(records, record.Record{Source: "s1", Received: received(), Raw: []byte(line)})
			size += len(line)
		}
		b.Run(filepath.Base(dir), func(b *testing.B) {
			p := New(Options{})
			var ev event.Event
			var buf []byte
			b.SetBytes(int64(size / len(records)))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				buf = do(p, &records[i], &ev, buf)
				if i++; i == len(records) {
					i = 0
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
