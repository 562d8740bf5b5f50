package app

import (
	"context"
	"log/slog"
	"runtime"

	"github.com/isoc-project/isoc/internal/archive/tail"
	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/enrich/geo"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// newPipeline connects the stations of the path.
func newPipeline(a *App, log *slog.Logger) *flow.Pipeline {
	return flow.New(flow.Deps{
		Source:   a.queue,
		Parser:   parse.New(parse.Options{Sources: parseSettings(a.registry), Own: a.learned.Own}),
		Tap:      a.collector.Tap,
		Enricher: newEnricher(a),
		NewJudge: a.rules.judge,
		Edition:  a.rules.now,
		Keeper:   watched{a.archive, &a.tail},

		Chronicler: chronicler{tenure.NewRecorder(a.store.Tenures(), a.dir.Known), a.queue.Epoch()},

		Correlator: correlator{a.correlations},
		Alerter:    alerter{a.alerts, a.shadows, a.rules.devices, alert.Stream{Epoch: a.queue.Epoch(), Shard: shard}},
		Observer:   a.registry,
		Known:      a.dir.Known,

		Workers: runtime.GOMAXPROCS(0), Logger: log, Registerer: a.probe.Registry(),
	})
}

// openGeo reads the databases of countries and autonomous systems.
func (a *App) openGeo(_ context.Context, log *slog.Logger) (err error) {
	a.geo, err = geo.Open(geo.Files{Country: a.cfg.Geo.Country, AS: a.cfg.Geo.ASN}, log)
	return err
}

// newEnricher knows the places of addresses and the customers' own networks.
func newEnricher(a *App) *enrich.Enricher {
	return enrich.With(enrich.Context{Places: a.geo, Networks: a.dir})
}

// floors are the levels from which verdicts of devices are findings; "off" takes none.
// Sources may have floors of their own.
func floors(c config.Detect, sources *collect.Registry) imported.Floors {
	level := func(s string) detect.Level {
		if s == "off" {
			return ""
		}
		return detect.Level(s)
	}
	return imported.Floors{Alerts: level(c.VerdictsFrom), Devices: level(c.DeviceVerdictsFrom), Of: func(source string) (detect.Level, bool) {
		s, ok := sources.ByID(source)
		if !ok || s.VerdictsFrom == "" {
			return "", false
		}
		return level(s.VerdictsFrom), true
	}}
}

// watched shows what the archive took to those who watch it arrive.
type watched struct {
	flow.Keeper
	tail *tail.Hub
}

// Append keeps the events, and passes them on once they are kept.
func (w watched) Append(ctx context.Context, events []event.Event) error {
	if err := w.Keeper.Append(ctx, events); err != nil {
		return err
	}
	w.tail.Publish(events)
	return nil
}

// parseSettings tells the parser how a source's records are to be read.
func parseSettings(r *collect.Registry) func(string) (parse.Settings, bool) {
	return func(id string) (parse.Settings, bool) {
		s, ok := r.ByID(id)
		if !ok {
			return parse.Settings{}, false
		}
		return parse.Settings{Kind: s.Kind, TimeZone: s.TimeZone, Encoding: s.Encoding}, true
	}
}
