package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// core are the fields that are scored.
var core = []string{
	"source.ip", "source.port", "destination.ip", "destination.port", "user.name", "event.action", "event.outcome", "host.name", "url.original",
	"http.response.status_code", "process.name", "file.path", "dns.question.name", "@timestamp",
}

// labelled is a record with the fields that a reference found in it.
type labelled struct {
	Package   string         `json:"package"`
	Raw       string         `json:"raw"`
	Expected  map[string]any `json:"expected"`
	Derivable []string       `json:"derivable"`
	TimeMode  string         `json:"ts_mode"`
}

func read(file string, half int) ([]labelled, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	var all []labelled
	for s.Scan() {
		var l labelled
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("record %d: %w", len(all)+1, err)
		}
		if sum := sha256.Sum256([]byte(l.Package)); half < 0 || int(sum[0]&1) == half {
			all = append(all, l)
		}
	}
	return all, s.Err()
}

// tally counts one field.
type tally struct {
	expected, right, derivable, rightDerivable, both, spurious int
}

func (t *tally) add(o tally) {
	t.expected += o.expected
	t.right += o.right
	t.derivable += o.derivable
	t.rightDerivable += o.rightDerivable
	t.both += o.both
	t.spurious += o.spurious
}

type result struct {
	fields map[string]*tally
}

// score parses every record and compares.
func score(p *parse.Parser, all []labelled) result {
	r := result{fields: map[string]*tally{}}
	for _, name := range core {
		r.fields[name] = &tally{}
	}
	var ev event.Event
	for i := range all {
		l := &all[i]
		p.Parse(&record.Record{Source: "bench", Received: time.Now(), Raw: []byte(l.Raw)}, &ev)
		for _, name := range core {
			r.fields[name].add(compare(l, name, values(&ev, name)))
		}
	}
	return r
}

func values(ev *event.Event, name string) []string {
	if name == event.Timestamp {
		return []string{ev.Time.Format(time.RFC3339Nano)}
	}
	var out []string
	for _, f := range ev.Fields {
		if f.Name == name && f.Value != "" {
			out = append(out, f.Value)
		}
	}
	return out
}

func compare(l *labelled, name string, got []string) tally {
	var t tally
	want, expected := l.Expected[name]
	if want == nil {
		expected = false
	}
	if !expected {
		if len(got) > 0 {
			t.spurious = 1
		}
		return t
	}
	t.expected = 1
	if len(got) > 0 {
		t.both = 1
	}
	for _, g := range got {
		if any1(want, func(w string) bool { return equal(l, name, g, w) }) {
			t.right = 1
		}
	}
	if slices.Contains(l.Derivable, name) {
		t.derivable, t.rightDerivable = 1, t.right
	}
	return t
}

// any1 reports whether fn holds for the value or, of a list, for one of its members.
func any1(want any, fn func(string) bool) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(w any) bool { return fn(fmt.Sprint(w)) })
	}
	if n, ok := want.(float64); ok {
		return fn(fmt.Sprintf("%.0f", n))
	}
	return fn(fmt.Sprint(want))
}

var (
	zoned = regexp.MustCompile(`(Z|[+-]\d\d:?\d\d|UTC|GMT|\b1[4-9]\d{8})`)
	folds = regexp.MustCompile(`[\s_-]+`)
)

func equal(l *labelled, name, got, want string) bool {
	got, want = strings.TrimSpace(got), strings.TrimSpace(want)
	switch {
	case name == event.Timestamp:
		return sameTime(l, got, want)
	case strings.HasSuffix(name, ".ip"):
		a, errA := netip.ParseAddr(got)
		b, errB := netip.ParseAddr(want)
		if errA == nil && errB == nil {
			return a.WithZone("") == b.WithZone("")
		}
		return got == want
	case name == event.Action, name == event.Outcome:
		got, want = folds.ReplaceAllString(got, "-"), folds.ReplaceAllString(want, "-")
	}
	return strings.EqualFold(got, want)
}

// sameTime allows less than a second, another year where the record has none, and whole half hours where it has no zone.
func sameTime(l *labelled, got, want string) bool {
	a, errA := time.Parse(time.RFC3339Nano, got)
	b, errB := time.Parse(time.RFC3339Nano, want)
	if errA != nil || errB != nil {
		return false
	}
	if l.TimeMode == "noyear" {
		a = time.Date(b.UTC().Year(), a.Month(), a.Day(), a.Hour(), a.Minute(), a.Second(), a.Nanosecond(), time.UTC)
	}
	d := a.Sub(b).Abs()
	if d < time.Second {
		return true
	}
	off := d % (30 * time.Minute)
	return d <= 14*time.Hour && min(off, 30*time.Minute-off) < time.Second && !zoned.MatchString(l.Raw)
}

func (r result) print() {
	var all tally
	for _, name := range core {
		all.add(*r.fields[name])
	}
	line := func(name string, t *tally) {
		fmt.Printf("  %-28s recall of derivable %.3f (%d)  precision %.3f  spurious %d\n", name,
			ratio(t.rightDerivable, t.derivable), t.derivable, ratio(t.right, t.both), t.spurious)
	}
	line("score, all core fields", &all)
	for _, name := range core {
		line("  "+name, r.fields[name])
	}
}

func ratio(a, b int) float64 { return float64(a) / float64(max(1, b)) }
