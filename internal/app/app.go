package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/setup"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/archive/tail"
	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/fetch"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/flow/enrich/geo"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/live"
	"github.com/isoc-project/isoc/internal/response/shadow"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/telemetry"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Build says which build of the product runs.
type Build struct {
	Version, Commit string
	// Language of the operator who started it, "zh-CN" or "en": of what is made without a user, such as the demonstration's names.
	Language string
}

// App is one process of the product, opened and not yet running.
type App struct {
	cfg   config.Config
	build Build
	log   *slog.Logger
	life  *lifecycle
	probe *telemetry.Probe

	store    *store.Store
	audit    *audit.Service
	tenants  *tenancy.Service
	dir      directory
	geo      *geo.Database
	identity *identity.Service
	setup    *setup.Service

	queue    *queue.Queue
	registry *collect.Registry
	sources  *collect.Service
	intake   *collect.Intake
	inbox    *collect.Inbox

	archive    archive.Archive
	tail       tail.Hub
	content    *content.Service
	rules      *ruleSet
	exceptions *except.Book
	dryRuns    *dryrun.Jobs
	backfills  *backfill.Service
	alerts     *alert.Service
	shadows    *shadow.Service
	live       *live.Hub
	pipeline   *flow.Pipeline
	collector  *learned.Collector
	learned    *learned.Service
	learnAgain time.Duration // how long a source with nothing to propose is left alone; 0 for the service's own
	// correlations stand in the pipeline, with state of their own.
	correlations *correlate.Station
	health       *health
	demo         *demo.Service
	// demoLength is how long the demonstration takes; 0 for its own.
	demoLength time.Duration
	files      *input.Files    // nil where there are none
	kafka      *input.Kafka    // nil where there is none
	captures   *input.Captures // nil where there are none
	own        ownEnds
	syslog     *input.Syslog // nil where switched off
	flows      string        // the address that NetFlow was bound to, empty where switched off; set once by start
	http       string        // the address that HTTP was bound to; set once by start
	started    bool          // everything runs; set once by start
}

// New opens everything on the data directory, in the order data flows. A failure closes what was opened.
func New(ctx context.Context, cfg config.Config, build Build, log *slog.Logger) (_ *App, err error) {
	a := &App{cfg: cfg, build: build, log: log.With("component", "app"), life: &lifecycle{log: log}, probe: telemetry.NewProbe()}
	defer func() {
		if err != nil {
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownTimeout)
			defer cancel()
			err = errors.Join(err, a.life.unwind(stop))
		}
	}()
	ctx = tenant.WithScope(ctx, tenant.All())
	for _, open := range []func(context.Context, *slog.Logger) error{
		a.openData, a.openAccess, a.openGeo, a.openArchive, a.openQueue, a.openContent, a.openFlow, a.openDemo,
	} {
		if err := open(ctx, log); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// openData takes the data directory and opens the tables.
func (a *App) openData(ctx context.Context, log *slog.Logger) error {
	if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	release, err := lockDir(a.cfg.Data)
	if err != nil {
		return err
	}
	a.life.push("lock", release)
	if a.store, err = store.Open(ctx, store.Options{DSN: a.cfg.Database.DSN, Dir: a.cfg.Data, Logger: log}); err != nil {
		return err
	}
	a.life.push("store", func(context.Context) error { return a.store.Close() })
	return nil
}

// openAccess makes the services of who may do what, and the first administrator where the operator gave a password.
func (a *App) openAccess(ctx context.Context, _ *slog.Logger) error {
	a.audit = newAudit(a.store)
	a.dir = directory{tenancy.NewDirectory(a.store.Tenancy())}
	if err := a.dir.Reload(ctx); err != nil {
		return err
	}
	a.identity = identity.NewService(identity.Deps{Repository: a.store.Identity(), Transactor: a.store, Auditor: a.audit, Settings: a.store})
	a.setup = setup.NewService(setup.Deps{Settings: a.store, Passwords: a.identity, Transactor: a.store, Auditor: a.audit})
	if a.cfg.Admin.Password == "" {
		return nil // start makes one up, when it can be shown
	}
	_, _, err := a.identity.Bootstrap(ctx, a.cfg.Admin.Password)
	return err
}

func (a *App) openArchive(_ context.Context, log *slog.Logger) error {
	arc, err := local.Open(local.Options{
		Dir: filepath.Join(a.cfg.Data, "archive"), Directory: a.dir, FlushInterval: a.cfg.Archive.FlushInterval,
		MemoryBytes: a.cfg.Archive.MemoryBytes, MinFreeBytes: orNone(a.cfg.Ingest.MinFreeBytes), Logger: log,
	})
	if err != nil {
		return err
	}
	a.archive = arc
	a.life.push("archive", func(context.Context) error { return arc.Close() })
	a.tenants = tenancy.NewService(tenancy.Deps{
		Repository: a.store.Tenancy(), Transactor: a.store, Auditor: a.audit, Directory: a.dir.Directory,
		Erasers: []tenancy.Eraser{eraser{arc}}, Logger: log,
	})
	return nil
}

// orNone turns the setting 0, no check, into what the stores take for none.
func orNone(bytes int64) int64 {
	if bytes == 0 {
		return -1
	}
	return bytes
}

func (a *App) openQueue(ctx context.Context, log *slog.Logger) (err error) {
	a.queue, err = queue.Open(ctx, queue.Options{
		Dir: filepath.Join(a.cfg.Data, "queue"), URL: a.cfg.Queue.URL, MaxBytes: a.cfg.Queue.MaxBytes,
		MinFreeBytes: orNone(a.cfg.Ingest.MinFreeBytes), Logger: log, Registerer: a.probe.Registry(),
	})
	if err != nil {
		return err
	}
	a.life.push("queue", func(context.Context) error { return a.queue.Close() })
	a.registry = collect.NewRegistry(a.store.Sources(), log)
	a.registry.TolerateLag(func(id tenant.ID) bool { // a demonstration sends a day in minutes
		t, known := a.dir.Tenant(id)
		return known && t.Demo
	})
	if err := a.registry.Reload(ctx); err != nil {
		return err
	}
	a.intake = collect.NewIntake(collect.IntakeOptions{
		Publisher: a.queue, Registry: a.registry, Standings: a.dir, PerSecond: a.cfg.Ingest.EventsPerSecond,
		Logger: log, Registerer: a.probe.Registry(),
	})
	a.sources = collect.NewService(collect.Deps{
		Repository: a.store.Sources(), Catalogue: a.store.Sources(), Transactor: a.store, Auditor: a.audit,
		Registry: a.registry, Actor: identity.Actor, Ports: a.failedPorts, Logger: log,
	})
	if len(a.cfg.Tail) > 0 {
		a.files = newFiles(a)
	}
	if len(a.cfg.Capture) > 0 {
		if a.captures, err = newCaptures(a); err != nil {
			return err
		}
	}
	if len(a.cfg.Kafka) > 0 {
		if a.kafka, err = newKafka(a); err != nil {
			return err
		}
	}
	a.inbox = collect.NewInbox(a.queue, a.sources, a.registry, a.audit)
	return nil
}

// openContent installs the rules that ship and puts the active ones in force.
func (a *App) openContent(ctx context.Context, log *slog.Logger) error {
	a.exceptions = except.NewBook(a.store.Exceptions(), log, nil)
	if err := a.exceptions.Reload(ctx); err != nil {
		return err
	}
	a.life.push("exceptions", func(ctx context.Context) error { return a.exceptions.Flush(tenant.WithScope(ctx, tenant.All())) })
	a.rules = newRuleSet(a.exceptions, log)
	devices, err := imported.OpenRegister(ctx, a.store.DeviceRules(), 0, nil)
	if err != nil {
		return err
	}
	a.rules.devices = devices
	a.probe.Registry().MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Namespace: "isoc", Subsystem: "detect", Name: "device_verdicts_folded_total", Help: "Verdicts of devices whose rules found no room at their customer.",
	}, func() float64 { return float64(devices.Folded()) }))
	a.rules.verdicts = floors(a.cfg.Detect, a.registry)
	inside, err := prefixes(a.cfg.Content.PrivateNetworks)
	if err != nil {
		return fmt.Errorf("setting content.private_networks: %w", err)
	}
	a.content = newContent(a.store, a.audit, a.build, fetch.New(fetch.Options{Allow: inside, Agent: "iSOC/" + a.build.Version}), func(ctx context.Context) {
		if err := a.rules.reload(ctx); err != nil {
			a.log.Error("the rules of before stay in force", "error", err)
		}
	}, log)
	a.rules.source = a.content
	if err := installRules(ctx, a.content); err != nil {
		return err
	}
	return a.rules.reload(ctx)
}

func (a *App) openFlow(ctx context.Context, log *slog.Logger) error {
	a.live = live.NewHub()
	a.alerts = alert.NewService(alert.Deps{Door: a.store, Ledger: a.store.Alerts(), Shelf: a.store.Alerts(), Audit: a.audit, Observer: a.live})
	a.shadows = shadow.NewService(a.store, a.store.Shadows(), a.store.Shadows(), nil)
	var err error
	if a.correlations, err = openCorrelations(a, log); err != nil {
		return err
	}
	a.learned = newLearned(a, log)
	if err := a.learned.Reload(ctx); err != nil {
		return err
	}
	a.pipeline = newPipeline(a, log)
	a.dryRuns = newDryRuns(a, log)
	a.backfills = newBackfills(a, log)
	a.life.push("dry runs", func(context.Context) error { a.dryRuns.Close(); return nil })
	a.health = &health{build: a.build, started: time.Now(), store: a.store, queue: a.queue, archive: a.archive, intake: a.intake,
		rules: a.rules, correlations: a.correlations, totals: a.pipeline.Totals, ports: a.failedPorts, certificates: a.syslogProblem, files: a.files, kafka: a.kafka, captures: a.captures, data: a.cfg.Data, minFree: a.cfg.Ingest.MinFreeBytes}
	for name, check := range a.health.ready() {
		a.probe.Add(name, check)
	}
	return nil
}
