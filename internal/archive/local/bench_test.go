package local_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/archivetest"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

func benchArchive(b *testing.B, tenants ...tenant.ID) *local.Archive {
	b.Helper()
	places := archivetest.NewPlaces()
	for i, id := range tenants {
		places.Set(id, archive.Placement{Account: uint32(i + 1), RetentionDays: 90})
	}
	a, err := local.Open(local.Options{Dir: b.TempDir(), Directory: places, MemoryBytes: 512 << 20})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := a.Close(); err != nil {
			b.Error(err)
		}
	})
	return a
}

// cpuSeconds returns what the process has used so far.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkAppend stores b.N events of about 25 fields and makes them durable.
func BenchmarkAppend(b *testing.B) {
	x, y := tenant.NewID(), tenant.NewID()
	a := benchArchive(b, x, y)
	load := archivetest.NewLoad(1, time.Now().Add(-time.Minute), time.Microsecond, x, y)
	batches := load.Batches(b.N, 500)
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cpuSeconds()
	rate, err := archivetest.Limit(archivetest.Everyone(), a, batches)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(rate.PerSecond(), "events/s")
	b.ReportMetric((cpuSeconds()-cpu)/float64(b.N)*1e6, "cpu-s/Mevents")
	stats, err := a.Stats(archivetest.Everyone())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(stats.DiskBytes)/float64(b.N), "disk-B/event")
}

// BenchmarkRead measures reads over a million events of one day.
func BenchmarkRead(b *testing.B) {
	x := tenant.NewID()
	a := benchArchive(b, x)
	const events = 1_000_000
	load := archivetest.NewLoad(2, time.Now().Add(-24*time.Hour), 24*time.Hour/events, x)
	for n := 0; n < events; n += 50_000 {
		if _, err := archivetest.Limit(archivetest.Everyone(), a, load.Batches(50_000, 500)); err != nil {
			b.Fatal(err)
		}
	}
	ids := []tenant.ID{x}
	for name, text := range map[string]string{
		"first page of all": "*", "first page of a word": "Failed", "first page of a rare word": "user123 Failed",
		"nothing found": "nosuchword", "count by field": "* | stats by (event.dataset) count()", "substring": "*ser123*",
	} {
		q, err := query.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := a.Search(archivetest.Everyone(), archive.Search{Tenants: ids, Query: q}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("histogram", func(b *testing.B) {
		for b.Loop() {
			h := archive.HistogramQuery{Tenants: ids, From: time.Now().Add(-24 * time.Hour), To: time.Now(), Buckets: 100}
			if _, err := a.Histogram(archivetest.Everyone(), h); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, after := range []uint64{0, 1990} {
		b.Run(fmt.Sprintf("seen after %d", after), func(b *testing.B) {
			for b.Loop() {
				if _, err := a.Seen(archivetest.Everyone(), archivetest.Epoch, after); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("checkpoint", func(b *testing.B) {
		for b.Loop() {
			if _, err := archivetest.Limit(archivetest.Everyone(), a, load.Batches(500, 500)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
