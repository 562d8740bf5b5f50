package literal_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

func TestFoldIsUnicodeSimpleFolding(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{{"K", "k", "\u212a"}, {"S", "s", "ſ"}, {"Σ", "σ", "ς"}, {"Å", "å", "\u212b"}, {"µ", "μ", "Μ"}, {"DŽ", "Dž", "dž"}} {
		for _, s := range same[1:] {
			if literal.Fold(s) != literal.Fold(same[0]) {
				t.Errorf("%q and %q fold apart", s, same[0])
			}
		}
	}
	for _, apart := range [][2]string{{"ß", "ss"}, {"İ", "i"}, {"ı", "i"}, {"a", "b"}, {"\xff", "\xfe"}} {
		if literal.Fold(apart[0]) == literal.Fold(apart[1]) {
			t.Errorf("%q and %q fold alike", apart[0], apart[1])
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if f := literal.FoldRune(r); f != literal.FoldRune(unicode.SimpleFold(r)) || f != literal.FoldRune(f) {
			t.Fatalf("%U folds to %U, its neighbour %U to %U", r, f, unicode.SimpleFold(r), literal.FoldRune(unicode.SimpleFold(r)))
		}
	}
}

func TestFoldKeepsBytesThatAreNoText(t *testing.T) {
	t.Parallel()
	if got := literal.Fold("A\xffB\xe4\xb8C"); got != "a\xffb\xe4\xb8c" {
		t.Errorf("got %q", got)
	}
	if got := string(literal.AppendFold([]byte("X"), "Ä中")); got != "X"+literal.Fold("ä")+"中" || !utf8.ValidString(got) {
		t.Errorf("got %q", got)
	}
}

// slow finds literals one by one.
func slow(entries []literal.Entry, s string) (ids []int32) {
	for _, e := range entries {
		var hit bool
		switch e.Kind {
		case literal.Exact:
			hit = s == e.Text
		case literal.Prefix:
			hit = strings.HasPrefix(s, e.Text)
		case literal.Suffix:
			hit = strings.HasSuffix(s, e.Text)
		case literal.Contains:
			hit = strings.Contains(s, e.Text)
		}
		if hit {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

func word(r *rand.Rand, most int) string {
	b := make([]byte, 1+r.IntN(most))
	for i := range b {
		b[i] = "ab.\\c\xe4"[r.IntN(6)]
	}
	return string(b)
}

func check(tb testing.TB, r *rand.Rand, literals, values int) {
	tb.Helper()
	var entries []literal.Entry
	seen := map[string]bool{}
	model := literal.NewModel()
	for range literals {
		e := literal.Entry{Kind: literal.Kind(r.IntN(4)), Text: word(r, 3+r.IntN(14)), ID: int32(len(entries))}
		if key := fmt.Sprint(e.Kind, e.Text); !seen[key] {
			seen[key] = true
			entries = append(entries, e)
			model.Add(e.Text)
		}
	}
	x := literal.NewIndex(entries, model)
	for range values {
		s := word(r, 60)
		got := x.Find(s, literal.IsASCII(s), nil)
		slices.Sort(got)
		got = slices.Compact(got)
		if want := slow(entries, s); !slices.Equal(got, want) {
			tb.Fatalf("%q: found %v, want %v in %v", s, got, want, entries)
		}
	}
	if found := x.Find("", true, nil); len(found) != 0 {
		tb.Errorf("found %v in nothing", found)
	}
}

func TestIndexFindsWhatSearchingOneByOneDoes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		check(t, rand.New(rand.NewPCG(seed, 1)), 1+int(seed), 50)
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(uint64(1), uint8(20))
	f.Fuzz(func(t *testing.T, seed uint64, n uint8) { check(t, rand.New(rand.NewPCG(seed, 2)), 1+int(n), 20) })
}

func TestCommonnessIsThatOfTheRarestPart(t *testing.T) {
	t.Parallel()
	m := literal.NewModel()
	for _, s := range []string{`\cmd.exe`, `\sh.exe`, `mimikatz.exe`} {
		m.Add(s)
	}
	if a, b := m.Commonness(".exe"), m.Commonness("mimikatz.exe"); a != 3 || b != 1 {
		t.Errorf("commonness %d and %d", a, b)
	}
	if m.Commonness("exe") != 0 {
		t.Error("a text shorter than a gram was counted")
	}
}

func BenchmarkFind(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 3))
	model := literal.NewModel()
	var entries []literal.Entry
	for i := range 1500 {
		s := fmt.Sprintf("%s%x", word(r, 4), r.Uint64())
		model.Add(s)
		entries = append(entries, literal.Entry{Kind: literal.Contains, Text: s, ID: int32(i)})
	}
	x := literal.NewIndex(entries, model)
	value := strings.Repeat(`c:\windows\system32\cmd.exe /c "echo hello world" `, 4)
	b.SetBytes(int64(len(value)))
	b.ReportAllocs()
	var found []int32
	for b.Loop() {
		found = x.Find(value, true, found[:0])
	}
}
