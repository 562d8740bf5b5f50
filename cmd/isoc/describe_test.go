package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/fault"
)

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestEveryMistakeInTheSettingsHasBothLanguages(t *testing.T) {
	t.Parallel()
	verb := regexp.MustCompile(`%[a-z]`)
	for code, en := range config.Texts() {
		zh := chineseSettings()[code]
		if !chinese(zh) {
			t.Errorf("%s has no Chinese: %q", code, zh)
		}
		if got, want := verb.FindAllString(zh, -1), verb.FindAllString(en, -1); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the languages take different arguments: %v and %v", code, want, got)
		}
	}
	for code := range chineseSettings() {
		if _, ok := config.Texts()[code]; !ok {
			t.Errorf("nobody makes the mistake %s any more", code)
		}
	}
}

func TestEveryFlagHasBothLanguages(t *testing.T) {
	t.Parallel()
	name := regexp.MustCompile(`(?m)^  --(\S+)(?: (\S+))?\n +(.*)$`)
	seen := make(map[string]bool)
	for _, args := range [][]string{{"serve"}, {"parse"}, {"pcap"}, {"detect"}, {"content", "import"}, {"content", "keygen"}, {"content", "pack"}, {"audit", "verify"}} {
		_, _, en := run(t, "en", "", append(args, "--help")...)
		_, _, zh := run(t, "zh-CN", "", append(args, "--help")...)
		flags := name.FindAllStringSubmatch(zh, -1)
		if len(flags) == 0 {
			t.Errorf("%v --help lists no flags:\n%s", args, zh)
		}
		for _, f := range flags {
			seen[args[0]+"."+f[1]] = true
			if !chinese(f[3]) || f[2] != "" && !chinese(f[2]) {
				t.Errorf("%v: flag --%s is not explained in Chinese: %q", args, f[1], f[0])
			}
			if !strings.Contains(en, "  --"+f[1]) || strings.Contains(en, "kind.") {
				t.Errorf("%v: the English help differs:\n%s", args, en)
			}
		}
		if chinese(en) {
			t.Errorf("%v: Chinese in the English help:\n%s", args, en)
		}
	}
	for key := range chineseFlags() {
		if !seen[key] {
			t.Errorf("there is no flag %s any more", key)
		}
	}
}

func TestStartFailuresAreToldInTheUsersLanguage(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() }) // the cases run when this function has returned
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	dir := t.TempDir()
	settings := filepath.Join(dir, "isoc.yaml")
	if err := os.WriteFile(settings, []byte("log:\n  colour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	dsn := "postgres://someone:secret@" + closed.Addr().String() + "/isoc?sslmode=disable"
	for name, tc := range map[string]struct {
		environ []string
		args    []string
		code    int
		en, zh  string
	}{
		"bad setting":         {nil, []string{"serve", "--log-format", "xml"}, 2, "setting log.format: must be one of text, json", "配置项 log.format：应为下列值之一：text, json"},
		"unknown variable":    {[]string{"ISOC_HTPP=x"}, []string{"serve"}, 2, "environment variable ISOC_HTPP: no such setting", "环境变量 ISOC_HTPP：没有这个配置项"},
		"bad variable":        {[]string{"ISOC_WEB_SECURE_COOKIES=x"}, []string{"serve"}, 2, `environment variable ISOC_WEB_SECURE_COOKIES: "x" is no valid value`, `环境变量 ISOC_WEB_SECURE_COOKIES：值 "x" 无效`},
		"unknown key":         {nil, []string{"serve", "--config", settings}, 2, "line 2, column 3: no such setting: colour\n   1 | log:", "第 2 行第 3 列：没有配置项 colour\n   1 | log:"},
		"no settings file":    {nil, []string{"serve", "--config", "nosuch.yaml"}, 2, "settings file nosuch.yaml: no such file", "无法读取配置文件 nosuch.yaml：文件或目录不存在"},
		"folder for settings": {nil, []string{"serve", "--config", dir}, 2, "is a directory", "：这是目录，不是文件"},
		"no password file":    {nil, []string{"serve", "--admin-password-file", "nosuch.txt"}, 2, "nosuch.txt: no such file", "配置项 admin.password_file：nosuch.txt：文件或目录不存在"},
		"stray argument":      {nil, []string{"serve", "now"}, 2, `unexpected argument "now"`, `多余的参数 "now"`},
		"unknown flag":        {nil, []string{"serve", "--nosuch"}, 2, "no such flag: --nosuch", "没有 --nosuch 这个选项"},
		"bare flag":           {nil, []string{"detect", "--rules"}, 2, "flag --rules needs a value", "选项 --rules 缺少值"},
		"bad flag":            {nil, []string{"serve", "--queue-max-bytes", "much"}, 2, `"much" is no valid value for flag --queue-max-bytes`, `值 "much" 对选项 --queue-max-bytes 无效`},
		"bad yes or no":       {nil, []string{"parse", "--auto=perhaps"}, 2, `"perhaps" is no valid value for flag --auto`, `值 "perhaps" 对选项 --auto 无效`},
		"no database":         {nil, []string{"audit", "verify", "--data", "nosuch"}, 1, "no database in data directory nosuch", "数据目录 nosuch 中没有数据库"},
		"database away":       {nil, []string{"audit", "verify", "--database-dsn", dsn}, 1, "database " + closed.Addr().String() + " cannot be reached: ", "无法连接数据库 " + closed.Addr().String() + "：连接被拒绝"},
		"foreign DSN":         {nil, []string{"audit", "verify", "--database-dsn", "mysql://x"}, 1, "must begin with postgres://", "数据库 DSN 应以 postgres:// 开头"},
		"missing events":      {nil, []string{"detect", "--rules", ".", "--events", "nosuch.jsonl"}, 1, "open nosuch.jsonl: no such file", "nosuch.jsonl：文件或目录不存在"},
		"data is a file":      {nil, []string{"serve", "--data", settings}, 1, "not a directory", settings + "：不是目录"},
		"short password":      {[]string{"ISOC_ADMIN_PASSWORD=short"}, []string{"serve", "--data", filepath.Join(dir, "{lang}")}, 1, "invalid password", "password 无效：至少 10 个字符"},
		"address in use":      {nil, []string{"serve", "--data", filepath.Join(dir, "busy-{lang}"), "--syslog", "", "--http", busy.Addr().String()}, 1, "is in use by another program", "地址 tcp " + busy.Addr().String() + " 已被其他程序占用"},
		"no port in address":  {nil, []string{"serve", "--data", filepath.Join(dir, "port-{lang}"), "--syslog", "", "--http", "nowhere"}, 1, "an address to listen on is wrong: address nowhere", "监听地址有误："},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, want := range map[string]string{"en": tc.en, "zh-CN": tc.zh} {
				var out, log bytes.Buffer
				env := environment{in: strings.NewReader(""), out: &out, err: &log, environ: tc.environ, lang: lang}
				args := make([]string, len(tc.args))
				for i, a := range tc.args {
					args[i] = strings.ReplaceAll(a, "{lang}", lang)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // should it start after all
				defer cancel()
				if code := execute(ctx, env, args); code != tc.code || !strings.Contains(log.String(), want) || strings.Contains(log.String(), "secret@") {
					t.Errorf("%s: exit %d, want %d and %q:\n%s", lang, code, tc.code, want, &log)
				}
			}
		})
	}
}

func TestCausesWithoutAWordStayAsTheyAre(t *testing.T) {
	t.Parallel()
	zh := environment{lang: "zh-CN"}
	for want, err := range map[string]error{
		"something odd":      errors.New("something odd"),
		"slug 无效：odd":        fault.NewInvalid("slug", "no.such.code", "odd"),
		"主机名无法解析":            errors.New(zh.cause(&net.DNSError{Name: "nosuch"})),
		"连接超时":               errors.New(zh.cause(fmt.Errorf("dial: %w", context.DeadlineExceeded))),
		"无法监听 tcp ?：odd":     &net.OpError{Op: "listen", Net: "tcp", Addr: unknownAddr{}, Err: errors.New("odd")},
		"监听地址有误：odd address": &net.OpError{Op: "listen", Net: "tcp", Err: errors.New("odd address")},
	} {
		if got := zh.describe(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

type unknownAddr struct{}

func (unknownAddr) Network() string { return "tcp" }
func (unknownAddr) String() string  { return "?" }

func TestHelpShowsNoPassword(t *testing.T) {
	t.Setenv("ISOC_DATABASE_DSN", "postgres://someone:secret@192.0.2.1/isoc")
	t.Setenv("ISOC_DATA", "elsewhere")
	if _, _, help := run(t, "en", "", "audit", "verify", "--help"); strings.Contains(help, "secret") || !strings.Contains(help, "(default elsewhere)") {
		t.Errorf("help:\n%s", help)
	}
}
