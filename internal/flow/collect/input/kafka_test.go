package input_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// brokered is a cluster of Kafka's protocol, a producer, and what reads it.
type brokered struct {
	*world
	t        *testing.T
	fake     *kfake.Cluster
	producer *kgo.Client
	cluster  input.KafkaCluster
	kafka    *input.Kafka
	stop     func()
}

func newBrokered(t *testing.T, opts ...kfake.Opt) *brokered {
	t.Helper()
	w := newWorld(t, collect.Source{ID: "fw", Tenant: acme, Name: "Firewall"}, collect.Source{ID: "web", Tenant: beta, Name: "Web"})
	b := &brokered{world: w, t: t}
	b.open(append([]kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(2, "firewall", "web")}, opts...)...)
	b.cluster = input.KafkaCluster{Brokers: b.fake.ListenAddrs(), Group: "readers", Topics: map[string]input.KafkaTopic{
		"firewall": {Named: "acme/Firewall", Source: func() (*collect.Source, bool) { return w.registry.Named(acme, "Firewall") }},
		"web":      {Named: "beta/Web", Source: func() (*collect.Source, bool) { return w.registry.Named(beta, "Web") }},
	}}
	return b
}

func (b *brokered) open(opts ...kfake.Opt) {
	b.t.Helper()
	fake, err := kfake.NewCluster(opts...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(fake.Close)
	b.fake = fake
	b.producer, err = kgo.NewClient(kgo.SeedBrokers(fake.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(b.producer.Close)
}

func (b *brokered) start() {
	b.t.Helper()
	b.kafka = input.NewKafka(input.KafkaOptions{Clusters: []input.KafkaCluster{b.cluster}, Intake: b.intake, Marks: b.shelf})
	b.stop = b.run(b.kafka)
}

func (b *brokered) run(k *input.Kafka) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(stop)
	return stop
}

func (b *brokered) produce(topic string, values ...string) {
	b.t.Helper()
	recs := make([]*kgo.Record, len(values))
	for i, v := range values {
		recs[i] = &kgo.Record{Topic: topic, Partition: int32(i % 2), Value: []byte(v)}
	}
	if err := b.producer.ProduceSync(b.t.Context(), recs...).FirstErr(); err != nil {
		b.t.Fatal(err)
	}
}

// holds waits until exactly these records are stored, in any order.
func (b *brokered) holds(want ...string) {
	b.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		got := b.raws()
		if len(got) >= len(want) || time.Now().After(deadline) {
			slices.Sort(got)
			sorted := slices.Sorted(slices.Values(want))
			if !slices.Equal(sorted, got) {
				b.t.Fatalf("%d records of %d: %s\n%+v", len(got), len(want), differing(sorted, got), b.kafka.State())
			}
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func of(source string, values []string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = source + ":" + v
	}
	return list
}

func (b *brokered) problem(code, text string) {
	b.t.Helper()
	waitFor(b.t, "the problem "+code+" "+text, func() bool {
		return slices.ContainsFunc(b.kafka.State().Problems, func(p input.KafkaProblem) bool {
			return p.Code == code && strings.Contains(p.Detail, text)
		})
	})
}

func TestRecordsOfKafkaCarryWhereTheyWere(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	at := time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)
	recs := []*kgo.Record{
		{Topic: "firewall", Partition: 1, Key: []byte("fw-1"), Value: []byte("blocked"), Timestamp: at, Headers: []kgo.RecordHeader{{Key: "origin", Value: []byte("上海")}, {Key: "raw", Value: []byte{0xff, 0x01}}}},
		{Topic: "firewall", Partition: 1, Value: nil},
		{Topic: "web", Partition: 0, Key: []byte{0xfe}, Value: []byte("GET /")},
	}
	if err := b.producer.ProduceSync(t.Context(), recs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.holds("fw:blocked", "web:GET /")
	for _, r := range b.records() {
		fields := map[string]string{}
		for _, f := range r.Fields {
			fields[f.Name] = f.Value
		}
		switch {
		case r.Input != "kafka":
			t.Errorf("%+v", r)
		case r.Source == "fw":
			want := map[string]string{"kafka.topic": "firewall", "kafka.partition": "1", "kafka.offset": "0", "kafka.key": "fw-1", "kafka.headers.origin": "上海", "kafka.headers.raw": "ff01"}
			if fmt.Sprint(fields) != fmt.Sprint(want) || !r.Time.Equal(at) || r.Tenant != acme {
				t.Errorf("%v at %v", fields, r.Time)
			}
		case fields["kafka.key"] != "fe" || r.Tenant != beta:
			t.Errorf("%v", fields)
		}
	}
	waitFor(t, "all read", func() bool { s := b.kafka.State(); return s.Partitions == 4 && s.Behind == 0 && len(s.Problems) == 0 })
}

func TestAStopNeitherLosesNorDoublesRecordsOfKafka(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	// The group never learns how far we are: what is stored here has to do.
	b.fake.ControlKey(int16(kmsg.OffsetCommit), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.fake.KeepControl()
		return nil, fmt.Errorf("no"), true
	})
	all := numbered(0, 6000)
	for i := 0; i < len(all); i += 2000 {
		b.start()
		b.produce("firewall", all[i:i+1000]...)
		waitFor(t, "some records", func() bool { return len(b.raws()) > i })
		b.stop() // wherever it is
		b.produce("firewall", all[i+1000:i+2000]...)
	}
	b.start()
	b.holds(of("fw", all)...)
}

func TestTheGroupLearnsWhatIsStored(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	b.refuse(fault.ErrUnavailable)
	all := numbered(0, 300)
	b.start()
	b.produce("web", all...)
	waitFor(t, "a refusal", func() bool { return b.intake.Refused()["unavailable"] > 0 })
	if n := b.committed("web", 0); n > 0 {
		t.Fatalf("the group is at %d before anything is stored", n)
	}
	b.refuse(nil)
	b.holds(of("web", all)...)
	waitFor(t, "the group's place", func() bool { return b.committed("web", 0) == 150 && b.committed("web", 1) == 150 })
	// Somebody else takes over from there.
	b.stop()
	b.DropMarks(keysOf(b.Marks(""))...)
	b.produce("web", "one more")
	b.start()
	b.holds(append(of("web", all), "web:one more")...)
}

func keysOf(m map[string]string) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

func (b *brokered) committed(topic string, number int32) int64 {
	b.t.Helper()
	req := kmsg.NewPtrOffsetFetchRequest()
	req.Group = "readers"
	g := kmsg.NewOffsetFetchRequestGroup()
	g.Group = "readers"
	req.Groups = append(req.Groups, g)
	resp, err := req.RequestWith(b.t.Context(), b.producer)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, g := range resp.Groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				if t.Topic == topic && p.Partition == number {
					return p.Offset
				}
			}
		}
	}
	return -1
}

func TestOneCustomersQuotaHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	b.standing.set(acme, collect.Standing{Suspended: true})
	long := strings.Repeat("x", 10_000)
	mine := make([]string, 3000) // 30 MB: more than is read ahead
	for i := range mine {
		mine[i] = strconv.Itoa(i) + long
	}
	b.produce("firewall", mine...)
	b.start()
	waitFor(t, "a refusal", func() bool { return b.intake.Refused()["suspended"] > 0 })
	theirs := numbered(0, 2000)
	b.produce("web", theirs...)
	b.holds(of("web", theirs)...)
	if s := b.kafka.State(); s.Behind < 2000 {
		t.Errorf("%+v", s)
	}
	b.standing.set(acme, collect.Standing{})
	b.holds(append(of("web", theirs), of("fw", mine)...)...)
}

func TestAnOutageOfKafkaIsSaidAndSurvived(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := newBrokered(t, kfake.DataDir(dir))
	_, port, _ := net.SplitHostPort(b.fake.ListenAddrs()[0])
	number, _ := strconv.Atoi(port)
	b.start()
	b.produce("web", "before")
	b.holds("web:before")
	b.fake.Close()
	b.problem("unreachable", port)
	b.open(kfake.NumBrokers(1), kfake.DataDir(dir), kfake.Ports(number))
	b.produce("web", "after")
	b.holds("web:before", "web:after")
	waitFor(t, "no problem", func() bool { return len(b.kafka.State().Problems) == 0 })
}

func TestKafkaOverTLSWithAPassword(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "brokers")
	pair, err := tls.X509KeyPair(ca.issue(t, "broker"))
	if err != nil {
		t.Fatal(err)
	}
	for _, mechanism := range []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			fake, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "web"), kfake.EnableSASL(), kfake.Superuser(mechanism, "isoc", "s3cret"),
				kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(fake.Close)
			b := newBrokered(t)
			b.cluster.Brokers, b.cluster.SASL, b.cluster.User, b.cluster.Password = fake.ListenAddrs(), mechanism, "isoc", "wrong"
			b.cluster.TLS = &tls.Config{RootCAs: ca.pool()}
			delete(b.cluster.Topics, "firewall")
			b.start()
			b.problem("unreachable", "")
			if text := fmt.Sprint(b.kafka.State()); strings.Contains(text, "wrong") {
				t.Errorf("the password is told: %s", text)
			}
			b.stop()
			b.cluster.Password = "s3cret"
			b.start()
			waitFor(t, "the partition", func() bool { return b.kafka.State().Partitions == 1 })
		})
	}
}

func TestPoisonIsCutAndCounted(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	long := strings.Repeat("x", 3*record.MaxRawBytes)
	b.produce("web", long, "", "after", "after too")
	b.start()
	b.holds("web:"+long[:record.MaxRawBytes], "web:after", "web:after too")
	for _, r := range b.records() {
		if len(r.Raw) == record.MaxRawBytes && !strings.Contains(fmt.Sprint(r.Fields), "isoc.truncated true") {
			t.Errorf("%v", r.Fields)
		}
	}
}

func TestTopicsWaitForTheirSource(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	b.cluster.Topics["web"] = input.KafkaTopic{Named: "beta/Later", Source: func() (*collect.Source, bool) { return b.registry.Named(beta, "Later") }}
	b.start()
	b.produce("web", "one")
	b.problem("source", "beta/Later")
	b.sources.set(collect.Source{ID: "later", Tenant: beta, Name: "Later"})
	if err := b.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.holds("later:one")
}

func TestWhatStoodInATopicCanBeSkipped(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	b.cluster.Latest = true
	b.produce("web", "old", "old too")
	b.start()
	waitFor(t, "places in all partitions", func() bool { return len(b.Marks("kafka/")) == 4 })
	b.stop()
	b.produce("web", "new")
	b.start()
	b.holds("web:new")
}

func TestATopicMadeAnewIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	b.start()
	b.produce("web", "a", "b", "c")
	b.holds("web:a", "web:b", "web:c")
	b.stop()
	b.open(kfake.NumBrokers(1), kfake.SeedTopics(2, "firewall", "web"), kfake.ClusterID("another"))
	b.cluster.Brokers = b.fake.ListenAddrs()
	b.produce("web", "d")
	b.start()
	b.holds("web:a", "web:b", "web:c", "web:d")
}

func TestMembersOfAGroupShareItsPartitions(t *testing.T) {
	t.Parallel()
	b := newBrokered(t)
	b.start()
	all := numbered(0, 3000)
	b.produce("web", all[:1000]...)
	waitFor(t, "some records", func() bool { return len(b.raws()) > 0 })
	second := input.NewKafka(input.KafkaOptions{Clusters: []input.KafkaCluster{b.cluster}, Intake: b.intake, Marks: b.shelf})
	b.run(second)
	b.produce("web", all[1000:2000]...)
	waitFor(t, "partitions of the second", func() bool { return second.State().Partitions == 2 && b.kafka.State().Partitions == 2 })
	b.produce("web", all[2000:]...)
	b.holds(of("web", all)...)
}
