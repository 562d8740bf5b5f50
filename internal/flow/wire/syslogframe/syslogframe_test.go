package syslogframe_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/wire/syslogframe"
)

const limit = 64

// split feeds the text in chunks of n bytes and flushes; a record that was cut ends in "…".
func split(text string, n int) []string {
	s := syslogframe.NewSplitter(limit)
	var got []string
	emit := func(rec []byte, cut bool) {
		end := ""
		if cut {
			end = "…"
		}
		got = append(got, string(rec)+end)
	}
	for len(text) > 0 {
		k := min(n, len(text))
		s.Feed([]byte(text[:k]), emit)
		text = text[k:]
	}
	s.Flush(emit)
	return got
}

func TestSplitterCutsStreamsOfEveryFraming(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", limit)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"lines", "<13>a\n<13>b\n", []string{"<13>a", "<13>b"}},
		{"CR LF and NUL end lines too", "<13>a\r\n<13>b\x00<13>c\x00\n", []string{"<13>a", "<13>b", "<13>c"}},
		{"the last line needs no end", "<13>a\n<13>b", []string{"<13>a", "<13>b"}},
		{"empty lines are no records", "\n\n<13>a\n\r\n\x00\n", []string{"<13>a"}},
		{"octet-counted", "5 <13>a7 <13>b\nc5 <13>d", []string{"<13>a", "<13>b\nc", "<13>d"}},
		{"octet-counted with a line end inside the count", "6 <13>a\n6 <13>b\n", []string{"<13>a", "<13>b"}},
		{"octet-counted with a line end after the count", "5 <13>a\n5 <13>b\n", []string{"<13>a", "<13>b"}},
		{"both on one connection", "<13>a\n5 <13>b<13>c\n5 <13>d", []string{"<13>a", "<13>b", "<13>c", "<13>d"}},
		{"a number that starts a line is text", "12 monkeys\n2026-01-02 x\n99999999 <13>a\n0 <1>b\n7\n", []string{"12 monkeys", "2026-01-02 x", "99999999 <13>a", "0 <1>b", "7"}},
		{"a line at the limit is whole", long + "\n<13>a\n", []string{long, "<13>a"}},
		{"a line beyond the limit is cut", long + "yyy\n<13>a\n", []string{long + "…", "<13>a"}},
		{"an octet-counted record beyond the limit is cut", "70 <13>" + long + "yy5 <13>a", []string{"<13>" + long[:limit-4] + "…", "<13>a"}},
		{"an octet-counted record that never ends is cut", "50 <13>abc", []string{"<13>abc…"}},
		{"nothing", "", nil},
	} {
		for _, n := range []int{1, 2, 3, 7, 1000} {
			if diff := cmp.Diff(c.want, split(c.text, n)); diff != "" {
				t.Errorf("%s, chunks of %d: %s", c.name, n, diff)
			}
		}
	}
}

func TestTokenIsFoundInStructuredDataOnly(t *testing.T) {
	t.Parallel()
	const head = "<165>1 2026-03-04T05:06:07Z host app 1 ID "
	for _, c := range []struct {
		rec  string
		want []string
	}{
		{head + `[isoc@32473 token="src_abc"] hello`, []string{"isoc", "src_abc"}},
		{head + `[a@1 x="1" y="\"]"][b@2 z="" token="t"][c token="u"]`, []string{"a", "b", "t", "c", "u"}},
		{head + `[token@1 tokens="a" token="b"]`, []string{"token", "b"}},
		{head + `[src_abc@41058 tag="x"] hello`, []string{"src_abc"}},
		{head + `[src_abc] hello`, []string{"src_abc"}},
		{head + `[a@1 token=""]`, []string{"a", ""}},
		{head + `[a@1 x="1"] [b@2 token="message, not data"]`, []string{"a"}},
		{head + `- [isoc@32473 token="src_abc"]`, nil},
		{head + `[a@1 token="unterminated`, []string{"a"}},
		{head + `[a@1 token=bare]`, []string{"a"}},
		{head + `[a@1`, nil},
		{`<13>Mar  4 05:06:07 host app: [a@1 token="x"]`, nil},
		{`<165>2 2026-03-04T05:06:07Z host app 1 ID [a@1 token="x"]`, nil},
		{"<165>1 ", nil},
		{"", nil},
	} {
		var got []string
		syslogframe.EachToken([]byte(c.rec), func(start, end int) bool { got = append(got, c.rec[start:end]); return true })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.rec, diff)
		}
	}
}

func FuzzSplitter(f *testing.F) {
	for _, seed := range []string{"<13>a\n5 <13>b<13>c\n", "70 <13>x", strings.Repeat("y", 200) + "\n5 <13>a", "5 <13>a\r\n\x00123", "9999999 <"} {
		f.Add(seed, 3)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		n = max(1, min(n, 1<<16))
		whole, chunked := split(text, len(text)+1), split(text, n)
		if diff := cmp.Diff(whole, chunked); diff != "" {
			t.Fatalf("chunks of %d change the records: %s", n, diff)
		}
		total := 0
		for _, rec := range whole {
			total += len(strings.TrimSuffix(rec, "…"))
			if len(strings.TrimSuffix(rec, "…")) > limit {
				t.Fatalf("record of %d bytes", len(rec))
			}
		}
		if total > len(text) {
			t.Fatalf("%d bytes out of %d", total, len(text))
		}
	})
}

func FuzzToken(f *testing.F) {
	f.Add([]byte(`<165>1 2026-03-04T05:06:07Z host app 1 ID [a@1 x="\"]"][isoc@32473 token="src_abc"] hello`))
	f.Add([]byte(`<1>1 a b c d e [`))
	f.Fuzz(func(t *testing.T, rec []byte) {
		syslogframe.EachToken(rec, func(start, end int) bool {
			if start > end || end >= len(rec) || rec[start-1] != '[' && (rec[end] != '"' || !bytes.HasSuffix(rec[:start], []byte(` token="`))) {
				t.Fatalf("%d:%d of %q", start, end, rec)
			}
			return true
		})
	})
}

func BenchmarkSplitter(b *testing.B) {
	line := "<38>Mar  4 05:06:07 web-1 sshd[4711]: Failed password for root from 192.0.2.7 port 52144 ssh2"
	for _, c := range []struct{ name, frame string }{{"lines", line + "\n"}, {"counted", fmt.Sprintf("%d %s", len(line), line)}} {
		b.Run(c.name, func(b *testing.B) {
			data := []byte(strings.Repeat(c.frame, 640))
			s, n := syslogframe.NewSplitter(256<<10), 0
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				s.Feed(data, func([]byte, bool) { n++ })
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
