package query_test

import (
	"errors"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/query"
)

// FuzzParse checks that no text breaks the parser, that errors point into the text at a rune, and that
// what is accepted the engine reads, whole and in parts, and can match.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"*", "failed -root", "user.name:(a or b*)", "登录 x:登录失败*", "source.ip:10.0.0.0/8", "_time:[now-1h, now) offset 1h", "@timestamp:>2026-01-01",
		`a | extract "<x> y" | fields x`, "x:in(b | fields c) | stats by (d) count() if (e) as f", "a | union (b | fields c)", `'a' or "b" or ` + "`c`",
		"* | sort by (a desc) limit 5 | limit 3", "i(x*) range(1, 2] re('a.b') seq(a, \"b c\")", "a | len(b) | math b * 2 as c", `x:*"y"*`, "-(-a) !b not c",
		"* | pack_json fields (a, b) as c", "* | top 5 by (x) hits as y", "in:x exact", "a:>=5 b:<-3 c:!=d e:!~f",
	} {
		f.Add(s)
	}
	row := []logstorage.Field{{Name: "message", Value: "failed 登录 root"}, {Name: "a", Value: "5"}, {Name: "_time", Value: "2026-01-01T00:00:00Z"}}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := query.Parse(s)
		if err != nil {
			var e *query.Error
			if !errors.As(err, &e) || e.Msg == "" || e.Pos < 0 || e.Pos > len(s) {
				t.Fatalf("%q: bad error %#v", s, err)
			}
			if utf8.ValidString(s) && len(s) <= query.MaxBytes && e.Pos < len(s) && !utf8.RuneStart(s[e.Pos]) {
				t.Fatalf("%q: %v points into a rune", s, e)
			}
			_ = e.Context(s)
			return
		}
		texts := []string{q.Engine(), q.Base(), q.Base() + ` | filter event.id:in("x") | sort by (_time desc)`, q.Base() + " | stats by (_time:1s) count() as hits"}
		if !q.Pages() {
			texts = append(texts, q.Engine()+" | limit 5")
		} else if q.Tail() != "" {
			texts = append(texts, q.Base()+" | sort by (_time desc) | "+q.Tail())
		}
		for _, text := range texts {
			if _, err := query.Compile(text, time.Unix(1e9, 0)); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
		}
		if filter, err := logstorage.ParseFilter(q.Base()); err == nil && len(q.Pipes()) == 0 && !q.Subqueries() {
			filter.MatchRow(row)
		}
	})
}
