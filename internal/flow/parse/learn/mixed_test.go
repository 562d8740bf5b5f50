package learn

import (
	"fmt"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
)

// TestSeveralStructures learns from a source that sends objects, pairs and sentences by turns, some behind a header.
func TestSeveralStructures(t *testing.T) {
	t.Parallel()
	head := "<134>Jun 14 10:00:01 gw1 acmed[77]: "
	object := `{"when":"2024-06-14T10:00:00Z","evt":"open","actor":{"login":"user%d"},"client":{"addr":"192.0.2.%d"}}`
	pairs := `unit=%d caller_ip=192.0.2.%d holder=user%d`
	words := `door %d was forced by user%d`
	var lines []Line
	for i := range 300 {
		raw := head + fmt.Sprintf(object, i%20, i%250+1)
		switch i % 3 {
		case 1:
			raw = head + fmt.Sprintf(pairs, i, i%250+1, i%20)
		case 2:
			raw = head + fmt.Sprintf(words, i%40, i%20)
		}
		lines = append(lines, Line{raw, day})
	}
	p := Propose(lines, parse.Settings{}, nil)
	if p.Covered != 300 {
		t.Errorf("covered %d of %d", p.Covered, p.Unclaimed)
	}
	w, err := p.Compile("own-mix", Device{"Acme", "Mix", "iot"})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]map[string]string{
		fmt.Sprintf(object, 77, 9):   {event.IsocParser: "own-mix", event.UserName: "user77", event.SourceIP: "192.0.2.9", event.Action: "open"},
		fmt.Sprintf(pairs, 1, 9, 77): {event.IsocParser: "own-mix", event.SourceIP: "192.0.2.9", "acme.mix.holder": "user77"},
		fmt.Sprintf(words, 8, 77):    {event.IsocParser: "own-mix", "acme.mix.door": "8"},
	} {
		wantFields(t, read(t, p, w, head+raw), want)
	}
}
