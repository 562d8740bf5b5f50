package syslog

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ref() time.Time { return time.Date(2024, 6, 15, 0, 0, 0, 0, time.UTC) }

func TestParse(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		when, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	cases := []struct {
		name, line string
		want       Header
		ok         bool
	}{
		{"RFC 5424 whole", `<165>1 2024-06-14T22:14:15.003Z h.example.test app 871 ID47 [a@1 x="y]"][b z="1"] ` + "\ufeffmessage", Header{Priority: 165, Version: 1, Time: at("2024-06-14T22:14:15.003Z"), Host: "h.example.test", App: "app", PID: "871", MsgID: "ID47", Structured: `[a@1 x="y]"][b z="1"]`, Message: "message"}, true},
		{"RFC 5424 nil values", "<14>1 - - - - - - text", Header{Priority: 14, Version: 1, Message: "text"}, true},
		{"RFC 5424 without priority", "1 2024-06-14T22:14:15Z h app - - - text", Header{Priority: -1, Version: 1, Time: at("2024-06-14T22:14:15Z"), Host: "h", App: "app", Message: "text"}, true},
		{"RFC 5424 with JSON after the host", `<5>1 2024-06-14T22:14:15Z h {"a":1}`, Header{Priority: 5, Version: 1, Time: at("2024-06-14T22:14:15Z"), Host: "h", Message: `{"a":1}`}, true},
		{"RFC 3164", "<34>Jun  4 22:14:15 mymachine su[12]: 'su root' failed", Header{Priority: 34, Time: at("2024-06-04T22:14:15Z"), Host: "mymachine", App: "su", PID: "12", Message: "'su root' failed"}, true},
		{"no host", "<34>Jun 14 22:14:15 sshd[3]: hello", Header{Priority: 34, Time: at("2024-06-14T22:14:15Z"), App: "sshd", PID: "3", Message: "hello"}, true},
		{"no tag", "<34>Jun 14 22:14:15 fw1 hello world", Header{Priority: 34, Time: at("2024-06-14T22:14:15Z"), Host: "fw1", Message: "hello world"}, true},
		{"ISO time", "<34>2024-06-14T22:14:15.5+02:00 fw1 app: hello", Header{Priority: 34, Time: at("2024-06-14T20:14:15.5Z"), Host: "fw1", App: "app", Message: "hello"}, true},
		{"year after the date", "<34>Jun 14 2023 22:14:15 fw1 : %ASA-6-1: x", Header{Priority: 34, Time: at("2023-06-14T22:14:15Z"), Host: "fw1", Message: "%ASA-6-1: x"}, true},
		{"Cisco sequence and star", "<189>77: *Jun 14 22:14:15.250: %SYS-5-A: x", Header{Priority: 189, Time: at("2024-06-14T22:14:15.25Z"), Message: "%SYS-5-A: x"}, true},
		{"host with colon before a mnemonic", "<189>Jun 14 22:14:15 r1: %SYS-5-A: x", Header{Priority: 189, Time: at("2024-06-14T22:14:15Z"), Host: "r1", Message: "%SYS-5-A: x"}, true},
		{"CEF is no tag", "<14>Jun 14 22:14:15 h CEF:0|a|b|c|d|e|1|", Header{Priority: 14, Time: at("2024-06-14T22:14:15Z"), Host: "h", Message: "CEF:0|a|b|c|d|e|1|"}, true},
		{"IPv6 host", "<14>Jun 14 22:14:15 2001:db8::1 app: x", Header{Priority: 14, Time: at("2024-06-14T22:14:15Z"), Host: "2001:db8::1", App: "app", Message: "x"}, true},
		{"priority alone", "<14>date=2024-06-14 x=1", Header{Priority: 14, Message: "date=2024-06-14 x=1"}, true},
		{"a program's own line is no syslog", "2024-06-14 10:00:00 INFO started up", Header{Priority: -1, Message: "2024-06-14 10:00:00 INFO started up"}, false},
		{"priority out of range", "<1000>x", Header{Priority: -1, Message: "<1000>x"}, false},
		{"facility of the device's own", "<214>Jun 14 20:00:00 fw1 ips: x", Header{Priority: 214, Time: time.Date(2024, 6, 14, 20, 0, 0, 0, time.UTC), Host: "fw1", App: "ips", Message: "x"}, true},
		{"empty", "", Header{Priority: -1}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := Parse(c.line, time.UTC, ref())
			if ok != c.ok {
				t.Errorf("ok = %v", ok)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachParamUndoesEscapes(t *testing.T) {
	t.Parallel()
	var got []string
	EachParam(`[a@1 x="q\"uo\\te" y="b\]c" z=""][empty][b k="v"]`, func(id, name, value string) { got = append(got, id+"/"+name+"="+value) })
	want := []string{`a@1/x=q"uo\te`, `a@1/y=b]c`, `a@1/z=`, `empty/=`, `b/k=v`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`<165>1 2024-06-14T22:14:15.003Z h app 8 ID [a@1 x="y]"] msg`, "<34>Jun  4 22:14:15 m su[12]: x", "<189>77: *Jun 14 22:14:15.250 UTC: %SYS: x",
		"Jun 14 22:14:15 2024 h a(b)[1]: x", "<1>1 - - - - - [", "<13>2024-06-14 09:00:02 host2 app: x", "<14>Jun 14 22:14:15 [::1]: x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, ok := Parse(s, time.UTC, ref())
		for _, part := range []string{h.Host, h.App, h.PID, h.MsgID, h.Structured, h.Message} {
			if !strings.Contains(s, part) {
				t.Errorf("Parse(%q): %q is no part of the line", s, part)
			}
		}
		if !ok && h.Message != s && strings.TrimLeft(s, " \t:\ufeff") != h.Message {
			t.Errorf("Parse(%q) refused but kept %q only", s, h.Message)
		}
		if h.Priority > 191 || h.Priority < -1 {
			t.Errorf("priority %d", h.Priority)
		}
		EachParam(h.Structured, func(_, _, _ string) {})
		EachParam(s, func(_, _, _ string) {})
	})
}

func BenchmarkParse3164(b *testing.B) {
	at := ref()
	b.ReportAllocs()
	for b.Loop() {
		Parse("<86>Jun 14 09:12:01 web1 sshd[4121]: Failed password for invalid user oracle from 203.0.113.9 port 51122 ssh2", time.UTC, at)
	}
}

func BenchmarkParse5424(b *testing.B) {
	at := ref()
	b.ReportAllocs()
	for b.Loop() {
		Parse(`<165>1 2024-06-14T22:14:15.003Z h.example.test app 871 ID47 [a@1 x="y"] message text`, time.UTC, at)
	}
}

func TestParseLeavesAProgramsOwnLog(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"2024-06-14 09:23:53.17 Logon       Error: 18456, Severity: 14, State: 8.",
		"2024-06-14 09:23:53.092 Warn Server: AUTH-ERROR: 192.0.2.1 - Invalid username or password entered.",
	} {
		if h, ok := Parse(line, time.UTC, time.Time{}); ok {
			t.Errorf("%s: taken for a header of host %q and program %q", line, h.Host, h.App)
		}
	}
}
