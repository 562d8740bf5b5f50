package content_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// sample is one raw record of a rule's samples.
type sample struct {
	Raw  string `yaml:"raw"`
	Kind string `yaml:"kind"` // what the operator would say the source is
	Why  string `yaml:"why"`  // what keeps a negative from matching
}

type samples struct {
	Positive []sample `yaml:"positive"`
	Negative []sample `yaml:"negative"`
}

// shipped is one rule as it lies in the folder.
type shipped struct {
	path    string
	text    []byte
	rule    *sigma.Rule
	samples samples
}

// load reads every rule that ships, with its samples.
func load(t *testing.T) []shipped {
	t.Helper()
	var all []shipped
	err := fs.WalkDir(content.Rules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".samples.yml") {
			return err
		}
		text, err := content.Rules.ReadFile(name)
		if err != nil {
			return err
		}
		rule, err := sigma.ParseRule(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return nil
		}
		all = append(all, shipped{path: name, text: text, rule: rule, samples: samplesOf(t, name)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func samplesOf(t *testing.T, rule string) samples {
	t.Helper()
	var s samples
	name := strings.TrimSuffix(rule, ".yml") + ".samples.yml"
	data, err := content.Rules.ReadFile(name)
	if err != nil {
		t.Errorf("%s has no samples: %v", rule, err)
		return s
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return s
}

// TestSamplesGoThroughParserAndMatcher runs every sample the way a received record goes: through the parser, then the
// matcher with the whole built-in set, routed by log source.
func TestSamplesGoThroughParserAndMatcher(t *testing.T) {
	t.Parallel()
	all := load(t)
	rules := make([]*sigma.Rule, len(all))
	for i, s := range all {
		rules[i] = s.rule
	}
	set, refused := sigma.Compile(rules, sigma.Options{})
	for _, r := range refused {
		t.Errorf("refused: %v", r)
	}
	for _, s := range all {
		t.Run(strings.TrimSuffix(path.Base(s.path), ".yml"), func(t *testing.T) {
			t.Parallel()
			for _, kind := range []func(sample) string{func(s sample) string { return s.Kind }, func(sample) string { return "auto" }} {
				s.run(t, set, kind)
			}
		})
	}
}

// run checks the rule's samples, read as records of a source of the given kind.
func (s *shipped) run(t *testing.T, set *sigma.Set, kind func(sample) string) {
	t.Helper()
	for _, p := range s.samples.Positive {
		if ev := parsed(p.Raw, kind(p)); !fires(set, ev, s.rule.ID) {
			t.Errorf("kind %q: does not fire on\n  %s\nparsed as\n%s", kind(p), p.Raw, fieldsOf(ev))
		}
	}
	for _, n := range s.samples.Negative {
		ev := parsed(n.Raw, kind(n))
		if fires(set, ev, s.rule.ID) {
			t.Errorf("kind %q: fires (%s) on\n  %s\nparsed as\n%s", kind(n), n.Why, n.Raw, fieldsOf(ev))
		}
		if p := ev.Value(event.IsocParser); p == "none" || p == "" {
			t.Errorf("kind %q: no parser understands the negative, so it proves nothing: %s", kind(n), n.Raw)
		}
	}
}

func parsed(raw, kind string) *event.Event {
	at := time.Date(2026, 3, 2, 8, 15, 31, 0, time.UTC)
	p := parse.New(parse.Options{
		Sources: func(string) (parse.Settings, bool) { return parse.Settings{Kind: kind}, true },
		Now:     func() time.Time { return at },
	})
	ev := &event.Event{}
	p.Parse(&record.Record{Source: "s", Received: at, Input: "http-raw", Raw: []byte(raw)}, ev)
	return ev
}

func fires(set *sigma.Set, ev *event.Event, id string) bool {
	fired := false
	set.Matcher().Fired(ev, func(r *sigma.Rule) { fired = fired || r.ID == id })
	return fired
}

func fieldsOf(ev *event.Event) string {
	var b strings.Builder
	for _, f := range ev.Fields {
		if f.Name != event.Original {
			b.WriteString("    " + f.Name + " = " + f.Value + "\n")
		}
	}
	return b.String()
}
