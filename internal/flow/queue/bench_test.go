package queue_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// BenchmarkPublish publishes records of about 200 bytes durably, from several callers at once with several records a call.
func BenchmarkPublish(b *testing.B) {
	for _, callers := range []int{1, 8, 64} {
		for _, size := range []int{1, 50, 500} {
			b.Run(fmt.Sprintf("callers=%d/records=%d", callers, size), func(b *testing.B) { publish(b, callers, size) })
		}
	}
}

func publish(b *testing.B, callers, size int) {
	q := open(b, queue.Options{MaxBytes: 16 << 30})
	recs := sized(size)
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := q.Publish(context.Background(), recs); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(b.N*size)/float64(max(q.LastSeq(), 1)), "records/batch")
}

// BenchmarkReadBack reads and decodes batches of 500 records.
func BenchmarkReadBack(b *testing.B) {
	q := open(b, queue.Options{MaxBytes: 16 << 30})
	recs := sized(record.MaxBatchRecords)
	const stored = 400
	for range stored {
		if err := q.Publish(b.Context(), recs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%stored == 0 {
			q.Rewind()
		}
		batch, err := q.Next(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		n += len(batch.Records) / record.MaxBatchRecords
	}
	b.ReportMetric(float64(n*record.MaxBatchRecords)/b.Elapsed().Seconds(), "records/s")
}

func sized(n int) []record.Record {
	recs := records("x", n)
	for i := range recs {
		recs[i].Received = time.Now()
		recs[i].Raw = fmt.Appendf(nil, "<38>Mar  4 05:06:07 web-%d sshd[%d]: Failed password for root from 192.0.2.%d port 22 ssh2 %s", i, i, i%250, strings.Repeat("x", 110))
	}
	return recs
}
