package pack

import (
	"slices"
	"strings"
	"testing"
)

// TestTextsFindEveryEntry compares what one pass over a message finds with what asking every entry finds, at even and odd places and
// across the end of the head.
func TestTextsFindEveryEntry(t *testing.T) {
	set, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	all := set.index.texts.entries
	check := func(msg string) {
		t.Helper()
		s := &Sighting{Message: msg}
		var got, want found
		set.index.texts.find(s, &got)
		for _, e := range all {
			want.try(s, e)
		}
		if !slices.Equal(got.list[:got.n], want.list[:want.n]) {
			t.Errorf("%q: %d entries are found, %d hold", msg, got.n, want.n)
		}
	}
	for _, e := range all {
		for pad := range 4 {
			check(strings.Repeat("-", pad) + strings.Join(e.contains, " "))
		}
		for _, pad := range []int{headBytes - 1 - len(e.contains[0]), headBytes - len(e.contains[0]), headBytes - 2} {
			check(strings.Repeat("-", pad) + e.contains[0])
		}
	}
	sources, err := ShippedSources()
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range sources {
		for i := range src.Samples {
			check(string(src.Samples[i].Bytes()))
		}
	}
}

// TestFoundIsOrdered tries entries in any order: of each pack the one that tells most is kept, and of two that tell as much the first.
func TestFoundIsOrdered(t *testing.T) {
	a, b := new(Pack), new(Pack)
	light := &entry{pack: a, weight: 1, order: 0}
	heavy := &entry{pack: a, weight: 9, order: 3}
	first := &entry{pack: b, weight: 5, order: 1}
	second := &entry{pack: b, weight: 5, order: 2}
	for _, order := range [][]*entry{{light, heavy, first, second}, {second, first, heavy, light}, {first, light, second, heavy}} {
		var f found
		for _, e := range order {
			f.try(&Sighting{}, e)
		}
		if f.n != 2 || f.list[0] != heavy || f.list[1] != first {
			t.Errorf("%d found: %v", f.n, f.list[:f.n])
		}
	}
}
