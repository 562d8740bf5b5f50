package app

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sample"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// sampler runs samples of rules for the content wing the way received records go.
type sampler struct{}

var _ content.Sampler = sampler{}

// ReadSamples implements [content.Sampler].
func (sampler) ReadSamples(data []byte) ([]content.Sample, error) {
	all, err := sample.ReadFile(data)
	if err != nil {
		return nil, err
	}
	out := make([]content.Sample, len(all))
	for i, s := range all {
		out[i] = content.Sample{Name: s.Name, Fires: s.Fires, Kind: s.Kind, Form: string(s.Form), Why: s.Why}
		for _, l := range s.Lines {
			out[i].Lines = append(out[i].Lines, content.SampleLine(l))
		}
	}
	return out, nil
}

// CheckSamples implements [content.Sampler].
func (sampler) CheckSamples(samples []content.Sample) error { return sample.Check(samplesOf(samples)) }

// Try implements [content.Sampler]. The document must be a rule that fires by itself or together with the others.
func (sampler) Try(ctx context.Context, of content.Text, with []content.Text, samples []content.Sample) ([]content.Outcome, error) {
	docs, bad := sigma.ParseDocuments(of.File, of.Source)
	if len(bad) > 0 {
		return nil, fmt.Errorf("read rule: %w", &bad[0])
	}
	own := docs.Rules
	for _, t := range with { // those that cannot be read are missed below
		more, _ := sigma.ParseDocuments(t.File, t.Source)
		docs.Add(more)
	}
	set, bad := sigma.Compile(docs.Rules, sigma.Options{})
	for _, b := range bad {
		if len(own) > 0 && b.Rule == own[0].ID {
			return nil, fmt.Errorf("compile rule: %w", &b)
		}
	}
	run := sample.NewRunner(set, own, nil)
	if len(own) == 0 && len(docs.Correlations) > 0 {
		id := docs.Correlations[0].ID
		program, bad := correlate.Compile(docs.Correlations, rulesOf(set), correlate.Options{Pack: packOf})
		for _, b := range bad {
			if b.Rule == id {
				return nil, &fault.Invalid{Field: "source", Reason: (&refusedError{b}).Error()}
			}
		}
		run.Correlate(program, []string{id})
	}
	out := make([]content.Outcome, 0, len(samples))
	for i, s := range samplesOf(samples) {
		r, err := run.Run(ctx, s)
		if err != nil {
			return nil, err
		}
		out = append(out, content.Outcome{Sample: samples[i], Fired: r.Fired, Fault: string(r.Fault)})
	}
	return out, nil
}

func samplesOf(in []content.Sample) []sample.Sample {
	out := make([]sample.Sample, len(in))
	for i, s := range in {
		out[i] = sample.Sample{Name: s.Name, Fires: s.Fires, Kind: s.Kind, Form: sample.Form(s.Form), Why: s.Why}
		for _, l := range s.Lines {
			out[i].Lines = append(out[i].Lines, sample.Line(l))
		}
	}
	return out
}

// engine tells the API of the rules in force.
type engine struct{ rules *ruleSet }

var _ api.Engine = engine{}

// Shares implements [api.Engine].
func (e engine) Shares() map[string]float64 {
	found := make(map[string]float64)
	e.rules.inForce.Load().set.AllMeasured(func(id string, m sigma.Measured) { found[id] = m.Share })
	return found
}

// Rule implements [api.Engine].
func (e engine) Rule(id string) api.EngineRule {
	now := e.rules.inForce.Load()
	m, runs := now.set.Measured(id)
	out := api.EngineRule{Running: runs || now.program.Has(id), Events: m.Events, Asked: m.Asked, MeanNS: int64(m.Mean), Share: m.Share}
	if refusals := e.rules.refusals.Load(); refusals != nil {
		out.Reason = (*refusals)[id]
	}
	return out
}
