package textdiff_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/content/textdiff"
)

// sides puts both texts together again from their difference.
func sides(t *testing.T, all []textdiff.Line) (from, to string) {
	t.Helper()
	var a, b []string
	for _, l := range all {
		if l.Op != textdiff.Add {
			if a = append(a, l.Text); l.Old != len(a) {
				t.Errorf("line %q has number %d, want %d", l.Text, l.Old, len(a))
			}
		}
		if l.Op != textdiff.Drop {
			if b = append(b, l.Text); l.New != len(b) {
				t.Errorf("line %q has number %d, want %d", l.Text, l.New, len(b))
			}
		}
	}
	return strings.Join(a, "\n"), strings.Join(b, "\n")
}

// least is the number of edits by the table everybody knows.
func least(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			was := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal
			} else {
				row[j+1] = 1 + min(row[j], row[j+1])
			}
			diagonal = was
		}
	}
	return row[len(b)]
}

func TestDifferencesHoldBothTextsAndAreShortest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		lines := make([]string, 1+r.IntN(30))
		for i := range lines {
			lines[i] = string(rune('a' + r.IntN(4)))
		}
		return lines
	}
	for range 2000 {
		a, b := text(), text()
		all := textdiff.Diff(strings.Join(a, "\n"), strings.Join(b, "\n"))
		from, to := sides(t, all)
		if from != strings.Join(a, "\n") || to != strings.Join(b, "\n") {
			t.Fatalf("difference of %q and %q is of %q and %q", a, b, from, to)
		}
		n := 0
		for _, l := range all {
			if l.Op != textdiff.Same {
				n++
			}
		}
		if want := least(a, b); n != want {
			t.Fatalf("%d edits from %q to %q, want %d", n, a, b, want)
		}
		changed := 0
		for _, h := range textdiff.Hunks(all, 2) {
			for _, l := range h {
				if l.Op != textdiff.Same {
					changed++
				}
			}
		}
		if changed != n {
			t.Fatalf("hunks hold %d changes of %d", changed, n)
		}
	}
}

func TestTextsFarApartAreOneForTheOther(t *testing.T) {
	t.Parallel()
	from, to := sides(t, textdiff.Diff(strings.Repeat("a\n", 1500), strings.Repeat("b\n", 1500)))
	if strings.Count(from, "a") != 1500 || strings.Count(to, "b") != 1500 {
		t.Error("lines were lost")
	}
	if got := textdiff.Diff("", ""); len(got) != 0 {
		t.Errorf("nothing differs from nothing by %v", got)
	}
}

func TestChangesClashWhereTheyMeet(t *testing.T) {
	t.Parallel()
	const base = "one\ntwo\nthree\nfour\nfive\nsix\n"
	for name, c := range map[string]struct {
		ours, theirs string
		want         bool
	}{
		"far apart":         {"ONE\ntwo\nthree\nfour\nfive\nsix\n", "one\ntwo\nthree\nfour\nfive\nSIX\n", false},
		"the same line":     {"one\nTWO\nthree\nfour\nfive\nsix\n", "one\nzwei\nthree\nfour\nfive\nsix\n", true},
		"the same change":   {"one\nTWO\nthree\nfour\nfive\nsix\n", "one\nTWO\nthree\nfour\nfive\nsix\n", false},
		"added beside":      {"one\ntwo\nnew\nthree\nfour\nfive\nsix\n", "one\ntwo\nTHREE\nfour\nfive\nsix\n", true},
		"dropped far apart": {"two\nthree\nfour\nfive\nsix\n", "one\ntwo\nthree\nfour\nfive\n", false},
		"only theirs":       {base, "one\nzwei\nthree\nfour\nfive\nsix\n", false},
	} {
		if got := textdiff.Clash(base, c.ours, c.theirs); got != c.want {
			t.Errorf("%s: clash %t, want %t", name, got, c.want)
		}
	}
}
