package query_test

import (
	"testing"

	"github.com/isoc-project/isoc/internal/query"
)

func TestThenAsksSomethingElseOfTheSameEvents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"*":            "* | stats count() n",
		`a or "b | c"`: `a or "b | c" | stats count() n`,
		"登录 | filter user:x | fields user | sort":  "登录 | filter user:x | stats count() n",
		"u:in(a | fields u) | stats by (u) max(x)": "u:in(a | fields u) | stats count() n",
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := q.Then("stats count() n")
		if err != nil || got.String() != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	if q, err := query.All().Then("limit 3"); err != nil || q.String() != "* | limit 3" {
		t.Errorf("%v, %v", q, err)
	}
}

func TestExactlyStandsAnyText(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", `C:\x "y" 'z' |`, "登录\n\t", "\x00\u202e", "\xff", "`"} {
		if _, err := query.Parse(query.Exactly("odd name "+s, s)); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	}
}
