package demo

import (
	"bytes"
	"io/fs"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

var dawn = time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)

func tokens() map[Key]string {
	m := map[Key]string{}
	for _, c := range Customers() {
		for _, s := range c.Sources {
			m[s.Key] = "src_" + string(s.Key)
		}
	}
	return m
}

func sources() map[Key]Source {
	m := map[Key]Source{}
	for _, c := range Customers() {
		for _, s := range c.Sources {
			m[s.Key] = s
		}
	}
	return m
}

func whole(t *testing.T, d *Day) []Record {
	t.Helper()
	var all []Record
	for m := range Minutes {
		all = append(all, d.Minute(m)...)
	}
	return all
}

func TestADayIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	one, same, other := NewDay(7, dawn, tokens()), NewDay(7, dawn, tokens()), NewDay(8, dawn, tokens())
	differs := false
	for _, m := range []int{900, 3, 1379, 100} { // asked for in any order
		a, b, c := one.Minute(m), same.Minute(m), other.Minute(m)
		if !slices.EqualFunc(a, b, func(x, y Record) bool {
			return x.At.Equal(y.At) && x.Source == y.Source && x.Step == y.Step && bytes.Equal(x.Text, y.Text)
		}) {
			t.Errorf("minute %d differs between two days of one seed", m)
		}
		differs = differs || len(a) != len(c)
	}
	if !differs {
		t.Error("another seed makes no other day")
	}
}

func TestADayIsOfADemonstrationsSize(t *testing.T) {
	t.Parallel()
	for _, start := range []time.Time{dawn, dawn.Add(7 * time.Hour), dawn.Add(15 * time.Hour)} {
		d := NewDay(1, start, tokens())
		if n := d.Count(); n < 30_000 || n > 60_000 {
			t.Errorf("a day from %s has %d records", start, n)
		}
	}
	all := whole(t, NewDay(1, dawn, tokens()))
	for _, r := range all {
		if r.At.Before(dawn) || r.At.After(dawn.Add(Span+2*time.Minute)) {
			t.Errorf("%s stands outside the day", r.At)
		}
		if len(r.Text) == 0 || bytes.ContainsAny(r.Text, "\n\r") {
			t.Errorf("not one record: %q", r.Text)
		}
	}
}

// Nothing in the demonstration may point at anybody: addresses are for documentation or private, names end in .example.
func TestNobodyRealIsNamed(t *testing.T) {
	t.Parallel()
	var free []netip.Prefix
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8", "127.0.0.0/8"} {
		free = append(free, netip.MustParsePrefix(p))
	}
	address := regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
	host := regexp.MustCompile(`https?://([a-z0-9.-]+)`)
	for _, r := range whole(t, NewDay(1, dawn, tokens())) {
		text := strings.NewReplacer("Chrome/131.0.0.0", "", "Edg/131.0.0.0", "", "Chrome/130.0.0.0", "").Replace(string(r.Text))
		for _, a := range address.FindAllString(text, -1) {
			ip, err := netip.ParseAddr(a)
			if err != nil || !slices.ContainsFunc(free, func(p netip.Prefix) bool { return p.Contains(ip) }) {
				t.Fatalf("%s is somebody's address: %s", a, text)
			}
		}
		for _, m := range host.FindAllStringSubmatch(text, -1) {
			if _, err := netip.ParseAddr(m[1]); err != nil && !strings.HasSuffix(m[1], ".example") {
				t.Fatalf("%s may be somebody's name: %s", m[1], text)
			}
		}
	}
}

// judged runs a day through the real parser and the rules that ship.
type judged struct {
	records, claimed int
	unclaimed        map[Key]string
	fired            map[string]map[string]int // by step ("" for the benign), then by rule's title
	rules            map[string]map[string]bool
}

func judge(t *testing.T, d *Day) judged {
	t.Helper()
	var all sigma.Documents
	err := fs.WalkDir(content.Rules, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(name, ".samples.yml") {
			return err
		}
		text, err := content.Rules.ReadFile(name)
		if err != nil {
			return err
		}
		docs, refused := sigma.ParseDocuments(name, text)
		if len(refused) > 0 {
			return refused[0]
		}
		all.Add(docs)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	set, refused := sigma.Compile(all.Rules, sigma.Options{})
	program, more := correlate.Compile(all.Correlations, all.Rules, correlate.Options{})
	if len(refused)+len(more) > 0 {
		t.Fatal(refused, more)
	}
	byKey, received := sources(), d.From().Add(Span)
	parser := parse.New(parse.Options{
		Sources: func(id string) (parse.Settings, bool) {
			return parse.Settings{Kind: byKey[Key(id)].Kind, TimeZone: byKey[Key(id)].TimeZone}, true
		},
		Now: func() time.Time { return received },
	})
	j := judged{unclaimed: map[Key]string{}, fired: map[string]map[string]int{}, rules: map[string]map[string]bool{}}
	customers := map[Key]tenant.ID{}
	for _, c := range Customers() {
		for _, s := range c.Sources {
			customers[s.Key] = tenant.ID(c.Key)
		}
	}
	fire := func(step, id, title string) {
		if j.fired[step] == nil {
			j.fired[step], j.rules[step] = map[string]int{}, map[string]bool{}
		}
		j.fired[step][title]++
		j.rules[step][id] = true
	}
	matcher, engine := set.Matcher(), correlate.NewEngine(correlate.EngineOptions{EventID: func(uint64, int) string { return "" }})
	engine.Use(program, nil)
	for m := range Minutes {
		for _, r := range d.Minute(m) {
			ev := &event.Event{}
			input := map[Door]string{TCP: "syslog-tcp", UDP: "syslog-udp", Raw: "http-raw", Bulk: "bulk"}[byKey[r.Source].Door]
			parser.Parse(&record.Record{Source: string(r.Source), Received: received, Input: input, Raw: r.Text}, ev)
			j.records++
			if p := ev.Value(event.IsocParser); p != "none" && p != "" && p != "syslog" {
				j.claimed++
			} else if ev.Value("event.dataset") == "" || p == "none" {
				j.unclaimed[r.Source] = string(r.Text)
			} else {
				j.claimed++ // the header and a plain message: all there is to understand
			}
			if off := ev.Time.Sub(r.At); off > time.Second || off < -time.Second {
				t.Fatalf("%s is understood as of %s: %s", r.At, ev.Time, r.Text)
			}
			ev.Tenant = customers[r.Source]
			item := correlate.Begin(ev, ev.Time, 0)
			matcher.Fired(ev, func(rule *sigma.Rule) {
				program.Add(&item, rule.ID, ev, nil, nil)
				if !program.Silent(rule.ID) {
					fire(r.Step, rule.ID, rule.Title)
				}
			})
			engine.Apply(correlate.Batch{Sequence: uint64(j.records), Received: ev.Time, Items: []correlate.Item{item}}, func(f detect.Finding) {
				fire(r.Step, f.Rule.ID, f.Rule.Title)
			})
		}
	}
	return j
}

func TestTheRulesSeeEveryStepAndLittleElse(t *testing.T) {
	t.Parallel()
	j := judge(t, NewDay(1, dawn, tokens()))
	if share := float64(j.claimed) / float64(j.records); share < .99 {
		t.Errorf("the parser claims %.3f of %d records; not, for one: %v", share, j.records, j.unclaimed)
	}
	for _, s := range Story() {
		for _, rule := range s.Rules {
			if !j.rules[s.Code][rule] {
				t.Errorf("step %s: rule %s does not fire; these do: %v", s.Code, rule, j.fired[s.Code])
			}
		}
	}
	// What is not part of an attack: five things worth a look, some of which fire more than once.
	kinds, firings := len(j.fired[""]), 0
	for _, n := range j.fired[""] {
		firings += n
	}
	if kinds < 3 || kinds > 8 || firings > 20 {
		t.Errorf("the benign day fires %d rules %d times: %v", kinds, firings, j.fired[""])
	}
	t.Logf("%d records; benign: %v", j.records, j.fired[""])
}
