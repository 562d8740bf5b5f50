package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestRemoteBelievesOnlyTrustedProxies(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, c := range map[string]struct {
		peer      string
		forwarded []string
		want      string
		proxied   bool
	}{
		"direct":                             {"192.0.2.1:4000", nil, "192.0.2.1", false},
		"direct with a forged header":        {"192.0.2.1:4000", []string{"198.51.100.9"}, "192.0.2.1", false},
		"through a proxy":                    {"10.1.1.1:4000", []string{"198.51.100.9"}, "198.51.100.9", true},
		"the last stranger counts":           {"10.1.1.1:4000", []string{"203.0.113.5, 198.51.100.9, 10.2.2.2"}, "198.51.100.9", true},
		"several header lines are one list":  {"10.1.1.1:4000", []string{"203.0.113.5", "198.51.100.9"}, "198.51.100.9", true},
		"rubbish ends the walk at the proxy": {"10.1.1.1:4000", []string{"198.51.100.9, <script>"}, "10.1.1.1", true},
		"a proxy that names nobody":          {"10.1.1.1:4000", nil, "10.1.1.1", true},
		"IPv4 in IPv6 is IPv4":               {"[::ffff:192.0.2.1]:4000", nil, "192.0.2.1", false},
		"IPv6 proxy":                         {"[::1]:4000", []string{"2001:db8::7"}, "2001:db8::7", true},
		"all hops trusted ends at the first": {"10.1.1.1:4000", []string{"10.3.3.3, 10.2.2.2"}, "10.3.3.3", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.RemoteAddr = c.peer
			for _, h := range c.forwarded {
				r.Header.Add("X-Forwarded-For", h)
			}
			got, proxied := remote(r, proxies)
			if got != c.want || proxied != c.proxied {
				t.Fatalf("remote = %q, %v; want %q, %v", got, proxied, c.want, c.proxied)
			}
		})
	}
}

func TestBearerReadsTheTokenOfAnyCase(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Bearer abc": "abc", "bearer  abc ": "abc", "Basic abc": "", "Bearer": "", "": "", "Bearer ": "",
	} {
		if got := bearer(header); got != want {
			t.Errorf("bearer(%q) = %q, want %q", header, got, want)
		}
	}
}
