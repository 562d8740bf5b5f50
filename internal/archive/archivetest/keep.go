package archivetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

func checkTenancy(t *testing.T, s *bench) {
	s.put(t, append(s.events(s.a, []string{"message", "of a", "k", "x", "owner", "a"}), s.events(s.b, []string{"message", "of b", "k", "x", "owner", "b"})...))
	for _, text := range []string{
		"*", "k:x", "k:in(* | fields k)", "k:x | union (*)", "k:x | union (isoc.tenant.id:*)", "* | filter owner:*",
		"isoc.tenant.id:" + string(s.b) + " or k:x", `"_stream_id":* or *`,
	} {
		q, err := query.Parse(text)
		if err != nil {
			continue // refused is as good
		}
		r, err := s.Search(tenant.WithScope(context.Background(), tenant.Only(s.a)), archive.Search{Tenants: []tenant.ID{s.a}, Query: q})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if len(r.Events) == 0 {
			t.Errorf("%s finds nothing", text)
		}
		for _, ev := range r.Events {
			if ev.Value("owner") != "a" {
				t.Errorf("%s shows %v to tenant a", text, ev)
			}
		}
	}
	if got := len(s.find(t, "*", s.a, s.b)); got != 2 {
		t.Errorf("both tenants have %d events, want 2", got)
	}
	stranger := tenant.NewID()
	for name, c := range map[string]struct {
		ctx  context.Context
		ids  []tenant.ID
		want error
	}{
		"no tenant":               {Everyone(), nil, fault.ErrInvalid},
		"no scope":                {context.Background(), []tenant.ID{s.a}, fault.ErrNotFound},
		"other's scope":           {tenant.WithScope(context.Background(), tenant.Only(s.a)), []tenant.ID{s.a, s.b}, fault.ErrNotFound},
		"unknown tenant":          {Everyone(), []tenant.ID{stranger}, fault.ErrNotFound},
		"invalid tenant":          {Everyone(), []tenant.ID{""}, fault.ErrNotFound},
		"provider is no customer": {Everyone(), []tenant.ID{tenant.Provider}, fault.ErrNotFound},
	} {
		sel := archive.Selection{Tenants: c.ids}
		_, err1 := s.Search(c.ctx, archive.Search{Tenants: c.ids})
		_, err2 := s.Histogram(c.ctx, archive.HistogramQuery{Tenants: c.ids, From: s.now.Add(-time.Hour), To: s.now, Buckets: 10})
		_, err3 := s.FieldNames(c.ctx, sel)
		_, err4 := s.FieldValues(c.ctx, sel, "k", 10)
		for i, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: read %d says %v, want %v", name, i, err, c.want)
			}
		}
	}
	if err := s.Append(tenant.WithScope(context.Background(), tenant.Only(s.a)), s.events(s.b, []string{"message", "x"})); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("append for another tenant says %v", err)
	}
}

func checkBounds(t *testing.T, s *bench) {
	s.put(t, s.events(s.a, []string{"message", "x"}))
	ids := []tenant.ID{s.a}
	for name, search := range map[string]archive.Search{
		"limit too high":    {Tenants: ids, Limit: archive.MaxLimit + 1},
		"negative limit":    {Tenants: ids, Limit: -1},
		"too many rows":     {Tenants: ids, Query: parse(t, "* | count()"), Limit: archive.MaxRows + 1},
		"made-up cursor":    {Tenants: ids, Cursor: "AAAA"},
		"cursor of garbage": {Tenants: ids, Cursor: strings.Repeat("\x00", 40)},
		"cursor of rows":    {Tenants: ids, Query: parse(t, "* | count()"), Cursor: archive.Cursor{Time: s.now, ID: "x"}.String()},
	} {
		if _, err := s.Search(Everyone(), search); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	hour := archive.HistogramQuery{Tenants: ids, From: s.now.Add(-time.Hour), To: s.now, Buckets: 10}
	none, backwards, many := hour, hour, hour
	none.From, backwards.From, many.Buckets = time.Time{}, s.now.Add(time.Hour), archive.MaxBuckets+1
	for i, h := range []archive.HistogramQuery{none, backwards, many} {
		if _, err := s.Histogram(Everyone(), h); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("histogram %d: %v, want invalid", i, err)
		}
	}
	for _, field := range []string{"", "_stream", "_stream_id"} {
		if _, err := s.FieldValues(Everyone(), archive.Selection{Tenants: ids}, field, 10); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("values of %q: %v, want invalid", field, err)
		}
	}
	r, err := s.Search(Everyone(), archive.Search{Tenants: ids, From: s.now, To: s.now.Add(time.Nanosecond)})
	if err != nil || len(r.Events) != 1 {
		t.Errorf("[now, now+1ns) holds %d events, %v; want 1", len(r.Events), err)
	}
	r, err = s.Search(Everyone(), archive.Search{Tenants: ids, To: s.now})
	if err != nil || len(r.Events) != 0 {
		t.Errorf("before now stand %d events, %v; want 0", len(r.Events), err)
	}
}

// checkClasses moves a tenant to another retention class and searches over both.
func checkClasses(t *testing.T, s *bench) {
	s.put(t, s.events(s.a, []string{"message", "old class", "k", "1"}, []string{"message", "old class", "k", "2"}))
	s.places.Set(s.a, archive.Placement{Account: 1, RetentionDays: 90})
	s.put(t, s.events(s.a, []string{"message", "new class", "k", "2"}, []string{"message", "new class", "k", "3"}))
	stats, err := s.Stats(Everyone())
	if err != nil || !cmp.Equal(stats.Classes, []int{30, 90}) {
		t.Errorf("classes are %v, %v; want 30 and 90", stats.Classes, err)
	}
	if got := len(s.find(t, "class", s.a)); got != 4 {
		t.Errorf("%d events, want 4", got)
	}
	for text, want := range map[string]string{
		"* | count() as c":                                                "4",
		"* | count_uniq(k) as c":                                          "3",
		"k:in(new | fields k) | count() as c":                             "3",
		"k:1 | union (k:3) | count(event.id) as c":                        "2",
		"* | uniq by (k) | count() as c":                                  "3",
		"* | sort by (k desc) | limit 2 | count(k) as c":                  "2",
		"* | top 5 by (k) | filter k:=2 | fields hits | rename hits as c": "2",
	} {
		if got := s.find(t, text, s.a); len(got) != 1 || got[0].Value("c") != want {
			t.Errorf("%s gives %v, want %s", text, got, want)
		}
	}
	bare := archive.Search{Tenants: []tenant.ID{s.a}, Query: parse(t, "k:1 | union (k:3) | count() as c")}
	if r, err := s.Search(Everyone(), bare); err == nil && r.Events[0].Value("c") != "2" {
		t.Errorf("counting bare rows gives %v; it must be right or refused", r.Events)
	}
	hits, err := s.FieldValues(Everyone(), archive.Selection{Tenants: []tenant.ID{s.a}}, "k", 10)
	if want := []archive.Hits{{Value: "2", Count: 2}, {Value: "1", Count: 1}, {Value: "3", Count: 1}}; err != nil || !cmp.Equal(hits, want) {
		t.Errorf("values %v, %v; want %v", hits, err, want)
	}
	s.reopen(t)
	if got := len(s.find(t, "class", s.a)); got != 4 {
		t.Errorf("%d events after reopening, want 4", got)
	}
}

// checkOutOfRange stores events whose times the engine would drop.
func checkOutOfRange(t *testing.T, s *bench) {
	claims := []time.Time{
		{}, time.Unix(0, 0).UTC(), s.now.Add(-30 * 24 * time.Hour), s.now.Add(-400 * 24 * time.Hour), s.now.Add(49 * time.Hour),
		time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	rows := make([][]string, len(claims))
	for i := range rows {
		rows[i] = []string{"message", "late", "n", fmt.Sprint(i)}
	}
	events := s.events(s.a, rows...)
	for i, at := range claims {
		events[i].Time = at
	}
	inside := s.events(s.a, []string{"message", "fine", "n", "a"}, []string{"message", "fine", "n", "b"})
	inside[0].Time, inside[1].Time = s.now.Add(-29*24*time.Hour), s.now.Add(47*time.Hour)
	s.put(t, append(events, inside...))
	got := s.find(t, "late", s.a)
	if len(got) != len(claims) {
		t.Errorf("%d of %d events are kept", len(got), len(claims))
	}
	for _, ev := range got {
		var i int
		if _, err := fmt.Sscan(ev.Value("n"), &i); err != nil {
			t.Fatal(err)
		}
		if !ev.Time.Equal(s.now) || ev.Value(archive.TimeOriginal) != claims[i].Format(time.RFC3339Nano) {
			t.Errorf("event of %v stands at %v with original %q", claims[i], ev.Time, ev.Value(archive.TimeOriginal))
		}
	}
	for _, ev := range s.find(t, "fine", s.a) {
		if ev.Has(archive.TimeOriginal) || ev.Time.Equal(s.now) {
			t.Errorf("event inside the retention was moved to %v", ev.Time)
		}
	}
	stats, err := s.Stats(Everyone())
	if err != nil || stats.Retimed != uint64(len(claims)) || stats.DroppedRows != 0 {
		t.Errorf("stats count %d retimed and %d dropped, %v", stats.Retimed, stats.DroppedRows, err)
	}
}

func checkOdd(t *testing.T, s *bench) {
	long := strings.Repeat("长い値 ", 20_000)
	odd := map[string]string{
		"nul": "a\x00b", "cjk": "中文 日本語 한국어", "quotes": `"'` + "`", "ansi": "\x1b[31mred\x1b[0m", "newline": "a\nb\r\nc",
		"backslash": `\\srv\share`, "emoji": "👩‍💻", "space": " ", "json": `{"a":[1,2]}`, "html": "<script>&amp;", "long": long,
		"number": "007", "float": "1e400", "time": "2026-01-01T00:00:00Z", "ip": "1.2.3.4", "pipe": "a | b", "star": "*", "brace": "{a=\"b\"}",
		"invalid": "\xff\xfe", "name with space": "v", "名前": "値", `quo"te`: "v", "a|b": "v", "-dash": "v", "@at": "v",
		"_time": "own time", "_msg": "own msg", "_stream": "own stream", "_stream_id": "own id", "isoc.stream": "own", "": "no name",
	}
	row := []string{"message", "odd"}
	for name, value := range odd {
		row = append(row, name, value)
	}
	row = append(row, "empty", "", strings.Repeat("n", 300), "long name", "tags", "one", "tags", "two", "tags", `th"ree`)
	big := []string{"message", "big", event.Original, strings.Repeat("o", 700_000)}
	for i := range 40 {
		big = append(big, fmt.Sprintf("big%d", i), strings.Repeat("x", 100_000))
	}
	wide := []string{"message", "wide"}
	for i := range 5000 {
		wide = append(wide, fmt.Sprintf("w%d", i), fmt.Sprint(i))
	}
	s.put(t, s.events(s.a, row, big, wide))
	got := s.find(t, "message:odd", s.a)
	if len(got) != 1 {
		t.Fatalf("%d odd events, want 1", len(got))
	}
	for name, value := range odd {
		if v := got[0].Value(query.Name(name)); v != value {
			t.Errorf("field %q is %.60q, want %.60q", name, v, value)
		}
	}
	if got[0].Has("empty") || got[0].Value("tags") != `["one","two","th\"ree"]` || got[0].Value(query.Name(strings.Repeat("n", 300))) != "long name" {
		t.Errorf("empty, array or long name: %v %q %q", got[0].Has("empty"), got[0].Value("tags"), got[0].Value(query.Name(strings.Repeat("n", 300))))
	}
	if got := s.find(t, `tags:two cjk:日本 "name with space":v "名前":=値 "a|b":v`, s.a); len(got) != 1 {
		t.Errorf("odd names and elements find %d events, want 1", len(got))
	}
	if got := s.find(t, "message:big", s.a); len(got) != 1 || len(got[0].Value(event.Original)) != 700_000 || got[0].Value(archive.Cut) != "true" {
		t.Errorf("big event: %d found", len(got))
	}
	if got := s.find(t, "message:wide w17:17", s.a); len(got) != 1 || !strings.Contains(fmt.Sprint(got[0].Fields), `"w4999":"4999"`) {
		t.Errorf("wide event: %d found", len(got))
	}
	if stats, err := s.Stats(Everyone()); err != nil || stats.Fitted != 2 || stats.DroppedRows != 0 || stats.Rows != 3 {
		t.Errorf("stats %+v, %v", stats, err)
	}
}

// checkManyNames sends what makes the engine drop rows: a stream with thousands of field names, in
// one batch, in many, and after a restart.
func checkManyNames(t *testing.T, s *bench) {
	total := 0
	for round := range 3 {
		for batch := range 4 {
			rows := make([][]string, 100)
			for i := range rows {
				rows[i] = []string{"message", "many"}
				for k := range 10 {
					rows[i] = append(rows[i], fmt.Sprintf("r%d_%d_%d_%d", round, batch, i, k), "v")
				}
			}
			if err := s.Append(Everyone(), s.events(s.a, rows...)); err != nil {
				t.Fatal(err)
			}
			total += len(rows)
		}
		if err := s.Flush(Everyone()); err != nil {
			t.Fatal(err)
		}
		if round == 1 {
			if stats, err := s.Stats(Everyone()); err != nil || stats.DroppedRows != 0 {
				t.Errorf("stats %+v, %v", stats, err)
			}
			s.reopen(t)
		}
	}
	if got := len(s.find(t, "many", s.a)); got != total {
		t.Errorf("%d of %d events are kept", got, total)
	}
	if got := len(s.find(t, `"r2_3_99_9" or r2_3_99_9:*`, s.a)) + len(s.find(t, `isoc.folded:r2_3_99_9`, s.a)); got != 1 {
		t.Errorf("the last field is found in %d events, want 1", got)
	}
}

func checkHistogram(t *testing.T, s *bench) {
	rows := make([][]string, 300)
	for i := range rows {
		rows[i] = []string{"message", "tick", "odd", fmt.Sprint(i % 2)}
	}
	events := s.events(s.a, rows...)
	for i := range events {
		events[i].Time = s.now.Add(-time.Duration(i*i) * 50 * time.Millisecond)
	}
	s.put(t, events)
	from, to := s.now.Add(-50*time.Minute), s.now.Add(10*time.Minute)
	for _, n := range []int{1, 7, 60, 1000} {
		h, err := s.Histogram(Everyone(), archive.HistogramQuery{Tenants: []tenant.ID{s.a}, Query: parse(t, "tick odd:1 | fields odd"), From: from, To: to, Buckets: n})
		if err != nil {
			t.Fatal(err)
		}
		want := map[time.Time]uint64{}
		var total uint64
		for i, ev := range events {
			if i%2 == 1 && !ev.Time.Before(from) && ev.Time.Before(to) {
				want[ev.Time.Truncate(h.Width)]++
				total++
			}
		}
		for i, b := range h.Buckets {
			if b.Count != want[b.At] {
				t.Errorf("%d buckets: %v counts %d, want %d", n, b.At, b.Count, want[b.At])
			}
			if i > 0 && b.At.Sub(h.Buckets[i-1].At) != h.Width {
				t.Errorf("%d buckets: gap before %v", n, b.At)
			}
		}
		checkSplit(t, s, h, from, to, n)
		first, last := h.Buckets[0].At, h.Buckets[len(h.Buckets)-1].At
		if h.Total != total || first.After(from) || last.Add(h.Width).Before(to) || len(h.Buckets) > n+1 {
			t.Errorf("%d buckets: %d of width %v from %v to %v, total %d; want %d", n, len(h.Buckets), h.Width, first, last, h.Total, total)
		}
	}
}

// checkSplit asks for the same counts split by a field: the series add up to the whole, in each bucket.
func checkSplit(t *testing.T, s *bench, whole archive.Histogram, from, to time.Time, n int) {
	h, err := s.Histogram(Everyone(), archive.HistogramQuery{Tenants: []tenant.ID{s.a}, Query: parse(t, "tick"), From: from, To: to, Buckets: n, Split: "odd"})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Series) != 2 || h.Series[0].Total+h.Series[1].Total != h.Total {
		t.Fatalf("%d buckets: series %+v of %d", n, h.Series, h.Total)
	}
	for _, one := range h.Series {
		if len(one.Counts) != len(h.Buckets) {
			t.Fatalf("%d buckets, %d counts of %q", len(h.Buckets), len(one.Counts), one.Value)
		}
		if one.Value != "1" {
			continue
		}
		for i, b := range whole.Buckets {
			if one.Counts[i] != b.Count {
				t.Errorf("%d buckets: %d events at %v have the value, want %d", n, one.Counts[i], b.At, b.Count)
			}
		}
	}
}

func checkFields(t *testing.T, s *bench) {
	s.put(t, s.events(s.a, []string{"message", "m1", "user.name", "ann", "x", "1"}, []string{"message", "m2", "user.name", "bob"}, []string{"message", "m3", "user.name", "ann"}))
	s.put(t, s.events(s.b, []string{"message", "m4", "secret", "b"}))
	sel := archive.Selection{Tenants: []tenant.ID{s.a}}
	names, err := s.FieldNames(Everyone(), sel)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]uint64{}
	for _, h := range names {
		if got[h.Value] = h.Count; h.Value == "x" && h.Count >= 1 {
			got["x"] = 1 // an estimate may be too high
		}
	}
	want := map[string]uint64{"@timestamp": 3, "message": 3, "user.name": 3, "x": 1, "event.id": 3, "event.sequence": 3,
		"event.dataset": 3, "event.original": 3, "event.ingested": 3, "isoc.tenant.id": 3}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	sel.Query = parse(t, "m1 or m2 or m3 | fields x")
	values, err := s.FieldValues(Everyone(), sel, "user.name", 10)
	if want := []archive.Hits{{Value: "ann", Count: 2}, {Value: "bob", Count: 1}}; err != nil || !cmp.Equal(values, want) {
		t.Errorf("values %v, %v; want %v", values, err, want)
	}
	if values, err = s.FieldValues(Everyone(), sel, "user.name", 1); err != nil || len(values) != 1 || values[0].Count != 2 {
		t.Errorf("one value: %v, %v", values, err)
	}
	if values, err = s.FieldValues(Everyone(), sel, "secret", 10); err != nil || len(values) != 0 {
		t.Errorf("values of another tenant's field: %v, %v", values, err)
	}
	if values, err = s.FieldValues(Everyone(), sel, "message", 10); err != nil || len(values) != 3 {
		t.Errorf("values of message: %v, %v", values, err)
	}
}

func checkDeletion(t *testing.T, s *bench) {
	future := s.events(s.a, []string{"message", "of a", "n", "1"}, []string{"message", "of a", "n", "2"})
	future[0].Time, future[1].Time = s.now.Add(40*time.Hour), s.now.Add(-20*24*time.Hour)
	s.put(t, append(future, s.events(s.b, []string{"message", "of b"})...))
	s.places.Set(s.a, archive.Placement{Account: 1, RetentionDays: 90})
	if err := s.Append(Everyone(), s.events(s.a, []string{"message", "of a, in memory", "n", "3"})); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteTenant(tenant.WithScope(context.Background(), tenant.Only(s.a)), s.a); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("a tenant's own scope deletes: %v", err)
	}
	ctx, cancel := context.WithTimeout(Everyone(), time.Minute)
	defer cancel()
	if err := s.DeleteTenant(ctx, s.a); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := s.find(t, "*", s.a); len(got) != 0 {
			t.Errorf("%d events of the deleted tenant are left", len(got))
		}
		if names, err := s.FieldNames(Everyone(), archive.Selection{Tenants: []tenant.ID{s.a}}); err != nil || len(names) != 0 {
			t.Errorf("field names left: %v, %v", names, err)
		}
		if got := s.find(t, "*", s.b); len(got) != 1 {
			t.Errorf("the other tenant has %d events, want 1", len(got))
		}
		s.reopen(t)
	}
	if seen, err := s.Seen(Everyone(), Epoch, 0); err != nil || len(seen) != 1 {
		t.Errorf("%d ids seen, %v; want 1", len(seen), err)
	}
}

func checkSeen(t *testing.T, s *bench) {
	for range 4 {
		s.put(t, append(s.events(s.a, []string{"message", "x"}, []string{"message", "y"}), s.events(s.b, []string{"message", "z"})...))
	}
	s.reopen(t)
	for after, want := range map[uint64]int{0: 12, 2: 9, 3: 7, 4: 6, 7: 1, 8: 0, 1 << 40: 0} {
		seen, err := s.Seen(Everyone(), Epoch, after)
		if err != nil || len(seen) != want {
			t.Errorf("%d ids above %d, %v; want %d", len(seen), after, err, want)
		}
	}
	seen, err := s.Seen(Everyone(), Epoch, 7)
	if _, ok := seen[ID(8, 0)]; err != nil || !ok {
		t.Errorf("ids above 7 are %v, %v", seen, err)
	}
	if seen, err := s.Seen(Everyone(), Epoch+1, 0); err != nil || len(seen) != 0 {
		t.Errorf("a queue that began anew has seen %d events of the one before, %v", len(seen), err)
	}
}

// checkRestart appends, waits for Durable, and reads everything back from a second opening.
func checkRestart(t *testing.T, s *bench) {
	if got := s.Durable(); got != 0 {
		t.Errorf("a new archive is durable up to %d", got)
	}
	for range 5 {
		if err := s.Append(Everyone(), s.events(s.a, []string{"message", "kept"}, []string{"message", "kept"})); err != nil {
			t.Fatal(err)
		}
	}
	within(t, "the archive becomes durable on its own", func() bool { return s.Durable() == 5 })
	s.Advance(9)
	within(t, "sequences without events become durable", func() bool { return s.Durable() == 9 })
	s.reopen(t)
	if got := len(s.find(t, "kept", s.a)); got != 10 {
		t.Errorf("%d events after reopening, want 10", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Append(Everyone(), s.events(s.a, []string{"message", "x"})); !errors.Is(err, fault.ErrUnavailable) {
		t.Errorf("append after close says %v", err)
	}
	if _, err := s.Search(Everyone(), archive.Search{Tenants: []tenant.ID{s.a}}); !errors.Is(err, fault.ErrUnavailable) {
		t.Errorf("search after close says %v", err)
	}
	s.reopen(t)
}

// checkRefusal sends batches with one bad event: nothing of them may be kept.
func checkRefusal(t *testing.T, s *bench) {
	for name, spoil := range map[string]func(*event.Event){
		"no id":          func(ev *event.Event) { ev.ID = "" },
		"bad id":         func(ev *event.Event) { ev.ID = "a b" },
		"no sequence":    func(ev *event.Event) { ev.ID = "x"; ev.Delete(event.Sequence) },
		"bad sequence":   func(ev *event.Event) { ev.Set(event.Sequence, "-1") },
		"unknown tenant": func(ev *event.Event) { ev.Tenant = tenant.NewID() },
		"no tenant":      func(ev *event.Event) { ev.Tenant = "" },
	} {
		batch := s.events(s.a, []string{"message", "spoiled"}, []string{"message", "spoiled"})
		spoil(&batch[1])
		if err := s.Append(Everyone(), batch); !errors.Is(err, fault.ErrInvalid) && !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.put(t, s.events(s.a, []string{"message", "good"}))
	for back := range uint64(3) {
		s.mu.Lock()
		s.seq -= back
		s.mu.Unlock()
		late := s.events(s.a, []string{"message", "spoiled"})
		late[0].Set(event.Sequence, fmt.Sprint(s.seq-1))
		if err := s.Append(Everyone(), late); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("sequence %d again: %v", s.seq-1, err)
		}
		s.seq--
	}
	if got := s.find(t, "*", s.a); len(got) != 1 {
		t.Errorf("%d events are kept, want the good one alone", len(got))
	}
}

func checkCancel(t *testing.T, s *bench) {
	s.put(t, s.events(s.a, []string{"message", "x"}))
	ctx, cancel := context.WithCancel(Everyone())
	cancel()
	if _, err := s.Search(ctx, archive.Search{Tenants: []tenant.ID{s.a}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled search says %v", err)
	}
	if _, err := s.FieldNames(ctx, archive.Selection{Tenants: []tenant.ID{s.a}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled field names say %v", err)
	}
}

func checkConcurrency(t *testing.T, s *bench) {
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				r, err := s.Search(Everyone(), archive.Search{Tenants: []tenant.ID{s.a}, Query: query.All(), Limit: 50})
				if err != nil {
					t.Error(err)
					return
				}
				for _, ev := range r.Events {
					if ev.Value("message") != "n "+ev.Value("n") || ev.Tenant != s.a {
						t.Errorf("torn event %v", ev)
						return
					}
				}
			}
		})
	}
	const batches = 40
	for b := range batches {
		rows := make([][]string, 50)
		for i := range rows {
			rows[i] = []string{"message", fmt.Sprint("n ", b*50+i), "n", fmt.Sprint(b*50 + i)}
		}
		if err := s.Append(Everyone(), s.events(s.a, rows...)); err != nil {
			t.Fatal(err)
		}
		if b%10 == 9 {
			if err := s.Flush(Everyone()); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(done)
	wg.Wait()
	if got := len(s.find(t, "*", s.a)); got != batches*50 {
		t.Errorf("%d events, want %d", got, batches*50)
	}
}
