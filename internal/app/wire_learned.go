package app

import (
	"log/slog"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/tenant"
)

// newLearned proposes parsers from what sources send, which the pipeline shows the collector, and keeps those in force that people made
// of it. Reload fills the book.
func newLearned(a *App, log *slog.Logger) *learned.Service {
	shelf := a.store.Learned()
	a.collector = learned.NewCollector(parse.Structural, nil)
	settings := parseSettings(a.registry)
	return learned.NewService(learned.Deps{
		Repository: shelf, Door: a.store, Auditor: a.audit, Actor: identity.Actor, Logger: log, Again: a.learnAgain,
		Collector: a.collector, Book: learned.NewBook(shelf, a.collector, log),
		Source: func(id string) (tenant.ID, string, parse.Settings, bool) {
			src, ok := a.registry.ByID(id)
			if !ok {
				return "", "", parse.Settings{}, false
			}
			set, _ := settings(id)
			return src.Tenant, src.Name, set, true
		},
	})
}
