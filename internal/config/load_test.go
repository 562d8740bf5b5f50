package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLoadPrecedence(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "isoc.yaml")
	text := "http: 127.0.0.1:1\nlog:\n  format: json\n  level: warn\nsyslog:\n  address: 127.0.0.1:2\narchive:\n  flush_interval: 5s\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load([]string{"--config", file, "--http", "127.0.0.1:9"},
		[]string{"ISOC_HTTP=127.0.0.1:8", "ISOC_LOG_LEVEL=debug", "ISOC_ADMIN_PASSWORD=correct horse", "PATH=/bin", "ISOC_TEST_REQUIRE=x"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.HTTP = "127.0.0.1:9"           // flag over variable over file
	want.Log = Log{"debug", "json"}     // variable over file
	want.Syslog.Address = "127.0.0.1:2" // file over default
	want.Archive.FlushInterval = 5 * time.Second
	want.Admin.Password = "correct horse"
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("settings differ (-want +got):\n%s", d)
	}
}

func TestInputsOfFileAndFlags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, password := filepath.Join(dir, "isoc.yaml"), filepath.Join(dir, "password")
	text := "tail:\n- path: /var/log/app/*.log\n  source: acme/app\n  multiline: true\n  from: end\nkafka:\n- brokers: [k1:9093, k2:9093]\n  topics:\n    fw: acme/firewall\n  tls: {enabled: true}\n  sasl: {mechanism: SCRAM-SHA-512, username: isoc, password_file: " + password + "}\n"
	if err := errors.Join(os.WriteFile(file, []byte(text), 0o600), os.WriteFile(password, []byte("s3cret\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := Load([]string{"--config", file, "--tail", "/var/log/a=b.log=beta/01J", "--tail", "/x=beta/y"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []Tail{{"/var/log/app/*.log", "acme/app", true, "end"}, {Path: "/var/log/a=b.log", Source: "beta/01J"}, {Path: "/x", Source: "beta/y"}}
	if d := cmp.Diff(want, got.Tail); d != "" {
		t.Error(d)
	}
	kafka := []Kafka{{Brokers: []string{"k1:9093", "k2:9093"}, Topics: map[string]string{"fw": "acme/firewall"}, TLS: KafkaTLS{Enabled: true},
		SASL: KafkaSASL{Mechanism: "SCRAM-SHA-512", Username: "isoc", PasswordFile: password, Password: "s3cret"}}}
	if d := cmp.Diff(kafka, got.Kafka); d != "" {
		t.Error(d)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	write := func(text string) []string {
		file := filepath.Join(t.TempDir(), "isoc.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"--config", file}
	}
	for name, tc := range map[string]struct {
		args, env []string
		want      []string
	}{
		"unknown key names its line":      {args: write("http: a:1\nlog:\n  colour: red\n"), want: []string{"colour", "line 3", ">  3 |"}},
		"wrong type names its line":       {args: write("syslog:\n  max_connections: many\n"), want: []string{"line 2", "whole number"}},
		"section expected":                {args: write("syslog: 7\n"), want: []string{"line 1", "section"}},
		"list for a text":                 {args: write("http: [a]\n"), want: []string{"line 1", "must be a text"}},
		"word for yes or no":              {args: write("web:\n  secure_cookies: perhaps\n"), want: []string{"line 2", "true or false"}},
		"number too large":                {args: write("queue:\n  max_bytes: 99999999999999999999999\n"), want: []string{"line 2", "too large"}},
		"broken YAML":                     {args: write("a: [1\nb: 2"), want: []string{"line 2", "must be specified"}},
		"bad duration":                    {args: write("archive:\n  flush_interval: 5s\nshutdown_timeout: soon\n"), want: []string{"line 3, column 19", "duration", "soon"}},
		"too large":                       {args: write(strings.Repeat("#", maxFileBytes+1)), want: []string{"larger than 1048576"}},
		"unreadable password":             {args: []string{"--admin-password-file", "nosuch.txt"}, want: []string{"admin.password_file", "nosuch.txt"}},
		"unknown flag":                    {args: []string{"--nosuch"}, want: []string{"nosuch"}},
		"stray argument":                  {args: []string{"now"}, want: []string{"now"}},
		"unknown variable":                {env: []string{"ISOC_HTPP=x"}, want: []string{"ISOC_HTPP"}},
		"bad variable":                    {env: []string{"ISOC_SYSLOG_MAX_CONNECTIONS=x"}, want: []string{"ISOC_SYSLOG_MAX_CONNECTIONS"}},
		"invalid value names the setting": {args: []string{"--log-format", "xml"}, want: []string{"log.format", "text, json"}},
		"tail without a source":           {args: []string{"--tail", "/var/log/auth.log"}, want: []string{"tail", "PATTERN=TENANT/SOURCE"}},
		"tail of a relative path":         {args: []string{"--tail", "auth.log=acme/web"}, want: []string{"tail[0].path", "absolute"}},
		"tail of a tenant alone":          {args: write("tail:\n- path: /a\n  source: acme\n"), want: []string{"tail[0].source", "TENANT/SOURCE"}},
		"tail is no list":                 {args: write("tail: /a\n"), want: []string{"line 1", "section"}},
		"capture without a source":        {args: []string{"--capture", "eth0"}, want: []string{"capture", "INTERFACE=TENANT/SOURCE"}},
		"capture of a tenant alone":       {args: []string{"--capture", "eth0=acme"}, want: []string{"capture[0].source", "TENANT/SOURCE"}},
		"capture of odd networks":         {args: write("capture:\n- interface: eth0\n  source: acme/tap\n  hosts: [10.0.0.0/40]\n"), want: []string{"capture[0].hosts"}},
		"kafka without brokers":           {args: write("kafka:\n- topics: {a: acme/web}\n"), want: []string{"kafka[0].brokers"}},
		"kafka without topics":            {args: write("kafka:\n- brokers: [\"k:9092\"]\n"), want: []string{"kafka[0].topics"}},
		"kafka with a key alone":          {args: write("kafka:\n- brokers: [\"k:9092\"]\n  topics: {a: acme/web}\n  tls: {enabled: true, key: k.pem}\n"), want: []string{"kafka[0].tls.key"}},
		"kafka with an odd mechanism":     {args: write("kafka:\n- brokers: [\"k:9092\"]\n  topics: {a: acme/web}\n  sasl: {mechanism: GSSAPI}\n"), want: []string{"kafka[0].sasl.mechanism", "SCRAM-SHA-512"}},
		"kafka without its password":      {args: write("kafka:\n- brokers: [\"k:9092\"]\n  topics: {a: acme/web}\n  sasl: {mechanism: PLAIN, username: u, password_file: nosuch.txt}\n"), want: []string{"kafka[0].sasl.password_file", "nosuch.txt"}},
		"missing file":                    {args: []string{"--config", "nosuch.yaml"}, want: []string{"nosuch.yaml"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(tc.args, tc.env, nil)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, w := range tc.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not name %q", err, w)
				}
			}
		})
	}
}

func TestHelpListsEveryFlag(t *testing.T) {
	t.Parallel()
	var listed []string
	help := func(fs *flag.FlagSet) { fs.VisitAll(func(f *flag.Flag) { listed = append(listed, f.Name) }) }
	if _, err := Load([]string{"--help"}, nil, help); !errors.Is(err, flag.ErrHelp) {
		t.Fatalf("got %v", err)
	}
	c := Default()
	for _, b := range bindings(&c) {
		if !slices.Contains(listed, b.flag) {
			t.Errorf("help does not list --%s", b.flag)
		}
	}
}
