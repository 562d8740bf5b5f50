package content_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// TestParsers runs the samples of every pack through the parser with all packs in force, as records go at run time.
func TestParsers(t *testing.T) {
	t.Parallel()
	folders, err := fs.ReadDir(content.Parsers, "parsers")
	if err != nil {
		t.Fatal(err)
	}
	set := broken(t, folders)
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			tryPack(t, set, path.Join("parsers", f.Name()))
		})
	}
}

// broken loads what can be loaded: a pack that does not compile fails its own test, not all of them.
func broken(t *testing.T, folders []fs.DirEntry) *pack.Set {
	t.Helper()
	if set, err := pack.Shipped(); err == nil {
		kinds, formats, devices := set.Counts()
		t.Logf("%d kinds of device with %d formats; %d more are recognised", kinds, formats, devices)
		return set
	}
	var packs []*pack.Pack
	for _, f := range folders {
		if f.IsDir() {
			if p, err := pack.LoadOne(content.Parsers, path.Join("parsers", f.Name())); err == nil {
				packs = append(packs, p)
			}
		}
	}
	set, err := pack.NewSet(packs)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func tryPack(t *testing.T, set *pack.Set, dir string) {
	t.Helper()
	p, err := pack.LoadOne(content.Parsers, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Document().References) == 0 {
		t.Error("no references: where is the format told?")
	}
	text, err := fs.ReadFile(content.Parsers, path.Join(dir, "samples.yml"))
	if err != nil {
		t.Fatal(err)
	}
	samples, err := pack.ReadSamples(text)
	if err != nil {
		t.Fatalf("samples.yml: %v", err)
	}
	if err := p.Covered(samples); err != nil {
		t.Error(err)
	}
	for i := range samples {
		s := &samples[i]
		parser := parse.New(parse.Options{Packs: pack.NewShelf(set), Sources: func(string) (parse.Settings, bool) {
			return parse.Settings{TimeZone: s.Zone, Encoding: s.Encoding}, true
		}})
		rec := record.Record{Source: "sample", Received: s.Received, Raw: s.Bytes()}
		var ev event.Event
		parser.Parse(&rec, &ev)
		if err := s.Check(p.ID(), &ev); err != nil {
			t.Errorf("%v\n%s", err, steps(parser, &rec))
		}
		if err := untold(s, &ev); err != nil {
			t.Errorf("%v", err)
		}
		for _, a := range foreign(string(rec.Raw)) {
			t.Errorf("sample with the address %s: documentation ranges and private ones only", a)
		}
	}
}

// steps renders how the parser came to its result.
func steps(p *parse.Parser, rec *record.Record) string {
	var b strings.Builder
	for _, s := range p.Explain(rec) {
		mark := "  ok  "
		if !s.OK {
			mark = "  FAIL "
		}
		b.WriteString(mark + s.Name + " " + s.Result + "\n")
		for _, f := range s.Fields {
			b.WriteString("       " + f.Name + " = " + f.Value + "\n")
		}
	}
	return b.String()
}

// core are the fields a sample has to tell where its event has them: searches, rules and correlations rest on these.
var core = []string{
	"source.ip", "source.port", "destination.ip", "destination.port", "user.name", "event.action", "event.outcome", "url.original", "http.response.status_code",
	"process.name", "file.path", "dns.question.name", "rule.name",
}

func untold(s *pack.Sample, ev *event.Event) error {
	var errs []error
	for _, name := range core {
		if v, there := ev.Get(name); there && s.Want[name] == nil {
			errs = append(errs, errors.New("the sample does not tell "+name+", which is "+v+":\n  "+string(s.Bytes())))
		}
	}
	return errors.Join(errs...)
}

var addressForm = regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}\b`)

// foreign returns the IPv4 addresses of a text that are somebody's.
func foreign(text string) []string {
	var out []string
	for _, m := range addressForm.FindAllString(text, -1) {
		a, err := netip.ParseAddr(m)
		if err != nil || a.IsPrivate() || a.IsLoopback() || a.IsUnspecified() || a.IsMulticast() || a.IsLinkLocalUnicast() || m == "255.255.255.255" || documentation(a) || a.As4()[0] < 10 || a.As4()[0] == 255 {
			continue
		}
		out = append(out, m)
	}
	return out
}

// documentation reports whether an address is of a range for examples (RFC 5737), of the shared space (RFC 6598) or for benchmarks (RFC 2544).
func documentation(a netip.Addr) bool {
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "100.64.0.0/10", "198.18.0.0/15"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return true
		}
	}
	return false
}
