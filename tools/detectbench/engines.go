package main

import (
	"context"

	peer "github.com/bradleyjkemp/sigma-go"
	"github.com/bradleyjkemp/sigma-go/evaluator"
	other "github.com/markuskont/go-sigma-rule-engine"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

const oursName = "iSOC"

type own struct {
	set *sigma.Set
	m   *sigma.Matcher
}

func ours(rules []rule) (engine, build) {
	e := &own{}
	b := built(func() int {
		var parsed []*sigma.Rule
		for _, r := range rules {
			if r.read != nil {
				parsed = append(parsed, r.read)
			}
		}
		e.set, _ = sigma.Compile(parsed, sigma.Options{})
		e.forget()
		e.m.PrepareAll()
		return e.set.Len()
	})
	return e, b
}

func (*own) name() string { return oursName }

// forget drops whatever the matcher remembers of events.
func (e *own) forget() { e.m = e.set.Matcher() }

func (e *own) match(_ context.Context, s *sample, sc scope) int {
	n := 0
	count := func(*sigma.Rule) { n++ }
	if sc == routed {
		e.m.Fired(&s.event, count)
	} else {
		e.m.FiredAll(&s.event, count)
	}
	return n
}

// router finds the rules of an event's log source, by our routing, for engines that have none.
type router struct {
	sources []logsource.Source // by number of the rule
	routes  map[string][]int
}

func (r *router) rules(s *sample, sc scope) []int {
	key := "*"
	if sc == routed {
		key = s.route
	}
	if picked, ok := r.routes[key]; ok {
		return picked
	}
	var picked []int
	for i, source := range r.sources {
		if sc == everyRule || s.profile.Accepts(source) {
			picked = append(picked, i)
		}
	}
	r.routes[key] = picked
	return picked
}

func (r *router) add(of rule) { r.sources = append(r.sources, of.read.LogSource) }

// single is sigma-go, rule by rule.
type single struct {
	router
	evaluators []*evaluator.RuleEvaluator
}

func sigmaGo(rules []rule) (engine, build) {
	e := &single{router: router{routes: map[string][]int{}}}
	b := built(func() int {
		for _, r := range rules {
			parsed, err := peer.ParseRule(r.text)
			if err != nil || r.read == nil {
				continue
			}
			e.evaluators = append(e.evaluators, evaluator.ForRule(parsed))
			e.add(r)
		}
		return len(e.evaluators)
	})
	return e, b
}

func (*single) name() string { return "sigma-go" }

func (e *single) match(ctx context.Context, s *sample, sc scope) int {
	n := 0
	for _, i := range e.rules(s, sc) {
		if r, err := e.evaluators[i].Matches(ctx, s.fields); err == nil && r.Match {
			n++
		}
	}
	return n
}

// bundle is sigma-go with the rules of a log source compiled together.
type bundle struct {
	router
	parsed  []peer.Rule
	bundles map[string]evaluator.RuleEvaluatorBundle
}

func sigmaGoBundle(rules []rule) (engine, build) {
	e := &bundle{router: router{routes: map[string][]int{}}, bundles: map[string]evaluator.RuleEvaluatorBundle{}}
	b := built(func() int {
		for _, r := range rules {
			parsed, err := peer.ParseRule(r.text)
			if err != nil || r.read == nil {
				continue
			}
			e.parsed = append(e.parsed, parsed)
			e.add(r)
		}
		e.bundles["*"] = evaluator.ForRules(e.parsed)
		return len(e.parsed)
	})
	return e, b
}

func (*bundle) name() string { return "sigma-go bundle" }

func (e *bundle) match(ctx context.Context, s *sample, sc scope) int {
	key := "*"
	if sc == routed {
		key = s.route
	}
	b, ok := e.bundles[key]
	if !ok {
		var picked []peer.Rule
		for _, i := range e.rules(s, sc) {
			picked = append(picked, e.parsed[i])
		}
		b = evaluator.ForRules(picked)
		e.bundles[key] = b
	}
	found, err := b.Matches(ctx, s.fields)
	if err != nil {
		return 0
	}
	n := 0
	for _, r := range found {
		if r.Match {
			n++
		}
	}
	return n
}

// trees is go-sigma-rule-engine.
type trees struct {
	router
	trees []*other.Tree
}

func ruleEngine(rules []rule) (engine, build) {
	e := &trees{router: router{routes: map[string][]int{}}}
	b := built(func() int {
		for _, r := range rules {
			handles, err := other.NewRuleList([]string{r.path}, false, false)
			if err != nil || len(handles) != 1 || r.read == nil {
				continue
			}
			if t := newTree(handles[0]); t != nil {
				e.trees = append(e.trees, t)
				e.add(r)
			}
		}
		return len(e.trees)
	})
	return e, b
}

// newTree is nil for a rule the engine refuses, or stumbles over.
func newTree(h other.RuleHandle) (t *other.Tree) {
	defer func() {
		if recover() != nil {
			t = nil
		}
	}()
	t, err := other.NewTree(h)
	if err != nil {
		return nil
	}
	return t
}

func (*trees) name() string { return "go-sigma-rule-engine" }

func (e *trees) match(_ context.Context, s *sample, sc scope) int {
	n := 0
	for _, i := range e.rules(s, sc) {
		if yes, _ := e.trees[i].Match(s); yes {
			n++
		}
	}
	return n
}

// Keywords implements [other.Keyworder].
func (s *sample) Keywords() ([]string, bool) { return s.texts, true }

// Select implements [other.Selector].
func (s *sample) Select(name string) (any, bool) {
	v, ok := s.fields[name]
	return v, ok
}
