package content_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sample"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// shipped is one rule as it lies in the folder.
type shipped struct {
	path    string
	text    []byte
	rule    *sigma.Rule
	samples []sample.Sample
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

func samplesOf(t *testing.T, rule string) []sample.Sample {
	t.Helper()
	data, err := content.Rules.ReadFile(strings.TrimSuffix(rule, ".yml") + ".samples.yml")
	if err != nil {
		t.Errorf("%s has no samples: %v", rule, err)
		return nil
	}
	samples, err := sample.ReadFile(data)
	if err != nil {
		t.Errorf("%s: %v", rule, err)
	}
	return samples
}

// TestSamplesGoThroughParserAndMatcher runs every sample against the whole built-in set, as a record of the kind of source it names
// and as one of a source of which nobody said what it is.
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
			run := sample.NewRunner(set, []*sigma.Rule{s.rule}, func() time.Time { return time.Date(2026, 3, 2, 8, 15, 31, 0, time.UTC) })
			for _, x := range s.samples {
				passes(t, run, x)
				x.Kind = "auto"
				passes(t, run, x)
			}
		})
	}
}

func passes(t *testing.T, run *sample.Runner, s sample.Sample) {
	t.Helper()
	r, err := run.Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if r.Fault == sample.None {
		return
	}
	for i, l := range r.Lines {
		t.Errorf("kind %q, %s (%s):\n  %s\nparsed as\n%s", s.Kind, r.Fault, s.Why, s.Lines[i].Raw, fieldsOf(l.Event))
	}
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
