package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// asset is one file of the build with the compressed forms the build left beside it.
type asset struct {
	name     string
	mime     string
	identity variant
	brotli   variant
	gzip     variant
}

// variant is the file's bytes in one content encoding; body is nil where the build has none.
type variant struct {
	body []byte
	etag string
}

func newAsset(name string) *asset {
	return &asset{name: name, mime: contentType(name)}
}

func (a *asset) set(encoding string, body []byte) {
	sum := sha256.Sum256(body)
	v := variant{body: body, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	switch encoding {
	case "br":
		a.brotli = v
	case "gzip":
		a.gzip = v
	default:
		a.identity = v
	}
}

// choose picks the smallest form the client takes.
func (a *asset) choose(accept string) (v variant, encoding string) {
	switch {
	case a.brotli.body != nil && accepts(accept, "br"):
		return a.brotli, "br"
	case a.gzip.body != nil && accepts(accept, "gzip"):
		return a.gzip, "gzip"
	}
	return a.identity, ""
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	v, encoding := a.choose(r.Header.Get("Accept-Encoding"))
	header := w.Header()
	secure(header, "")
	header.Set("Content-Type", a.mime)
	header.Set("ETag", v.etag)
	if a.brotli.body != nil || a.gzip.body != nil {
		header.Set("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	if strings.HasPrefix(a.name, "assets/") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(v.body))
}

// splitEncoding tells the plain name of a file and the encoding its extension stands for.
func splitEncoding(name string) (plain, encoding string) {
	switch path.Ext(name) {
	case ".br":
		return strings.TrimSuffix(name, ".br"), "br"
	case ".gz":
		return strings.TrimSuffix(name, ".gz"), "gzip"
	}
	return name, ""
}

// accepts reports whether an Accept-Encoding header allows an encoding by name; q=0 refuses it.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, ok := strings.CutPrefix(strings.TrimSpace(params), "q=")
		if !ok {
			return true
		}
		weight, err := strconv.ParseFloat(q, 64)
		return err == nil && weight > 0
	}
	return false
}

// contentType does not ask the operating system's tables first: they differ between machines, and
// nosniff makes a wrong one fatal for scripts.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".txt", ".md", "":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
