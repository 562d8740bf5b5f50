package replay

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// ruleSet is the rules of some folders, compiled.
type ruleSet struct {
	set     *sigma.Set
	program *correlate.Program
	refused []sigma.Refusal // rules that cannot be used
	foreign []sigma.Refusal // documents that are no rules
}

// loadRules reads *.yml and *.yaml below each folder, or a single file.
func loadRules(dirs []string, opts sigma.Options) (*ruleSet, error) {
	var docs sigma.Documents
	out := &ruleSet{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if ext := strings.ToLower(filepath.Ext(path)); d.IsDir() || ext != ".yml" && ext != ".yaml" {
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			read, refused := sigma.ParseDocuments(path, data)
			docs.Add(read)
			for _, r := range refused {
				if r.Foreign {
					out.foreign = append(out.foreign, r)
				} else {
					out.refused = append(out.refused, r)
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read rules: %w", err)
		}
	}
	rules, refused := sigma.ApplyFilters(docs.Rules, docs.Filters, opts)
	out.refused = append(out.refused, refused...)
	out.set, refused = sigma.Compile(rules, opts)
	out.refused = append(out.refused, refused...)
	var running []*sigma.Rule
	out.set.Rules(func(r *sigma.Rule) { running = append(running, r) })
	out.program, refused = correlate.Compile(docs.Correlations, running, correlate.Options{})
	out.refused = append(out.refused, refused...)
	return out, nil
}

// explain writes one line for each document that is not in the set.
func (r *ruleSet) explain(w io.Writer) error {
	for _, f := range r.foreign {
		if _, err := fmt.Fprintf(w, "skipped %s: %s\n", f.File, f.Reason); err != nil {
			return err
		}
	}
	for _, f := range r.refused {
		if _, err := fmt.Fprintf(w, "refused %v\n", f); err != nil {
			return err
		}
	}
	return nil
}
