package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/except"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/flow/detect/policy"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/tenant"
)

// ruleSource lists the active packs and streams their rules.
type ruleSource interface {
	Packs(ctx context.Context) ([]content.Pack, error)
	Edition(ctx context.Context) (string, error)
	ActiveSources(ctx context.Context, fn func(content.Source) error) error
	Decided(ctx context.Context) (content.Standings, error)
}

// ruleSet keeps the compiled rules equal to the active content. Matching never waits for a change.
type ruleSet struct {
	source   ruleSource
	live     *sigma.Live
	except   *except.Book
	verdicts imported.Floors // of devices
	devices  *imported.Register
	log      *slog.Logger

	inForce  atomic.Pointer[rulesInForce]
	refusals atomic.Pointer[map[string]string] // by rule: why it does not run though it should
	titles   atomic.Pointer[map[string]string] // Chinese titles by rule id

	mu      sync.Mutex                     // one compilation at a time
	edition string                         // the active packs and what was decided about rules
	sources [sha256.Size]byte              // of the texts that live is compiled from
	docs    sigma.Documents                // of these texts, before filters changed rules
	unfit   int                            // of these texts, rules that filters made impossible
	wording wording                        // of these texts
	refused atomic.Int64                   // at the import of those packs
	packs   atomic.Pointer[[]content.Pack] // those active
}

func newRuleSet(book *except.Book, log *slog.Logger) *ruleSet {
	empty, _ := sigma.Compile(nil, sigma.Options{})
	r := &ruleSet{live: sigma.NewLive(empty), except: book, log: log.With("component", "rules")}
	program, _ := correlate.Compile(nil, nil, correlate.Options{})
	r.inForce.Store(&rulesInForce{set: empty, program: program, ruling: &tenure.Ruling{}})
	r.titles.Store(&map[string]string{})
	return r
}

// TitleZH is the Chinese title of a rule in force, or empty where it has none.
func (r *ruleSet) TitleZH(rule string) string { return (*r.titles.Load())[rule] }

// Titled returns the rules in force whose Chinese title contains the text, whatever the case of Latin letters.
func (r *ruleSet) Titled(text string) []string {
	text = strings.ToLower(text)
	var found []string
	for id, title := range *r.titles.Load() {
		if strings.Contains(strings.ToLower(title), text) {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// active lists the packs in force.
func (r *ruleSet) active() []content.Pack {
	if packs := r.packs.Load(); packs != nil {
		return *packs
	}
	return nil
}

// now is the edition in force.
func (r *ruleSet) now() flow.Edition { return r.inForce.Load() }

// judge returns a matcher for one worker.
func (r *ruleSet) judge() flow.Judge {
	return &judge{except: r.except, verdicts: r.verdicts, devices: r.devices}
}

// rulesInForce is rules with whom they count for: one without the other would raise what nobody enabled. It is the edition of the flow.
type rulesInForce struct {
	set     *sigma.Set
	program *correlate.Program
	policy  *policy.Snapshot
	ruling  *tenure.Ruling // the same, as it is remembered
	rules   []*sigma.Rule  // as written, before filters changed some of them
	filters []*sigma.Filter
}

// filtered is what the filters in force would make of rules if these were in force too, in place of those with their ids.
func (n *rulesInForce) filtered(rules []*sigma.Rule) []*sigma.Rule {
	if len(n.filters) == 0 {
		return rules
	}
	all := slices.Clone(rules)
	for _, r := range n.rules {
		if !slices.ContainsFunc(rules, func(o *sigma.Rule) bool { return o.ID == r.ID }) {
			all = append(all, r)
		}
	}
	all, _ = sigma.ApplyFilters(all, n.filters, sigma.Options{})
	return all[:len(rules)]
}

type judge struct {
	except   *except.Book
	verdicts imported.Floors
	devices  *imported.Register
	now      *rulesInForce
	set      *sigma.Set
	matcher  *sigma.Matcher // of the set
}

// Use implements [flow.Judge].
func (j *judge) Use(e flow.Edition) {
	j.now = e.(*rulesInForce)
	if j.set != j.now.set {
		j.set, j.matcher = j.now.set, j.now.set.Matcher()
	}
}

// Match implements [flow.Judge]: a rule that fired goes on if it counts for the event's customer and no exception is about it. What goes
// on counts in correlations, of a rule on trial in those on trial, unless an exception of the correlation is about the event.
func (j *judge) Match(ev *event.Event, item *correlate.Item, found func(detect.Finding)) {
	j.matcher.Each(ev, func(r *sigma.Rule, finding func() detect.Finding) {
		d := j.now.policy.Decide(ev.Tenant, r.ID)
		if d == policy.Drop || j.except.Suppresses(r.ID, ev) {
			return
		}
		j.now.program.Add(item, r.ID, ev, j.now.policy, func(correlation string) bool { return j.except.Suppresses(correlation, ev) })
		if j.now.program.Silent(r.ID) {
			return
		}
		f := finding()
		f.Shadow = d == policy.Shadow
		found(f)
	})
	j.verdict(ev, found)
}

// verdict passes on what the event's own device says of it, if that counts here as a rule's word would.
func (j *judge) verdict(ev *event.Event, found func(detect.Finding)) {
	f, ok := j.verdicts.Find(ev)
	if !ok {
		return
	}
	j.devices.Admit(&f)
	if !j.now.policy.Admit(&f) || j.except.Suppresses(f.Rule.ID, ev) {
		return
	}
	found(f)
}

// counts never waits for a compilation.
func (r *ruleSet) counts() (loaded, refused int) {
	return r.live.Set().Len() + r.inForce.Load().program.Len(), int(r.refused.Load())
}

// reload compiles the active rules and puts them in force if they changed since the last time.
func (r *ruleSet) reload(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	edition, active, err := r.activeEdition(ctx)
	if err != nil || edition == r.edition {
		return err
	}
	refused := 0
	for _, p := range active {
		refused += p.Refused
	}
	start := time.Now()
	var texts []content.Source
	titles := map[string]string{imported.OtherID: imported.OtherTitleZH}
	sum := sha256.New()
	err = r.source.ActiveSources(ctx, func(s content.Source) error {
		texts = append(texts, s)
		_, _ = fmt.Fprintf(sum, "%d %s %d ", len(s.File), s.File, len(s.YAML))
		_, _ = sum.Write(s.YAML)
		if s.TitleZH != "" {
			titles[s.Rule] = s.TitleZH
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read active rules: %w", err)
	}
	set, program := r.live.Set(), r.inForce.Load().program
	if sources := [sha256.Size]byte(sum.Sum(nil)); r.sources != sources {
		before := set
		set, program = r.compile(texts)
		set.Warm(before)
		r.sources = sources
	}
	refused += r.unfit
	decided, err := r.source.Decided(ctx)
	if err != nil {
		return err
	}
	r.inForce.Store(&rulesInForce{set: set, program: program, policy: policyOf(texts, decided), ruling: r.rulingOf(texts, set, program),
		rules: r.docs.Rules, filters: r.docs.Filters})
	r.live.Swap(set)
	r.titles.Store(&titles)
	r.edition = edition
	r.refused.Store(int64(refused))
	r.packs.Store(&active)
	r.log.Info("rules in force", "rules", set.Len(), "correlations", program.Len(), "refused", refused, "took", time.Since(start).Round(time.Millisecond))
	return nil
}

func (r *ruleSet) compile(texts []content.Source) (*sigma.Set, *correlate.Program) {
	refusals := make(map[string]string)
	defer r.refusals.Store(&refusals)
	note := func(bad []sigma.Refusal) {
		r.tell(bad)
		for _, b := range bad {
			if b.Rule != "" {
				refusals[b.Rule] = (&refusedError{b}).Error()
			}
		}
	}
	var docs sigma.Documents
	for _, s := range texts {
		parsed, bad := sigma.ParseDocuments(s.File, s.YAML)
		note(bad)
		docs.Add(parsed)
	}
	rules, bad := sigma.ApplyFilters(docs.Rules, docs.Filters, sigma.Options{})
	note(bad)
	r.docs, r.unfit = docs, len(bad)
	r.wording = wordingOf(texts, docs, rules)
	set, bad := sigma.Compile(rules, sigma.Options{})
	note(bad)
	program, bad := correlate.Compile(docs.Correlations, rulesOf(set), correlate.Options{Pack: packOf})
	note(bad)
	r.unfit += len(bad)
	return set, program
}

// rulesOf are the rules of a set.
func rulesOf(set *sigma.Set) (rules []*sigma.Rule) {
	set.Rules(func(r *sigma.Rule) { rules = append(rules, r) })
	return rules
}

// packOf is the name of the pack that a rule's file is of.
func packOf(file string) string {
	name, _, _ := strings.Cut(file, "/")
	return name
}

// policyOf is for whom the rules that run for anybody count, and those of devices, which have no text.
func policyOf(texts []content.Source, decided content.Standings) *policy.Snapshot {
	platform, tenants := policy.Rules{}, map[tenant.ID]policy.Rules{}
	for rule, st := range decided.Platform {
		platform[rule] = dispositionOf(st.State)
	}
	for _, o := range decided.Overrides {
		if tenants[o.Tenant] == nil {
			tenants[o.Tenant] = policy.Rules{}
		}
		tenants[o.Tenant][o.Rule] = dispositionOf(o.State)
	}
	for _, s := range texts {
		platform[s.Rule] = dispositionOf(s.State)
	}
	return policy.New(platform, tenants)
}

func dispositionOf(s content.State) policy.Disposition {
	switch s {
	case content.Enabled:
		return policy.Raise
	case content.Shadow:
		return policy.Shadow
	}
	return policy.Drop
}

// activeEdition returns the active packs, and a name for all that decides what runs and for whom.
func (r *ruleSet) activeEdition(ctx context.Context) (string, []content.Pack, error) {
	packs, err := r.source.Packs(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("list packs: %w", err)
	}
	decided, err := r.source.Edition(ctx)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	b.WriteString(decided + " ")
	var active []content.Pack
	for _, p := range packs {
		if p.Active {
			fmt.Fprintf(&b, "%s/%s ", p.ID, p.Digest)
			active = append(active, p)
		}
	}
	return b.String(), active, nil
}

// tell logs rules that were accepted at import and no longer compile: only a changed engine can cause it.
func (r *ruleSet) tell(bad []sigma.Refusal) {
	for _, b := range bad {
		r.log.Warn("rule refused", "reason", b.Error())
	}
}

// ruleChecker is the engine's judgement on one document at import. The rules that a correlation or a filter names may come later.
type ruleChecker struct{}

var _ content.Checker = ruleChecker{}

// Check implements [content.Checker].
func (ruleChecker) Check(file string, document []byte) (string, error) {
	docs, bad := sigma.ParseDocuments(file, document)
	if len(bad) > 0 {
		return bad[0].Rule, &refusedError{bad[0]}
	}
	if docs.Len() != 1 {
		return "", fmt.Errorf("one document expected, found %d", docs.Len())
	}
	id := ""
	switch {
	case len(docs.Correlations) > 0:
		id = docs.Correlations[0].ID
	case len(docs.Filters) > 0:
		id = docs.Filters[0].ID
	default:
		id = docs.Rules[0].ID
	}
	if bad := docs.Check(sigma.Options{}); len(bad) > 0 {
		return id, &refusedError{bad[0]}
	}
	return id, nil
}

// refusedError tells only field and reason: file and rule stand beside it in the refusal.
type refusedError struct{ sigma.Refusal }

func (e *refusedError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}
