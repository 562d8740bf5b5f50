package input_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/queue"
)

const benchLine = "<38>Mar  4 05:06:07 web-1 sshd[4711]: Failed password for invalid user oracle from 192.0.2.7 port 52144 ssh2"

// durable is a world whose records go to a real queue on disk.
func durable(b *testing.B) (*world, *queue.Queue) {
	b.Helper()
	w := newWorld(b, collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.0/8")})
	q, err := queue.Open(b.Context(), queue.Options{Dir: b.TempDir(), MaxBytes: 16 << 30})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = q.Close() })
	w.intake = collect.NewIntake(collect.IntakeOptions{Publisher: q, Registry: w.registry, Standings: w.standing, Logger: slog.New(slog.DiscardHandler)})
	return w, q
}

// BenchmarkSyslogTCP sends lines over loopback and waits until all are durable. One op is 1000 records.
func BenchmarkSyslogTCP(b *testing.B) {
	for _, conns := range []int{1, 4, 32} {
		b.Run(fmt.Sprintf("connections=%d", conns), func(b *testing.B) {
			w, _ := durable(b)
			s, _ := listen(b, w, input.SyslogOptions{})
			chunk := []byte(strings.Repeat(benchLine+"\n", 1000))
			total := int64(0)
			b.ResetTimer()
			var wg sync.WaitGroup
			for c := range conns {
				n := b.N / conns
				if c < b.N%conns {
					n++
				}
				total += int64(n) * 1000
				conn := dial(b, "tcp", s.Addr())
				wg.Go(func() {
					for range n {
						if _, err := conn.Write(chunk); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			waitFor(b, "all records durable", func() bool { received, _ := w.intake.Totals(); return received >= total })
			b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkSyslogTLS is BenchmarkSyslogTCP over TLS, with a client certificate a connection.
func BenchmarkSyslogTLS(b *testing.B) {
	for _, conns := range []int{1, 4, 32} {
		b.Run(fmt.Sprintf("connections=%d", conns), func(b *testing.B) {
			w, _ := durable(b)
			s := listenTLS(b, w, false)
			cert, key := s.ca.issue(b, "client")
			chunk := []byte(strings.Repeat(benchLine+"\n", 1000))
			total := int64(b.N) * 1000
			b.ResetTimer()
			var wg sync.WaitGroup
			for c := range conns {
				n := b.N / conns
				if c < b.N%conns {
					n++
				}
				conn := dialTLS(b, s, clientOf(b, s.ca, cert, key))
				wg.Go(func() {
					for range n {
						if _, err := conn.Write(chunk); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			waitFor(b, "all records durable", func() bool { received, _ := w.intake.Totals(); return received >= total })
			b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkSyslogUDP sends bursts of 1000 datagrams, each once the one before is durable, and reports the share lost. The
// pause keeps the sender, which shares the processors, from starving the reader. One op is a burst.
func BenchmarkSyslogUDP(b *testing.B) {
	const burst = 1000
	w, _ := durable(b)
	s, stop := listen(b, w, input.SyslogOptions{})
	conn := dial(b, "udp", s.Addr())
	line := []byte(benchLine)
	b.ResetTimer()
	stored := func() int64 { received, _ := w.intake.Totals(); return received }
	for range b.N {
		want := stored() + burst
		for range burst {
			if _, err := conn.Write(line); err != nil {
				b.Fatal(err)
			}
		}
		for end := time.Now().Add(100 * time.Millisecond); stored() < want && time.Now().Before(end); {
			time.Sleep(200 * time.Microsecond)
		}
	}
	stop()
	b.ReportMetric(float64(stored())/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(100*(1-float64(stored())/float64(b.N*burst)), "%lost")
}

// BenchmarkBulk posts Filebeat-like bodies of 2000 documents from several clients. One op is one body.
func BenchmarkBulk(b *testing.B) {
	doc := `{"@timestamp":"2026-03-04T05:06:07.891Z","host":{"name":"web-1"},"agent":{"type":"filebeat","version":"8.17.0"},"log":{"offset":4711,"file":{"path":"/var/log/auth.log"}},"message":"` + benchLine + `"}`
	body := strings.Repeat(`{"create":{"_index":"filebeat-8.17.0"}}`+"\n"+doc+"\n", 2000)
	for _, clients := range []int{1, 8} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			w, _ := durable(b)
			h := input.NewHTTP(input.HTTPOptions{Intake: w.intake, Registry: w.registry})
			work := make(chan struct{}, b.N)
			for range b.N {
				work <- struct{}{}
			}
			close(work)
			b.SetBytes(int64(len(body)))
			b.ResetTimer()
			var wg sync.WaitGroup
			for range clients {
				wg.Go(func() {
					for range work {
						req := httptest.NewRequest(http.MethodPost, "/_bulk", strings.NewReader(body))
						req.Header.Set("Authorization", "ApiKey "+acmeToken)
						rec := httptest.NewRecorder()
						if h.ServeHTTP(rec, req); rec.Code != 200 {
							b.Error(rec.Code)
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N*2000)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkFiles reads files that lie there, until all of it is durable. One op is 1000 records.
func BenchmarkFiles(b *testing.B) {
	for _, files := range []int{1, 8} {
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			w, q := durable(b)
			dir := b.TempDir()
			total := int64(0)
			for i := range files {
				n := b.N/files + 1
				text := strings.Repeat(benchLine+"\n", n*1000)
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), []byte(text), 0o600); err != nil {
					b.Fatal(err)
				}
				total += int64(n) * 1000
			}
			in := input.NewFiles(input.FilesOptions{Intake: w.intake, Marks: q, Patterns: []input.FilePattern{{
				Path: dir + "/*", Source: func() (*collect.Source, bool) { return w.registry.ByID("lan") },
			}}})
			b.ResetTimer()
			through(b, w, total, in.Run)
		})
	}
}

// BenchmarkKafka reads a topic of eight partitions, packed by lz4, until all of it is durable. One op is 1000 records.
func BenchmarkKafka(b *testing.B) {
	w, q := durable(b)
	fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(8, "logs"))
	if err != nil {
		b.Fatal(err)
	}
	defer fake.Close()
	producer, err := kgo.NewClient(kgo.SeedBrokers(fake.ListenAddrs()...), kgo.DefaultProduceTopic("logs"), kgo.ProducerBatchCompression(kgo.Lz4Compression()))
	if err != nil {
		b.Fatal(err)
	}
	defer producer.Close()
	total := int64(b.N) * 1000
	for range total {
		producer.Produce(b.Context(), &kgo.Record{Value: []byte(benchLine)}, nil)
	}
	if err := producer.Flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	in := input.NewKafka(input.KafkaOptions{Intake: w.intake, Marks: q, Clusters: []input.KafkaCluster{{
		Brokers: fake.ListenAddrs(), Topics: map[string]input.KafkaTopic{"logs": {Source: func() (*collect.Source, bool) { return w.registry.ByID("lan") }}},
	}}})
	b.ResetTimer()
	through(b, w, total, in.Run)
}

// through runs an input until so many records are durable.
func through(b *testing.B, w *world, total int64, run func(context.Context) error) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	waitFor(b, "all records durable", func() bool { received, _ := w.intake.Totals(); return received >= total })
	b.ReportMetric(float64(total)/b.Elapsed().Seconds(), "records/s")
	b.StopTimer()
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
}
