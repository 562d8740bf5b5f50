package learn

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// score is what a compiled pack makes of lines that were not learned from.
type score struct {
	lines, covered  int // not claimed by anything else; read by the pack
	expected, found int // values that are known, and those that it has right
	sure, right     int // values that it has by targets of confidence 0.8 or more, where the right one is known
	formats, before int // before is what the automatic parser alone has right of the expected
	wrong           map[string]int
}

func (s *score) join(o *score) {
	s.lines, s.covered, s.expected, s.found, s.sure, s.right = s.lines+o.lines, s.covered+o.covered, s.expected+o.expected, s.found+o.found, s.sure+o.sure, s.right+o.right
	s.before += o.before
}

// halves learns from every other record and runs what was compiled on the rest. open says that a value may be right though it is not told.
func halves(t *testing.T, all []truth, settings parse.Settings, options parse.Options, open bool, verbose bool) *score {
	t.Helper()
	var lines []Line
	var rest []truth
	for i, r := range all {
		if uint32(i)*2654435761>>15&1 == 0 {
			lines = append(lines, Line{r.raw, day})
		} else {
			rest = append(rest, r)
		}
	}
	options.Sources = func(string) (parse.Settings, bool) { return settings, true }
	p := propose(lines, settings, options)
	s := &score{wrong: map[string]int{}, formats: len(p.Formats)}
	var set *pack.Set
	if len(p.Formats) > 0 {
		b, err := p.compile("own-x", Device{"Own", "X", "application"}, options)
		if err != nil {
			t.Fatal(err)
		}
		if err := try(b.written, options); err != nil {
			t.Error(err)
		}
		if set, err = pack.NewSet([]*pack.Pack{b.pack}); err != nil {
			t.Fatal(err)
		}
	}
	bare := parse.New(options)
	options.Own = func(string) *pack.Set { return set }
	parser := parse.New(options)
	var ev event.Event
	for _, r := range rest {
		rec := record.Record{Source: source, Received: day, Raw: []byte(r.raw)}
		if _, ok := bare.Unclaimed(&rec, &ev); !ok || r.want == nil {
			continue
		}
		s.lines++
		var count score
		count.wrong = map[string]int{}
		count.check(t, &r, &ev, &Format{}, open, false)
		parser.Parse(&rec, &ev)
		if ev.Value(event.IsocParser) == "own-x" {
			s.before += count.found
		}
		if ev.Value(event.IsocParser) != "own-x" {
			if verbose {
				t.Logf("not read: %.300s", r.raw)
			}
			continue
		}
		s.covered++
		f := p.format(ev.Value(event.IsocFormat))
		s.check(t, &r, &ev, f, open, verbose)
	}
	if verbose {
		for _, f := range p.Formats {
			t.Logf("%s %d %s %v set %v", f.ID, f.Lines, f.Pattern, f.Recipe.Patterns, f.Set)
			for _, x := range f.Fields {
				t.Logf("   %-24s %-9s %d/%d -> %q %q %.2f %v %v", x.Name, x.Type, x.Present, x.Distinct, x.Target, x.As, x.Confidence, x.Why, x.Alternatives)
			}
		}
	}
	return s
}

func (s *score) check(t *testing.T, r *truth, ev *event.Event, f *Format, open, verbose bool) {
	t.Helper()
	confident := map[string]bool{}
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Confidence >= 0.8 {
			for _, target := range (&guess{target: one.Target, as: one.As}).fills() {
				confident[target] = true
			}
		}
	}
	for _, name := range scored {
		want, told := r.want[name]
		got := ev.Value(name)
		if name == event.Timestamp {
			got = ev.Time.Format(time.RFC3339)
		}
		if told {
			s.expected++
			if same(name, got, want, r) {
				s.found++
			} else {
				s.wrong[name]++
				if verbose {
					t.Logf("%s: %q, want %q: %.300s", name, got, want, r.raw)
				}
			}
		}
		if confident[name] && got != "" && (told || !open) && (told || name != event.Timestamp) {
			s.sure++
			if told && same(name, got, want, r) {
				s.right++
			} else if verbose && !told {
				t.Logf("%s: %q, want none: %.300s", name, got, r.raw)
			}
		}
	}
}

var scored = []string{"@timestamp", "source.ip", "source.port", "destination.ip", "destination.port", "user.name", "event.action", "event.outcome", "event.severity", "url.original", "http.request.method",
	"http.response.status_code", "network.transport", "file.path", "dns.question.name"}

var marks = regexp.MustCompile(`[\s_-]+`)
var zoned = regexp.MustCompile(`(Z|[+-]\d\d:?\d\d|UTC|GMT|\b1[4-9]\d{8})`)

func same(name, got, want string, r *truth) bool {
	switch {
	case strings.HasSuffix(name, ".ip"):
		a, err := netip.ParseAddr(got)
		c, err2 := netip.ParseAddr(want)
		return err == nil && err2 == nil && a.Unmap() == c.Unmap()
	case name == event.Timestamp:
		a, err := time.Parse(time.RFC3339, got)
		c, err2 := time.Parse(time.RFC3339, want)
		if err != nil || err2 != nil {
			return false
		}
		if !r.year {
			a = a.AddDate(c.Year()-a.Year(), 0, 0)
		}
		d := a.Sub(c).Abs().Round(time.Second) / time.Second
		return d < 2 || !zoned.MatchString(r.raw) && d <= 14*3600 && min(d%1800, 1800-d%1800) < 2
	case name == event.Action || name == "event.outcome":
		return marks.ReplaceAllString(strings.ToLower(got), "-") == marks.ReplaceAllString(strings.ToLower(want), "-")
	}
	return strings.EqualFold(got, want)
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

func (s *score) log(t *testing.T, name string) {
	t.Helper()
	t.Logf("%-34s %5d lines, %2d formats: read %5.1f%%, values right %5.1f%% of %4d (automatic %5.1f%%), precision of the sure ones %5.1f%% of %4d %v", name, s.lines, s.formats, percent(s.covered, s.lines), percent(s.found, s.expected), s.expected, percent(s.before, s.expected),
		percent(s.right, s.sure), s.sure, s.wrong)
}

// TestInventedDevices learns from half of the records of devices that nobody has made and reads the other half. LEARN=name shows one.
func TestInventedDevices(t *testing.T) {
	t.Parallel()
	var total score
	devices := invented(600)
	for _, name := range slices.Sorted(maps.Keys(devices)) {
		show := os.Getenv("LEARN") == name
		s := halves(t, devices[name], parse.Settings{}, parse.Options{}, false, show)
		s.log(t, name)
		total.join(s)
		if percent(s.covered, s.lines) < 95 {
			t.Errorf("%s: only %d of %d lines are read", name, s.covered, s.lines)
		}
		if s.sure > 0 && percent(s.right, s.sure) < 90 {
			t.Errorf("%s: only %d of %d sure values are right", name, s.right, s.sure)
		}
	}
	total.log(t, "all")
	if percent(total.found, total.expected) < 90 {
		t.Errorf("only %d of %d values are found", total.found, total.expected)
	}
}

// TestRealDevices does the same with the labelled records of real devices, as if no pack and no format of a product knew them.
func TestRealDevices(t *testing.T) {
	t.Parallel()
	devices := labelled(t)
	var total score
	for _, name := range slices.Sorted(maps.Keys(devices)) {
		if len(devices[name]) < 20 {
			continue
		}
		s := halves(t, devices[name], parse.Settings{}, parse.Options{Packs: pack.NewShelf(nil), Automatic: true}, true, os.Getenv("LEARN") == name)
		s.log(t, name)
		total.join(s)
	}
	total.log(t, "all")
	if percent(total.right, total.sure) < 90 {
		t.Errorf("only %d of %d sure values are right", total.right, total.sure)
	}
}

// labelled reads the records of the shared folder by device, or skips the test where it is absent.
func labelled(t *testing.T) map[string][]truth {
	t.Helper()
	var file *os.File
	for _, up := range []string{"../../../../../shared", "../../../../../../shared"} {
		f, err := os.Open(filepath.Join(up, "data", "parse-bench", "dev.jsonl"))
		if err == nil {
			file = f
			break
		}
	}
	if file == nil {
		t.Skip("shared data folder parse-bench absent: what is learned of real devices is not measured")
	}
	defer file.Close()
	out := map[string][]truth{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var r struct {
			Package, Raw string
			Expected     map[string]any
			Derivable    []string
			Mode         string `json:"ts_mode"`
		}
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		one := truth{raw: r.Raw, want: map[string]string{}, year: r.Mode != "noyear"}
		for _, name := range r.Derivable {
			switch v := r.Expected[name].(type) {
			case string:
				one.want[name] = v
			case float64:
				text, _ := json.Marshal(v)
				one.want[name] = string(text)
			}
		}
		out[r.Package] = append(out[r.Package], one)
	}
	return out
}
