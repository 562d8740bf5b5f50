package ecs

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

func put(t Target, v string) string {
	var ev event.Event
	var d draft.Draft
	d.Reset(&ev)
	t.Put(&d, v)
	var out []string
	for _, f := range ev.Fields {
		out = append(out, f.Name+"="+f.Value)
	}
	return strings.Join(out, " ")
}

func TestWhatAValueIsHasTheLastWord(t *testing.T) {
	t.Parallel()
	source := Target{Form: Peer, Name: "source"}
	for _, c := range []struct {
		target      Target
		value, want string
	}{
		{source, "192.0.2.1", "source.ip=192.0.2.1"},
		{source, "192.0.2.1:53:X1:name", "source.ip=192.0.2.1 source.port=53"},
		{source, "[2001:db8::1]:443", "source.ip=2001:db8::1 source.port=443"},
		{source, "2001:db8::1#5353", "source.ip=2001:db8::1 source.port=5353"},
		{source, "192.0.2.1[500]", "source.ip=192.0.2.1 source.port=500"},
		{source, "192.0.2.1.443", "source.ip=192.0.2.1 source.port=443"},
		{source, "192.0.2.0/24", "source.ip=192.0.2.0"},
		{source, "IPV4/UDP/192.0.2.1/5060", "source.ip=192.0.2.1 source.port=5060"},
		{source, "192.0.2.1, 192.0.2.2", "source.ip=192.0.2.1"},
		{source, "pc7.example.test", "source.domain=pc7.example.test"},
		{source, "audit", ""},
		{source, "1.2.3.4.5.6", ""},
		{Target{Form: UserID, Name: "user"}, "1000", "user.id=1000"},
		{Target{Form: UserID, Name: "user"}, "kai@example.test", "user.id=kai@example.test user.name=kai@example.test user.email=kai@example.test"},
		{Target{Form: Account, Name: "user"}, `ACME\kai`, "user.name=kai user.domain=ACME"},
		{Target{Form: Account, Name: "user"}, "kai(uid=0)", "user.name=kai"},
		{Target{Form: Verb}, "阻断", "event.action=blocked"},
		{Target{Form: Verb}, "Deny", "event.action=Deny"},
		{Target{Form: Verb}, "17", ""},
		{Target{Form: Result}, "登录失败", "event.outcome=failure"},
		{Target{Form: Result}, "avc_blocked", "event.action=avc_blocked"},
		{Target{Form: Result}, "password", ""},
		{Target{Form: Severity}, "高危", "event.severity=8"},
		{Target{Form: Severity}, "warning", "log.level=warning"},
		{Target{Form: WebOrFile}, `C:\a\b.exe`, `file.path=C:\a\b.exe file.name=b.exe`},
		{Target{Form: WebOrFile}, "/api/v1/x?y=1", "url.original=/api/v1/x?y=1"},
		{Target{Form: URL}, "GET /x HTTP/1.1", "http.request.method=GET url.original=/x"},
		{Target{Form: Machine, Name: "host.name"}, "192.0.2.1", ""},
		{Target{Form: Service, Name: "network.protocol"}, "443", "destination.port=443"},
	} {
		if got := put(c.target, c.value); got != c.want {
			t.Errorf("%v of %q: %q, want %q", c.target, c.value, got, c.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"1.2.3.4:5", "[::1]:0", "::1#1", "1.2.3.4[5]", "1.2.3.4.5", "1.2.3.4/24", "fe80::1%eth0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ip, port := Split(s)
		if ip != "" && IP(ip) == "" || ip == "" && port != "" {
			t.Errorf("Split(%q) = %q, %q", s, ip, port)
		}
		for form := None; form <= Digest; form++ {
			if s != "" {
				put(Target{Form: form, Name: "source"}, s)
			}
		}
	})
}
