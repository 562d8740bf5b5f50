package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/content"
)

// KeptSample is a sample kept with a rule.
type KeptSample struct {
	RuleSample
	Origin string `json:"origin,omitempty" enum:",pack,own" doc:"Ignored where samples are written."`
}

// KeptSamples are those written here.
type KeptSamples struct {
	Items []KeptSample `json:"items" maxItems:"64" nullable:"false"`
}

// SampleRun is what came of a rule's samples.
type SampleRun struct {
	Passed bool        `json:"passed"`
	Items  []RunSample `json:"items" nullable:"false"`
}

// RunSample is a sample with what came of it.
type RunSample struct {
	KeptSample
	Fired  bool   `json:"fired"`
	Fault  string `json:"fault" enum:",silent,fires,unread" doc:"Empty where it came out as expected. silent: it should fire and does not; fires: the other way; unread: no parser understands the near miss, so it proves nothing."`
	Passed bool   `json:"passed"`
}

// RuleSamples keeps and runs samples of rules. It audits every change by itself.
type RuleSamples interface {
	Samples(ctx context.Context, id string) ([]content.Sample, error)
	SetSamples(ctx context.Context, id string, samples []content.Sample) ([]content.Sample, error)
	RunSamples(ctx context.Context, id string) ([]content.Outcome, error)
}

func (a *API) declareRuleSamples() {
	register(a, operation{
		id: "listRuleSamples", method: http.MethodGet, path: "/api/v1/rules/{id}/samples", tag: "rule",
		summary: "What a rule is tried on: first the samples of its pack",
	}, provider(identity.ReadRules), a.listRuleSamples)
	register(a, operation{
		id: "setRuleSamples", method: http.MethodPut, path: "/api/v1/rules/{id}/samples", tag: "rule",
		summary: "Replace the samples that were written here", maxBody: maxTrialBytes,
	}, provider(identity.ManageRules), a.setRuleSamples)
	register(a, operation{
		id: "runRuleSamples", method: http.MethodPost, path: "/api/v1/rules/{id}/samples/run", tag: "rule",
		summary: "Try the text that counts on its samples",
	}, provider(identity.ReadRules), a.runRuleSamples)
}

func (a *API) listRuleSamples(ctx context.Context, in *RulePath) (*reply[KeptSamples], error) {
	all, err := a.deps.RuleSamples.Samples(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return answer(KeptSamples{Items: each(all, sampleBody)}), nil
}

func (a *API) setRuleSamples(ctx context.Context, in *struct {
	RulePath
	Body KeptSamples
}) (*reply[KeptSamples], error) {
	all, err := a.deps.RuleSamples.SetSamples(ctx, in.ID, each(in.Body.Items, func(s KeptSample) content.Sample {
		return content.Sample{Name: s.Name, Fires: s.Fires, Kind: s.Kind, Form: s.Form, Why: s.Why, Lines: each(s.Lines, func(l RuleSampleLine) content.SampleLine {
			return content.SampleLine{Raw: l.Raw, After: time.Duration(l.AfterMS) * time.Millisecond}
		})}
	}))
	if err != nil {
		return nil, err
	}
	return answer(KeptSamples{Items: each(all, sampleBody)}), nil
}

func (a *API) runRuleSamples(ctx context.Context, in *RulePath) (*reply[SampleRun], error) {
	outcomes, err := a.deps.RuleSamples.RunSamples(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := SampleRun{Passed: true}
	out.Items = each(outcomes, func(o content.Outcome) RunSample {
		out.Passed = out.Passed && o.Fault == ""
		return RunSample{KeptSample: sampleBody(o.Sample), Fired: o.Fired, Fault: o.Fault, Passed: o.Fault == ""}
	})
	return answer(out), nil
}

func sampleBody(s content.Sample) KeptSample {
	body := KeptSample{RuleSample: RuleSample{Name: s.Name, Fires: s.Fires, Kind: s.Kind, Form: s.Form, Why: s.Why}, Origin: "pack"}
	if s.Own {
		body.Origin = "own"
	}
	body.Lines = each(s.Lines, func(l content.SampleLine) RuleSampleLine {
		return RuleSampleLine{Raw: l.Raw, AfterMS: l.After.Milliseconds()}
	})
	return body
}
