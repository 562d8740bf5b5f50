package api

import (
	"time"

	"github.com/isoc-project/isoc/internal/content"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/response/alert"
)

// AlertPart is what one rule had in the firing of a correlation.
type AlertPart struct {
	Rule    string           `json:"rule" doc:"Id of the rule."`
	Title   string           `json:"title"`
	TitleZH string           `json:"title_zh" doc:"Empty where the rule has none, or is no longer in force."`
	Count   int              `json:"count" doc:"Its events in the window."`
	First   time.Time        `json:"first"`
	Last    time.Time        `json:"last"`
	Events  []AlertPartEvent `json:"events" nullable:"false" doc:"The first and the latest, rising in time."`
	Parts   []AlertPart      `json:"parts" nullable:"false" doc:"Of a correlation that is part of another: what its rules had in those firings, together; at most two levels deep."`
}

// AlertPartEvent is one event of a part.
type AlertPartEvent struct {
	ID   string    `json:"id"`
	Time time.Time `json:"time"`
}

func (a *API) partBody(p alert.Part) AlertPart {
	return AlertPart{
		Rule: p.Rule, Title: p.Title, TitleZH: a.deps.Titles.TitleZH(p.Rule), Count: p.Count, First: p.First.UTC(), Last: p.Last.UTC(),
		Events: each(p.Events, func(e alert.PartEvent) AlertPartEvent { return AlertPartEvent{ID: e.ID, Time: e.Time.UTC()} }),
		Parts:  each(p.Parts, a.partBody),
	}
}

// foundPart is a part of a finding that is no alert yet.
func (a *API) foundPart(p detect.Part) AlertPart {
	return AlertPart{
		Rule: p.Rule, Title: p.Title, TitleZH: a.deps.Titles.TitleZH(p.Rule), Count: p.Count, First: p.First.UTC(), Last: p.Last.UTC(),
		Events: each(p.Events, func(e detect.PartEvent) AlertPartEvent { return AlertPartEvent{ID: e.ID, Time: e.Time.UTC()} }),
		Parts:  each(p.Parts, a.foundPart),
	}
}

// ExplainedCorrelation is what a correlation asks, as it is now.
type ExplainedCorrelation struct {
	Type     string             `json:"type" enum:"event_count,value_count,value_sum,value_avg,value_percentile,value_median,temporal,temporal_ordered"`
	Timespan int64              `json:"timespan_s"`
	GroupBy  []string           `json:"group_by" nullable:"false"`
	Fields   []string           `json:"fields" nullable:"false" doc:"Whose values are counted or measured."`
	Bounds   []CorrelationBound `json:"bounds" nullable:"false"`
	// Condition is of a temporal correlation.
	Condition string  `json:"condition" doc:"In words, over the names of the rules; empty where there is none."`
	Until     string  `json:"until" doc:"The rule that ends a sequence; empty where none does."`
	Percent   float64 `json:"percentile" doc:"Of value_percentile and value_median."`
}

// CorrelationBound is one comparison of a correlation's condition.
type CorrelationBound struct {
	Op    string  `json:"op" enum:"gt,gte,lt,lte,eq,neq"`
	Value float64 `json:"value"`
}

// explainCorrelation tells what a correlation asks; false where the text is none.
func explainCorrelation(detail content.Detail, d alert.Detail, out *AlertExplanation) bool {
	docs, _ := sigma.ParseDocuments(detail.Path, []byte(detail.Source))
	for _, c := range docs.Correlations {
		if c.ID != detail.ID && len(docs.Correlations) > 1 {
			continue
		}
		body := &ExplainedCorrelation{
			Type: string(c.Type), Timespan: int64(c.Timespan.Seconds()), GroupBy: whole(c.GroupBy), Fields: whole(c.Fields), Condition: c.Written, Until: c.Until, Percent: c.Percentile,
			Bounds: each(c.Bounds, func(b sigma.Bound) CorrelationBound { return CorrelationBound{Op: string(b.Op), Value: b.Value} }),
		}
		out.Correlation = body
		if c.Title != d.Rule.Title {
			out.Rule.Signs = append(out.Rule.Signs, "title")
		}
		if string(c.Level) != d.Rule.Level {
			out.Rule.Signs = append(out.Rule.Signs, "level")
		}
		out.Rule.compare(detail.Source)
		return true
	}
	return false
}
