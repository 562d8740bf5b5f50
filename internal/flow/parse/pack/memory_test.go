package pack

import (
	"fmt"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// TestVocabularyIsBounded gives a pack's runs more names than are remembered, and packs than have a vocabulary.
func TestVocabularyIsBounded(t *testing.T) {
	var m Memory
	var d draft.Draft
	var ev event.Event
	p := &Pack{prefix: "acme.", names: map[string]word{"src": {"acme.src", 1}}, ids: map[string]int32{"acme.src": 1, "acme.a_b": 2}}
	for round := range 2 {
		for i := range maxLearnt + 10 {
			d.Reset(&ev)
			r := &run{d: &d, pack: p, words: m.of(p)}
			r.vendor("src", "1")
			r.vendor(fmt.Sprintf("k%d", i), "2")
			r.vendor("a b", "3")
			r.vendor("a b", "") // no value, no field
			if ev.Value("acme.src") != "1" || ev.Value(fmt.Sprintf("acme.k%d", i)) != "2" || ev.Value("acme.a_b") != "3" || len(ev.Fields) != 3 {
				t.Fatalf("round %d: %v", round, ev.Fields)
			}
			fields := r.ruledFields(d.Len())
			if len(fields) != 2 || fields[0] != (ruled{0, 1}) || fields[1] != (ruled{2, 2}) {
				t.Fatalf("round %d: %v have rules", round, fields)
			}
			ev.Delete("acme.src") // what was added has moved
			if fields = r.ruledFields(d.Len()); len(fields) != 1 || fields[0] != (ruled{1, 2}) {
				t.Fatalf("round %d: after a field is gone %v have rules", round, fields)
			}
		}
	}
	if n := len(m.of(p).words); n > maxLearnt+len(p.names)+1 {
		t.Errorf("%d names are remembered", n)
	}
	for range 2 * maxVocabularies {
		m.of(&Pack{})
	}
	if len(m.words) > maxVocabularies {
		t.Errorf("%d packs are remembered", len(m.words))
	}
}
