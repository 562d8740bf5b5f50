package learned

import (
	"context"
	"fmt"
	"time"

	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/tenant"
)

// OwnPack is a source's own parser, and how learning from the source stands.
type OwnPack struct {
	Versions []PackHead // the newest first
	Active   PackHead   // zero where none is in force
	Text     string     // pack.yml of the active version
	Formats  []OwnFormat
	Proposal string // id of the open proposal; empty for none
	// Kept are lines in memory that no pack claims, Share how much of the source's records lately they stand for.
	Kept  int
	Share float64
	// Recent are the latest lines in memory of a source with a pack of its own, Drift is how they deviate from what it was made for.
	Recent int
	Drift  learn.Drift
}

// OwnFormat is a format of the pack in force.
type OwnFormat struct {
	ID, Structure, Pattern string
	Fields, Mapped         int
	Recent                 int // of the latest lines
}

// OwnPack tells of a source's own parser.
func (s *Service) OwnPack(ctx context.Context, id tenant.ID, source string) (OwnPack, error) {
	versions, err := s.d.Repository.Versions(ctx, id, source)
	if err != nil {
		return OwnPack{}, fmt.Errorf("own pack: %w", err)
	}
	kept := s.d.Collector.Kept(source)
	out := OwnPack{Versions: versions, Proposal: s.OpenProposal(source), Kept: len(kept.Lines), Share: kept.Share, Recent: len(kept.Recent)}
	for _, v := range versions {
		if !v.Active {
			continue
		}
		out.Active = v
		if err := s.ownText(ctx, id, source, v.Version, kept, &out); err != nil {
			return OwnPack{}, err
		}
	}
	return out, nil
}

func (s *Service) ownText(ctx context.Context, id tenant.ID, source string, version int64, kept Kept, out *OwnPack) error {
	stored, err := s.d.Repository.Pack(ctx, id, source, version)
	if err != nil {
		return fmt.Errorf("own pack: %w", err)
	}
	var c packContent
	if err := unsqueeze(stored.Content, &c); err != nil {
		return err
	}
	out.Text = c.Text
	var per map[string]int
	if p := s.d.Book.page(source); p != nil && p.Version == version {
		set := s.settings(source)
		_, _, per = learn.Cover(p.pack, kept.Recent, set, s.d.Shelf)
		out.Drift = learn.Deviation(p.proposal, p.pack, kept.Recent, set, s.d.Shelf)
	}
	if c.Proposal == nil {
		return nil
	}
	for i := range c.Proposal.Formats {
		f := &c.Proposal.Formats[i]
		one := OwnFormat{ID: f.ID, Structure: f.Structure, Pattern: f.Pattern, Fields: len(f.Fields), Recent: per[f.ID]}
		for j := range f.Fields {
			if f.Fields[j].Target != "" {
				one.Mapped++
			}
		}
		out.Formats = append(out.Formats, one)
	}
	return nil
}

// Version returns a version of a source's own pack, pack.yml and samples.yml.
func (s *Service) Version(ctx context.Context, id tenant.ID, source string, version int64) (PackHead, string, string, error) {
	stored, err := s.d.Repository.Pack(ctx, id, source, version)
	if err != nil {
		return PackHead{}, "", "", fmt.Errorf("own pack: %w", err)
	}
	var c packContent
	err = unsqueeze(stored.Content, &c)
	return stored.PackHead, c.Text, c.Samples, err
}

// settled is how many messages of a source make what comes after them novel.
const settled = 200

// TemplateUse is a template with what is told of it.
type TemplateUse struct {
	Template
	Novel bool // it came after since, and after the first 200 messages of the source
}

// SourceTemplates returns the templates of a source, the most frequent first.
func (s *Service) SourceTemplates(ctx context.Context, id tenant.ID, source string, since time.Time) ([]TemplateUse, error) {
	list, loaded := s.worker.templates(source)
	if !loaded {
		var err error
		if list, err = s.d.Repository.TemplatesOf(ctx, id, source); err != nil {
			return nil, fmt.Errorf("templates of a source: %w", err)
		}
	}
	out := make([]TemplateUse, len(list))
	for i, t := range list {
		out[i] = TemplateUse{Template: t, Novel: t.First.After(since) && t.After >= settled}
	}
	return out, nil
}
