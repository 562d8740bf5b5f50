package sigma_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

func TestRefusalsHavePlaces(t *testing.T) {
	t.Parallel()
	const text = `# a comment
title: 中文标题
logsource:
  product: windows
detection:
  'sel.a':
    winlog.event_data.Image|endswith: x
    - y
  list:
    - Image: a
    - CommandLine|bad: b
    - [c]
  plain: [a, b]
  condition: sel.a
`
	for _, c := range []struct {
		path  string
		place string
		there bool
	}{
		{"", "2:1-6", true},
		{"title", "2:1-6", true},
		{"level", "2:1-6", false},
		{"logsource", "3:1-10", true},
		{"logsource.product", "4:3-10", true},
		{"logsource.category", "3:1-10", false},
		{"detection.sel.a", "6:3-10", true},
		{"detection.sel.a.winlog.event_data.Image|endswith", "7:5-37", true},
		{"detection.list.1", "10:7-22", true},
		{"detection.list.CommandLine|bad", "10:7-22", true},
		{"detection.list.1.CommandLine|bad", "10:7-22", true},
		{"detection.list.9", "8:3-7", false},
		{"detection.plain.1", "12:14-15", true},
		{"detection.condition", "13:3-12", true},
	} {
		o, err := sigma.NewOutline([]byte(strings.Replace(text, "    - y\n", "", 1)))
		if err != nil {
			t.Fatal(err)
		}
		p, there := o.Find(c.path)
		if got := fmt.Sprintf("%d:%d-%d", p.Line, p.Column, p.End); got != c.place || there != c.there {
			t.Errorf("%s at %s, %t; want %s, %t", c.path, got, there, c.place, c.there)
		}
	}
	_, err := sigma.NewOutline([]byte(text))
	var bad *sigma.SyntaxError
	if !errors.As(err, &bad) || bad.Line < 6 || bad.Line > 8 {
		t.Errorf("%v", err)
	}
	if _, err = sigma.NewOutline([]byte("title: a\ntitle: b\n")); !errors.As(err, &bad) || bad.Line != 2 || bad.End != 6 {
		t.Errorf("a key twice: %v", err)
	}
}

func TestWhatMakesARuleDear(t *testing.T) {
	t.Parallel()
	for detection, want := range map[string]string{
		"s: {Image|endswith: '\\cmd.exe'}\n  condition: s":                                 "false [] []",
		"s: {Image|endswith: '\\cmd.exe'}\n  condition: not s":                             "true [] []",
		"s: {Image|re: '[a-z]{5}[0-9]+'}\n  condition: s":                                  "false [Image] [detection.s.Image|re]",
		"s: {Image|re: 'cmd[0-9]+'}\n  condition: s":                                       "false [] []",
		"s: {Image|endswith: '\\cmd.exe'}\n  f: {User|exists: true}\n  condition: s and f": "false [] []",
		"s:\n    - a: x\n    - b|re: 'x|.*'\n      c: long enough\n  condition: s":         "false [] [detection.s.1.b|re]",
		"s: {EventID: 4624}\n  f: {User|gt: 5}\n  condition: f":                            "false [User] []",
	} {
		rule, err := sigma.ParseRule([]byte("title: t\nlogsource: {product: windows}\ndetection:\n  " + detection + "\n"))
		if err != nil {
			t.Fatalf("%s: %v", detection, err)
		}
		c, err := sigma.CostOf(rule, sigma.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Always, c.Fields, c.Expressions); got != want {
			t.Errorf("%s:\n  %s, want %s", detection, got, want)
		}
	}
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte("title: a\ndetection:\n  - x: [1, {y: z}]\n"), "detection.0.x.1.y")
	f.Add([]byte("a: &b {c: *b}\n<<: *b\n"), "a.c")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		o, err := sigma.NewOutline(data)
		if err != nil {
			return
		}
		if p, _ := o.Find(path); p.Line < 1 || p.Column < 1 || p.End < p.Column {
			t.Fatalf("%q at %+v", path, p)
		}
	})
}
