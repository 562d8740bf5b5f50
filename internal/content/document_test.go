package content

import (
	"bytes"
	"github.com/isoc-project/isoc/internal/content/packfile"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStreamIsCutAtItsMarkers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, stream string
		want         []string
	}{
		{"one", "a: 1\n", []string{"a: 1\n"}},
		{"one with marker", "---\na: 1\n", []string{"a: 1\n"}},
		{"two", "a: 1\n---\nb: 2\n", []string{"a: 1\n", "b: 2\n"}},
		{"carriage returns", "a: 1\r\n---\r\nb: 2\r\n", []string{"a: 1\r\n", "b: 2\r\n"}},
		{"end marker", "a: 1\n...\n---\nb: 2\n", []string{"a: 1\n", "b: 2\n"}},
		{"comments alone are no document", "# only\n---\na: 1\n---\n# end\n", []string{"a: 1\n"}},
		{"indented dashes are text", "a: |\n  ---\n  b\n", []string{"a: |\n  ---\n  b\n"}},
		{"longer lines of dashes are text", "a: 1\n----\n", []string{"a: 1\n----\n"}},
		{"content on the marker's line", "--- {a: 1}\n--- {b: 2}", []string{"{a: 1}\n", "{b: 2}"}},
		{"empty", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, d := range splitDocuments([]byte(c.stream)) {
				got = append(got, string(d))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestUnreadableFilesSayWhy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, data, reason string }{
		{"broken YAML", "title: [a\nb: c", "is not readable as YAML"},
		{"plain text", "just a note", "no mapping"},
		{"a list", "- a\n- b", "no mapping"},
		{"not UTF-8", "title: \xff\xfe", "not UTF-8"},
		{"nested without end", strings.Repeat("[", 500_000), "is not readable as YAML"},
		{"nested deeply", "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100), "nested deeper"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := readDocuments("x.yml", []byte(c.data))
			if err == nil || !strings.Contains(err.Error(), c.reason) {
				t.Errorf("error %v does not say %q", err, c.reason)
			}
		})
	}
}

func TestAliasesAreNotFollowed(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("title: x\ndetection: &a0 [x, x]\n")
	for i := range 40 {
		b.WriteString("k" + strings.Repeat("k", i) + ": &a" + strings.Repeat("a", i+1) + " [*a0, *a0, *a0, *a0, *a0, *a0]\n")
	}
	docs, err := readDocuments("x.yml", []byte(b.String()))
	if err != nil || len(docs) != 1 {
		t.Fatalf("%d documents, %v", len(docs), err)
	}
}

func TestRuleTellsWhatItSaysOfItself(t *testing.T) {
	t.Parallel()
	source := `
title: "  A title "
id: 0f7a4f16-3c9a-4f0e-9f3e-0d6f6b3f3a11
status: Test
description: What it is.
author: Somebody
tags: attack.t1059
references: [https://example.com/a, https://example.com/b]
falsepositives:
  - one
logsource: {product: Windows, category: process_creation}
detection: {s: {a: b}, condition: s}
isoc: {title_zh: 标题, description_zh: 描述, advice: Do it., advice_zh: 处置。, falsepositives_zh: [一]}
`
	docs, err := readDocuments("a/b.yml", []byte(source))
	if err != nil || len(docs) != 1 {
		t.Fatalf("%d documents, %v", len(docs), err)
	}
	want := Rule{
		Kind: KindRule, ID: "0f7a4f16-3c9a-4f0e-9f3e-0d6f6b3f3a11", Path: "a/b.yml", Title: "A title", TitleZH: "标题", Level: "medium", Status: "test",
		Author: "Somebody", Product: "windows", Category: "process_creation", Tags: []string{"attack.t1059"},
	}
	r := docs[0].rule()
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("rule: -want +got\n%s", diff)
	}
	d := detail(r, source)
	wantDetail := Detail{
		Rule: want, Source: source, Description: "What it is.", DescriptionZH: "描述", Advice: "Do it.", AdviceZH: "处置。",
		References: []string{"https://example.com/a", "https://example.com/b"}, FalsePositives: []string{"one"}, FalsePositivesZH: []string{"一"},
	}
	if diff := cmp.Diff(wantDetail, d); diff != "" {
		t.Errorf("detail: -want +got\n%s", diff)
	}
}

// FuzzReadDocuments looks for panics, endless work, and documents that are not parts of the file.
func FuzzReadDocuments(f *testing.F) {
	for _, s := range []string{
		"title: a\nlogsource: {product: linux}\ndetection: {s: {a: b}, condition: s}\n", "---\na: 1\n---\nb: [1, 2]\n...\n", "a: &x [*x]\n",
		"a: !!binary x\n? {b: c}\n: d\n<<: *m\n", "%YAML 1.2\n---\n'a': \"\\x00\"\n", "isoc: {title_zh: 标题}\ntags: x\n", "[[[[", "\ufeffa: 1",
		"a: &a [x]\nb: {<<: {c: d}, tags: [[1], {e: f}]}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > packfile.MaxFileBytes {
			return
		}
		docs, err := readDocuments("x.yml", data)
		if err != nil {
			return
		}
		for _, d := range docs {
			if !bytes.Contains(data, d.source) {
				t.Errorf("document %q is no part of the file", d.source)
			}
			r := d.rule()
			_ = detail(r, string(d.source))
		}
	})
}
