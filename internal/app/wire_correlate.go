package app

import (
	"log/slog"
	"path/filepath"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
)

// openCorrelations reads the state of correlations that belongs to the queue.
func openCorrelations(a *App, log *slog.Logger) (*correlate.Station, error) {
	epoch := a.queue.Epoch()
	s, err := correlate.OpenStation(correlate.StationOptions{
		Dir: filepath.Join(a.cfg.Data, "correlation"), Epoch: epoch, Committed: a.queue.Committed(), Logger: log,
		Engine: correlate.EngineOptions{EventID: func(seq uint64, index int) string { return flow.EventID(epoch, seq, index) }},
	})
	if err != nil {
		return nil, err
	}
	a.probe.Registry().MustRegister(correlationMetrics{s})
	return s, nil
}

// correlator is the correlations of the flow, under the rules in force.
type correlator struct{ *correlate.Station }

var _ flow.Correlator = correlator{}

// Apply implements [flow.Correlator]: a correlation that fired goes on if it counts for the customer.
func (c correlator) Apply(e flow.Edition, b correlate.Batch, found func(detect.Finding)) {
	now := e.(*rulesInForce)
	c.Use(now.program, now.policy)
	c.Station.Apply(b, func(f detect.Finding) {
		if now.policy.Admit(&f) {
			found(f)
		}
	})
}

// correlationMetrics are read where they are asked for. What was late or evicted is told by rule; of which customer, the health page says.
type correlationMetrics struct{ *correlate.Station }

var (
	correlationGroups  = prometheus.NewDesc("isoc_correlation_groups", "Groups of events that correlations remember.", nil, nil)
	correlationEntries = prometheus.NewDesc("isoc_correlation_entries", "Events that correlations remember.", nil, nil)
	correlationBytes   = prometheus.NewDesc("isoc_correlation_state_bytes", "Estimated memory of what correlations remember.", nil, nil)
	correlationLate    = prometheus.NewDesc("isoc_correlation_late_total", "Events that came too late to count in a correlation.", []string{"rule"}, nil)
	correlationEvicted = prometheus.NewDesc("isoc_correlation_evicted_total", "Groups of events that were forgotten for want of room.", []string{"rule"}, nil)
)

// Describe implements [prometheus.Collector].
func (correlationMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{correlationGroups, correlationEntries, correlationBytes, correlationLate, correlationEvicted} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (m correlationMetrics) Collect(to chan<- prometheus.Metric) {
	s := m.Stats()
	gauge := func(d *prometheus.Desc, v int64) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v))
	}
	gauge(correlationGroups, s.Groups)
	gauge(correlationEntries, s.Entries)
	gauge(correlationBytes, s.Bytes)
	late, evicted := map[string]uint64{}, map[string]uint64{}
	for _, c := range s.Cells {
		late[c.Rule] += c.Late
		evicted[c.Rule] += c.Evicted
	}
	for rule := range late {
		to <- prometheus.MustNewConstMetric(correlationLate, prometheus.CounterValue, float64(late[rule]), rule)
		to <- prometheus.MustNewConstMetric(correlationEvicted, prometheus.CounterValue, float64(evicted[rule]), rule)
	}
}
