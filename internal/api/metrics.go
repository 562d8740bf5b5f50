package api

import (
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	answers  *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "isoc_api_answers_total", Help: "Answers of the API, by operation and status.",
		}, []string{"operation", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "isoc_api_seconds", Help: "Time to answer, by operation.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 8),
		}, []string{"operation"}),
	}
	if reg != nil {
		reg.MustRegister(m.answers, m.duration)
	}
	return m
}

// measure counts and times one operation.
func (m *metrics) measure(operation string) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		start := time.Now()
		next(hc)
		m.duration.WithLabelValues(operation).Observe(time.Since(start).Seconds())
		m.answers.WithLabelValues(operation, strconv.Itoa(hc.Status())).Inc()
	}
}
