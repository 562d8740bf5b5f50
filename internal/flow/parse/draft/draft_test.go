package draft

import (
	"fmt"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"github.com/isoc-project/isoc/internal/event"
)

// TestEventsKeepTheirText fills many events with one draft and looks at all of them in the end: what the arena holds is never written over.
func TestEventsKeepTheirText(t *testing.T) {
	var d Draft
	var p fastjson.Parser
	events := make([]event.Event, 500)
	text := func(i int) string { return strings.Repeat(string(rune('a'+i%26)), i*7%600) }
	for i := range events {
		d.Reset(&events[i])
		d.Add("kept", d.Keep([]byte(text(i))))
		d.Add("joined", d.Join(text(i), ".", fmt.Sprint(i)))
		d.AddVendor("p.", fmt.Sprintf("name %d", i), "x")
		d.AddJSON("", parsed(t, &p, fmt.Sprintf(`{"a":{"b%d":"%s"},"n":%d}`, i, text(i), i)))
		d.Release()
	}
	for i := range events {
		ev := &events[i]
		for name, want := range map[string]string{"kept": text(i), "joined": text(i) + "." + fmt.Sprint(i), fmt.Sprintf("p.name_%d", i): "x", fmt.Sprintf("a.b%d", i): text(i), "n": fmt.Sprint(i)} {
			if got := ev.Value(name); got != want {
				t.Fatalf("event %d: %s is %q, want %q", i, name, got, want)
			}
		}
	}
}

// TestNamesAreRemembered gives names again and again, more of them than are remembered.
func TestNamesAreRemembered(t *testing.T) {
	var d Draft
	var ev event.Event
	long := strings.Repeat("n", MaxNameBytes+1)
	for round := range 3 {
		for i := range maxNames {
			d.Reset(&ev)
			d.AddVendor("", fmt.Sprintf("k%d", i), "1")
			d.AddVendor("p.", fmt.Sprintf("k%d", i), "2")
			d.AddVendor(fmt.Sprintf("q%d.", i%300), "a b", "3")
			if ev.Value(fmt.Sprintf("k%d", i)) != "1" || ev.Value(fmt.Sprintf("p.k%d", i)) != "2" || ev.Value(fmt.Sprintf("q%d.a_b", i%300)) != "3" {
				t.Fatalf("round %d: %v", round, ev.Fields)
			}
		}
		for _, name := range []string{"isoc.parser", "event.id", "is\x00oc"} {
			d.Reset(&ev)
			d.AddVendor("", name, "forged")
			if f := ev.Fields[0]; f.Name == name || Reserved(f.Name) || d.Cut() {
				t.Errorf("round %d: %q became %q", round, name, f.Name)
			}
		}
		d.Reset(&ev)
		d.AddVendor("", long, "v")
		if !d.Cut() || len(ev.Fields[0].Name) != MaxNameBytes {
			t.Errorf("round %d: a name too long is not cut and flagged", round)
		}
	}
	if d.names.n > maxNames || len(d.names.families) > maxFamilies+1 {
		t.Errorf("%d names in %d families are remembered", d.names.n, len(d.names.families))
	}
}

// TestSketch asks for names present and absent, also after fields were taken back.
func TestSketch(t *testing.T) {
	var d Draft
	var ev event.Event
	d.Reset(&ev)
	for i := range 300 {
		d.Add(fmt.Sprintf("f%d", i), "v")
	}
	d.Truncate(100)
	d.Set("f200", "again")
	d.Always("f250", "always")
	d.SetIfAbsent("f99", "other")
	d.SetIfAbsent("", "nameless")
	for i := range 300 {
		name := fmt.Sprintf("f%d", i)
		if got, want := d.Has(name), i < 100 || i == 200 || i == 250; got != want || ev.Has(name) != want || (d.Value(name) != "") != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if d.Value("") != "nameless" || d.Value("f99") != "v" || d.Value("f200") != "again" {
		t.Error(ev.Fields)
	}
}

func parsed(t *testing.T, p *fastjson.Parser, text string) *fastjson.Value {
	t.Helper()
	v, err := p.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
