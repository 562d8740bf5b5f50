package web

import (
	"crypto/rand"
	"net/http"
	"strings"
)

// policy is the content security policy of every page. Nothing is loaded from elsewhere and no inline script
// runs. Style elements need the answer's nonce; style attributes are allowed because components place
// pop-ups with them, and an attribute can neither load nor run anything under the other directives.
func policy(nonce string) string {
	styles := "style-src-elem 'self'"
	if nonce != "" {
		styles += " 'nonce-" + nonce + "'"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		styles,
		"style-src-attr 'unsafe-inline'",
		"img-src 'self' data:",
		"font-src 'self'",
		"connect-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; ")
}

// secure sets the headers that every answer of this package carries.
func secure(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// newNonce returns 128 fresh random bits as text that is safe inside an HTML attribute.
func newNonce() string { return rand.Text() }
