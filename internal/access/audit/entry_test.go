package audit

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func sample() Entry {
	return Entry{
		Tenant: "01J0000000000000000000000A", Seq: 7, At: time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC), Actor: "wang", ActorID: "u1", Provider: true,
		Remote: "192.0.2.7", Session: "s1", Action: "alert.close", Object: "alert/7", Before: `{"a":1}`, After: `{"a":2}`, Reason: "误报", PrevHash: Genesis,
	}
}

// The form is part of the product: a release that hashed otherwise would find every older chain broken.
func TestSumIsTheDocumentedForm(t *testing.T) {
	t.Parallel()
	const want = "71b2827aec60c16fe40c6e899ff8f84dbc9f126ee20c0afa8d4123e880321480" // computed by another program from the description
	if got := sample().Sum(); got != want {
		t.Errorf("sum = %s, want %s", got, want)
	}
}

func TestSumCoversEveryFieldButHash(t *testing.T) {
	t.Parallel()
	base := sample()
	for i := range reflect.TypeFor[Entry]().NumField() {
		e := sample()
		name := reflect.TypeFor[Entry]().Field(i).Name
		switch f := reflect.ValueOf(&e).Elem().Field(i); v := f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(v.Add(time.Microsecond)))
		case int64:
			f.SetInt(v + 1)
		case bool:
			f.SetBool(!v)
		default:
			f.SetString(f.String() + "x")
		}
		if changed := e.Sum() != base.Sum(); changed != (name != "Hash") {
			t.Errorf("changing %s changes the sum: %v", name, changed)
		}
	}
}

func TestTextCannotMoveBetweenFields(t *testing.T) {
	t.Parallel()
	a, b := sample(), sample()
	a.Action, a.Object = "ab", "c"
	b.Action, b.Object = "a", "bc"
	if a.Sum() == b.Sum() {
		t.Error("the form is ambiguous")
	}
}

func FuzzCleanTextIsStorable(f *testing.F) {
	f.Add("a\x00b\xff", 3)
	f.Add(strings.Repeat("字", 9), 10)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + limit&0xff
		got := clean(s, limit)
		if !utf8.ValidString(got) || strings.Contains(got, "\x00") || len(got) > limit {
			t.Errorf("clean(%q, %d) = %q", s, limit, got)
		}
		if clean(got, limit) != got {
			t.Errorf("cleaning %q again changes it", got)
		}
	})
}

func TestLargeStateIsKeptAsItsDigest(t *testing.T) {
	t.Parallel()
	got, err := state(strings.Repeat("x", maxStateBytes))
	if err != nil || len(got) > 200 || !strings.Contains(got, `"sha256"`) {
		t.Errorf("state = %s, %v", got, err)
	}
}
