package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/flow/detect/attack"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// Spans of the alerts that a matrix counts.
const (
	attackWeek  = 7 * 24 * time.Hour
	attackMonth = 30 * 24 * time.Hour
)

// AttackCoverage is what rules and alerts there are for each technique of ATT&CK.
type AttackCoverage struct {
	Version    string            `json:"version" doc:"Of ATT&CK for Enterprise."`
	Tactics    []AttackTactic    `json:"tactics" nullable:"false" doc:"In the order of the matrix."`
	Techniques []AttackTechnique `json:"techniques" nullable:"false" doc:"All of them, by id; figures of a technique include those of its sub-techniques, each rule and alert once."`
	Covered    int               `json:"covered" doc:"Techniques, without sub-techniques, that a running rule looks for."`
	Of         int               `json:"of" doc:"Techniques without sub-techniques."`
	Unplaced   int               `json:"unplaced" doc:"Running rules that name no technique of this version."`
	Products   []RuleCount       `json:"products" nullable:"false" doc:"Products of log sources of rules, the most frequent first."`
	Looked     int               `json:"looked" doc:"Customers whose sources tell which rules are fed; 20 at most."`
	Alerts     bool              `json:"alerts" doc:"The caller may read alerts; without it none are counted."`
}

// AttackTactic is a column of the matrix.
type AttackTactic struct {
	ID   string `json:"id" example:"TA0001"`
	Name string `json:"name" example:"initial-access"`
}

// AttackTechnique is what there is for one technique. Listing rules or alerts with it gives the rows behind the figures.
type AttackTechnique struct {
	ID      string   `json:"id" example:"T1110.001"`
	Tactics []string `json:"tactics" nullable:"false"`
	Rules   int      `json:"rules" doc:"That run: enabled, or in shadow."`
	Fed     int      `json:"fed" doc:"Of these, such as look at events that some source sent within a day."`
	Tested  int      `json:"tested" doc:"Of these, such as pass all of their samples."`
	Idle    int      `json:"idle" doc:"Rules that are there and do not run."`
	Week    int64    `json:"week" doc:"Alerts that last fired within 7 days."`
	Month   int64    `json:"month" doc:"Alerts that last fired within 30 days."`
}

// AttackRules tells which rules are tested.
type AttackRules interface {
	Tested(ctx context.Context) (map[string]bool, error)
}

// attackFilter narrows the matrix.
type attackFilter struct {
	Tenant  string `query:"tenant" maxLength:"64" doc:"Slug or id of the customer whose alerts count and whose sources feed; absent means all the caller may see."`
	Product string `query:"product" maxLength:"64" doc:"Rules of this product's log sources alone. Alerts are counted of all rules."`
}

func (a *API) declareAttack() {
	register(a, operation{
		id: "attackCoverage", method: http.MethodGet, path: "/api/v1/attack/coverage", tag: "rule",
		summary: "Rules and alerts for each technique of ATT&CK", timeout: searchTimeout,
	}, named(identity.ReadRules), a.attackCoverage)
	register(a, operation{
		id: "attackLayer", method: http.MethodGet, path: "/api/v1/attack/layer", tag: "rule",
		summary: "The same as a layer of the ATT&CK Navigator, format 4.5", timeout: searchTimeout,
	}, named(identity.ReadRules), a.attackLayer)
}

func (a *API) attackCoverage(ctx context.Context, in *attackFilter) (*reply[AttackCoverage], error) {
	out, _, err := a.matrix(ctx, in)
	if err != nil {
		return nil, err
	}
	return answer(*out), nil
}

// matrix counts. It also returns the customers it is about.
func (a *API) matrix(ctx context.Context, in *attackFilter) (*AttackCoverage, []tenancy.Tenant, error) {
	of, err := a.tenants(ctx, identity.ReadRules, listOf(in.Tenant))
	if err != nil {
		return nil, nil, err
	}
	looked := of[:min(len(of), maxFeedTenants)]
	fed, err := a.deps.Coverage.Fed(ctx, ids(looked))
	if err != nil {
		return nil, nil, err
	}
	tested, err := a.deps.Attack.Tested(ctx)
	if err != nil {
		return nil, nil, err
	}
	m := newMatrix()
	out := &m.coverage
	out.Looked = len(looked)
	q := content.RuleQuery{Product: in.Product, Any: true, Limit: 500}
	for {
		page, err := a.deps.Rules.Rules(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for i := range page.Rules {
			r := &page.Rules[i]
			m.rule(r, fed(logsource.Source{Product: r.Product, Category: r.Category, Service: r.Service}), tested[r.ID])
		}
		if q.Offset += q.Limit; q.Offset >= page.Total {
			out.Products = each(page.Products, func(c content.Count) RuleCount {
				return RuleCount{Value: c.Value, Label: c.Label, Count: int64(c.Count)}
			})
			break
		}
	}
	if err := a.attackAlerts(ctx, in, m); err != nil {
		return nil, nil, err
	}
	for i := range out.Techniques {
		if t := &out.Techniques[i]; attack.Parent(t.ID) == "" {
			out.Of++
			if t.Rules > 0 {
				out.Covered++
			}
		}
	}
	return out, of, nil
}

// attackAlerts counts the alerts that the caller may see.
func (a *API) attackAlerts(ctx context.Context, in *attackFilter, m *matrix) error {
	p, _ := identity.From(ctx)
	if m.coverage.Alerts = p.CanSomewhere(identity.ReadAlerts); !m.coverage.Alerts {
		return nil
	}
	q, nobody, err := a.alertQuery(ctx, AlertFilter{Tenant: in.Tenant})
	if err != nil || nobody {
		return err
	}
	now := a.opts.Now()
	found, err := a.deps.Alerts.AttackRecords(ctx, alert.RecordQuery{Tenants: q.Tenants, Day: now.Add(-attackWeek), Week: now.Add(-attackMonth)})
	if err != nil {
		return fmt.Errorf("alerts by technique: %w", err)
	}
	for _, r := range found {
		for _, t := range m.of(r.Words) {
			t.Week += r.Day
			t.Month += r.Week
		}
	}
	return a.auditFigures(ctx, q.Tenants)
}

// matrix is a coverage while it is counted.
type matrix struct {
	coverage AttackCoverage
	at       map[string]int
}

func newMatrix() *matrix {
	m := &matrix{at: map[string]int{}, coverage: AttackCoverage{
		Version: attack.Version, Tactics: each(attack.Tactics(), func(t attack.Tactic) AttackTactic { return AttackTactic(t) }), Products: []RuleCount{},
	}}
	for _, t := range attack.Techniques() {
		m.at[t.ID] = len(m.coverage.Techniques)
		m.coverage.Techniques = append(m.coverage.Techniques, AttackTechnique{ID: t.ID, Tactics: whole(t.Tactics)})
	}
	return m
}

// of returns the techniques that words name, with those that sub-techniques belong to, each once.
func (m *matrix) of(words []string) []*AttackTechnique {
	var places []int
	add := func(id string) {
		if i, known := m.at[id]; known && !slices.Contains(places, i) {
			places = append(places, i)
		}
	}
	for _, w := range words {
		id := strings.ToUpper(w)
		add(id)
		add(attack.Parent(id))
	}
	return each(places, func(i int) *AttackTechnique { return &m.coverage.Techniques[i] })
}

// rule counts one rule.
func (m *matrix) rule(r *content.Rule, fed, tested bool) {
	runs := r.State == content.Enabled || r.State == content.Shadow
	if !runs && (r.State == content.Refused || r.State == content.Off) {
		return
	}
	found := m.of(alert.Techniques(r.Tags))
	if runs && len(found) == 0 {
		m.coverage.Unplaced++
	}
	for _, t := range found {
		if !runs {
			t.Idle++
			continue
		}
		t.Rules++
		if fed {
			t.Fed++
		}
		if tested {
			t.Tested++
		}
	}
}

func (a *API) attackLayer(ctx context.Context, in *attackFilter) (*reply[attack.Layer], error) {
	m, of, err := a.matrix(ctx, in)
	if err != nil {
		return nil, err
	}
	var rows []attack.LayerTechnique
	for i := range m.Techniques {
		t := &m.Techniques[i]
		if t.Rules == 0 && t.Month == 0 && t.Idle == 0 {
			continue
		}
		say := func(name string, n int64) attack.LayerMetadata {
			return attack.LayerMetadata{Name: name, Value: fmt.Sprint(n)}
		}
		rows = append(rows, attack.LayerTechnique{
			ID: t.ID, Score: t.Rules, Enabled: true, ShowSubtechniques: attack.Parent(t.ID) == "" && t.Rules > 0,
			Comment:  fmt.Sprintf("%d rules run, %d of them tested, %d fed by sources; %d alerts in 30 days", t.Rules, t.Tested, t.Fed, t.Month),
			Metadata: []attack.LayerMetadata{say("rules", int64(t.Rules)), say("tested", int64(t.Tested)), say("fed", int64(t.Fed)), say("alerts 7 d", t.Week), say("alerts 30 d", t.Month)},
		})
	}
	name := "iSOC"
	if in.Tenant != "" && len(of) == 1 {
		name += " – " + of[0].Name
	}
	about := "Detection coverage on " + a.opts.Now().UTC().Format(time.DateOnly) + ": the score is the number of rules that run."
	if in.Product != "" {
		about += " Rules of the product " + in.Product + " alone."
	}
	return answer(attack.NewLayer(name, about, "few rules", "many rules", rows)), nil
}

var _ AttackRules = (*content.Service)(nil)
