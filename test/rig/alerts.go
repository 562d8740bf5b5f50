package rig

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	shipped "github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// AlertSeed makes alerts as a provider's customers have them: a few rules fire most, a few customers and hosts have most of them,
// nearly half are closed. The same seed makes the same alerts, but for their ids' random part.
type AlertSeed struct {
	Tenants   []tenant.ID
	Sources   map[tenant.ID][]string // ids of log sources; may be empty
	Assignees []string
	Count     int
	Days      int // that they spread over, up to Now
	Now       time.Time
}

// seedBatch is how many alerts one transaction writes.
const seedBatch = 1000

// Write puts the alerts into a store through its shelf, tenant by tenant and batch by batch.
func (s AlertSeed) Write(ctx context.Context, db *store.Store) error {
	ctx = tenant.WithScope(ctx, tenant.All())
	rules, err := shippedRules()
	if err != nil {
		return err
	}
	g := &alertMaker{AlertSeed: s, rules: rules, random: rand.New(rand.NewPCG(1, 2))}
	g.rule = rand.NewZipf(g.random, 1.2, 4, uint64(len(rules)-1))
	g.customer = rand.NewZipf(g.random, 1.1, 6, uint64(len(s.Tenants)-1))
	for done := 0; done < s.Count; {
		batch := make(map[tenant.ID][]alert.Alert)
		for range min(seedBatch, s.Count-done) {
			a := g.make(done)
			batch[a.Tenant] = append(batch[a.Tenant], a)
			done++
		}
		for id, alerts := range batch {
			err := db.InTenant(ctx, id, func(ctx context.Context) error {
				for _, a := range alerts {
					if err := keepAlert(ctx, db.Alerts(), a); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("seed alerts: %w", err)
			}
		}
	}
	return nil
}

func keepAlert(ctx context.Context, shelf store.Alerts, a alert.Alert) error {
	if err := shelf.Insert(ctx, a); err != nil {
		return err
	}
	if err := shelf.AddEntities(ctx, a.Tenant, a.ID, a.Entities); err != nil {
		return err
	}
	return shelf.AddEvidence(ctx, a, []alert.Evidence{{EventID: "seed-" + a.ID, Time: a.FirstAt,
		Matches: []alert.Match{{Selection: "selection", Field: "message", Value: a.Rule.Title, Pattern: "*"}}}})
}

type alertMaker struct {
	AlertSeed
	rules    []alert.Rule
	random   *rand.Rand
	rule     *rand.Zipf
	customer *rand.Zipf
}

func (g *alertMaker) make(n int) alert.Alert {
	id := g.Tenants[g.customer.Uint64()]
	rule := g.rules[g.rule.Uint64()]
	span := time.Duration(g.Days) * 24 * time.Hour
	raised := g.Now.Add(-time.Duration(float64(span) * (1 - float64(n+1)/float64(g.Count)))).Truncate(time.Microsecond)
	a := alert.Alert{
		ID: ulid.MustNew(ulid.Timestamp(raised), ulid.DefaultEntropy()).String(), Tenant: id, Rule: rule, Models: []string{"signature"},
		State: alert.New, Count: 1 + int64(g.random.ExpFloat64()*6), FirstAt: raised.Add(-time.Second),
		LastAt: raised.Add(time.Duration(g.random.IntN(3600)) * time.Second), CreatedAt: raised, UpdatedAt: raised, UpdatedBy: "system", Version: 1,
	}
	host := fmt.Sprintf("%s-%02d", pick(g.random, "web", "db", "vpn", "mail", "dc", "ws", "erp", "fw"), g.random.IntN(40))
	user := pick(g.random, "root", "admin", "wang.wei", "li.na", "zhang.min", "svc-backup", "oracle", "postgres") + pick(g.random, "", "", "2", "3")
	a.Entities = []event.Field{{Name: event.HostName, Value: host}, {Name: event.UserName, Value: user}}
	if g.random.IntN(4) > 0 {
		a.Entities = append(a.Entities, event.Field{Name: event.SourceIP, Value: fmt.Sprintf("%s.%d.%d", pick(g.random, "203.0", "198.51", "192.0"), g.random.IntN(16), g.random.IntN(250))})
	}
	if sources := g.Sources[id]; len(sources) > 0 {
		a.Source = sources[g.random.IntN(len(sources))]
	}
	a.Fingerprint = alert.Fingerprint(alert.Signal{Model: "signature", Rule: rule, Entities: a.Entities})
	a.Risk, a.RiskParts = alert.Risk(rule.Level, a.Count, alert.Company{Rules: g.random.IntN(3), Stages: 1 + g.random.IntN(3)})
	g.judge(&a)
	return a
}

// judge gives some of the alerts to people and closes some.
func (g *alertMaker) judge(a *alert.Alert) {
	if len(g.Assignees) == 0 || g.random.IntN(100) < 45 {
		return
	}
	a.Assignee = g.Assignees[g.random.IntN(len(g.Assignees))]
	a.Version, a.MovedVersion, a.UpdatedBy = 2, 2, a.Assignee
	a.UpdatedAt = a.LastAt.Add(time.Duration(g.random.IntN(7200)) * time.Second)
	switch n := g.random.IntN(100); {
	case n < 10:
		a.State = alert.Acknowledged
	case n < 18:
		a.State = alert.Investigating
	default:
		verdicts := alert.Verdicts()
		a.State, a.Verdict, a.Reason = alert.Closed, verdicts[g.random.IntN(len(verdicts))], "与值班记录核对，已处置"
	}
}

func pick(r *rand.Rand, words ...string) string { return words[r.IntN(len(words))] }

// shippedRules reads what alerts keep of the rules that ship.
func shippedRules() ([]alert.Rule, error) {
	var rules []alert.Rule
	err := fs.WalkDir(shipped.Rules, "rules", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yml") {
			return err
		}
		text, err := fs.ReadFile(shipped.Rules, path)
		if err != nil {
			return err
		}
		r := alert.Rule{}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\r\n")
			for key, into := range map[string]*string{"title: ": &r.Title, "id: ": &r.ID, "level: ": &r.Level} {
				if v, ok := strings.CutPrefix(line, key); ok && *into == "" {
					*into = strings.Trim(v, `'"`)
				}
			}
			if tag, ok := strings.CutPrefix(strings.TrimSpace(line), "- attack."); ok {
				r.Tags = append(r.Tags, "attack."+tag)
			}
		}
		if r.ID != "" && r.Title != "" && r.Level != "" {
			rules = append(rules, r)
		}
		return nil
	})
	return rules, err
}
