package input

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"golang.org/x/sync/errgroup"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputKafka = "kafka"
	kafkaMarks = "kafka/"
	// maxKafkaMarks bounds the partitions whose place is stored with the records; of those beyond it only the group knows.
	maxKafkaMarks = 400
	// kafkaFetch is what a broker is asked for at once, kafkaUnpacked what one batch of it may unpack to, kafkaHeld what is read ahead of the queue.
	kafkaFetch    = 16 << 20
	kafkaUnpacked = 64 << 20
	kafkaHeld     = 64 << 20
	kafkaPoll     = 2000 // records
	// kafkaWait is how long a broker may wait for something to send, and with it a partition that is taken up again.
	kafkaWait = 500 * time.Millisecond
	// kafkaStale is how long a broker's failure is told of that nobody has asked since.
	kafkaStale = 5 * time.Minute
)

// KafkaTopic is one topic, and whose it is.
type KafkaTopic struct {
	Source func() (*collect.Source, bool) // not ok where there is no such source now
	Named  string                         // what the setting calls the source, for messages
}

// KafkaCluster is one cluster to read from.
type KafkaCluster struct {
	Brokers  []string // host:port
	Group    string   // default "isoc"
	Topics   map[string]KafkaTopic
	Latest   bool        // begin at the end where the group has never read
	TLS      *tls.Config // nil for none
	SASL     string      // PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty for none
	User     string
	Password string
}

// KafkaOptions configures a [Kafka].
type KafkaOptions struct {
	Clusters []KafkaCluster
	// Instance is what groups know this installation by, so that it has its partitions again at once after an end without farewell; other
	// members take them over only after a minute or so. Empty means that each process is another member.
	Instance   string
	Intake     *collect.Intake
	Marks      collect.Marks
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Kafka reads topics as a member of consumer groups. How far a partition was read is stored with the records, and told to the group afterwards: so no end
// of this process loses or doubles a record, and others can see in Kafka how far behind it is. A partition whose records are not taken, for a quota
// say, is not fetched; the others are.
type Kafka struct {
	o         KafkaOptions
	log       *slog.Logger
	metrics   *kafkaMetrics
	consumers []*consumer
}

// KafkaProblem is what keeps something from being read.
type KafkaProblem struct{ Code, Detail string }

// KafkaState is how it stands with the clusters.
type KafkaState struct {
	Partitions int
	Behind     int64 // records in partitions that are not stored yet, as far as is known
	Problems   []KafkaProblem
}

// NewKafka returns an input that [Kafka.Run] runs.
func NewKafka(o KafkaOptions) *Kafka {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	k := &Kafka{o: o, log: o.Logger.With("component", "kafka"), metrics: newKafkaMetrics(o.Registerer)}
	for _, cluster := range o.Clusters {
		cluster.Group = cmp.Or(cluster.Group, "isoc")
		k.consumers = append(k.consumers, &consumer{k: k, cluster: cluster, keys: map[string]string{}, partitions: map[partitionID]*partition{}, problems: map[string]kafkaProblem{}})
	}
	return k
}

// Run reads until ctx ends, and returns nil, or an error for settings that cannot work. That a cluster does not answer is none: it is asked again
// with growing pauses.
func (k *Kafka) Run(ctx context.Context) error {
	var running errgroup.Group
	for _, c := range k.consumers {
		running.Go(func() error {
			if err := c.run(ctx); err != nil {
				return fmt.Errorf("kafka %s: %w", strings.Join(c.cluster.Brokers, ","), err)
			}
			return nil
		})
	}
	return running.Wait()
}

// State tells how it stands, for the health page.
func (k *Kafka) State() KafkaState {
	var s KafkaState
	for _, c := range k.consumers {
		c.state(&s)
	}
	slices.SortFunc(s.Problems, func(a, b KafkaProblem) int { return cmp.Compare(a.Code+a.Detail, b.Code+b.Detail) })
	return s
}

type partitionID struct {
	topic  string
	number int32
}

func (p partitionID) String() string { return p.topic + "/" + strconv.Itoa(int(p.number)) }

// kafkaProblem is what went wrong last, by what it went wrong with.
type kafkaProblem struct {
	code, detail string
	at           time.Time
}

// consumer is our member of one cluster's group.
type consumer struct {
	k       *Kafka
	cluster KafkaCluster
	client  *kgo.Client     // of run
	work    context.Context // of partitions; of run

	mu         sync.Mutex
	keys       map[string]string // of marks, by topic
	partitions map[partitionID]*partition
	problems   map[string]kafkaProblem
	working    sync.WaitGroup
}

func (c *consumer) options() ([]kgo.Opt, error) {
	start := kgo.NewOffset().AtStart()
	if c.cluster.Latest {
		start = kgo.NewOffset().AtEnd()
	}
	opts := []kgo.Opt{
		kgo.ClientID("isoc"), kgo.SeedBrokers(c.cluster.Brokers...), kgo.ConsumerGroup(c.cluster.Group),
		kgo.ConsumeTopics(slices.Collect(maps.Keys(c.cluster.Topics))...),
		kgo.ConsumeStartOffset(start), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), // what Kafka has thrown away is gone; what it has is read
		kgo.AutoCommitMarks(), kgo.AutoCommitInterval(time.Second),
		kgo.AdjustFetchOffsetsFn(c.resume), kgo.OnPartitionsAssigned(c.assigned), kgo.OnPartitionsRevoked(c.revoked), kgo.OnPartitionsLost(c.lost),
		kgo.FetchMaxBytes(kafkaFetch), kgo.FetchMaxPartitionBytes(1 << 20), kgo.FetchMaxWait(kafkaWait), kgo.MaxConcurrentFetches(2),
		kgo.MaxDecompressBatchBytes(kafkaUnpacked), kgo.WithHooks(kafkaHooks{c}),
	}
	if c.k.o.Instance != "" {
		opts = append(opts, kgo.InstanceID(c.k.o.Instance))
	}
	if c.cluster.TLS != nil {
		opts = append(opts, kgo.DialTLSConfig(c.cluster.TLS))
	}
	mechanism, err := c.cluster.mechanism()
	if mechanism != nil {
		opts = append(opts, kgo.SASL(mechanism))
	}
	return opts, err
}

func (k KafkaCluster) mechanism() (sasl.Mechanism, error) {
	switch k.SASL {
	case "":
		return nil, nil
	case "PLAIN":
		return plain.Auth{User: k.User, Pass: k.Password}.AsMechanism(), nil
	case "SCRAM-SHA-256":
		return scram.Auth{User: k.User, Pass: k.Password}.AsSha256Mechanism(), nil
	case "SCRAM-SHA-512":
		return scram.Auth{User: k.User, Pass: k.Password}.AsSha512Mechanism(), nil
	}
	return nil, fmt.Errorf("unknown SASL mechanism %q", k.SASL)
}

// run hands what comes to the partitions' workers until ctx ends. What they hold then is read again at the next start.
func (c *consumer) run(ctx context.Context) (err error) {
	opts, err := c.options()
	if err != nil {
		return err
	}
	var cancel context.CancelFunc
	c.mu.Lock() // what is called back asks for both
	c.work, cancel = context.WithCancel(ctx)
	c.client, err = kgo.NewClient(opts...)
	c.mu.Unlock()
	defer cancel()
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		fetches := c.client.PollRecords(ctx, kafkaPoll)
		if fetches.IsClientClosed() {
			break
		}
		fetches.EachPartition(func(p kgo.FetchTopicPartition) {
			if ctx.Err() == nil {
				c.take(partitionID{p.Topic, p.Partition}, p)
			}
		})
	}
	cancel()
	c.working.Wait()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), maxPause)
	defer done()
	if err := c.client.CommitMarkedOffsets(last); err != nil {
		c.k.log.Warn("the group is not told how far it is; it is known here", "group", c.cluster.Group, "error", err)
	}
	c.client.Close()
	return nil
}

func (c *consumer) take(id partitionID, f kgo.FetchTopicPartition) {
	if f.Err != nil {
		c.problem("partition "+id.String(), "data", f.Err)
		c.k.metrics.failed.Inc()
		c.k.log.Warn("partition cannot be read", "partition", id.String(), "error", f.Err)
		return
	}
	c.mu.Lock()
	p := c.partitions[id]
	limit := max(128<<10, kafkaHeld/max(16, len(c.partitions)))
	delete(c.problems, "partition "+id.String())
	c.mu.Unlock()
	if p == nil || len(f.Records) == 0 {
		return // revoked in between: whoever has it now reads it
	}
	p.high.Store(f.HighWatermark)
	if p.give(f.Records, limit) {
		c.client.PauseFetchPartitions(map[string][]int32{id.topic: {id.number}})
		c.k.metrics.paused.Inc()
		p.pausedNow()
	}
}

// resume returns from where partitions are read that were just assigned: after what is stored here, or where the group is if that is further on,
// because somebody moved it or another member read on.
func (c *consumer) resume(ctx context.Context, offsets map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	if err := c.learnKeys(ctx, slices.Collect(maps.Keys(offsets))); err != nil {
		c.problem("group", "unreachable", err)
		return nil, err
	}
	marks := c.k.o.Marks.Marks(kafkaMarks)
	fresh := map[string][]int32{} // never read by anybody
	for topic, partitions := range offsets {
		for number, offset := range partitions {
			stored, err := strconv.ParseInt(marks[c.key(partitionID{topic, number})], 10, 64)
			switch {
			case err == nil && stored > offset.EpochOffset().Offset:
				partitions[number] = kgo.NewOffset().At(stored)
			case err != nil && offset.EpochOffset().Offset < 0:
				fresh[topic] = append(fresh[topic], number)
			}
		}
	}
	if !c.cluster.Latest || len(fresh) == 0 || len(marks) >= maxKafkaMarks {
		return offsets, nil
	}
	if err := c.beginAtEnd(ctx, fresh, offsets); err != nil {
		c.problem("group", "unreachable", err)
		return nil, err
	}
	return offsets, nil
}

// beginAtEnd remembers where partitions end that are read from there on, so that another start before their first record does not skip what came in
// between.
func (c *consumer) beginAtEnd(ctx context.Context, fresh map[string][]int32, offsets map[string]map[int32]kgo.Offset) error {
	req := kmsg.NewPtrListOffsetsRequest()
	req.ReplicaID = -1
	for topic, numbers := range fresh {
		t := kmsg.NewListOffsetsRequestTopic()
		t.Topic = topic
		for _, n := range numbers {
			p := kmsg.NewListOffsetsRequestTopicPartition()
			p.Partition, p.Timestamp = n, -1 // the end
			t.Partitions = append(t.Partitions, p)
		}
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, c.client)
	if err != nil {
		return fmt.Errorf("ask for the ends of partitions: %w", err)
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			id := partitionID{t.Topic, p.Partition}
			if p.ErrorCode != 0 || p.Offset < 0 {
				return fmt.Errorf("ask for the end of %s: %w", id, kerr.ErrorForCode(p.ErrorCode))
			}
			if err := c.k.o.Marks.SetMark(ctx, record.Mark{Key: c.key(id), Value: strconv.FormatInt(p.Offset, 10)}); err != nil {
				return err
			}
			offsets[t.Topic][p.Partition] = kgo.NewOffset().At(p.Offset)
		}
	}
	return nil
}

// learnKeys asks what cluster it is and which topics: a topic that was made anew under its old name has other records at the same offsets.
func (c *consumer) learnKeys(ctx context.Context, topics []string) error {
	req := kmsg.NewPtrMetadataRequest()
	for _, name := range topics {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, c.client)
	if err != nil {
		return fmt.Errorf("ask for topics: %w", err)
	}
	cluster := ""
	if resp.ClusterID != nil {
		cluster = *resp.ClusterID
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.problems, "group")
	for _, t := range resp.Topics {
		if t.Topic != nil {
			sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%x", cluster, c.cluster.Group, *t.Topic, t.TopicID))
			c.keys[*t.Topic] = kafkaMarks + hex.EncodeToString(sum[:8]) + "/"
		}
	}
	return nil
}

// key of a partition's mark; empty where there is none.
func (c *consumer) key(id partitionID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys[id.topic] == "" {
		return ""
	}
	return c.keys[id.topic] + strconv.Itoa(int(id.number))
}

func (c *consumer) assigned(_ context.Context, _ *kgo.Client, given map[string][]int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.work.Err() != nil {
		return
	}
	for topic, numbers := range given {
		for _, n := range numbers {
			id := partitionID{topic, n}
			p := &partition{c: c, id: id, topic: c.cluster.Topics[topic], wake: make(chan struct{}, 1), done: make(chan struct{})}
			ctx, cancel := context.WithCancel(c.work)
			p.cancel = cancel
			c.partitions[id] = p
			c.working.Go(func() { p.work(ctx) })
		}
	}
}

// revoked tells the group how far we are before others go on from there.
func (c *consumer) revoked(ctx context.Context, client *kgo.Client, taken map[string][]int32) {
	c.end(client, taken)
	if err := client.CommitMarkedOffsets(ctx); err != nil && ctx.Err() == nil {
		c.k.log.Warn("the group is not told how far we were: others may read some records again", "group", c.cluster.Group, "error", err)
	}
}

func (c *consumer) lost(_ context.Context, client *kgo.Client, taken map[string][]int32) {
	c.end(client, taken)
}

// end stops the workers of partitions that are not ours any more, and waits for them.
func (c *consumer) end(client *kgo.Client, taken map[string][]int32) {
	for topic, numbers := range taken {
		for _, n := range numbers {
			id := partitionID{topic, n}
			c.mu.Lock()
			p := c.partitions[id]
			delete(c.partitions, id)
			delete(c.problems, "partition "+id.String())
			c.mu.Unlock()
			if p != nil {
				p.cancel()
				<-p.done
			}
		}
	}
	client.ResumeFetchPartitions(taken) // should they come back
}

func (c *consumer) problem(of, code string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems[of] = kafkaProblem{code, fmt.Sprintf("%s: %v", of, err), time.Now()}
}

func (c *consumer) state(s *KafkaState) {
	for topic, t := range c.cluster.Topics {
		if _, ok := t.Source(); !ok {
			s.Problems = append(s.Problems, KafkaProblem{"source", fmt.Sprintf("topic %s: there is no source %s", topic, t.Named)})
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for of, p := range c.problems {
		if time.Since(p.at) > kafkaStale && strings.HasPrefix(of, "broker ") {
			delete(c.problems, of)
			continue
		}
		s.Problems = append(s.Problems, KafkaProblem{p.code, p.detail})
	}
	s.Partitions += len(c.partitions)
	for _, p := range c.partitions {
		s.Behind += max(0, p.high.Load()-p.stored.Load())
	}
}

type kafkaMetrics struct{ cut, empty, paused, failed prometheus.Counter }

func newKafkaMetrics(reg prometheus.Registerer) *kafkaMetrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_kafka_" + name + "_total", Help: help})
	}
	m := &kafkaMetrics{
		cut:    counter("cut", "Records longer than a record may be, which were cut."),
		empty:  counter("empty", "Records without a value, which were passed over."),
		paused: counter("pauses", "How often a partition was not fetched for a while because its records were not taken."),
		failed: counter("errors", "Fetches of a partition that failed."),
	}
	if reg != nil {
		reg.MustRegister(m.cut, m.empty, m.paused, m.failed)
	}
	return m
}
