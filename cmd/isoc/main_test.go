package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func run(t *testing.T, lang, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	env := environment{in: strings.NewReader(stdin), out: &out, err: &err, lang: lang}
	code = execute(t.Context(), env, args)
	return code, out.String(), err.String()
}

func TestEveryTextHasBothLanguages(t *testing.T) {
	t.Parallel()
	for key, m := range messages() {
		if m.en == "" || m.zh == "" {
			t.Errorf("%q lacks a language", key)
		}
		if strings.Count(m.en, "%") != strings.Count(m.zh, "%") {
			t.Errorf("%q: the languages take different arguments", key)
		}
	}
	for _, c := range commands() {
		if _, ok := messages()["usage."+c.name]; !ok {
			t.Errorf("command %s has no usage text", c.name)
		}
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lang, stdin    string
		args           []string
		code           int
		stdout, stderr string // parts
	}{
		"nothing":              {args: nil, code: 2, stderr: "usage: isoc COMMAND"},
		"help in Chinese":      {lang: "zh-CN", args: []string{"help"}, code: 0, stderr: "用法：isoc 命令"},
		"unknown command":      {args: []string{"frobnicate"}, code: 2, stderr: `unknown command "frobnicate"`},
		"version":              {args: []string{"version"}, code: 0, stdout: "isoc dev (unknown)"},
		"unknown flag":         {args: []string{"parse", "--nosuch"}, code: 2, stderr: "nosuch"},
		"stray argument":       {lang: "zh-CN", args: []string{"parse", "x"}, code: 2, stderr: "需要 0 个参数"},
		"bad setting":          {args: []string{"serve", "--log-format", "xml"}, code: 2, stderr: "log.format"},
		"serve help":           {args: []string{"serve", "--help"}, code: 0, stderr: "-syslog"},
		"detect without rules": {args: []string{"detect"}, code: 2, stderr: "--rules is missing"},
		"detect missing file":  {args: []string{"detect", "--rules", ".", "--events", "nosuch.jsonl"}, code: 1, stderr: "nosuch.jsonl"},
		"audit verb":           {args: []string{"audit", "forge"}, code: 2, stderr: "verify"},
		"audit without data":   {args: []string{"audit", "verify", "--data", "nosuch-dir"}, code: 1, stderr: "nosuch-dir"},
		"parse": {args: []string{"parse"}, code: 0, stdin: `{"id":"7","raw":"<38>Nov 23 10:00:00 web01 sshd[1]: Failed password for root from 203.0.113.7 port 4022 ssh2"}` + "\n",
			stdout: `"source.ip":"203.0.113.7"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lang := tc.lang
			if lang == "" {
				lang = "en"
			}
			code, stdout, stderr := run(t, lang, tc.stdin, tc.args...)
			if code != tc.code || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
				t.Errorf("exit %d, want %d\nstdout: %s\nstderr: %s", code, tc.code, stdout, stderr)
			}
		})
	}
}

func TestRulesMayFollowOneFlag(t *testing.T) {
	t.Parallel()
	got := spreadRules([]string{"--rules", "a", "b", "--stats", "--rules=c", "d", "--events", "-"})
	want := []string{"--rules", "a", "--rules", "b", "--stats", "--rules=c", "--rules", "d", "--events", "-"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("arguments (-want +got):\n%s", d)
	}
}

func TestLanguageFollowsTheEnvironment(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"LANG=zh_CN.UTF-8": "zh-CN", "LANG=C": "en", "LANG=zh_CN ISOC_LANG=en": "en", "": "en", "LC_ALL=zh_TW LANG=C": "zh-CN",
	} {
		if got := language(strings.Fields(env)); got != want {
			t.Errorf("%q: %s, want %s", env, got, want)
		}
	}
}
