package content_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sample"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// shipped is one file as it lies in the folder: a rule, or a correlation and after it the rules that are only its parts.
type shipped struct {
	path    string
	text    []byte
	docs    sigma.Documents
	samples []sample.Sample
}

// first is what the file is about.
func (s *shipped) first() *sigma.Meta {
	if len(s.docs.Correlations) > 0 {
		return &s.docs.Correlations[0].Meta
	}
	return &s.docs.Rules[0].Meta
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
		docs, refused := sigma.ParseDocuments(name, text)
		if len(refused) > 0 || docs.Len() != 1 && len(docs.Correlations) == 0 || len(docs.Filters) > 0 {
			t.Errorf("%s: %d documents, refused %v", name, docs.Len(), refused)
			return nil
		}
		all = append(all, shipped{path: name, text: text, docs: docs, samples: samplesOf(t, name)})
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
	var docs sigma.Documents
	for _, s := range all {
		docs.Add(s.docs)
	}
	set, refused := sigma.Compile(docs.Rules, sigma.Options{})
	program, more := correlate.Compile(docs.Correlations, docs.Rules, correlate.Options{})
	for _, r := range append(refused, more...) {
		t.Errorf("refused: %v", r)
	}
	for _, s := range all {
		t.Run(strings.TrimSuffix(path.Base(s.path), ".yml"), func(t *testing.T) {
			t.Parallel()
			run := sample.NewRunner(set, s.docs.Rules, func() time.Time { return time.Date(2026, 3, 2, 8, 15, 31, 0, time.UTC) })
			if len(s.docs.Correlations) > 0 {
				run.Correlate(program, []string{s.first().ID})
			}
			for _, x := range s.samples {
				passes(t, run, x)
				x.Kind, x.Lines = "auto", slices.Clone(x.Lines)
				for i := range x.Lines {
					x.Lines[i].Kind = ""
				}
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
	t.Errorf("%d lines, fired %t", len(r.Lines), r.Fired)
	for i, l := range r.Lines {
		if i > 0 && i+1 < len(r.Lines) && strings.TrimRight(s.Lines[i].Raw, "0123456789") == strings.TrimRight(s.Lines[i-1].Raw, "0123456789") {
			continue // one of many
		}
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
