package flow

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	events, findings, orphans             prometheus.Counter
	retries                               *prometheus.CounterVec
	parse, detect, correlate, append, lag prometheus.Histogram
}

func newMetrics(reg prometheus.Registerer, unparsed func() uint64) metrics {
	counter := func(name, help string) prometheus.Counter {
		c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "isoc", Subsystem: "flow", Name: name, Help: help})
		reg.MustRegister(c)
		return c
	}
	stage := func(name, help string, buckets []float64) prometheus.Histogram {
		h := prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "isoc", Subsystem: "flow", Name: name, Help: help, Buckets: buckets})
		reg.MustRegister(h)
		return h
	}
	batch := prometheus.ExponentialBuckets(0.0001, 4, 9)
	m := metrics{
		events:    counter("events_total", "Events given to the archive."),
		findings:  counter("findings_total", "Findings given to the alerts."),
		orphans:   counter("orphans_total", "Events dropped because their tenant was deleted."),
		parse:     stage("parse_seconds", "Time to parse and enrich one batch.", batch),
		detect:    stage("detect_seconds", "Time to judge one batch.", batch),
		correlate: stage("correlate_seconds", "Time to correlate one batch.", batch),
		append:    stage("append_seconds", "Time to give one batch to the archive.", batch),
		lag:       stage("lag_seconds", "Time from receipt of a record to its delivery.", prometheus.ExponentialBuckets(0.005, 3, 10)),
		retries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "isoc", Subsystem: "flow", Name: "retries_total", Help: "Batches a station refused and got again."}, []string{"station"}),
	}
	reg.MustRegister(m.retries, prometheus.NewCounterFunc(prometheus.CounterOpts{
		Namespace: "isoc", Subsystem: "flow", Name: "unparsed_total", Help: "Records no parser claimed."},
		func() float64 { return float64(unparsed()) }))
	return m
}
