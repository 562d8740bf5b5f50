package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// rule is one file of a rule, as every engine reads it by itself.
type rule struct {
	path string
	text []byte
	read *sigma.Rule // nil where our parser refuses it
}

func readRules(folder string) ([]rule, error) {
	var rules []rule
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yml") || strings.HasPrefix(d.Name(), "logsource") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read a rule: %w", err)
		}
		r := rule{path: path, text: text}
		if parsed, _ := sigma.ParseRules(d.Name(), text); len(parsed) == 1 {
			r.read = parsed[0]
		}
		rules = append(rules, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return rules, nil
}

// fieldNames are the fields that a rule names.
func fieldNames(r *sigma.Rule) []string {
	var names []string
	for _, s := range r.Detection.Searches {
		for _, g := range s.Groups {
			for _, item := range g {
				if item.Field != "" {
					names = append(names, item.Field)
				}
			}
		}
	}
	return names
}
