package learn

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// FuzzPropose learns from any lines: what is proposed is bounded, can be stored, and compiles to a pack that loads and passes its samples.
func FuzzPropose(f *testing.F) {
	for _, name := range []string{"kv, Chinese names", "columns with bars, without names", "JSON, nested", "free text", "名称：值", "CSV with a header", "columns with |!", "names with blanks", "date and time apart"} {
		var b strings.Builder
		for _, r := range invented(24)[name] {
			b.WriteString(r.raw + "\n")
		}
		f.Add(b.String(), "s")
	}
	f.Add("%{a} = 1 %%{b}\n%{a} = 2 %%{b}\n%{a} = 3 %%{b}\n100%5 of x\n100%7 of x\n100%9 of x", "x%{")
	f.Add("a=1;b=2;c=3;@d=4;@timestamp=5\na=1;b=2;c=3;message=4\ncef.a=1;leef.b=2;_=3;c=9", "\x01")
	f.Add(`{"@timestamp":"2024-06-14T10:00:00Z","a.b":{"":1},"message":"x","@x":[1,2,{"c":null}]}`+"\n"+`{"message":"y"}`, "{")
	shelf := pack.NewShelf(nil)
	f.Fuzz(func(t *testing.T, text, twist string) {
		var lines []Line
		for line := range strings.SplitSeq(text, "\n") {
			lines = append(lines, Line{line, day}, Line{strings.ReplaceAll(line, "1", twist), day}, Line{line + twist, day})
			if len(lines) > 150 {
				break
			}
		}
		p := Propose(lines, parse.Settings{}, shelf)
		check(t, p, lines, shelf)
	})
}

func check(t *testing.T, p *Proposal, lines []Line, shelf *pack.Shelf) {
	t.Helper()
	if p.Covered > p.Unclaimed || p.Unclaimed > p.Lines || p.Lines > len(lines) || len(p.Formats) > maxFormats+8 {
		t.Fatalf("%d lines, %d unclaimed, %d covered, %d formats", p.Lines, p.Unclaimed, p.Covered, len(p.Formats))
	}
	for i := range p.Formats {
		one := &p.Formats[i]
		if len(one.Fields) > maxFields || len(one.Samples) > maxSamples || len(one.Samples) == 0 {
			t.Fatalf("%s: %d fields, %d samples", one.ID, len(one.Fields), len(one.Samples))
		}
		holder := map[string]string{}
		for j := range one.Fields {
			fl := &one.Fields[j]
			if fl.Target != "" && fl.Confidence < Least || fl.Confidence > 1 || len(fl.Values) > maxValues || len(fl.Alternatives) > maxChoices {
				t.Fatalf("%s: %+v", one.ID, fl)
			}
			if o, ok := holder[fl.Name]; ok {
				t.Fatalf("%s: two fields %s %s", one.ID, fl.Name, o)
			}
			holder[fl.Name] = fl.Slot
		}
	}
	if len(p.Formats) == 0 {
		return
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var stored Proposal
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	options := stored.options(shelf)
	b, err := stored.compile("own-fuzz", Device{"V", "P", "waf"}, options)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := try(b.written, options); err != nil {
		t.Fatalf("%v\n%s\n%s", err, b.written.Text, b.written.Samples)
	}
	if len(b.written.Text) > pack.MaxBytes || len(b.written.Samples) > pack.MaxBytes {
		t.Fatalf("pack of %d bytes, samples of %d", len(b.written.Text), len(b.written.Samples))
	}
	Merge(&stored, p)
}

func FuzzMiner(f *testing.F) {
	f.Add("user kai from 192.0.2.1\nuser bob from 192.0.2.2\n\"a b\" <*> 2024-06-14 10:00:00 x")
	f.Fuzz(func(t *testing.T, text string) {
		var m Miner
		for line := range strings.SplitSeq(text, "\n") {
			m.Add(line, day)
		}
		list := m.Templates()
		var again Miner
		again.Restore(list)
		if n := len(again.Templates()); n > len(list) || len(list) > MaxTemplates {
			t.Fatalf("%d of %d", n, len(list))
		}
		for _, line := range strings.Split(text, "\n") {
			again.Add(line, day)
		}
	})
}

// BenchmarkPropose proposes from 500 lines of each kind of device.
func BenchmarkPropose(b *testing.B) {
	for name, records := range invented(500) {
		lines := make([]Line, len(records))
		for i, r := range records {
			lines[i] = Line{r.raw, day}
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Propose(lines, parse.Settings{}, nil)
			}
		})
	}
}

// BenchmarkMiner adds messages of a few templates.
func BenchmarkMiner(b *testing.B) {
	lines := talker(1000)
	var m Miner
	i := 0
	for b.Loop() {
		m.Add(lines[i%len(lines)].Raw, day)
		i++
	}
}
