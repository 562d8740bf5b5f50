package parse

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// hubFacts are what CrowdSec's parsers must find, and the fields that hold it here.
var hubFacts = map[string][]string{
	"source_ip":       {"source.ip", "client.ip"},
	"user":            {"user.name", "source.user.name", "destination.user.name", "user.effective.name", "user.target.name", "user.email"},
	"http_status":     {"http.response.status_code"},
	"http_path":       {"url.original", "url.path"},
	"http_verb":       {"http.request.method"},
	"http_user_agent": {"user_agent.original"},
	"machine":         {"host.name"},
	"target_fqdn":     {"url.domain", "destination.domain", "host.name"},
}

var hubNames = map[string]string{"target_user": "user", "username": "user", "source_user": "user"}

var hubLine = regexp.MustCompile(`^results\["(s0[01]-[a-z]+)"\]\["([^"]+)"\]\[(\d+)\]\.(?:Evt\.(Meta|Parsed)\["([a-z_0-9]+)"\]|(Success)) == (.*)$`)

// hubRecord is a raw line with the facts that stand in the assertions.
type hubRecord struct {
	raw   string
	known bool // a parser of CrowdSec's reads it
	facts map[string]string
}

// TestHub measures the packs on the log files of CrowdSec's hub: the share of lines that a pack or a format reads, and the share of
// asserted facts that are found. Run it with -v; ISOC_HUB=1 names what is missing, ISOC_HUB=name one folder's lines.
func TestHub(t *testing.T) {
	t.Parallel()
	root := shared(t, "crowdsec-hub", ".tests")
	set, err := pack.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	p := New(Options{Packs: pack.NewShelf(set)})
	folders, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var all hubScore
	all.missing = map[string]int{}
	files := 0
	for _, f := range folders {
		records := readHub(t, filepath.Join(root, f.Name()))
		if len(records) > 0 {
			files++
		}
		one := hubScore{missing: map[string]int{}}
		for _, r := range records {
			one.add(t, p, r, os.Getenv("ISOC_HUB") == f.Name())
		}
		if os.Getenv("ISOC_HUB") == "1" && (one.read < one.lines || one.found < one.asserted) {
			t.Logf("%s: read %d of %d lines, found %d of %d facts; missing %v", f.Name(), one.read, one.lines, one.found, one.asserted, one.missing)
		}
		all.join(&one)
	}
	t.Logf("%d folders, %d lines: a pack or format reads %.1f%%, a pack %.1f%%; of %d lines that CrowdSec reads: %.1f%%", files, all.lines, percent(all.read, all.lines), percent(all.packs, all.lines),
		all.known, percent(all.knownRead, all.known))
	t.Logf("facts: found %d of %d asserted, %.1f%%; missing %v", all.found, all.asserted, percent(all.found, all.asserted), all.missing)
	if all.lines < 1000 || percent(all.found, all.asserted) < 80 {
		t.Errorf("only %d facts of %d found", all.found, all.asserted)
	}
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

type hubScore struct {
	lines, read, packs, known, knownRead, asserted, found int
	missing                                               map[string]int
}

func (s *hubScore) join(o *hubScore) {
	s.lines, s.read, s.packs, s.known, s.knownRead = s.lines+o.lines, s.read+o.read, s.packs+o.packs, s.known+o.known, s.knownRead+o.knownRead
	s.asserted, s.found = s.asserted+o.asserted, s.found+o.found
	for k, n := range o.missing {
		s.missing[k] += n
	}
}

func (s *hubScore) add(t *testing.T, p *Parser, r *hubRecord, verbose bool) {
	t.Helper()
	var ev event.Event
	p.Parse(&record.Record{Source: "hub", Received: time.Date(2024, 6, 15, 0, 0, 0, 0, time.UTC), Raw: []byte(r.raw)}, &ev)
	parser := ev.Value(event.IsocParser)
	s.lines++
	read := parser != parserNone && parser != parserSyslog
	if read {
		s.read++
	}
	if ev.Has(event.IsocFormat) {
		s.packs++
	}
	if r.known {
		s.known++
		if read {
			s.knownRead++
		}
	}
	for fact, want := range r.facts {
		s.asserted++
		if hubFound(&ev, fact, want) {
			s.found++
			continue
		}
		s.missing[fact]++
		if verbose {
			t.Logf("%s %q not in %s/%s: %.300s", fact, want, parser, ev.Value(event.IsocFormat), r.raw)
		}
	}
	if verbose && !read {
		t.Logf("not read (%s): %.300s", parser, r.raw)
	}
}

// hubFound reports whether a field holds the fact. Paths count without their query, addresses by what they mean.
func hubFound(ev *event.Event, fact, want string) bool {
	for _, f := range ev.Fields {
		for _, name := range hubFacts[fact] {
			if f.Name == name && hubEqual(fact, f.Value, want) {
				return true
			}
		}
	}
	return false
}

func hubEqual(fact, got, want string) bool {
	switch fact {
	case "source_ip":
		a, err := netip.ParseAddr(got)
		b, err2 := netip.ParseAddr(want)
		return err == nil && err2 == nil && a.Unmap() == b.Unmap()
	case "http_path":
		path := func(s string) string {
			if _, rest, ok := strings.Cut(s, "://"); ok {
				_, rest, _ = strings.Cut(rest, "/")
				s = "/" + rest
			}
			s, _, _ = strings.Cut(s, "?")
			return s
		}
		return got == want || path(got) == path(want)
	}
	return strings.EqualFold(got, want)
}

// readHub reads a folder's log and what is asserted of its lines.
func readHub(t *testing.T, dir string) []*hubRecord {
	t.Helper()
	logs, _ := filepath.Glob(filepath.Join(dir, "*.log"))
	asserts, err := os.ReadFile(filepath.Join(dir, "parser.assert"))
	if err != nil || len(logs) != 1 {
		return nil
	}
	text, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	var records []*hubRecord
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimRight(l, "\r\n"); strings.TrimSpace(l) != "" {
			records = append(records, &hubRecord{raw: l, facts: map[string]string{}})
		}
	}
	for _, g := range hubGroups(string(asserts)) {
		attachHub(records, g)
	}
	return records
}

// hubGroup is what one parser makes of one line.
type hubGroup struct {
	stage, message string
	at             int
	success        bool
	facts          map[string]string
}

func hubGroups(asserts string) []*hubGroup {
	groups := map[string]*hubGroup{}
	var order []string
	for line := range strings.Lines(asserts) {
		m := hubLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		key := m[1] + m[2] + "/" + m[3]
		g := groups[key]
		if g == nil {
			at, _ := strconv.Atoi(m[3])
			g = &hubGroup{stage: m[1], at: at, facts: map[string]string{}}
			groups[key] = g
			order = append(order, key)
		}
		value, err := strconv.Unquote(m[7])
		switch {
		case m[6] != "":
			g.success = m[7] == "true"
		case err != nil:
		case m[4] == "Parsed" && m[5] == "message":
			g.message = value
		case m[4] == "Meta":
			name := m[5]
			if to, ok := hubNames[name]; ok {
				name = to
			}
			if hubFacts[name] != nil && value != "" && value != "-" && (g.facts[name] == "" || m[5] == "target_user") {
				g.facts[name] = value
			}
		}
	}
	sort.Strings(order)
	out := make([]*hubGroup, len(order))
	for i, key := range order {
		out[i] = groups[key]
	}
	return out
}

// attachHub finds the line a group is of: by its place where that line holds its message, else the first that does.
func attachHub(records []*hubRecord, g *hubGroup) {
	if !g.success {
		return
	}
	holds := func(r *hubRecord) bool { return g.message == "" || strings.Contains(r.raw, g.message) }
	to := -1
	if g.at < len(records) && holds(records[g.at]) {
		to = g.at
	}
	for i := 0; to < 0 && g.message != "" && i < len(records); i++ {
		if holds(records[i]) && !records[i].known {
			to = i
		}
	}
	if to < 0 {
		return
	}
	r := records[to]
	r.known = r.known || g.stage == "s01-parse"
	for k, v := range g.facts {
		r.facts[k] = v
	}
}
