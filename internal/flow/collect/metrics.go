package collect

import "github.com/prometheus/client_golang/prometheus"

// Reasons a record was not accepted, as the metric isoc_ingest_rejected_total names them.
const (
	reasonQuota       = "quota"
	reasonSuspended   = "suspended"
	reasonUnavailable = "unavailable"
	reasonInvalid     = "invalid"
)

type metrics struct {
	received *prometheus.CounterVec
	bytes    *prometheus.CounterVec
	rejected *prometheus.CounterVec
	inbox    prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		received: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isoc_ingest_records_total", Help: "Records accepted and durably queued, by input."}, []string{"input"}),
		bytes:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isoc_ingest_bytes_total", Help: "Bytes of the records accepted, by input."}, []string{"input"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isoc_ingest_rejected_total", Help: "Records refused, by reason."}, []string{"reason"}),
		inbox:    prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_ingest_unclaimed_total", Help: "Records accepted into the inbox because no source claims them."}),
	}
	if reg != nil {
		reg.MustRegister(m.received, m.bytes, m.rejected, m.inbox)
	}
	return m
}
