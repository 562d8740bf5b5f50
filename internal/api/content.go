package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
)

// Bounds of an import.
const (
	maxPackBytes  = content.MaxZIPBytes + 1 // the framework refuses a body of exactly the bound
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
	Title  string `json:"title"`
	Reason string `json:"reason"`
}

// PackImport is the outcome of an import.
type PackImport struct {
	PackDetail
	Ignored  int  `json:"ignored" doc:"Files of the archive that are no rules."`
	Existing bool `json:"existing" doc:"The same content was there already under the name; nothing new was stored."`
}

// PackPath is the input of operations whose path names a pack.
type PackPath struct {
	Pack string `path:"pack" maxLength:"64"`
}

// Packs imports and switches packs. It audits every change by itself.
type Packs interface {
	PackReader
	PackKeeper
}

// PackReader finds packs; a missing one is fault.ErrNotFound.
type PackReader interface {
	Packs(ctx context.Context) ([]content.Pack, error)
	Pack(ctx context.Context, id string) (content.Pack, []content.Refusal, error)
}

// PackKeeper changes packs.
type PackKeeper interface {
	Import(ctx context.Context, name string, zip io.ReaderAt, size int64) (content.Imported, error)
	Activate(ctx context.Context, id string) (content.Pack, error)
	Remove(ctx context.Context, id string) error
}

func (a *API) declareContent() {
	register(a, operation{
		id: "listPacks", method: http.MethodGet, path: "/api/v1/content/packs", tag: "content",
		summary: "Packs of rules, all versions",
	}, provider(identity.ReadRules), a.listPacks)
	register(a, operation{
		id: "importPack", method: http.MethodPost, path: "/api/v1/content/packs", tag: "content",
		summary: "Import a ZIP of Sigma rules, all or nothing", status: http.StatusCreated,
		maxBody: maxPackBytes, timeout: importTimeout,
	}, provider(identity.ManageRules), a.importPack)
	register(a, operation{
		id: "getPack", method: http.MethodGet, path: "/api/v1/content/packs/{pack}", tag: "content",
		summary: "One pack with what it could not take",
	}, provider(identity.ReadRules), a.getPack)
	register(a, operation{
		id: "activatePack", method: http.MethodPost, path: "/api/v1/content/packs/{pack}/activate", tag: "content",
		summary: "Run this version of a pack",
	}, provider(identity.ManageRules), a.activatePack)
	register(a, operation{
		id: "removePack", method: http.MethodDelete, path: "/api/v1/content/packs/{pack}", tag: "content",
		summary: "Remove a version of a pack",
	}, provider(identity.ManageRules), a.removePack)
}

func (a *API) listPacks(ctx context.Context, _ *none) (*reply[List[Pack]], error) {
	packs, err := a.deps.Packs.Packs(ctx)
	if err != nil {
		return nil, err
	}
	return answer(List[Pack]{Items: each(packs, packBody)}), nil
}

func (a *API) importPack(ctx context.Context, in *struct {
	Name    string `query:"name" required:"true" minLength:"1" maxLength:"64" doc:"An import under a name that exists makes its next version."`
	RawBody []byte `contentType:"application/zip"`
}) (*reply[PackImport], error) {
	out, err := a.deps.Packs.Import(ctx, in.Name, bytes.NewReader(in.RawBody), int64(len(in.RawBody)))
	if err != nil {
		return nil, err
	}
	return answer(PackImport{
		PackDetail: PackDetail{Pack: packBody(out.Pack), Refusals: each(out.Refusals, refusalBody)},
		Ignored:    out.Ignored, Existing: out.Existing,
	}), nil
}

func (a *API) getPack(ctx context.Context, in *PackPath) (*reply[PackDetail], error) {
	p, refusals, err := a.deps.Packs.Pack(ctx, in.Pack)
	if err != nil {
		return nil, err
	}
	return answer(PackDetail{Pack: packBody(p), Refusals: each(refusals, refusalBody)}), nil
}

func (a *API) activatePack(ctx context.Context, in *PackPath) (*reply[Pack], error) {
	p, err := a.deps.Packs.Activate(ctx, in.Pack)
	if err != nil {
		return nil, err
	}
	return answer(packBody(p)), nil
}

func (a *API) removePack(ctx context.Context, in *PackPath) (*empty, error) {
	return &empty{}, a.deps.Packs.Remove(ctx, in.Pack)
}

func packBody(p content.Pack) Pack {
	return Pack{
		ID: p.ID, Name: p.Name, Version: p.Version, Digest: p.Digest, ImportedAt: p.ImportedAt.UTC(),
		ImportedBy: p.ImportedBy, Rules: p.Rules, Refused: p.Refused, Active: p.Active, Builtin: p.Builtin,
	}
}

func refusalBody(r content.Refusal) Refusal {
	return Refusal{File: r.File, Rule: r.Rule, Title: r.Title, Reason: r.Reason}
}

var _ Packs = (*content.Service)(nil)
