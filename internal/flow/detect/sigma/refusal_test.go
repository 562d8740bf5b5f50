package sigma_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

func TestRefusalsNameFieldAndReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, detection, field, reason string }{
		{"unknown modifier", one(`F|foo: x`), "detection.sel.F|foo", `unknown modifier "foo"`},
		{"placeholder without value", one(`F|expand: '%who%'`), "detection.sel.F|expand", "placeholder %who% has no value"},
		{"look-around", one(`F|re: '(?<=a)b'`), "detection.sel.F|re", "regular expression"},
		{"re after contains", one(`F|contains|re: a`), "detection.sel.F|contains|re", `modifier "re"`},
		{"flag without re", one(`F|i: a`), "detection.sel.F|i", "without re"},
		{"no network", one(`F|cidr: 10.0.0.0/99`), "detection.sel.F|cidr", "no network"},
		{"no number", one(`F|gt: many`), "detection.sel.F|gt", "no number"},
		{"exists of text", one(`F|exists: maybe`), "detection.sel.F|exists", "true or false"},
		{"wildcard encoded", one(`F|base64: 'a*'`), "detection.sel.F|base64", "wildcards"},
		{"short base64offset", one(`F|base64offset|contains: 'a'`), "detection.sel.F|base64offset|contains", "too short"},
		{"null with contains", one(`F|contains: null`), "detection.sel.F|contains", "null"},
		{"reference with wildcard", one(`F|fieldref: 'G*'`), "detection.sel.F|fieldref", "plain name"},
		{"keyword with cidr", "k:\n  '|cidr': 10.0.0.0/8\ncondition: k\n", "detection.k.|cidr", "whole event"},
		{"no value", one(`F: []`), "detection.sel.F", "no value"},
		{"nested map", one(`F: {G: x}`), "detection.sel.F", "dots"},
		{"empty list", "sel: []\ncondition: sel\n", "detection.sel", "empty list"},
		{"empty map", "sel: {}\ncondition: sel\n", "detection.sel", "empty map"},
		{"empty search", "sel:\ncondition: sel\n", "detection.sel", "empty"},
		{"no search", "condition: sel\n", "detection", "no search"},
		{"no condition", "sel:\n  F: x\n", "detection.condition", "missing"},
		{"unknown search", "sel:\n  F: x\ncondition: sol\n", "detection.condition", `"sol"`},
		{"pattern without search", "sel:\n  F: x\ncondition: 1 of f*\n", "detection.condition", `"1 of f*"`},
		{"too many of", "sel:\n  F: x\ncondition: 2 of sel*\n", "detection.condition", "names 1"},
		{"none of", "sel:\n  F: x\ncondition: 0 of sel*\n", "detection.condition", "neither a number"},
		{"open parenthesis", "sel:\n  F: x\ncondition: (sel\n", "detection.condition", "not closed"},
		{"closing parenthesis", "sel:\n  F: x\ncondition: sel)\n", "detection.condition", "unexpected"},
		{"two searches without operator", "sel:\n  F: x\ncondition: sel sel\n", "detection.condition", "unexpected"},
		{"nothing after and", "sel:\n  F: x\ncondition: sel and\n", "detection.condition", "ends where"},
		{"aggregation", "sel:\n  F: x\ncondition: sel | count() > 5\n", "detection.condition", "correlation"},
		{"timeframe", "sel:\n  F: x\ntimeframe: 5m\ncondition: sel\n", "detection.timeframe", "correlation"},
		{"key twice", "sel:\n  F: x\n  F: y\ncondition: sel\n", "", "twice|already defined|duplicate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rules, refused := sigma.ParseRules("f.yml", []byte(ruleText(c.detection)))
			if len(refused) == 0 {
				_, refused = sigma.Compile(rules, sigma.Options{})
			}
			if len(refused) != 1 {
				t.Fatalf("%d refusals", len(refused))
			}
			r := refused[0]
			if r.Field != c.field || r.File != "f.yml" || !containsAny(r.Reason, c.reason) {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func containsAny(s, alternatives string) bool {
	for a := range strings.SplitSeq(alternatives, "|") {
		if strings.Contains(s, a) {
			return true
		}
	}
	return false
}

func TestOtherDocumentsAreRecognised(t *testing.T) {
	t.Parallel()
	const tail = "logsource: {product: test}\ndetection:\n  s: {F: x}\n  condition: s\n"
	for _, c := range []struct{ name, text, field, reason string }{
		{"action", "action: global\n" + tail, "action", "no longer part"},
		{"no detection", "title: t\nlogsource: {product: x}\n", "detection", "missing"},
		{"no title", tail, "title", "missing"},
		{"bad level", "title: t\nlevel: severe\n" + tail, "level", `"severe"`},
		{"no log source", "title: t\ndetection:\n  s: {F: x}\n  condition: s\n", "logsource", "missing"},
		{"empty log source", "title: t\nlogsource: {definition: x}\ndetection:\n  s: {F: x}\n  condition: s\n", "logsource", "none of"},
		{"not a map", "- a\n- b\n", "", "map"},
		{"not YAML", "title: [\n", "", "not valid YAML"},
		{"not UTF-8", "title: \xff\n", "", "UTF-8"},
		{"nothing", "# only a comment\n", "", "no document"},
		{"merge key", "x: &x {a: 1}\ny:\n  <<: *x\n" + tail, "y", "merge"},
		{"alias to nothing", "title: *x\n" + tail, "title", "alias"},
		{"foreign tag", "title: !!binary aGk=\n" + tail, "title", "tag"},
		{"too large", "title: " + strings.Repeat("x", 600<<10), "", "KiB"},
		{"too deep", "title: t\nx: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n" + tail, "x", "deeper"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, refused := sigma.ParseRules("", []byte(c.text))
			if len(refused) != 1 || refused[0].Field != c.field || !strings.Contains(refused[0].Reason, c.reason) {
				t.Errorf("got %+v", refused)
			}
		})
	}
	_, refused := sigma.ParseRules("", []byte("title: t\nlogsources: {}\n"))
	if len(refused) != 1 || !refused[0].Foreign {
		t.Errorf("a file that is no rule: got %+v", refused)
	}
}

func TestRuleIsReadWhole(t *testing.T) {
	t.Parallel()
	const text = `
title: Whoami
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
name: whoami
status: test
level: High
description: |
    two
    lines
author: A, B
date: 2026-01-02
references: [https://example.org/a]
tags:
    - attack.t1033
falsepositives: Unknown
logsource: {product: Windows, category: process_creation}
custom: [1, {a: b}]
detection:
    sel:
        Image|endswith: ['\whoami.exe', 7, null, true, 1.50, '']
    condition: sel
`
	r, err := sigma.ParseRule([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := &sigma.Rule{
		Meta: sigma.Meta{
			ID: "929a690e-bef0-4204-a928-ef5e620d6fcc", Name: "whoami", Title: "Whoami", Status: "test", Level: detect.High,
			Description: "two\nlines\n", Author: "A, B", Date: "2026-01-02", References: []string{"https://example.org/a"},
			Tags: []string{"attack.t1033"}, FalsePositives: []string{"Unknown"}, Digest: sigma.Digest([]byte(text)),
			LogSource: logsource.Source{Product: "windows", Category: "process_creation"},
		},
		Detection: sigma.Detection{
			Searches: []sigma.Search{{Name: "sel", Groups: []sigma.Group{{{
				Field: "Image", Modifiers: []string{"endswith"},
				Values: []sigma.Value{{Text: `\whoami.exe`}, {Kind: sigma.Number, Text: "7"}, {Kind: sigma.Null},
					{Kind: sigma.Bool, Text: "true"}, {Kind: sigma.Number, Text: "1.50"}, {}},
			}}}}},
			Conditions: []sigma.Expr{{Op: sigma.ExprSearch, Name: "sel"}},
			Written:    []string{"sel"},
		},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

func TestDocumentsOfOneFileStandAlone(t *testing.T) {
	t.Parallel()
	const doc = "title: %\nlogsource: {product: test}\ndetection:\n  s: &s {F: x}\n  t: *s\n  condition: s and t\n"
	text := strings.ReplaceAll(doc, "%", "one") + "---\n" + "title: broken\nlogsource: {product: x}\n---\n" + strings.ReplaceAll(doc, "%", "two") + "---\n"
	rules, refused := sigma.ParseRules("f.yml", []byte(text))
	if len(rules) != 2 || len(refused) != 1 || refused[0].Title != "broken" || rules[1].Title != "two" {
		t.Fatalf("%d rules, %+v", len(rules), refused)
	}
	if rules[0].ID == rules[1].ID || rules[0].ID == "" || rules[0].Level != detect.Medium {
		t.Errorf("rules without id or level: %+v, %+v", rules[0].Meta, rules[1].Meta)
	}
	again, _ := sigma.ParseRules("", []byte(text))
	if again[0].ID != rules[0].ID {
		t.Error("a derived id changes from one reading to the next")
	}
	set, twice := sigma.Compile(append(rules, again[0]), sigma.Options{})
	if set.Len() != 2 || len(twice) != 1 || twice[0].Field != "id" || !strings.Contains(twice[0].Reason, "f.yml") {
		t.Errorf("the same id twice: %d rules, %+v", set.Len(), twice)
	}
	if _, err := sigma.ParseRule([]byte(text)); err == nil {
		t.Error("a file of several documents read as one rule")
	}
}
