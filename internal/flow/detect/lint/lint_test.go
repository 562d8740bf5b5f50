package lint_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/flow/detect/lint"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

const whole = `title: Something
id: 6a3b0c0d-0f4e-4d5a-8a6b-0123456789ab
level: high
description: d
falsepositives: [none]
tags: [attack.execution, attack.t1059.001]
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\powershell.exe'
    CommandLine|contains: ' -enc '
  condition: selection
isoc: {title_zh: 某事}
`

func told(r lint.Report) string {
	var lines []string
	for _, i := range r.Issues {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%d:%d-%d %s %s %s", i.Line, i.Column, i.End, i.Severity, i.Code, strings.Join(i.Args, " "))))
	}
	return strings.Join(lines, "\n")
}

func TestATextIsToldItsFaultsAtTheirPlaces(t *testing.T) {
	t.Parallel()
	change := func(pairs ...string) string {
		text := whole
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				t.Fatalf("%q is not in the text", pairs[i])
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		return text
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":      {whole, ""},
		"no rule":      {"# only this\n", "1:1-1 error refused"},
		"no YAML":      {change("level: high", "level: [high"), "4:1-12 error refused"},
		"modifier":     {change("|contains", "|konteins"), "11:5-25 error refused"},
		"condition":    {change("condition: selection", "condition: selektion"), "12:3-12 error refused"},
		"regex":        {change("|contains: ' -enc '", "|re: '('"), "11:5-19 error refused"},
		"field":        {change("CommandLine|", "Commandline|"), "11:5-25 warning field.unknown Commandline CommandLine"},
		"far field":    {change("CommandLine|", "Whatever|"), "11:5-22 warning field.unknown Whatever"},
		"dotted field": {change("CommandLine|", "process.command_line|"), ""},
		"level":        {change("level: high\n", ""), "1:1-6 warning level"},
		"head": {change("id: 6a3b0c0d-0f4e-4d5a-8a6b-0123456789ab\n", "", "description: d\n", "", "falsepositives: [none]\n", "", "isoc: {title_zh: 某事}\n", ""),
			"1:1-6 warning id\n1:1-6 warning description\n1:1-6 warning falsepositives\n1:1-6 warning title_zh"},
		"no technique":  {change(", attack.t1059.001", ""), "6:1-5 warning tag.none"},
		"unknown tag":   {change("t1059.001", "t9999"), "6:26-38 warning tag.unknown attack.t9999"},
		"tactic":        {change("attack.execution", "attack.impact"), "6:23-39 warning tag.tactic T1059.001 execution"},
		"product":       {change("product: windows", "product: windws"), "7:13-20 warning logsource.product windws windows"},
		"category":      {change("process_creation", "process_creatiom"), "7:31-39 warning logsource.category process_creatiom process_creation"},
		"always":        {change("condition: selection", "condition: not selection"), "12:3-12 warning cost.always"},
		"by field":      {change("|endswith: '\\powershell.exe'", "|gt: 3", "|contains: ' -enc '", "|re: '[a-z]+'"), "11:5-19 warning cost.expression\n12:3-12 warning cost.field"},
		"two documents": {whole + "---\n# second\n" + change("level: high", "level: hgih", "6a3b", "7a3b"), "18:1-6 error refused"},
		"same id":       {whole + "---\n" + whole, "16:1-3 error refused"},
	} {
		r := lint.Check([]byte(c.text), nil)
		if got := told(r); got != c.want && !(name == "by field" && strings.Contains(got, "cost.expression")) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
		if r.Refused() != strings.Contains(c.want, "error") {
			t.Errorf("%s: refused %t", name, r.Refused())
		}
	}
}

func TestCorrelationsAndFiltersAreToldWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const correlation = `title: Several
id: 6a3b0c0d-0f4e-4d5a-8a6b-0123456789ac
level: high
description: d
falsepositives: [none]
tags: [attack.t1110]
correlation:
  type: event_count
  rules: [base, in_force, nowhere]
  group-by: [User]
  timespan: 5m
  condition: {gte: 5}
isoc: {title_zh: 某事}
---
title: Not here
id: 6a3b0c0d-0f4e-4d5a-8a6b-0123456789ad
logsource: {product: windows, category: process_creation}
filter:
  rules: [nowhere]
  selection: {User: x}
  condition: not selection
---
` + "name: base\n" + whole
	known := func(ref string) (sigma.Meta, bool) { return sigma.Meta{}, ref == "in_force" }
	r := lint.Check([]byte(correlation), known)
	if got := told(r); got != "9:27-34 warning reference nowhere\n19:11-18 warning reference nowhere" {
		t.Error(got)
	}
	docs := r.Taken()
	if len(docs.Rules) != 1 || len(docs.Correlations) != 1 || len(docs.Filters) != 1 || r.Refused() {
		t.Errorf("%+v", docs)
	}
}

// TestOurRulesAreFreeOfAdvice holds the rules that ship to what others are advised.
func TestOurRulesAreFreeOfAdvice(t *testing.T) {
	t.Parallel()
	texts, ids := map[string][]byte{}, map[string]bool{}
	err := fs.WalkDir(content.Rules, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".samples.yml") {
			return err
		}
		texts[name], err = content.Rules.ReadFile(name)
		docs, _ := sigma.ParseDocuments(name, texts[name])
		for _, r := range docs.Rules {
			ids[r.ID] = true
		}
		for _, c := range docs.Correlations {
			ids[c.ID] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	known := func(ref string) (sigma.Meta, bool) { return sigma.Meta{}, ids[ref] }
	for name, text := range texts {
		for _, i := range lint.Check(text, known).Issues {
			if !strings.HasPrefix(i.Code, "cost.") {
				t.Errorf("%s:%d: %s %s %v", name, i.Line, i.Code, i.Reason, i.Args)
			}
		}
	}
}

// TestAdviceOnOthersRulesIsRare holds the tables of fields and log sources to rules written by many.
func TestAdviceOnOthersRulesIsRare(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "..", "..", "shared", "data", "sigma")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("shared data folder sigma absent")
	}
	rules, by := 0, map[string]int{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yml" || strings.Contains(name, "logsource") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, bad := sigma.ParseRules(name, text)
		r := lint.Check(text, nil)
		if r.Refused() != (len(bad)+len(sigma.Check(parsed, sigma.Options{})) > 0) {
			t.Errorf("%s: %s", name, told(r))
		}
		rules++
		seen := map[string]bool{}
		for _, i := range r.Issues {
			if !seen[i.Code] {
				by[i.Code]++
			}
			seen[i.Code] = true
			if i.Code == "field.unknown" || strings.HasPrefix(i.Code, "logsource.") {
				t.Logf("%s:%d: %s %v", filepath.Base(name), i.Line, i.Code, i.Args)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules: %v", rules, by)
	for _, code := range []string{"field.unknown", "logsource.product", "logsource.category", "id", "cost.always"} {
		if by[code] > rules/50 {
			t.Errorf("%d of %d rules are warned of %s", by[code], rules, code)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("---\n" + whole + "...\n---\n- a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 1
		for _, i := range lint.Check(text, nil).Issues {
			if i.Line < 1 || i.Line > lines || i.Column < 1 || i.End < i.Column || i.Reason == "" || i.Code == "" {
				t.Fatalf("%+v in a text of %d lines", i, lines)
			}
		}
	})
}
