package query_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/query"
)

func TestRefusesWithPlaceAndHint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		at   string // the text from the place on
		hint string // part of the hint
	}{
		"":                                      {"", "write *"},
		"   ":                                   {"   ", "write *"},
		"* | nosuchpipe":                        {"nosuchpipe", "| filter nosuchpipe"},
		"error | statz count()":                 {"statz count()", "stats"},
		"error | srot by (x)":                   {"srot by (x)", "sort"},
		"用户 | 统计 by (x)":                        {"统计 by (x)", "| filter 统计"},
		"* |":                                   {"", "remove the '|'"},
		"* | | fields x":                        {"| fields x", ""},
		"* | join by (a) (b)":                   {"join by (a) (b)", "in(query"},
		"* | stream_context before 3":           {"stream_context before 3", ""},
		"* | generate_sequence 10":              {"generate_sequence 10", ""},
		"* | block_stats":                       {"block_stats", ""},
		"* | set_stream_fields a":               {"set_stream_fields a", ""},
		`{app="x"}`:                             {`{app="x"}`, "event.dataset"},
		`_stream:{app="x"}`:                     {`_stream:{app="x"}`, "event.dataset"},
		"_stream_id:0000000100000000":           {"_stream_id:0000000100000000", ""},
		`error "_stream_id":x`:                  {`"_stream_id":x`, ""},
		"* | fields _stream":                    {"_stream", ""},
		"x:in(_stream_id:y | fields z)":         {"_stream_id:y | fields z)", ""},
		"options(concurrency=9) *":              {"options(concurrency=9) *", ""},
		"x in(* | fields a":                     {"(* | fields a", ""},
		"user.name = root":                      {"= root", "without spaces"},
		"user.name=root":                        {"=root", "user.name:=value"},
		"event.code>4624":                       {">4624", "event.code:>value"},
		"user.name:":                            {"", "user.name:*"},
		"(a or b":                               {"(a or b", ""},
		"a or b)":                               {")", ""},
		"a and":                                 {"and", `"and"`},
		`"unterminated`:                         {`"unterminated`, "close it"},
		"x:'unterminated":                       {"'unterminated", "close it"},
		"issue #5":                              {"#5", `"#"`},
		"foo*bar":                               {"bar", ""},
		"a@b.c":                                 {"@b.c", "quotes"},
		"user.name:contain(x)":                  {"contain(x)", "contains"},
		"* | limit many":                        {"many", "limit 100"},
		"source.ip:2001:db8::/32":               {"2001:db8::/32", "2001:db8"},
		"x:in(a,,b)":                            {",b)", ""},
		"a \xff":                                {"\xff", ""},
		`x:"`:                                   {`"`, "close it"},
		"_time:":                                {"", "_time:15m"},
		"_time:[2026-01-01":                     {"[2026-01-01", ""},
		"* | stats count(":                      {"stats count(", ""},
		"* | extract":                           {"", ""},
		strings.Repeat("(", 100) + "a":          {strings.Repeat("(", 60) + "a", "in("},
		"a" + strings.Repeat(" | fields x", 70): {strings.Repeat("| fields x ", 6)[:65], ""},
	} {
		_, err := query.Parse(text)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%q is accepted: %v", text, err)
			continue
		}
		if text[e.Pos:] != want.at {
			t.Errorf("%q: %v; it points to %q, want %q", text, e, text[e.Pos:], want.at)
		}
		if !strings.Contains(e.Hint, want.hint) || e.Msg == "" {
			t.Errorf("%q: message %q, hint %q, want %q in it", text, e.Msg, e.Hint, want.hint)
		}
	}
}

func TestRefusesTooLong(t *testing.T) {
	t.Parallel()
	if _, err := query.Parse(strings.Repeat("a ", query.MaxBytes/2)); err != nil {
		t.Errorf("a query of the greatest length: %v", err)
	}
	var e *query.Error
	if _, err := query.Parse(strings.Repeat("a ", query.MaxBytes)); !errors.As(err, &e) || e.Pos != query.MaxBytes {
		t.Errorf("a longer one: %v", err)
	}
}

func TestEngineErrorsKeepTheirPlace(t *testing.T) {
	t.Parallel()
	for text, at := range map[string]string{
		"登录 | stats by (x) nosuch(y) as z": "(y) as z",
		"failed root | sort by x desc) ":   ") ",
		"failed _time:nonsense":            "",
		"failed | top -5 by (x)":           " (x)",
	} {
		_, err := query.Parse(text)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if !strings.Contains(text[e.Pos:]+"|", at) || e.Pos > len(text) {
			t.Errorf("%q points to %q, want near %q: %v", text, text[e.Pos:], at, e)
		}
		if strings.Contains(e.Msg, "context: [") {
			t.Errorf("%q: the message still holds the engine's context: %s", text, e.Msg)
		}
	}
}

func TestRewritesToTheEngine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"failed":                                "message:failed",
		"failed -root":                          "message:failed -message:root",
		"a or (b and not c)":                    "message:a or (message:b and not message:c)",
		`"two words" or x:y`:                    `message:"two words" or x:y`,
		"user.name:(a or b*)":                   "user.name:(a or b*)",
		"*":                                     "in(*)",
		"* x:*":                                 "in(*) x:*",
		"*part*":                                "message:*part*",
		"i(x) ~y =z >5":                         "message:i(x) message:~y message:=z message:>5",
		"登录 x:登录失败*":                            `message:*"登录"* x:*"登录失败"*`,
		"source.ip:10.0.0.0/8":                  `source.ip:ipv4_range("10.0.0.0/8")`,
		"path:10.0.0.0/8":                       "path:10.0.0.0/8",
		"@timestamp:>2026-01-01 a":              "_time:>2026-01-01 message:a",
		"_time:5m offset 1h a":                  "_time:5m offset 1h message:a",
		"in:x contains_any:y":                   "in:x contains_any:y",
		"exact x":                               "message:exact message:x",
		"a | where b":                           "message:a | where message:b",
		"a | stats count() if (b) as c":         "message:a | stats count() if (message:b) as c",
		`a | extract "<x> y" | fields x`:        `message:a | extract "<x> y" from message | fields x`,
		`a | extract "<x>" from z`:              `message:a | extract "<x>" from z`,
		"a | unpack_json fields (b)":            "message:a | unpack_json from message fields (b)",
		`a | replace ("b", "c")`:                `message:a | replace ("b", "c") at message`,
		`a | replace if (b) ("b", "c") limit 2`: `message:a | replace if (message:b) ("b", "c") at message limit 2`,
		`a | format "x"`:                        `message:a | format "x" as message`,
		"a | len(b)":                            "message:a | len(b) as message",
		"a | pack_json":                         "message:a | pack_json as message",
		"a | fields @timestamp, _msg":           "message:a | fields _time, message",
		`a | sort by ("@timestamp" desc)`:       `message:a | sort by (_time desc)`,
		"x:in(b | fields c)":                    "x:in(message:b | fields c)",
		"a | union (b)":                         "message:a | union (message:b)",
		"a | count()":                           "message:a | count()",
		"a | decolorize":                        "message:a | decolorize message",
		"a | collapse_nums prettify":            "message:a | collapse_nums at message prettify",
		`a | split "," as b`:                    `message:a | split "," from message as b`,
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := strings.Join(strings.Fields(q.Engine()), " "); got != want {
			t.Errorf("%q becomes\n  %s, want\n  %s", text, got, want)
		}
		if q.String() != text {
			t.Errorf("%q says it is %q", text, q.String())
		}
		if _, err := query.Compile(q.Engine(), time.Now()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSplitsIntoParts(t *testing.T) {
	t.Parallel()
	type parts struct {
		Base, Tail string
		Pages      bool
		Limit      uint64
	}
	for text, want := range map[string]parts{
		"a":                                {"message:a", "", true, 0},
		"a | filter b | where c":           {"message:a | filter message:b | where message:c", "", true, 0},
		"a | filter b | fields c":          {"message:a | filter message:b", "fields c", true, 0},
		"a | fields c | filter c:d":        {"message:a", "fields c | filter c:d", true, 0},
		"a | limit 5":                      {"message:a", "", true, 5},
		"a | fields c | head 7":            {"message:a", "fields c", true, 7},
		"a | limit 5 | fields c":           {"message:a", "limit 5 | fields c", false, 0},
		"a | stats count()":                {"message:a", "stats count()", false, 0},
		`a | replace ("|", "x") | limit 2`: {"message:a", `replace ("|", "x") at message`, true, 2},
		"a | sort by (x)":                  {"message:a", "sort by (x)", false, 0},
		"a | unroll (x)":                   {"message:a", "unroll (x)", false, 0},
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, parts{q.Base(), q.Tail(), q.Pages(), q.Limit()}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestErrorShowsThePlace(t *testing.T) {
	t.Parallel()
	e := &query.Error{Pos: len("登录\nab"), Msg: "bad", Hint: "good"}
	if got := e.Context("登录\nabcd\nef"); got != "abcd\n  ^" {
		t.Errorf("context is %q", got)
	}
	if e.Error() != "query at 9: bad (good)" {
		t.Errorf("error is %q", e.Error())
	}
}
