package content_test

import (
	"io/fs"
	"path"
	"testing"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// BenchmarkParsers reads the samples of each pack with all packs in force; one operation is one record.
func BenchmarkParsers(b *testing.B) {
	set, err := pack.Shipped()
	if err != nil {
		b.Fatal(err)
	}
	parser := parse.New(parse.Options{})
	for _, doc := range set.Packs() {
		text, err := fs.ReadFile(content.Parsers, path.Join("parsers", doc.ID, "samples.yml"))
		if err != nil {
			b.Fatal(err)
		}
		samples, err := pack.ReadSamples(text)
		if err != nil {
			b.Fatal(err)
		}
		records := make([]record.Record, len(samples))
		for i := range samples {
			records[i] = record.Record{Source: "s", Received: samples[i].Received, Raw: samples[i].Bytes()}
		}
		b.Run(doc.ID, func(b *testing.B) {
			b.ReportAllocs()
			var ev event.Event
			i := 0
			for b.Loop() {
				parser.Parse(&records[i], &ev)
				if i++; i == len(records) {
					i = 0
				}
			}
		})
	}
}
