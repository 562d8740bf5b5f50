package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/packfile"
)

// Bounds of an import.
const (
	maxPackBytes  = packfile.MaxZIPBytes + 1 // the framework refuses a body of exactly the bound
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

	Release     string     `json:"release" doc:"The version its maker gave it; empty where he gave none."`
	Title       string     `json:"title"`
	TitleZH     string     `json:"title_zh"`
	Author      string     `json:"author"`
	Licence     string     `json:"licence"`
	Created     *time.Time `json:"created" nullable:"true" doc:"When its maker made it."`
	Origin      string     `json:"origin" doc:"file, folder, or the address it was fetched from; empty for the built-in pack."`
	ActivatedAt *time.Time `json:"activated_at" nullable:"true" doc:"When it was last put in force; null for one that is staged."`
	Signature   string     `json:"signature" enum:"product,trusted,revoked,none" doc:"product: part of the product; trusted: signed with a key that is trusted; revoked: with one that no longer is; none: nobody signed."`
	Signer      string     `json:"signer" doc:"Id of the key that signed."`
	SignerName  string     `json:"signer_name"`
	Previous    string     `json:"previous" doc:"Of an active pack, the id of the version that was active before; else empty."`
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
	Failing  int  `json:"failing" doc:"Rules whose samples fail; they will stay in testing."`
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
	PackDiffer
	PackKeys
	PackFeeds
}

// PackReader finds packs; a missing one is fault.ErrNotFound.
type PackReader interface {
	Packs(ctx context.Context) ([]content.Pack, error)
	Pack(ctx context.Context, id string) (content.Pack, []content.Refusal, error)
}

// PackKeeper changes packs.
type PackKeeper interface {
	Import(ctx context.Context, o content.ImportOptions, zip io.ReaderAt, size int64) (content.Imported, error)
	Activate(ctx context.Context, id string) (content.Pack, error)
	RollBack(ctx context.Context, id string) (content.Pack, error)
	Remove(ctx context.Context, id string) error
}

func (a *API) declareContent() {
	a.declareDiff()
	a.declareKeys()
	a.declareFeeds()
	register(a, operation{
		id: "listPacks", method: http.MethodGet, path: "/api/v1/content/packs", tag: "content",
		summary: "Packs of rules, all versions",
	}, provider(identity.ReadRules), a.listPacks)
	register(a, operation{
		id: "importPack", method: http.MethodPost, path: "/api/v1/content/packs", tag: "content",
		summary: "Import a signed pack or a ZIP of Sigma rules, all or nothing", status: http.StatusCreated,
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
		id: "rollBackPack", method: http.MethodPost, path: "/api/v1/content/packs/{pack}/rollback", tag: "content",
		summary: "Run the version that was active before this one",
	}, provider(identity.ManageRules), a.rollBackPack)
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
	body, err := a.packBodies(ctx, packs)
	if err != nil {
		return nil, err
	}
	return answer(List[Pack]{Items: body}), nil
}

func (a *API) importPack(ctx context.Context, in *struct {
	Name     string `query:"name" maxLength:"64" doc:"Of an archive that nobody signed; an import under a name that exists makes its next version. A signed pack has its own name, and so has SigmaHQ's archive where none is given."`
	Fallback string `query:"fallback" maxLength:"64" doc:"Name where neither the caller nor the archive gives one, such as that of the file."`
	Unsigned bool   `query:"unsigned" doc:"Take an archive that nobody signed."`
	Force    bool   `query:"force" doc:"Take a version older than one that is here, or an unsigned archive in place of a signed pack."`
	Activate bool   `query:"activate" doc:"Run it at once. Without, it is staged: look at what would change, then activate it."`
	RawBody  []byte `contentType:"application/zip"`
}) (*reply[PackImport], error) {
	out, err := a.deps.Packs.Import(ctx, content.ImportOptions{Name: in.Name, Fallback: in.Fallback, Unsigned: in.Unsigned, Force: in.Force, Activate: in.Activate}, bytes.NewReader(in.RawBody), int64(len(in.RawBody)))
	if err != nil {
		return nil, err
	}
	body, err := a.packBody(ctx, out.Pack)
	if err != nil {
		return nil, err
	}
	return answer(PackImport{
		PackDetail: PackDetail{Pack: body, Refusals: each(out.Refusals, refusalBody)},
		Ignored:    out.Ignored, Failing: out.Failing, Existing: out.Existing,
	}), nil
}

func (a *API) getPack(ctx context.Context, in *PackPath) (*reply[PackDetail], error) {
	p, refusals, err := a.deps.Packs.Pack(ctx, in.Pack)
	if err != nil {
		return nil, err
	}
	body, err := a.packBody(ctx, p)
	if err != nil {
		return nil, err
	}
	return answer(PackDetail{Pack: body, Refusals: each(refusals, refusalBody)}), nil
}

func (a *API) activatePack(ctx context.Context, in *PackPath) (*reply[Pack], error) {
	return a.packAnswer(ctx)(a.deps.Packs.Activate(ctx, in.Pack))
}

func (a *API) rollBackPack(ctx context.Context, in *PackPath) (*reply[Pack], error) {
	return a.packAnswer(ctx)(a.deps.Packs.RollBack(ctx, in.Pack))
}

func (a *API) packAnswer(ctx context.Context) func(content.Pack, error) (*reply[Pack], error) {
	return func(p content.Pack, err error) (*reply[Pack], error) {
		if err != nil {
			return nil, err
		}
		body, err := a.packBody(ctx, p)
		if err != nil {
			return nil, err
		}
		return answer(body), nil
	}
}

func (a *API) removePack(ctx context.Context, in *PackPath) (*empty, error) {
	return &empty{}, a.deps.Packs.Remove(ctx, in.Pack)
}

func (a *API) packBody(ctx context.Context, p content.Pack) (Pack, error) {
	bodies, err := a.packBodies(ctx, []content.Pack{p})
	if err != nil {
		return Pack{}, err
	}
	return bodies[0], nil
}

// packBodies adds to packs whose signature they bear, and what they followed.
func (a *API) packBodies(ctx context.Context, packs []content.Pack) ([]Pack, error) {
	keys, err := a.deps.Packs.Keys(ctx)
	if err != nil {
		return nil, err
	}
	all, err := a.deps.Packs.Packs(ctx)
	if err != nil {
		return nil, err
	}
	bodies := make([]Pack, len(packs))
	for i, p := range packs {
		b := Pack{
			ID: p.ID, Name: p.Name, Version: p.Version, Digest: p.Digest, ImportedAt: p.ImportedAt.UTC(),
			ImportedBy: p.ImportedBy, Rules: p.Rules, Refused: p.Refused, Active: p.Active, Builtin: p.Builtin,
			Release: p.Release, Title: p.Details.Title, TitleZH: p.Details.TitleZH, Author: p.Details.Author, Licence: p.Details.Licence,
			Created: instant(p.Details.Created), Origin: p.Origin, ActivatedAt: instant(p.ActivatedAt), Signature: "none", Signer: p.Signer,
		}
		if p.Active {
			if before := content.Before(all, p); before != nil {
				b.Previous = before.ID
			}
		}
		if p.Builtin {
			b.Signature = "product"
		}
		for _, k := range keys {
			if k.ID == p.Signer {
				b.SignerName, b.Signature = k.Name, "revoked"
				if k.Trusted() {
					b.Signature = "trusted"
				}
			}
		}
		bodies[i] = b
	}
	return bodies, nil
}

func refusalBody(r content.Refusal) Refusal {
	return Refusal{File: r.File, Rule: r.Rule, Title: r.Title, Reason: r.Reason}
}

var _ Packs = (*content.Service)(nil)
