package api_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/setup"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/access/view"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/archive/tail"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/backfill"
	"github.com/isoc-project/isoc/internal/flow/detect/coverage"
	"github.com/isoc-project/isoc/internal/flow/detect/dryrun"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/enrich/geo"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/live"
	"github.com/isoc-project/isoc/internal/response/overview"
	"github.com/isoc-project/isoc/internal/response/shadow"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/store/pgtest"
	"github.com/isoc-project/isoc/internal/tenant"
)

const strongPassword = "correct-horse-battery-7"

// world is the API over real services with two customers in it, each with a source, events and an alert.
type world struct {
	http.Handler
	deps     api.Deps
	store    *store.Store
	tenants  *tenancy.Service
	users    *identity.Service
	trail    *audit.Service
	archive  *local.Archive
	tail     tail.Hub
	alerts   *alert.Service
	live     *live.Hub
	shadows  *shadow.Service
	sources  *collect.Service
	registry *collect.Registry
	content  *content.Service
	setup    *setup.Service
	demo     *demo.Service
	queue    *queue.Queue
	one, two customer
	now      time.Time

	adminBearer, analystToken, adminToken string
	adminView                             string
	packKey, packFeed, publicKey          string
	rule, packID, oldPack                 string
	pack                                  []byte
	group, discard                        string

	collector *learned.Collector
	learned   *learned.Service
}

// customer is one of the two, with the ids of what is theirs.
type customer struct {
	id, slug, source, alert, event string
	exception                      string
	proposal                       string
	viewer                         string // user id
	viewerToken                    string
	secret                         string // a word in the customer's events and alerts, and nowhere else
}

// marks are texts that give a customer away.
func (c customer) marks() []string {
	return []string{c.id, c.slug, c.source, c.alert, c.exception, c.proposal, c.secret, c.viewer}
}

// onEachStore runs a test over SQLite and, where there is one, PostgreSQL.
func onEachStore(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t, store.Options{Dir: t.TempDir()}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		dsn, _ := pgtest.Start(t).Database(t)
		test(t, newWorld(t, store.Options{DSN: dsn}))
	})
}

// onSQLite is a world for tests that do not care which engine is below.
func onSQLite(t *testing.T) *world {
	t.Helper()
	return newWorld(t, store.Options{Dir: t.TempDir()})
}

func newWorld(t *testing.T, o store.Options) *world {
	t.Helper()
	w := &world{now: time.Now().UTC().Truncate(time.Second)}
	quiet := slog.New(slog.DiscardHandler)
	o.Logger = quiet
	var err error
	w.store, err = store.Open(t.Context(), o)
	must(t, err)
	closeAtEnd(t, w.store)
	w.trail = audit.NewService(audit.Deps{Repository: w.store.Audit()})
	directory := tenancy.NewDirectory(w.store.Tenancy())
	w.archive, err = local.Open(local.Options{Dir: t.TempDir(), Directory: placer{directory}, MinFreeBytes: -1, Logger: quiet})
	must(t, err)
	closeAtEnd(t, w.archive)
	w.queue, err = queue.Open(t.Context(), queue.Options{Dir: t.TempDir(), MinFreeBytes: -1, Logger: quiet})
	must(t, err)
	closeAtEnd(t, w.queue)
	w.tenants = tenancy.NewService(tenancy.Deps{
		Repository: w.store.Tenancy(), Transactor: w.store, Auditor: w.trail, Directory: directory,
		Erasers: []tenancy.Eraser{eraser{w.archive}}, Logger: quiet,
	})
	registry := collect.NewRegistry(w.store.Sources(), quiet)
	w.registry = registry
	w.sources = collect.NewService(collect.Deps{
		Repository: w.store.Sources(), Catalogue: w.store.Sources(), Transactor: w.store, Auditor: w.trail,
		Registry: registry, Actor: identity.Actor, Logger: quiet,
	})
	w.live = live.NewHub()
	w.alerts = alert.NewService(alert.Deps{Door: w.store, Ledger: w.store.Alerts(), Shelf: w.store.Alerts(), Audit: w.trail, Observer: w.live})
	w.content = content.NewService(content.Deps{
		Repository: w.store.Content(), Door: w.store, Checker: anyRule{}, Auditor: w.trail, Actor: identity.Actor,
	})
	w.users = identity.NewService(identity.Deps{Repository: w.store.Identity(), Transactor: w.store, Auditor: w.trail, Settings: w.store})
	w.setup = setup.NewService(setup.Deps{Settings: w.store, Passwords: w.users, Transactor: w.store, Auditor: w.trail})
	w.demonstrate(t)
	w.deps = api.Deps{
		Sessions: w.store.Sessions(), Accounts: w.users, Users: w.users, Tokens: w.users, Tenants: w.tenants, Sources: w.sources,
		Inbox: collect.NewInbox(w.queue, w.sources, registry, w.trail), Trail: w.trail, Chains: w.trail, Archive: w.archive, Tails: &w.tail,
		Alerts: w.alerts, Titles: noTitles{}, Rules: w.content, RuleStates: w.content, RuleTexts: w.content, RuleSamples: w.content, Packs: w.content, Health: healthy{}, Setup: w.setup, Demo: w.demo,
		Views:     view.NewService(view.Deps{Repository: w.store.Views(), Door: w.store.Views(), Auditor: w.trail}),
		Overviews: overview.NewService(overview.Deps{Door: w.store, Marks: w.store.Overviews(), Figures: w.store.Overviews(), Audit: w.trail}),
	}
	w.deps.Names, w.deps.Live = registry, w.live
	w.shadows = shadow.NewService(w.store, w.store.Shadows(), w.store.Shadows(), nil)
	w.deps.Shadows, w.deps.Engine = w.shadows, engineOf{&w.rule}
	w.deps.Exceptions = except.NewService(except.Deps{Repository: w.store.Exceptions(), Door: w.store, Auditor: w.trail, Actor: identity.Actor})
	w.deps.Impacts = except.NewAssessor(firings{w.alerts}, w.archive, nil)
	inForce := rulesInForce(t)
	w.deps.InForce, w.deps.Attack = sigma.NewLive(inForce()), w.content
	places, err := geo.Open(geo.Files{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	w.deps.Enricher = enrich.With(enrich.Context{Places: places})
	w.deps.Coverage = coverage.NewService(w.archive, inForce, nil)
	dryRuns := dryrun.NewJobs(dryrun.Deps{
		Player: dryrun.NewPlayer(w.archive, parse.New(parse.Options{})), Logger: quiet,
		Group: dryrun.Grouper{Key: func(f detect.Finding) string { return f.Rule.ID }, Window: time.Hour},
	})
	t.Cleanup(dryRuns.Close)
	w.deps.DryRuns = dryRuns
	w.deps.Backfills = backfill.NewService(backfill.Deps{
		Histories: w.store.Tenures(), Repository: w.store.Backfills(), Rules: gapRules{inForce()}, Jobs: dryRuns, Raiser: gapRaiser{w.alerts},
		Door: w.store, Auditor: w.trail, Actor: identity.Actor, Logger: quiet,
		EventID: func(epoch uint32, seq uint64, index int) string {
			return fmt.Sprintf("%08x%012x%04x", epoch, seq, index)
		},
		Settled: func(context.Context, uint32, uint64) error { return nil }, Kept: func(tenant.ID) time.Duration { return 90 * 24 * time.Hour },
	})
	w.teach(quiet)
	w.serve(t, api.Options{Logger: quiet})
	w.populate(t)
	return w
}

// serve puts the API, with these options, before the services.
func (w *world) serve(t *testing.T, o api.Options) {
	t.Helper()
	a, err := api.New(w.deps, o)
	must(t, err)
	mux := http.NewServeMux()
	a.Register(mux)
	w.Handler = mux
}

// populate fills the world through the services, as the installation itself.
func (w *world) populate(t *testing.T) {
	t.Helper()
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	w.pack = zipped(t, "one.yml", ruleText)
	for i, pack := range [][]byte{zipped(t, "old.yml", ruleText), w.pack} {
		in, err := w.content.Import(ctx, content.ImportOptions{Name: "sigma", Unsigned: true, Activate: true}, bytes.NewReader(pack), int64(len(pack)))
		must(t, err)
		w.packID = in.Pack.ID
		if i == 0 {
			w.oldPack = in.Pack.ID
		}
	}
	key, err := w.content.Trust(ctx, "ours", publicKey(t))
	must(t, err)
	w.packKey, w.publicKey = key.ID, string(publicKey(t))
	feed, err := w.content.AddFeed(ctx, "fed", content.FeedSettings{URL: "https://packs.example/"})
	must(t, err)
	w.packFeed = feed.ID
	w.rule = ruleID
	w.missed(t)
	w.one = w.customer(t, ctx, "alpha-customer", "alpha-secret", 1)
	w.two = w.customer(t, ctx, "zulu-customer", "zulu-secret", 2)
	must(t, w.archive.Flush(ctx))
	for i, remote := range []string{"192.0.2.77", "192.0.2.78"} {
		r := record.Record{Received: w.now, Input: "syslog-udp", Remote: remote, Raw: []byte("<13>unclaimed")}
		must(t, w.queue.PublishInbox(ctx, []record.Record{r}))
		*[]*string{&w.group, &w.discard}[i] = record.GroupOf(&r)
	}
	w.staff(t, ctx)
}

func (w *world) customer(t *testing.T, ctx context.Context, slug, secret string, seq uint64) customer {
	t.Helper()
	ten, err := w.tenants.Create(ctx, tenancy.Draft{Slug: slug, Name: "Customer " + slug})
	must(t, err)
	src, _, err := w.sources.Create(ctx, ten.ID, collect.Draft{Name: "web of " + slug})
	must(t, err)
	c := customer{id: ten.ID.String(), slug: slug, source: src.ID, secret: secret, event: eventID(seq, 0)}
	ev := event.Event{Tenant: ten.ID, Time: w.now.Add(-time.Minute), ID: c.event}
	ev.Add(event.Message, "login failed "+secret)
	ev.Add(event.Original, "<13>login failed "+secret)
	ev.Add(event.Dataset, "linux.auth")
	ev.Add(event.EventID, c.event)
	ev.Add(event.Sequence, fmt.Sprint(seq))
	ev.Add(event.SourceIP, "203.0.113.5")
	ev.Add("tags", "one")
	ev.Add("tags", "two")
	must(t, w.archive.Append(ctx, []event.Event{ev}))
	must(t, w.alerts.Apply(ctx, ten.ID, alert.Stream{Epoch: 1}, seq, []alert.Signal{{
		Tenant: ten.ID, Source: src.ID, Model: "signature", Rule: alert.Rule{ID: ruleID, Title: "Failed log-in", Level: "high", Tags: []string{"attack.t1110"}},
		Time: ev.Time, EventID: ev.ID, Entities: []event.Field{{Name: event.HostName, Value: "host-" + secret}},
		Matches: []alert.Match{{Selection: "selection", Field: "message", Value: "login failed " + secret, Pattern: "failed"}},
	}}))
	page, err := w.alerts.List(ctx, alert.Query{Tenants: []tenant.ID{ten.ID}})
	must(t, err)
	if len(page.Items) != 1 {
		t.Fatalf("%d alerts of %s", len(page.Items), slug)
	}
	c.alert = page.Items[0].ID
	x, err := w.deps.Exceptions.Create(ctx, except.Draft{Tenant: ten.ID, Rule: "another-rule", Query: "message:" + query.Quote(secret), Reason: secret, ExpiresAt: w.now.Add(240 * time.Hour)})
	must(t, err)
	c.exception = x.ID
	w.learn(t, ctx, &c)
	w.viewer(t, ctx, &c)
	return c
}

func eventID(seq uint64, index int) string { return fmt.Sprintf("%08x%012x%04x", 1, seq, index) }

const ruleText = `title: Failed log-in
id: 5f8f4e2a-0000-4000-8000-000000000001
status: test
level: high
author: iSOC
description: Someone failed to log in.
references: [https://example.com/]
falsepositives: [Typing errors]
tags: [attack.t1110]
logsource: {product: linux, service: auth}
detection: {selection: {message|contains: failed}, condition: selection}
`

// rulesInForce is the one rule, compiled.
func rulesInForce(t *testing.T) func() *sigma.Set {
	t.Helper()
	rules, _ := sigma.ParseRules("one.yml", []byte(ruleText))
	set, bad := sigma.Compile(rules, sigma.Options{})
	if set.Len() != 1 {
		t.Fatal(bad)
	}
	return func() *sigma.Set { return set }
}

// anyRule stands for the engine: it takes every rule with a title that is not "broken".
type anyRule struct{}

func (anyRule) Check(_ string, document []byte) (string, error) {
	var id string
	for line := range strings.Lines(string(document)) {
		if v, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(v)
		}
		if strings.HasPrefix(line, "title: broken") {
			return "", errors.New("is broken")
		}
	}
	return id, nil
}

// engineOf has every rule but the one named "unheard".
type engineOf struct{ rule *string }

func (engineOf) Rule(id string) api.EngineRule {
	return api.EngineRule{Running: id != "unheard", Reason: "is broken", Events: 4, Asked: 2, MeanNS: 100, Share: 0.1}
}

func (e engineOf) Shares() map[string]float64 { return map[string]float64{*e.rule: 0.1} }

type healthy struct{}

func (healthy) Health(context.Context) api.Health { return api.Health{Status: "ok", Version: "test"} }
func (healthy) History() api.HealthHistory        { return api.HealthHistory{} }

type placer struct{ *tenancy.Directory }

func (p placer) Place(id tenant.ID) (archive.Placement, bool) {
	t, ok := p.Tenant(id)
	return archive.Placement{Account: t.Account, RetentionDays: t.RetentionDays}, ok
}

type eraser struct{ archive *local.Archive }

func (e eraser) EraseTenant(ctx context.Context, t tenancy.Tenant) error {
	return e.archive.DeleteTenant(ctx, t.ID)
}

func zipped(t *testing.T, pairs ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		f, err := z.Create(pairs[i])
		must(t, err)
		_, err = f.Write([]byte(pairs[i+1]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func closeAtEnd(t *testing.T, c interface{ Close() error }) {
	t.Helper()
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close %T: %v", c, err)
		}
	})
}

// viewer makes a customer's user with a token and a browser session.
func (w *world) viewer(t *testing.T, ctx context.Context, c *customer) {
	t.Helper()
	u, err := w.users.CreateUser(ctx, identity.UserDraft{
		Username: "viewer-of-" + c.slug, Password: strongPassword, Tenants: map[tenant.ID]identity.Role{tenant.ID(c.id): identity.CustomerViewer},
	})
	must(t, err)
	c.viewer, c.viewerToken = u.ID, w.token(t, u)
}

// staff makes an admin and an analyst of the provider.
func (w *world) staff(t *testing.T, ctx context.Context) {
	t.Helper()
	admin, err := w.users.CreateUser(ctx, identity.UserDraft{Username: "admin", Password: strongPassword, Provider: identity.ProviderAdmin})
	must(t, err)
	w.adminBearer = w.token(t, admin)
	own, _, err := w.users.IssueToken(identity.WithPrincipal(t.Context(), admin.Principal()), "to be revoked", time.Hour)
	must(t, err)
	w.adminToken = own.ID
	kept, err := w.deps.Views.Create(identity.WithPrincipal(t.Context(), admin.Principal()), view.Draft{Page: "alerts", Name: "mine", Search: "state=new"})
	must(t, err)
	w.adminView = kept.ID
	analyst, err := w.users.CreateUser(ctx, identity.UserDraft{Username: "analyst", Name: "Ann Alyst", Password: strongPassword, Provider: identity.ProviderAnalyst})
	must(t, err)
	w.analystToken = w.token(t, analyst)
}

func (w *world) token(t *testing.T, u identity.User) string {
	t.Helper()
	_, secret, err := w.users.IssueToken(identity.WithPrincipal(t.Context(), u.Principal()), "test", time.Hour)
	must(t, err)
	return secret
}

// session logs a browser in and returns its cookie's value.
func (w *world) session(t *testing.T, username, password string) string {
	t.Helper()
	rec := w.do(t, http.MethodPost, "/api/v1/session", call{body: map[string]any{"username": username, "password": password}}, credentials{})
	for _, c := range rec.Result().Cookies() {
		if c.Name == "isoc_session" && rec.Code == http.StatusOK {
			return c.Value
		}
	}
	t.Fatalf("no session for %s: %d %s", username, rec.Code, rec.Body)
	return ""
}

// noTitles knows one Chinese title.
type noTitles struct{}

// TitleZH implements api.Titles.
func (noTitles) TitleZH(rule string) string { return map[string]string{ruleID: titleZH}[rule] }

// Titled implements api.Titles.
func (t noTitles) Titled(text string) []string {
	if strings.Contains(titleZH, text) {
		return []string{ruleID}
	}
	return nil
}

const (
	ruleID  = "5f8f4e2a-0000-4000-8000-000000000001"
	titleZH = "登录失败"
)
