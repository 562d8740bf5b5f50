package input

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
)

// authenticate finds the source by the Authorization header, in any of the schemes senders use:
//
//	Bearer TOKEN · Splunk TOKEN
//	ApiKey TOKEN, or base64 of "id:key" where either is the token (Beats send that)
//	Basic base64 of "user:password" where either is the token
func (h *HTTP) authenticate(r *http.Request) (*collect.Source, error) {
	tried := tokens(r.Header.Get("Authorization"))
	for _, token := range tried {
		if src, err := h.source(token); err == nil {
			return src, nil
		}
	}
	h.o.Registry.Refuse(remoteAddr(r), strings.Join(tried[:min(1, len(tried))], ""))
	return nil, fault.ErrUnauthenticated
}

func tokens(header string) []string {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return nil
	}
	switch strings.ToLower(scheme) {
	case "bearer", "splunk":
		return []string{rest}
	case "apikey":
		return append([]string{rest}, pair(rest)...)
	case "basic":
		return pair(rest)
	}
	return nil
}

// pair returns the two halves of base64("a:b"), the second first: that is where the secret nearly always is.
func pair(encoded string) []string {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		if text, err = base64.RawStdEncoding.DecodeString(encoded); err != nil {
			return nil
		}
	}
	a, b, ok := strings.Cut(string(text), ":")
	if !ok {
		return []string{a}
	}
	return []string{b, a}
}
