package queue

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	published    prometheus.Counter
	refused      *prometheus.CounterVec
	batches      prometheus.Counter
	batchRecords prometheus.Histogram
	bytes        prometheus.Counter
	wait         prometheus.Histogram
	free         prometheus.Gauge
	undecodable  prometheus.Counter
	inbox        prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		published: prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_queue_records_total", Help: "Records stored durably."}),
		refused:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "isoc_queue_refused_total", Help: "Publishes refused, by reason."}, []string{"reason"}),
		batches:   prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_queue_batches_total", Help: "Batches stored: each is one sync of the disk."}),
		batchRecords: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "isoc_queue_batch_records", Help: "Records in one batch.",
			Buckets: []float64{1, 5, 20, 50, 100, 200, 350, 500}}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_queue_bytes_total", Help: "Encoded bytes stored."}),
		wait: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "isoc_queue_publish_seconds", Help: "Time from a publish to its being durable.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14)}),
		free:        prometheus.NewGauge(prometheus.GaugeOpts{Name: "isoc_queue_disk_free_bytes", Help: "Free bytes on the disk of the queue."}),
		undecodable: prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_queue_undecodable_total", Help: "Batches read that did not decode."}),
		inbox:       prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_inbox_records_total", Help: "Records stored in the inbox."}),
	}
	if reg != nil {
		reg.MustRegister(m.published, m.refused, m.batches, m.batchRecords, m.bytes, m.wait, m.free, m.undecodable, m.inbox)
	}
	return m
}
