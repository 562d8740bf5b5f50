// Package fetch reads addresses on the public Internet that an operator wrote down, without letting them reach into the networks of the
// provider or its customers.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

const (
	timeout      = 2 * time.Minute // of everything
	patience     = 15 * time.Second
	maxRedirects = 5
	maxTag       = 256
)

// Options configure a Fetcher. The zero value reads public addresses only.
type Options struct {
	// Allow are networks that may be read from although they are not public.
	Allow []netip.Prefix
	// Roots replace the system's authorities.
	Roots *x509.CertPool
	// Agent is how it calls itself.
	Agent string
}

// Fetcher reads https addresses. Safe for concurrent use.
type Fetcher struct {
	client *http.Client
	agent  string
}

// New returns a Fetcher. It uses no proxy and keeps no cookies.
func New(o Options) *Fetcher {
	d := &net.Dialer{Timeout: patience, Control: func(_, address string, _ syscall.RawConn) error {
		// Asked of the address that is about to be connected to, after the name was resolved, so that no second answer of the
		// resolver can differ from the one that was checked. Redirects come through here as well.
		at, err := netip.ParseAddrPort(address)
		if err != nil || !reachable(at.Addr(), o.Allow) {
			return fault.NewInvalid("url", "content.feed.private", "leads to an address that is not public, which the setting content.private_networks does not allow")
		}
		return nil
	}}
	return &Fetcher{agent: o.Agent, client: &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: d.DialContext, TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: patience, ResponseHeaderTimeout: 2 * patience, DisableKeepAlives: true, DisableCompression: true, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if req.URL.Scheme != "https" || req.URL.User != nil || len(via) > maxRedirects {
				return fault.NewInvalid("url", "content.feed.redirect", "leads on to where it may not: not https, or too many times")
			}
			return nil
		},
	}}
}

// Fetch reads at most limit bytes. tag is what the server called the content last; where it still is that, same is set and there is no data.
// Its errors are fault.Invalid of the field url.
func (f *Fetcher) Fetch(ctx context.Context, url, tag string, limit int64) (data []byte, newTag string, same bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil || req.URL.Scheme != "https" {
		return nil, "", false, fault.NewInvalid("url", "content.feed.url", "must be an https address without user and password")
	}
	req.Header.Set("User-Agent", f.agent)
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	res, err := f.client.Do(req)
	if err != nil {
		return nil, "", false, unreachable(err)
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotModified && tag != "":
		return nil, tag, true, nil
	case res.StatusCode != http.StatusOK:
		return nil, "", false, fault.NewInvalid("url", "content.feed.status", fmt.Sprintf("answers with status %d", res.StatusCode))
	case res.ContentLength > limit:
		return nil, "", false, tooLarge(limit)
	}
	if data, err = io.ReadAll(io.LimitReader(res.Body, limit+1)); err != nil {
		return nil, "", false, unreachable(err)
	}
	if int64(len(data)) > limit {
		return nil, "", false, tooLarge(limit)
	}
	if newTag = res.Header.Get("ETag"); len(newTag) > maxTag {
		newTag = ""
	}
	return data, newTag, false, nil
}

func tooLarge(limit int64) error {
	return fault.NewInvalid("url", "content.feed.large", fmt.Sprintf("gives more than %d MiB", limit>>20))
}

func unreachable(err error) error {
	if inv := (*fault.Invalid)(nil); errors.As(err, &inv) {
		return inv
	}
	return fault.NewInvalid("url", "content.feed.unreachable", fmt.Sprintf("cannot be read: %v", err))
}

// special are the ranges that no public server has, beyond those that [netip.Addr] knows; some carry another address inside.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

// reachable reports whether an address is public or allowed.
func reachable(a netip.Addr, allow []netip.Prefix) bool {
	a = a.Unmap().WithZone("")
	for _, p := range allow {
		if p.Contains(a) {
			return true
		}
	}
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
