package app

import (
	"log/slog"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// newPlayer matches archived events. Their records are kept as UTF-8, and those of a source that is gone are read as they are.
func newPlayer(a *App) *dryrun.Player {
	settings := parseSettings(a.registry)
	return dryrun.NewPlayer(a.archive, parse.New(parse.Options{Sources: func(id string) (parse.Settings, bool) {
		s, _ := settings(id)
		s.Encoding = "utf-8"
		return s, true
	}, Own: a.learned.Own}))
}

// newDryRuns tries rules on the archive; hits are told apart as alerts are.
func newDryRuns(a *App, log *slog.Logger) *dryrun.Jobs {
	return dryrun.NewJobs(dryrun.Deps{
		Player: newPlayer(a), Census: a.archive, Logger: log, Pack: packOf, Spared: a.exceptions.Covers,
		Filtered: func(rules []*sigma.Rule) []*sigma.Rule { return a.rules.inForce.Load().filtered(rules) },
		Group:    dryrun.Grouper{Key: func(f detect.Finding) string { return alert.Fingerprint(signalOf(f)) }, Window: alert.Window},
	})
}
