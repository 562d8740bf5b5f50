package web

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

const (
	indexName = "index.html"
	// noncePlaceholder stands in index.html where every answer gets a fresh nonce for the style sheets that
	// the components insert at run time.
	noncePlaceholder = "__CSP_NONCE__"
)

// Handler serves the files of one build: hashed assets for ever, pages always revalidated, and index.html for
// every path that the browser's router owns. Safe for concurrent use; it keeps all files in memory.
type Handler struct {
	files map[string]*asset // by slash path without the leading slash
	index []byte
}

var _ http.Handler = (*Handler)(nil)

// New reads every file of a build into memory and returns its handler. The build must have an index.html.
func New(files fs.FS) (*Handler, error) {
	h := &Handler{files: make(map[string]*asset)}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		return h.load(files, name)
	})
	if err != nil {
		return nil, fmt.Errorf("load the user interface: %w", err)
	}
	page, ok := h.files[indexName]
	if !ok {
		return nil, fmt.Errorf("load the user interface: %w: %s", fs.ErrNotExist, indexName)
	}
	h.index = page.identity.body
	return h, nil
}

func (h *Handler) load(files fs.FS, name string) error {
	body, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	plain, encoding := splitEncoding(name)
	a := h.files[plain]
	if a == nil {
		a = newAsset(plain)
		h.files[plain] = a
	}
	a.set(encoding, body)
	return nil
}

// ServeHTTP answers GET and HEAD. A path that names no file gets the application when a page is asked for
// (Accept: text/html), and 404 otherwise, so that a mistyped API path is never answered with a page.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || name == indexName {
		h.serveIndex(w, r)
		return
	}
	if a := h.find(name); a != nil {
		a.serve(w, r)
		return
	}
	if strings.HasPrefix(name, "assets/") || !wantsPage(r) {
		secure(w.Header(), "")
		http.NotFound(w, r)
		return
	}
	h.serveIndex(w, r)
}

// find returns the file of that name, or the index page of the folder of that name.
func (h *Handler) find(name string) *asset {
	if a, ok := h.files[name]; ok && a.identity.body != nil {
		return a
	}
	return h.files[path.Join(name, indexName)]
}

func (h *Handler) serveIndex(w http.ResponseWriter, r *http.Request) {
	nonce := newNonce()
	secure(w.Header(), nonce)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	body := bytes.ReplaceAll(h.index, []byte(noncePlaceholder), []byte(nonce))
	http.ServeContent(w, r, indexName, time.Time{}, bytes.NewReader(body))
}

func wantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}
