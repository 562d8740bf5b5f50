package app

import (
	"context"
	"fmt"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/content"
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

// Try implements [content.Sampler]. The document must be a rule that fires by itself.
func (sampler) Try(ctx context.Context, document []byte, samples []content.Sample) ([]content.Outcome, error) {
	docs, bad := sigma.ParseDocuments("rule", document)
	if len(bad) > 0 {
		return nil, fmt.Errorf("read rule: %w", &bad[0])
	}
	set, bad := sigma.Compile(docs.Rules, sigma.Options{})
	if len(bad) > 0 {
		return nil, fmt.Errorf("compile rule: %w", &bad[0])
	}
	out := make([]content.Outcome, 0, len(samples))
	run := sample.NewRunner(set, docs.Rules, nil)
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
