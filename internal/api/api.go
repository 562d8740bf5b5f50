package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/api/i18n"
)

// Options are the settings of the HTTP face.
type Options struct {
	// TrustedProxies are the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
	// Empty means nobody's: the peer of the connection is the caller.
	TrustedProxies []netip.Prefix
	// SyslogPort is the shared syslog port, for the settings that screens offer to senders; 0 where there is none.
	SyslogPort int
	// SyslogTLSPort is that of syslog over TLS; 0 where there is none.
	SyslogTLSPort int
	// NetFlowPort is that of NetFlow, IPFIX and sFlow; 0 where there is none.
	NetFlowPort int
	// SecureCookies marks the session cookie Secure on plain connections too.
	SecureCookies bool
	Logger        *slog.Logger          // nil discards
	Registerer    prometheus.Registerer // nil keeps the metrics unseen
	Now           func() time.Time      // nil means the wall clock
	LiveBeat      time.Duration         // how often a live stream asks whether its reader still may read; 0 means 15 s
}

// API answers every request under /api/ and serves the OpenAPI document. It is safe for concurrent use.
type API struct {
	deps      Deps
	opts      Options
	log       *slog.Logger
	catalogue *i18n.Catalogue
	sessions  *sessions
	metrics   *metrics
	mux       *http.ServeMux
	huma      huma.API
	routes    []*route
	handler   http.Handler
	specJSON  []byte
	specYAML  []byte

	exports chan struct{} // exports under way
	tailMu  sync.Mutex
	tailing map[string]int // live tails, by user
}

// New declares every operation. It fails only where the catalogue or a declaration is broken, which the tests exclude.
func New(deps Deps, opts Options) (*API, error) {
	a := &API{deps: deps, opts: opts, log: opts.Logger, mux: http.NewServeMux()}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	a.log = a.log.With("component", "api")
	if a.opts.Now == nil {
		a.opts.Now = time.Now
	}
	if a.opts.LiveBeat == 0 {
		a.opts.LiveBeat = liveBeat
	}
	var err error
	if a.catalogue, err = i18n.New(); err != nil {
		return nil, err
	}
	a.sessions = newSessions(deps.Sessions, a.opts)
	a.metrics = newMetrics(opts.Registerer)
	a.huma = huma.NewAPI(a.config(), humago.NewAdapter(a.mux, ""))
	a.declare()
	if err := a.document(); err != nil {
		return nil, err
	}
	a.handler = a.chain(a.mux)
	return a, nil
}

// declare lists the capabilities; each declares its own operations.
func (a *API) declare() {
	a.declareLogin()
	a.declareSession()
	a.declareTenants()
	a.declareUsers()
	a.declareTokens()
	a.declareViews()
	a.declareSources()
	a.declareSearch()
	a.declareAddresses()
	a.declareAlerts()
	a.declareAlertDesk()
	a.declareLive()
	a.declareExplanations()
	a.declarePrevalence()
	a.declareOverview()
	a.declareRules()
	a.declareExceptions()
	a.declareRuleChecks()
	a.declareAttack()
	a.declareRuleStates()
	a.declareRuleTexts()
	a.declareRuleSamples()
	a.declareDryRuns()
	a.declareBackfills()
	a.declareShadows()
	a.declareRuleHealth()
	a.declareContent()
	a.declareInbox()
	a.declareAudit()
	a.declareHealth()
	a.declareSetup()
	a.declareDemo()
	a.declareParse()
	a.declareParsers()
	a.declareEventFields()
	a.declareLearning()
	a.mux.HandleFunc("/api/", a.nowhere)
}

// nowhere answers paths under /api/ that no operation has.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request) {
	a.refuse(w, r, errNowhere)
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Register mounts the API and its document on the process's mux.
func (a *API) Register(mux *http.ServeMux) {
	mux.Handle("/api/", a)
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		serve(w, "application/openapi+json", a.specJSON)
	})
	mux.HandleFunc("GET /openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		serve(w, "application/openapi+yaml", a.specYAML)
	})
}

// serve writes a fixed document; a client that went away needs no answer.
func serve(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body)
}

// config is the framework's, with its script-loading documentation page and schema links left out.
func (a *API) config() huma.Config {
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "iSOC",
				Version:     "1",
				Description: "Managed security operations for many customers. Errors are RFC 9457 problem documents; another customer's id answers 404; lists page by cursor.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"bearer":  {Type: "http", Scheme: "bearer", Description: "A token from POST /api/v1/login or POST /api/v1/tokens."},
					"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "The browser's session, from POST /api/v1/session."},
				},
			},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{a.rewordFrameworkErrors},
	}
}

// document renders the OpenAPI document once, so that serving it is a copy.
func (a *API) document() error {
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // the framework's own error, which no answer uses
	delete(schemas, "ErrorDetail")
	var err error
	if a.specJSON, err = a.huma.OpenAPI().MarshalJSON(); err != nil {
		return fmt.Errorf("render OpenAPI as JSON: %w", err)
	}
	if a.specYAML, err = a.huma.OpenAPI().YAML(); err != nil {
		return fmt.Errorf("render OpenAPI as YAML: %w", err)
	}
	return nil
}

// OpenAPI returns the document in YAML, as committed under docs.
func (a *API) OpenAPI() []byte { return a.specYAML }

var _ http.Handler = (*API)(nil)
