package pack

import (
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// TestDissectSwallowsBlanks pads with blanks and tabs mixed, within a text and at its end.
func TestDissectSwallowsBlanks(t *testing.T) {
	p := &Pack{ids: map[string]int32{}}
	for _, c := range []struct {
		pattern, text string
		a, b          string
		fits          bool
	}{
		{"%{a->} %{b}", "x \t  y z", "x", "y z", true},
		{"%{a->}\t%{b}", "x  y", "x", "y", true},
		{"%{a->} %{b}", "xy", "", "", false},
		{"%{a} %{b->} ", "x y \t ", "x", "y", true},
		{"%{a} %{b->} ", "x y", "", "", false},
		{"%{a->}--%{b}", "x----y", "x", "y", true},
		{"%{a}\t%{b}", "x \ty", "x ", "y", true},
	} {
		d, err := p.dissect([]string{c.pattern})
		if err != nil {
			t.Fatal(err)
		}
		var ev event.Event
		var dr draft.Draft
		dr.Reset(&ev)
		r := &run{d: &dr, pack: p}
		if fits := d.apply(r, c.text); fits != c.fits || ev.Value("a") != c.a || ev.Value("b") != c.b {
			t.Errorf("%q on %q: %v, %q and %q", c.pattern, c.text, fits, ev.Value("a"), ev.Value("b"))
		}
	}
}
