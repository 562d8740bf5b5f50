package app

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/content/packfile"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Chain is the verdict on one audit chain.
type Chain struct {
	Slug string // of the tenant; its id where the tenant is gone; empty for the platform's own chain
	audit.Result
}

// VerifyAudit verifies the audit chains in the database, whether or not a process serves it: all of them, or
// only that of one tenant by slug or id. It changes nothing.
func VerifyAudit(ctx context.Context, data, dsn, only string, log *slog.Logger) (_ []Chain, err error) {
	s, err := store.Open(ctx, store.Options{DSN: dsn, Dir: data, Existing: true, Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	ctx = tenant.WithScope(ctx, tenant.All())
	a := newAudit(s)
	tenants, err := tenancy.NewService(tenancy.Deps{Repository: s.Tenancy(), Transactor: s, Auditor: a, Logger: log}).List(ctx)
	if err != nil {
		return nil, err
	}
	slugs := map[tenant.ID]string{tenant.Provider: ""}
	for _, t := range tenants {
		slugs[t.ID] = t.Slug
		if only != "" && (t.Slug == only || t.ID.String() == only) {
			res, err := a.Verify(ctx, t.ID)
			return []Chain{{Slug: t.Slug, Result: res}}, err
		}
	}
	if only != "" {
		return nil, fmt.Errorf("tenant %q: %w", only, errNoTenant)
	}
	results, err := a.VerifyAll(ctx)
	if err != nil {
		return nil, err
	}
	chains := make([]Chain, len(results))
	for i, r := range results {
		slug, ok := slugs[r.Tenant]
		if !ok {
			slug = r.Tenant.String()
		}
		chains[i] = Chain{Slug: slug, Result: r}
	}
	return chains, nil
}

// TrustedKeys returns the keys that the database trusts, whether or not a process serves it.
func TrustedKeys(ctx context.Context, data, dsn string, log *slog.Logger) (_ packfile.Keys, err error) {
	s, err := store.Open(ctx, store.Options{DSN: dsn, Dir: data, Existing: true, Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return newContent(s, newAudit(s), Build{}, nil, nil, log).Trusted(ctx)
}

// ImportContent imports a signed pack, or a folder or ZIP of Sigma rules, into the database. A process that serves it puts the rules in
// force within seconds.
func ImportContent(ctx context.Context, build Build, data, dsn string, o content.ImportOptions, path string, log *slog.Logger) (_ content.Imported, err error) {
	s, err := store.Open(ctx, store.Options{DSN: dsn, Dir: data, Logger: log})
	if err != nil {
		return content.Imported{}, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c := newContent(s, newAudit(s), build, nil, nil, log)
	info, err := os.Stat(path)
	if err != nil {
		return content.Imported{}, err
	}
	base := filepath.Base(filepath.Clean(path))
	o.Fallback = strings.TrimSuffix(base, filepath.Ext(base))
	if info.IsDir() {
		return c.ImportFS(ctx, o, os.DirFS(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return content.Imported{}, err
	}
	defer f.Close()
	imported, err := c.Import(ctx, o, f, info.Size())
	if errors.Is(err, zip.ErrFormat) {
		return content.Imported{}, &fs.PathError{Op: "import", Path: path, Err: zip.ErrFormat}
	}
	return imported, err
}
