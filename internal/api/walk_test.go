package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// recipe says how to call one operation so that it means something: own names customer one's objects,
// foreign customer two's. Both are nil where the operation names no customer.
type recipe struct {
	own     *call
	foreign *call
	// wide names no customer and so means all that the caller may see.
	wide   *call
	viewer int  // status that a viewer of customer one gets for own
	admin  int  // status that the provider's admin gets for foreign (own where that is nil)
	rows   bool // foreign objects are refused row by row; alert_bulk_test.go says how
}

// recipes has one row for every operation of the document. An operation without one fails the walk.
// The order is that of the admin's calls: what destroys comes last.
func (w *world) recipes() []struct {
	id string
	recipe
} {
	type row = struct {
		id string
		recipe
	}
	const (
		ok, created, gone = http.StatusOK, http.StatusCreated, http.StatusNoContent
		denied            = http.StatusForbidden
	)
	one, two := w.one, w.two
	ahead := w.now.Add(24 * time.Hour).Format(time.RFC3339)
	all := func() map[string]any { return map[string]any{"query": "*", "from": "now-1h"} }
	with := func(m map[string]any, k string, v any) map[string]any { m[k] = v; return m }
	span := func(of ...customer) map[string]any {
		slugs := make([]string, len(of))
		for i, c := range of {
			slugs[i] = c.slug
		}
		return with(all(), "tenants", slugs)
	}
	return []row{
		{"getMe", recipe{own: &call{}, viewer: ok, admin: ok}},
		{"updateMe", recipe{own: &call{body: map[string]any{"locale": "en"}}, viewer: ok, admin: ok}},
		{"listTokens", recipe{own: &call{}, viewer: ok, admin: ok}},
		{"createToken", recipe{own: &call{body: map[string]any{"name": "walk"}}, viewer: created, admin: created}},
		{"listViews", recipe{own: &call{}, viewer: ok, admin: ok}},
		{"createView", recipe{own: &call{body: map[string]any{"page": "alerts", "name": "walk", "search": "state=all"}}, viewer: created, admin: created}},
		{"chooseView", recipe{own: &call{path: p("page", "alerts"), body: map[string]any{"view": w.adminView}}, viewer: http.StatusNotFound, admin: gone}},
		{"updateView", recipe{own: &call{path: p("view", w.adminView), body: map[string]any{"name": "ours", "version": 1}}, viewer: http.StatusNotFound, admin: ok}},
		{"deleteView", recipe{own: &call{path: p("view", w.adminView)}, viewer: http.StatusNotFound, admin: gone}},
		{"listTenants", recipe{own: &call{}, viewer: ok, admin: ok}},
		{"listAddresses", recipe{own: &call{query: "ip=8.8.8.8"}, viewer: ok, admin: ok}},
		{"listTenantFigures", recipe{own: &call{}, viewer: ok, admin: ok}},
		{"createTenant", recipe{own: &call{body: map[string]any{"slug": "third", "name": "Third"}}, viewer: denied, admin: created}},
		{"getTenant", recipe{own: &call{path: p("tenant", one.slug)}, foreign: &call{path: p("tenant", two.slug)}, viewer: ok, admin: ok}},
		{"updateTenant", recipe{
			own:     &call{path: p("tenant", one.id), body: map[string]any{"name": "One", "version": 1}},
			foreign: &call{path: p("tenant", two.id), body: map[string]any{"name": "Two", "version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"listUsers", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"createUser", recipe{own: &call{body: map[string]any{"username": "walker", "password": strongPassword, "tenants": []any{map[string]any{"id": two.id, "role": "customer_viewer"}}}}, viewer: denied, admin: created}},
		{"updateUser", recipe{own: &call{path: p("user", two.viewer), body: map[string]any{"name": "V", "version": 1}}, viewer: denied, admin: ok}},
		{"listSources", recipe{own: &call{path: p("tenant", one.slug)}, foreign: &call{path: p("tenant", two.slug)}, viewer: ok, admin: ok}},
		{"createSource", recipe{
			own:     &call{path: p("tenant", one.slug), body: map[string]any{"name": "new", "kind": "linux"}},
			foreign: &call{path: p("tenant", two.slug), body: map[string]any{"name": "new", "kind": "linux"}},
			viewer:  denied, admin: created,
		}},
		{"getSource", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source)},
			foreign: &call{path: p("tenant", two.slug, "source", two.source)},
			viewer:  ok, admin: ok,
		}},
		{"listAllSources", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{query: "series=24h"}, viewer: ok, admin: ok}},
		{"sourceSeries", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source)},
			foreign: &call{path: p("tenant", two.slug, "source", two.source), query: "span=7d"},
			viewer:  ok, admin: ok,
		}},
		{"sourceLatest", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source)},
			foreign: &call{path: p("tenant", two.slug, "source", two.source)},
			viewer:  ok, admin: ok,
		}},
		{"sourceCoverage", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source)},
			foreign: &call{path: p("tenant", two.slug, "source", two.source)},
			viewer:  ok, admin: ok,
		}},
		{"lostCoverage", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"updateSource", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source), body: map[string]any{"name": "x", "version": 1}},
			foreign: &call{path: p("tenant", two.slug, "source", two.source), body: map[string]any{"name": "x", "version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"rotateSourceToken", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source)},
			foreign: &call{path: p("tenant", two.slug, "source", two.source)},
			viewer:  denied, admin: ok,
		}},
		{"search", recipe{own: &call{body: span(one)}, foreign: &call{body: span(one, two)}, wide: &call{body: all()}, viewer: ok, admin: ok}},
		{"searchHistogram", recipe{own: &call{body: span(one)}, foreign: &call{body: span(two, one)}, wide: &call{body: all()}, viewer: ok, admin: ok}},
		{"searchFields", recipe{own: &call{body: span(one)}, foreign: &call{body: span(two)}, wide: &call{body: all()}, viewer: ok, admin: ok}},
		{"searchValues", recipe{
			own:     &call{body: with(span(one), "field", "message")},
			foreign: &call{body: with(span(two), "field", "message")},
			wide:    &call{body: with(all(), "field", "message")},
			viewer:  ok, admin: ok,
		}},
		{"searchCheck", recipe{own: &call{body: map[string]any{"query": "a |"}}, viewer: ok, admin: ok}},
		{"searchAdvice", recipe{own: &call{body: span(one)}, foreign: &call{body: span(two)}, wide: &call{body: all()}, viewer: ok, admin: ok}},
		{"searchPatterns", recipe{own: &call{body: span(one)}, foreign: &call{body: span(one, two)}, wide: &call{body: all()}, viewer: ok, admin: ok}},
		{"searchNumbers", recipe{
			own:     &call{body: with(span(one), "field", "source.port")},
			foreign: &call{body: with(span(two), "field", "source.port")},
			wide:    &call{body: with(all(), "field", "source.port")},
			viewer:  ok, admin: ok,
		}},
		{"searchExport", recipe{
			own:     &call{body: with(span(one), "format", "jsonl")},
			foreign: &call{body: with(span(one, two), "format", "csv")},
			wide:    &call{body: all()},
			viewer:  ok, admin: ok,
		}},
		{"searchTail", recipe{
			own: &call{query: "seconds=1&tenants=" + one.slug}, foreign: &call{query: "seconds=1&tenants=" + one.slug + "," + two.slug}, wide: &call{query: "seconds=1"},
			viewer: ok, admin: ok,
		}},
		{"listAlerts", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"groupAlerts", recipe{own: &call{query: "by=host&tenant=" + one.slug}, foreign: &call{query: "by=host&tenant=" + two.slug}, wide: &call{query: "by=host"}, viewer: ok, admin: ok}},
		{"alertStats", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"listAssignees", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, viewer: denied, admin: ok}},
		{"live", recipe{
			own: &call{query: "tenant=" + one.slug, leave: true}, foreign: &call{query: "tenant=" + two.slug, leave: true},
			wide: &call{leave: true}, viewer: ok, admin: ok,
		}},
		{"relatedAlerts", recipe{own: &call{path: p("id", one.alert)}, foreign: &call{path: p("id", two.alert)}, viewer: ok, admin: ok}},
		{"alertVerdicts", recipe{own: &call{path: p("id", one.alert)}, foreign: &call{path: p("id", two.alert)}, viewer: ok, admin: ok}},
		{"assignAlert", recipe{
			own:     &call{path: p("id", one.alert), body: map[string]any{"assignee": "", "version": 1}},
			foreign: &call{path: p("id", two.alert), body: map[string]any{"assignee": "", "version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"changeAlerts", recipe{
			own:     &call{body: map[string]any{"assignee": "", "items": []any{map[string]any{"id": one.alert, "version": 1}}}},
			foreign: &call{body: map[string]any{"assignee": "", "items": []any{map[string]any{"id": two.alert, "version": 1}}}},
			viewer:  denied, admin: ok, rows: true,
		}},
		{"getAlert", recipe{own: &call{path: p("id", one.alert)}, foreign: &call{path: p("id", two.alert)}, viewer: ok, admin: ok}},
		{"explainAlert", recipe{
			own:     &call{path: p("id", one.alert), query: "event=" + one.event},
			foreign: &call{path: p("id", two.alert), query: "event=" + two.event},
			viewer:  ok, admin: ok,
		}},
		{"alertPrevalence", recipe{
			own:     &call{path: p("id", one.alert), query: "event=" + one.event},
			foreign: &call{path: p("id", two.alert), query: "event=" + two.event},
			viewer:  ok, admin: ok,
		}},
		{"moveAlert", recipe{
			own:     &call{path: p("id", one.alert), body: map[string]any{"to": "acknowledged", "version": 1}},
			foreign: &call{path: p("id", two.alert), body: map[string]any{"to": "acknowledged", "version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"getOverview", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"markOverviewSeen", recipe{
			own:     &call{body: map[string]any{"tenant": one.slug, "at": "2026-01-02T03:04:05Z"}},
			foreign: &call{body: map[string]any{"tenant": two.slug, "at": "2026-01-02T03:04:05Z"}},
			wide:    &call{body: map[string]any{"at": "2026-01-02T03:04:05Z"}},
			viewer:  gone, admin: gone,
		}},
		{"listRules", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"getRule", recipe{own: &call{path: p("id", w.rule), query: "tenant=" + one.slug}, foreign: &call{path: p("id", w.rule), query: "tenant=" + two.slug}, wide: &call{path: p("id", w.rule)}, viewer: ok, admin: ok}},
		{"listExceptions", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"createException", recipe{
			own:     &call{body: map[string]any{"tenant": one.slug, "rule": w.rule, "query": "user.name:=root", "reason": "walk", "expires_at": ahead}},
			foreign: &call{body: map[string]any{"tenant": two.slug, "query": "user.name:=root", "reason": "walk", "expires_at": ahead}},
			viewer:  denied, admin: created,
		}},
		{"getException", recipe{own: &call{path: p("exception", one.exception)}, foreign: &call{path: p("exception", two.exception)}, viewer: ok, admin: ok}},
		{"updateException", recipe{
			own:     &call{path: p("exception", one.exception), body: map[string]any{"reason": "still", "version": 1}},
			foreign: &call{path: p("exception", two.exception), body: map[string]any{"reason": "still", "version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"removeException", recipe{
			own:     &call{path: p("exception", one.exception), query: "reason=walk"},
			foreign: &call{path: p("exception", two.exception), query: "reason=walk"},
			viewer:  denied, admin: gone,
		}},
		{"previewException", recipe{
			own:     &call{body: map[string]any{"tenant": one.slug, "rule": w.rule, "query": "*"}},
			foreign: &call{body: map[string]any{"tenant": two.slug, "query": "*"}},
			viewer:  denied, admin: ok,
		}},
		{"draftException", recipe{own: &call{path: p("id", one.alert)}, foreign: &call{path: p("id", two.alert)}, viewer: denied, admin: ok}},
		{"attackCoverage", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"attackLayer", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"checkRule", recipe{own: &call{body: map[string]any{"source": ruleText}}, viewer: denied, admin: ok}},
		{"ruleSchema", recipe{own: &call{query: "product=windows&category=process_creation"}, viewer: denied, admin: ok}},
		{"testRule", recipe{own: &call{body: map[string]any{"source": ruleText, "samples": []any{map[string]any{"fires": true, "lines": []any{map[string]any{"raw": "x"}}}}}}, viewer: denied, admin: ok}},
		{"ruleFeeds", recipe{
			own:     &call{body: map[string]any{"source": ruleText, "tenant": one.slug}},
			foreign: &call{body: map[string]any{"source": ruleText, "tenant": two.slug}},
			wide:    &call{body: map[string]any{"source": ruleText}},
			viewer:  ok, admin: ok,
		}},
		{"getRuleState", recipe{own: &call{path: p("id", w.rule), query: "tenant=" + one.slug}, foreign: &call{path: p("id", w.rule), query: "tenant=" + two.slug}, wide: &call{path: p("id", w.rule)}, viewer: ok, admin: ok}},
		{"getRuleShadow", recipe{own: &call{path: p("id", w.rule), query: "tenant=" + one.slug}, foreign: &call{path: p("id", w.rule), query: "tenant=" + two.slug}, wide: &call{path: p("id", w.rule)}, viewer: ok, admin: ok}},
		{"getRuleHealth", recipe{own: &call{path: p("id", w.rule)}, viewer: denied, admin: ok}},
		{"createRule", recipe{own: &call{body: map[string]any{"source": "id: walk-rule\ntitle: Walk\n"}}, viewer: denied, admin: created}},
		{"setRuleState", recipe{own: &call{path: p("id", w.rule), body: map[string]any{"state": "shadow"}}, viewer: denied, admin: ok}},
		{"setRuleStates", recipe{own: &call{body: map[string]any{"ids": []string{w.rule}, "state": "enabled"}}, viewer: denied, admin: ok}},
		{"setTenantRuleState", recipe{
			own:     &call{path: p("tenant", one.slug, "id", w.rule), body: map[string]any{"state": "off"}},
			foreign: &call{path: p("tenant", two.slug, "id", w.rule), body: map[string]any{"state": "shadow"}},
			viewer:  denied, admin: ok,
		}},
		{"saveRule", recipe{own: &call{path: p("id", w.rule), body: map[string]any{"source": ruleText + "# ours\n", "version": 0}}, viewer: denied, admin: ok}},
		{"listRuleVersions", recipe{own: &call{path: p("id", w.rule)}, viewer: denied, admin: ok}},
		{"getRuleVersion", recipe{own: &call{path: p("id", w.rule, "version", "1")}, viewer: denied, admin: ok}},
		{"getRuleChanges", recipe{own: &call{path: p("id", w.rule), query: "since=" + sigma.Digest([]byte(ruleText))}, viewer: ok, admin: ok}},
		{"diffRule", recipe{own: &call{path: p("id", w.rule), query: "from=0&to=1"}, viewer: denied, admin: ok}},
		{"rollbackRule", recipe{own: &call{path: p("id", w.rule), body: map[string]any{"version": 1}}, viewer: denied, admin: ok}},
		{"listRuleSamples", recipe{own: &call{path: p("id", w.rule)}, viewer: denied, admin: ok}},
		{"setRuleSamples", recipe{own: &call{path: p("id", "walk-rule"), body: map[string]any{"items": []any{}}}, viewer: denied, admin: ok}},
		{"runRuleSamples", recipe{own: &call{path: p("id", w.rule)}, viewer: denied, admin: ok}},
		{"listOverlays", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"getOverlay", recipe{own: &call{path: p("id", w.rule)}, viewer: denied, admin: ok}},
		{"settleOverlay", recipe{own: &call{path: p("id", w.rule), body: map[string]any{"choice": "theirs"}}, viewer: denied, admin: ok}},
		{"startDryRun", recipe{
			own:     &call{body: map[string]any{"source": ruleText, "tenants": []string{one.slug}}},
			foreign: &call{body: map[string]any{"source": ruleText, "tenants": []string{two.slug, one.slug}}},
			wide:    &call{body: map[string]any{"source": ruleText}},
			viewer:  denied, admin: http.StatusAccepted,
		}},
		{"getDryRun", recipe{own: &call{path: p("run", "none")}, viewer: http.StatusNotFound, admin: http.StatusNotFound}},
		{"cancelDryRun", recipe{own: &call{path: p("run", "none")}, viewer: http.StatusNotFound, admin: http.StatusNotFound}},
		{"getRuleGaps", recipe{own: &call{path: p("tenant", one.slug, "id", w.rule)}, foreign: &call{path: p("tenant", two.slug, "id", w.rule)}, viewer: ok, admin: ok}},
		{"previewBackfill", recipe{
			own: &call{path: p("tenant", one.slug, "id", w.rule, "gap", gapID)}, foreign: &call{path: p("tenant", two.slug, "id", w.rule, "gap", gapID)},
			viewer: denied, admin: http.StatusAccepted,
		}},
		{"startBackfill", recipe{
			own: &call{path: p("tenant", one.slug, "id", w.rule, "gap", gapID)}, foreign: &call{path: p("tenant", two.slug, "id", w.rule, "gap", gapID)},
			viewer: denied, admin: http.StatusAccepted,
		}},
		{"cancelBackfill", recipe{
			own: &call{path: p("tenant", one.slug, "run", "none")}, foreign: &call{path: p("tenant", two.slug, "run", "none")},
			viewer: denied, admin: http.StatusNotFound,
		}},
		{"listPacks", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"importPack", recipe{own: &call{query: "name=walk&unsigned=true", raw: w.pack, contentType: "application/zip"}, viewer: denied, admin: created}},
		{"getPack", recipe{own: &call{path: p("pack", w.packID)}, viewer: denied, admin: ok}},
		{"activatePack", recipe{own: &call{path: p("pack", w.packID)}, viewer: denied, admin: ok}},
		{"diffPack", recipe{own: &call{path: p("pack", w.packID)}, viewer: denied, admin: ok}},
		{"diffPackRule", recipe{own: &call{path: p("pack", w.packID), query: "rule=" + w.rule}, viewer: denied, admin: ok}},
		{"rollBackPack", recipe{own: &call{path: p("pack", w.packID)}, viewer: denied, admin: ok}},
		{"listPackKeys", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"trustPackKey", recipe{own: &call{body: map[string]any{"name": "theirs", "public_key": w.publicKey}}, viewer: denied, admin: created}},
		{"revokePackKey", recipe{own: &call{path: p("key", w.packKey)}, viewer: denied, admin: ok}},
		{"listPackFeeds", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"addPackFeed", recipe{own: &call{body: map[string]any{"name": "walk", "url": "https://packs.example/w.zip", "hours": 24, "unsigned": false, "activate": false}}, viewer: denied, admin: created}},
		{"setPackFeed", recipe{own: &call{path: p("feed", w.packFeed), body: map[string]any{"url": "https://packs.example/v.zip", "hours": 0, "unsigned": true, "activate": false}}, viewer: denied, admin: ok}},
		{"checkPackFeed", recipe{own: &call{path: p("feed", w.packFeed)}, viewer: denied, admin: ok}},
		{"removePackFeed", recipe{own: &call{path: p("feed", w.packFeed)}, viewer: denied, admin: gone}},
		{"listInbox", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"listInboxRecords", recipe{own: &call{path: p("group", w.group)}, viewer: denied, admin: ok}},
		{"listRefused", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"assignInbox", recipe{own: &call{path: p("group", w.group), body: map[string]any{"tenant": two.slug, "source": two.source}}, viewer: denied, admin: ok}},
		{"discardInbox", recipe{own: &call{path: p("group", w.discard)}, viewer: denied, admin: gone}},
		{"listAudit", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, viewer: ok, admin: ok}},
		{"exportAudit", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, viewer: ok, admin: ok}},
		{"verifyAudit", recipe{
			own:     &call{body: map[string]any{"tenant": one.slug}},
			foreign: &call{body: map[string]any{"tenant": two.slug}},
			viewer:  ok, admin: ok,
		}},
		{"getHealth", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"getHealthHistory", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"getSetup", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"updateSetup", recipe{own: &call{body: map[string]any{"dismissed": true}}, viewer: denied, admin: ok}},
		{"getDemo", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"startDemo", recipe{own: &call{}, viewer: denied, admin: http.StatusAccepted}},
		{"stopDemo", recipe{own: &call{}, viewer: denied, admin: ok}},
		{"removeDemo", recipe{own: &call{}, viewer: denied, admin: gone}},
		{"parse", recipe{own: &call{body: map[string]any{"raw": "hello"}}, viewer: denied, admin: ok}},
		{"parseLines", recipe{own: &call{body: map[string]any{"lines": []string{"hello"}}}, viewer: denied, admin: ok}},
		{"listParsers", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"getParser", recipe{
			own: &call{path: p("id", "openssh"), query: "tenant=" + one.slug}, foreign: &call{path: p("id", "openssh"), query: "tenant=" + two.slug},
			wide: &call{path: p("id", "openssh")}, viewer: ok, admin: ok,
		}},
		{"listEventFields", recipe{own: &call{}, viewer: ok, admin: ok}},
		{"listParserProposals", recipe{own: &call{query: "tenant=" + one.slug}, foreign: &call{query: "tenant=" + two.slug}, wide: &call{}, viewer: ok, admin: ok}},
		{"getParserProposal", recipe{own: &call{path: p("proposal", one.proposal)}, foreign: &call{path: p("proposal", two.proposal)}, viewer: ok, admin: ok}},
		{"previewParserProposal", recipe{
			own:     &call{path: p("proposal", one.proposal), body: map[string]any{}},
			foreign: &call{path: p("proposal", two.proposal), body: map[string]any{}},
			viewer:  denied, admin: ok,
		}},
		{"approveParserProposal", recipe{
			own:     &call{path: p("proposal", one.proposal), body: map[string]any{"version": 1}},
			foreign: &call{path: p("proposal", two.proposal), body: map[string]any{"version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"getOwnPack", recipe{own: &call{path: p("source", one.source)}, foreign: &call{path: p("source", two.source)}, viewer: ok, admin: ok}},
		{"retireOwnPack", recipe{
			own:     &call{path: p("source", one.source), body: map[string]any{"note": "walk"}},
			foreign: &call{path: p("source", two.source), body: map[string]any{"note": "walk"}},
			viewer:  denied, admin: ok,
		}},
		{"restoreOwnPack", recipe{
			own:     &call{path: p("source", one.source), body: map[string]any{"pack_version": 1}},
			foreign: &call{path: p("source", two.source), body: map[string]any{"pack_version": 1}},
			viewer:  denied, admin: ok,
		}},
		{"sourceTemplates", recipe{own: &call{path: p("source", one.source)}, foreign: &call{path: p("source", two.source)}, viewer: ok, admin: ok}},
		{"learnSource", recipe{own: &call{path: p("source", one.source)}, foreign: &call{path: p("source", two.source)}, viewer: denied, admin: http.StatusUnprocessableEntity}},
		{"rejectParserProposal", recipe{
			own:     &call{path: p("proposal", one.proposal), body: map[string]any{"version": 1}},
			foreign: &call{path: p("proposal", two.proposal), body: map[string]any{"version": 1}},
			viewer:  denied, admin: http.StatusConflict,
		}},
		{"removeRule", recipe{own: &call{path: p("id", "walk-rule")}, viewer: denied, admin: gone}},
		{"removePack", recipe{own: &call{path: p("pack", w.oldPack)}, viewer: denied, admin: gone}},
		{"revokeToken", recipe{own: &call{path: p("token", w.adminToken)}, viewer: http.StatusNotFound, admin: gone}},
		{"deleteSource", recipe{
			own:     &call{path: p("tenant", one.slug, "source", one.source)},
			foreign: &call{path: p("tenant", two.slug, "source", two.source)},
			viewer:  denied, admin: gone,
		}},
		{"deleteTenant", recipe{
			own:     &call{path: p("tenant", one.slug), query: "confirm=" + one.slug},
			foreign: &call{path: p("tenant", two.slug), query: "confirm=" + two.slug},
			viewer:  denied, admin: gone,
		}},
	}
}

// public lists the operations that need no caller, by name, so that none becomes one by accident.
func publicOperations() []string {
	return []string{"login", "startSession", "endSession", "getLoginHint"}
}

func TestWalkEveryOperation(t *testing.T) {
	t.Parallel()
	onEachStore(t, walk)
}

func walk(t *testing.T, w *world) {
	ops := operations(t, w)
	browser := credentials{session: w.session(t, "viewer-of-"+w.one.slug, strongPassword)}
	byID := make(map[string]recipe)
	for _, r := range w.recipes() {
		byID[r.id] = r.recipe
	}
	for id, op := range ops {
		if op.Concern == "public" {
			if !slices.Contains(publicOperations(), id) {
				t.Errorf("%s is public and not meant to be", id)
			}
			continue
		}
		r, ok := byID[id]
		if !ok {
			t.Errorf("%s has no recipe: say how to call it for one customer and for another", id)
			continue
		}
		for name, creds := range map[string]credentials{"nobody": {}, "a made-up token": {bearer: "isoc_nonsense"}, "a made-up session": {session: "nonsense"}} {
			w.expect(t, id+" by "+name, op, *r.own, creds, http.StatusUnauthorized)
		}
		walkAsViewer(t, w, id, op, r, browser)
		walkAsAnalyst(t, w, id, op, r)
	}
	walkAsAdmin(t, w, ops)
}

// walkAsViewer calls as a viewer of customer one: customer two's objects are not there, and nothing of customer two
// shows in any answer.
func walkAsViewer(t *testing.T, w *world, id string, op operation, r recipe, browser credentials) {
	t.Helper()
	for _, creds := range []credentials{{bearer: w.one.viewerToken}, browser} {
		if r.foreign != nil {
			status := http.StatusNotFound
			if r.rows {
				status = r.viewer
			}
			w.expect(t, id+" by a stranger", op, *r.foreign, creds, status)
		}
		if (op.Concern == "path" || op.Concern == "named" || op.Concern == "object") && r.foreign == nil && id != "listTenants" && id != "listTenantFigures" {
			t.Errorf("%s names customers, but its recipe does not try a foreign one", id)
		}
	}
	for _, c := range []*call{r.own, r.wide} {
		if c == nil {
			continue
		}
		body := w.expect(t, id+" by a viewer", op, *c, credentials{bearer: w.one.viewerToken}, r.viewer)
		for _, mark := range w.two.marks() {
			if strings.Contains(body, mark) {
				t.Errorf("%s shows customer one's viewer %q of customer two:\n%s", id, mark, body)
			}
		}
	}
}

// walkAsAnalyst calls as the provider's analyst what only an admin may do.
func walkAsAnalyst(t *testing.T, w *world, id string, op operation, r recipe) {
	t.Helper()
	if slices.Contains(identity.ProviderAnalyst.Permissions(), identity.Permission(op.Permission)) {
		return
	}
	w.expect(t, id+" by an analyst", op, *r.own, credentials{bearer: w.analystToken}, http.StatusForbidden)
}

// walkAsAdmin makes the same calls as someone who may, which shows that the refusals were not for something else.
func walkAsAdmin(t *testing.T, w *world, ops map[string]operation) {
	t.Helper()
	for _, r := range w.recipes() {
		c := r.own
		if r.foreign != nil {
			c = r.foreign
		}
		op, ok := ops[r.id]
		if !ok {
			t.Errorf("recipe %s is for no operation", r.id)
			continue
		}
		w.expect(t, r.id+" by an admin", op, *c, credentials{bearer: w.adminBearer}, r.admin)
		if r.wide == nil {
			continue
		}
		body := w.expect(t, r.id+" by an admin over all", op, *r.wide, credentials{bearer: w.adminBearer}, r.admin)
		for _, secret := range []string{w.one.secret, w.two.secret} {
			if slices.Contains([]string{"search", "searchValues", "searchPatterns", "searchExport", "listAlerts"}, r.id) && !strings.Contains(body, secret) {
				t.Errorf("%s does not show the admin %q, so its silence to viewers proves nothing:\n%s", r.id, secret, body)
			}
		}
	}
}
