package query_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
)

func sample() *event.Event {
	ev := &event.Event{Tenant: "01ARZ3NDEKTSV4RRFFQ69G5FAV", ID: "x1", Time: time.Date(2026, 3, 4, 22, 30, 0, 0, time.UTC)}
	for name, value := range map[string]string{
		event.Message: "用户登录失败 Failed password for root", "source.ip": "10.1.2.3", "event.code": "4625", "user.name": "root",
		"empty": "", "_time": "own",
	} {
		ev.Add(name, value)
	}
	ev.Add("tags", "one")
	ev.Add("tags", "two")
	return ev
}

func TestFilterDecidesAboutEventsInFlight(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"*": true, "password": true, "nothing": false, "登录": true, "user.name:=root": true, "user.name:ann": false,
		"source.ip:10.0.0.0/8": true, "source.ip:192.168.0.0/16": false, "event.code:>4624": true, "event.code:>4625": false,
		"tags:two": true, "tags:three": false, "empty:*": false, "!empty:*": true, "i(FAILED)": true, `~"pass.*root$"`: true,
		"user.name:in(root, ann)": true, "_time:day_range[22:00, 23:00]": true, "_time:day_range[08:00, 18:00)": false,
		"_time:week_range[Mon, Fri]": true, "_time:>2026-03-01": true, "_time:<2026-03-01": false, "@timestamp:2026-03-04": true,
		"isoc.displaced._time:own": true, "isoc.tenant.id:=01ARZ3NDEKTSV4RRFFQ69G5FAV": true, "event.id:=x1": true,
		"root (password or x) -y": true,
	} {
		f, err := query.CompileFilter(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Match(sample()); got != want {
			t.Errorf("%s matches: %v, want %v", text, got, want)
		}
	}
}

func TestFilterRefusesWhatNeedsAnArchive(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a | fields b", "x:in(* | fields y)", "_time:5m", "_time:[now-1h, now]", "", "* | nosuchpipe", "_time:>1h"} {
		var e *query.Error
		if _, err := query.CompileFilter(text); !errors.As(err, &e) {
			t.Errorf("%q: %v, want an error of the query", text, err)
		}
	}
}

func TestRowHoldsEveryField(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 60)
	ev := &event.Event{Tenant: "t", ID: "i", Fields: []event.Field{
		{Name: "a", Value: "1"}, {Name: "b", Value: ""}, {Name: "a", Value: `2"`}, {Name: "", Value: "no name"}, {Name: "@timestamp", Value: "x"},
		{Name: long, Value: "l"}, {Name: "a", Value: "3"}, {Name: "event.id", Value: "other"}, {Name: "isoc.tenant.id", Value: "other"},
	}}
	want := []logstorage.Field{
		{Name: "isoc.tenant.id", Value: "t"}, {Name: "event.id", Value: "i"}, {Name: "a", Value: `["1","2\"","3"]`},
		{Name: "isoc.displaced.", Value: "no name"}, {Name: "isoc.displaced.@timestamp", Value: "x"}, {Name: query.Name(long), Value: "l"},
	}
	if diff := cmp.Diff(want, query.AppendRow(nil, ev)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := query.Name(long); len(n) > 128 || !strings.HasPrefix(n, "长长") || n == query.Name(long+"x") {
		t.Errorf("long name becomes %q", n)
	}
}

func BenchmarkFilter(b *testing.B) {
	f, err := query.CompileFilter("user.name:=root source.ip:10.0.0.0/8 -i(accepted)")
	if err != nil {
		b.Fatal(err)
	}
	ev := sample()
	b.ReportAllocs()
	for b.Loop() {
		f.Match(ev)
	}
}
