package app

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/detect/coverage"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/web"
)

// handler puts probes, API, HTTP ingest and UI on one address.
func (a *App) handler() (http.Handler, error) {
	proxies, err := prefixes(a.cfg.Web.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("setting web.trusted_proxies: %w", err)
	}
	face, err := api.New(api.Deps{
		Sessions: a.store.Sessions(), Accounts: a.identity, Users: a.identity, Tokens: a.identity, Tenants: a.tenants,
		Names:   a.registry,
		Sources: a.sources, Inbox: a.inbox, Trail: a.audit, Chains: a.audit, Archive: a.archive, Tails: &a.tail, Alerts: a.alerts, Live: a.live, Titles: a.rules,
		Rules: a.content, InForce: a.rules.live, Attack: a.content, Packs: a.content, Health: a.health, Views: newViews(a.store, a.audit),
		RuleStates: a.content, RuleTexts: a.content, RuleSamples: a.content, Shadows: a.shadows, Engine: engine{a.rules},
		Demo: a.demo, Setup: a.setup,
		Overviews:  newOverview(a.store, a.audit),
		Enricher:   newEnricher(a),
		Coverage:   coverage.NewService(a.archive, a.rules.live.Set, nil),
		Exceptions: newExceptions(a), Impacts: except.NewAssessor(firings{a.alerts}, a.archive, nil),
		DryRuns: a.dryRuns, Backfills: a.backfills, Learning: a.learned,
	}, api.Options{TrustedProxies: proxies, SyslogPort: portOf(a.syslog.Addr()), SyslogTLSPort: portOf(a.syslog.TLSAddr()), NetFlowPort: portOf(a.flows), SecureCookies: a.cfg.Web.SecureCookies, Logger: a.log, Registerer: a.probe.Registry()})
	if err != nil {
		return nil, err
	}
	files, _, err := web.Built()
	if err != nil {
		return nil, err
	}
	ui, err := web.New(files)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	a.probe.Register(mux)
	face.Register(mux)
	mux.Handle("/", ui)
	ingest := input.NewHTTP(input.HTTPOptions{Intake: a.intake, Registry: a.registry, Ready: a.queue.Ready, Logger: a.log})
	return ingest.Wrap(mux), nil
}

// prefixes reads a comma-separated list of CIDRs and addresses.
func prefixes(list string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		if addr, err := netip.ParseAddr(item); err == nil {
			all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(item)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}
