package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// Bounds of an import.
const (
	maxPackBytes  = 64 << 20
	importTimeout = 5 * time.Minute
)

// Pack is one version of a set of rules.
type Pack struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Version    int64     `json:"version" doc:"Counts the imports under the same name."`
	Digest     string    `json:"digest" doc:"SHA-256 of what was imported."`
	ImportedAt time.Time `json:"imported_at"`
	ImportedBy string    `json:"imported_by"`
	Rules      int       `json:"rules" doc:"Rules that run."`
	Refused    int       `json:"refused" doc:"Rules that do not."`
	Active     bool      `json:"active"`
	Builtin    bool      `json:"builtin" doc:"Ships with the product."`
}

// PackDetail is a pack with the rules it could not take and why.
type PackDetail struct {
	Pack
	Refusals []Refusal `json:"refusals" nullable:"false"`
}

// Refusal is one rule that cannot run.
type Refusal struct {
	File   string `json:"file"`
	Rule   string `json:"rule"`
	Reason string `json:"reason"`
}

// PackPath is the input of operations whose path names a pack.
type PackPath struct {
	Pack string `path:"pack" maxLength:"64"`
}

func (a *API) declareContent() {
	register(a, operation{
		id: "listPacks", method: http.MethodGet, path: "/api/v1/content/packs", tag: "content",
		summary: "Packs of rules, all versions",
	}, provider(identity.ReadRules), pending[none, reply[List[Pack]]])
	register(a, operation{
		id: "importPack", method: http.MethodPost, path: "/api/v1/content/packs", tag: "content",
		summary: "Import a ZIP of Sigma rules, all or nothing", status: http.StatusCreated,
		maxBody: maxPackBytes, timeout: importTimeout,
	}, provider(identity.ManageRules), pending[struct {
		Name    string `query:"name" required:"true" minLength:"1" maxLength:"100" doc:"An import under a name that exists makes its next version."`
		RawBody []byte `contentType:"application/zip"`
	}, reply[PackDetail]])
	register(a, operation{
		id: "getPack", method: http.MethodGet, path: "/api/v1/content/packs/{pack}", tag: "content",
		summary: "One pack with what it could not take",
	}, provider(identity.ReadRules), pending[PackPath, reply[PackDetail]])
	register(a, operation{
		id: "activatePack", method: http.MethodPost, path: "/api/v1/content/packs/{pack}/activate", tag: "content",
		summary: "Run this version of a pack",
	}, provider(identity.ManageRules), pending[PackPath, reply[Pack]])
	register(a, operation{
		id: "removePack", method: http.MethodDelete, path: "/api/v1/content/packs/{pack}", tag: "content",
		summary: "Remove a version of a pack",
	}, provider(identity.ManageRules), pending[PackPath, empty])
}

func (a *API) ruleSource(ctx context.Context, id string) (string, error) { return "", nil }
