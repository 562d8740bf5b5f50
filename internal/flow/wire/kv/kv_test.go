package kv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func collect(each func(string, func(k, v string) bool) int, s string) []string {
	var got []string
	each(s, func(k, v string) bool { got = append(got, k+"="+v); return true })
	return got
}

func TestEach(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in string
		want     []string
	}{
		{"blanks", "a=1 b=2  c=3", []string{"a=1", "b=2", "c=3"}},
		{"commas", "date=2024-06-14,time=10:00:00,user=kai", []string{"date=2024-06-14", "time=10:00:00", "user=kai"}},
		{"quotes hold separators", `msg="a, b=c; d" x='y z'`, []string{"msg=a, b=c; d", "x=y z"}},
		{"escaped quotes", `msg="say \"hi\" now" x=1`, []string{`msg=say "hi" now`, "x=1"}},
		{"unquoted value with blanks", "msg=two words here user=kai", []string{"msg=two words here", "user=kai"}},
		{"empty value", "a= b=2", []string{"a=", "b=2"}},
		{"equals sign in a URL", "url=http://x/?q=1&r=2 b=3", []string{"url=http://x/?q=1&r=2", "b=3"}},
		{"text before the first key", "hello there a=1", []string{"a=1"}},
		{"typographic quotes", `user=“kai, lee” note=“a c=d” x=1`, []string{"user=kai, lee", "note=a c=d", "x=1"}},
		{"typographic quote that never ends", "a=“x b=2", []string{"a=“x", "b=2"}},
		{"quote that never ends", `a="x b=2`, []string{`a="x`, "b=2"}},
		{"Chinese keys", "源IP=192.0.2.1 端口=80", []string{"源IP=192.0.2.1", "端口=80"}},
		{"numbered keys", "SrcIPAddr(1003)=192.0.2.1;SrcPort(1004)=5", []string{"SrcIPAddr=192.0.2.1", "SrcPort=5"}},
		{"none", "no pairs = here", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, collect(Each, c.in)); diff != "" {
				t.Errorf("pairs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachColon(t *testing.T) {
	t.Parallel()
	cases := map[string][]string{
		"Event Name: Remove, Device Name:pc 7, Path: C:\\x": {"Event Name=Remove", "Device Name=pc 7", `Path=C:\x`},
		"源地址：192.0.2.1，目的端口：22；动作：阻断":                       {"源地址=192.0.2.1", "目的端口=22", "动作=阻断"},
		`a: "x, y"; b: z`: {"a=x, y", "b=z"},
		"客户端IP/192.0.2.1,客户端端口/51000,事件/注入":        {"客户端IP=192.0.2.1", "客户端端口=51000", "事件=注入"},
		"client-type(84):web;``user-name(85):kai;": {"client-type=web", "user-name=kai"},
		"风险: 高$ 源IP : 192.0.2.1$ 端口: 1":            {"风险=高", "源IP=192.0.2.1", "端口=1"},
		"用户名/主机:192.0.2.1, 流量:1":                   {"用户名/主机=192.0.2.1", "流量=1"},
		`[action:"Accept"; user:"kai"]`:            {"action=Accept", "user=kai"},
	}
	for in, want := range cases {
		if diff := cmp.Diff(want, collect(EachColon, in)); diff != "" {
			t.Errorf("EachColon(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func TestEachSpaced(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"5200 NOTICE Passed: ok, Config=33, Device IP Address=192.0.2.1, User Name=kai, Port=1": {"Config=33", "Device IP Address=192.0.2.1", "User Name=kai", "Port=1"},
		"msg=one two three=3, b=4":      {"msg=one two", "three=3", "b=4"},
		"a=1, 2 and b=2, c d e f g h=3": {"a=1, 2 and", "b=2, c d e f g", "h=3"},
	} {
		if diff := cmp.Diff(want, collect(EachSpaced, in)); diff != "" {
			t.Errorf("EachSpaced(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func FuzzEach(f *testing.F) {
	for _, s := range []string{`a=1 b="x y" c='z'`, `k="un"quoted" d=2`, "源IP=1,目的=2", "a: b, c：d；e:f", strings.Repeat(`a="`, 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		check := func(k, v string) bool {
			if len(k) > maxKey+8 {
				t.Errorf("key of %d bytes", len(k))
			}
			if len(v) > len(s) {
				t.Errorf("value longer than the line")
			}
			return true
		}
		if n := Each(s, check); n > MaxPairs {
			t.Errorf("%d pairs", n)
		}
		EachColon(s, check)
		EachSpaced(s, check)
	})
}

func BenchmarkEach(b *testing.B) {
	const line = `date=2024-06-14 time=13:00:00 devname="fw-edge" devid="FGT0001" type="traffic" srcip=10.9.8.7 srcport=50123 dstip=198.51.100.80 dstport=443 action="accept" sentbyte=2000 rcvdbyte=9000 user="kai" app="HTTPS"`
	b.ReportAllocs()
	for b.Loop() {
		Each(line, func(_, _ string) bool { return true })
	}
}
