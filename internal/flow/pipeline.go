package flow

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// Source delivers batches in sequence order, starting after the committed one. Next blocks until there is one or ctx ends.
// Commit may be called with any delivered sequence; nothing at or below it is delivered again.
type Source interface {
	Epoch() uint32
	Committed() uint64
	Next(ctx context.Context) (queue.Batch, error)
	Commit(ctx context.Context, seq uint64) error
}

// Parser turns a record into an event. It must set every field but the identifiers, must not fail, and must be
// safe for concurrent use.
type Parser interface {
	Parse(rec *record.Record, ev *event.Event)
}

// Enricher adds context to a parsed event; safe for concurrent use.
type Enricher interface {
	Enrich(ev *event.Event)
}

// Edition is what rules were in force at one moment, for whom they count included. The pipeline only carries it.
type Edition any

// Judge looks at one event and reports what it finds; what the event adds to correlations it puts into the item. A Judge is used by
// one goroutine; the pipeline asks for one a worker, and tells it before each batch which edition to judge by.
type Judge interface {
	Use(e Edition)
	Match(ev *event.Event, item *correlate.Item, found func(detect.Finding))
}

// Correlator finds what findings of single events make together. Apply gets batches in order, each under the edition it was read
// under, and must change nothing for one it has seen before. Delivered is called from time to time when the alerts of all applied
// are safe. Batches up to Durable are not needed again. Close ends it; delivered says whether the alerts of all applied are safe.
type Correlator interface {
	Apply(e Edition, b correlate.Batch, found func(detect.Finding))
	Delivered(known func(tenant.ID) bool)
	Durable() uint64
	Close(delivered bool)
}

// Keeper holds events. Append must copy what it keeps; it refuses a batch with an event of a tenant that Knows denies.
// Advance tells that everything up to a sequence was appended, or needed no appending. Durable tells up to which sequence
// everything handed over is on disk. Seen returns the ids of kept events of this queue's epoch whose sequence is above after.
type Keeper interface {
	Append(ctx context.Context, events []event.Event) error
	Advance(seq uint64)
	Durable() uint64
	Seen(ctx context.Context, epoch uint32, after uint64) (map[string]struct{}, error)
}

// Alerter receives the findings of one batch for one tenant. A sequence it has seen before must change nothing.
type Alerter interface {
	Apply(ctx context.Context, id tenant.ID, sequence uint64, findings []detect.Finding) error
}

// Chronicler writes down from which batch on an edition counts. It is told before anything that the edition raised is kept, in order,
// and of editions that count already.
type Chronicler interface {
	InForce(ctx context.Context, e Edition, sequence uint64, received time.Time) error
}

// Observer is told how many records of a source were understood, and how far the time of each event lay behind its receipt, for the
// source's health.
type Observer interface {
	Parsed(source string, records, unparsed int, behind []time.Duration)
}

// Deps are the stations of the path, in its order.
type Deps struct {
	Source Source
	Parser Parser
	// Tap, which may be nil, is shown every batch as it was parsed, by all workers. It must not wait, and copies what it keeps.
	Tap      func(records []record.Record, events []event.Event)
	Enricher Enricher
	NewJudge func() Judge
	// Edition is asked for each batch as it is read.
	Edition func() Edition
	// Correlator is nil where nothing correlates.
	Correlator Correlator
	// Chronicler is nil where nobody asks later which rules were in force.
	Chronicler Chronicler
	Keeper     Keeper
	Alerter    Alerter
	Observer   Observer
	// Known reports whether a tenant still exists: events of a deleted one are dropped and counted.
	Known func(tenant.ID) bool

	Workers    int // parallel parse and detect; at least 1
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

const (
	// inFlight bounds batches between the queue and the archive, a worker: back-pressure reaches the queue, not memory.
	inFlight = 4
	// judgedBatches bounds the batches between alerts and archive: a second or two of a checkpoint at a good load.
	judgedBatches = 64
	// commitEvery is how often the queue's cursor follows what the archive holds on disk.
	commitEvery = 250 * time.Millisecond
	// correlateEvery is how often the state of correlations may be written while no batch comes.
	correlateEvery = time.Second
	// retryMax is the longest pause between tries of a station that refuses work.
	retryMax = 5 * time.Second
)

// Pipeline moves batches from the queue through parser and detection to archive and alerts. Batches are worked on
// in parallel and delivered in sequence order. It is at-least-once from the queue and exactly-once in effect: event ids
// are deterministic, events already in the archive are skipped after a crash, and alerts ignore sequences they have applied.
type Pipeline struct {
	d       Deps
	log     *slog.Logger
	metrics metrics

	processed atomic.Uint64 // highest sequence wholly delivered
	committed atomic.Uint64
	parsed    atomic.Uint64
	unparsed  atomic.Uint64
	found     atomic.Uint64
}

// New returns a pipeline over the given stations.
func New(d Deps) *Pipeline {
	if d.Workers < 1 {
		d.Workers = 1
	}
	p := &Pipeline{d: d, log: d.Logger.With("component", "flow")}
	p.metrics = newMetrics(d.Registerer, p.unparsed.Load)
	return p
}

// job is one batch on its way; done is closed when a worker is finished with it.
type job struct {
	batch    queue.Batch
	edition  Edition
	items    []correlate.Item // what the events add to correlations
	events   []event.Event
	findings map[tenant.ID][]detect.Finding
	done     chan struct{}
}

// Run works until ctx ends, then delivers what is in flight, commits what is durable and returns nil: what a station refuses
// then is logged, and replayed at the next start. Any other end is an error.
func (p *Pipeline) Run(ctx context.Context) error {
	replay, err := p.startReplay(ctx)
	if err != nil {
		return fmt.Errorf("prepare replay: %w", err)
	}
	work := make(chan *job)                                        // closed by read
	ordered := make(chan *job, inFlight*p.d.Workers)               // closed by read; its buffer is the bound
	stop, cancel := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx so that what is in flight is delivered
	defer cancel()

	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.read(gctx, work, ordered) })
	var workers sync.WaitGroup
	for range p.d.Workers {
		workers.Go(func() { p.work(work) })
	}
	judged := make(chan *job, judgedBatches) // closed by raise
	delivered := make(chan struct{})
	g.Go(func() error { return p.raise(stop, gctx, ordered, judged, delivered) })
	g.Go(func() error {
		defer close(delivered)
		return p.archive(stop, gctx, judged, replay)
	})
	g.Go(func() error { return p.commitLoop(stop, delivered) })
	err = g.Wait()
	workers.Wait()
	if err != nil && ctx.Err() != nil {
		p.log.Warn("not everything was delivered before the stop; the rest is replayed at the next start", "error", err)
		return nil
	}
	return err
}

// read takes batches until ctx ends, which the end of the run or the error of another station does.
func (p *Pipeline) read(ctx context.Context, work, ordered chan<- *job) error {
	defer close(work)
	defer close(ordered)
	for {
		b, err := p.d.Source.Next(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("read queue: %w", err)
		}
		j := &job{batch: b, done: make(chan struct{})}
		if p.d.Edition != nil {
			j.edition = p.d.Edition()
		}
		select {
		case ordered <- j:
		case <-ctx.Done():
			return nil
		}
		work <- j // workers run until the channel closes, so this never blocks for good
	}
}

func (p *Pipeline) work(jobs <-chan *job) {
	judge := p.d.NewJudge()
	for j := range jobs {
		p.understand(j, judge)
		close(j.done)
	}
}

// understand parses, enriches and judges every record of a batch.
func (p *Pipeline) understand(j *job, judge Judge) {
	start := time.Now()
	epoch := p.d.Source.Epoch()
	j.events = make([]event.Event, len(j.batch.Records))
	sequence := fmt.Sprintf("%d", j.batch.Seq)
	for i := range j.batch.Records {
		ev := &j.events[i]
		p.d.Parser.Parse(&j.batch.Records[i], ev)
		ev.ID = EventID(epoch, j.batch.Seq, i)
		ev.Add(event.EventID, ev.ID)
		ev.Add(event.Sequence, sequence)
		p.d.Enricher.Enrich(ev)
	}
	if p.d.Tap != nil {
		p.d.Tap(j.batch.Records, j.events)
	}
	parsed := time.Now()
	p.metrics.parse.Observe(parsed.Sub(start).Seconds())
	judge.Use(j.edition)
	for i := range j.events {
		item := correlate.Begin(&j.events[i], j.batch.Records[i].Received, i)
		judge.Match(&j.events[i], &item, j.found)
		if !item.Empty() {
			j.items = append(j.items, item)
		}
	}
	p.metrics.detect.Observe(time.Since(parsed).Seconds())
}

func (j *job) found(f detect.Finding) {
	f.Sequence = j.batch.Seq
	if j.findings == nil {
		j.findings = make(map[tenant.ID][]detect.Finding)
	}
	j.findings[f.Tenant] = append(j.findings[f.Tenant], f)
}

// EventID is the id of the index-th record of the queue's batch seq: 24 hexadecimal digits that sort by arrival
// and are the same however often the batch is replayed. The epoch tells queues apart that began anew.
func EventID(epoch uint32, seq uint64, index int) string {
	const digits = "0123456789abcdef"
	var b [24]byte
	put := func(at, n int, v uint64) {
		for i := at + n - 1; i >= at; i-- {
			b[i] = digits[v&15]
			v >>= 4
		}
	}
	put(0, 8, uint64(epoch))
	put(8, 12, seq)
	put(20, 4, uint64(index))
	return string(b[:])
}

// raise correlates what finished batches found and hands the findings to the alerts, in sequence order, and passes the batches on to
// the archive. It stands before the archive so that an alert does not wait for a checkpoint. ctx bounds the station's calls; run only
// tells when trying again makes no sense; gone is closed when nobody takes batches any more.
func (p *Pipeline) raise(ctx, run context.Context, ordered <-chan *job, judged chan<- *job, gone <-chan struct{}) error {
	defer close(judged)
	idle := time.NewTicker(correlateEvery)
	defer idle.Stop()
	next := p.d.Source.Committed() + 1
	for {
		select {
		case <-idle.C: // what was applied is delivered
			p.correlated()
			p.chronicleNow(ctx, next)
		case j, more := <-ordered:
			if !more {
				p.endCorrelation(true)
				return nil
			}
			<-j.done
			if err := p.persist(ctx, run, "rules in force", func() error { return p.chronicle(ctx, j) }); err != nil {
				p.endCorrelation(false)
				return err
			}
			next = j.batch.Seq + 1
			p.correlate(j)
			for id, findings := range j.findings {
				if err := p.persist(ctx, run, "alerts", func() error { return p.alert(ctx, id, j.batch.Seq, findings) }); err != nil {
					p.endCorrelation(false)
					return err
				}
			}
			p.correlated()
			select {
			case judged <- j:
			case <-gone:
				p.endCorrelation(true)
				return nil // the archive's error ends the run
			}
		}
	}
}

// chronicle has the edition that judged a batch written down, if it is another than before.
func (p *Pipeline) chronicle(ctx context.Context, j *job) error {
	if p.d.Chronicler == nil || j.edition == nil {
		return nil
	}
	received := time.Now()
	if n := len(j.batch.Records); n > 0 {
		received = j.batch.Records[0].Received
	}
	return p.d.Chronicler.InForce(ctx, j.edition, j.batch.Seq, received)
}

// chronicleNow does so while no batch comes: the next one will be judged by the edition in force, or tells its own.
func (p *Pipeline) chronicleNow(ctx context.Context, next uint64) {
	if p.d.Chronicler == nil {
		return
	}
	if err := p.d.Chronicler.InForce(ctx, p.d.Edition(), next, time.Now()); err != nil {
		p.log.Warn("cannot write down yet which rules are in force", "error", err)
	}
}

// correlate adds to a batch's findings what they make together with those before.
func (p *Pipeline) correlate(j *job) {
	if p.d.Correlator == nil {
		return
	}
	start := time.Now()
	b := correlate.Batch{Sequence: j.batch.Seq, Items: slices.DeleteFunc(j.items, func(i correlate.Item) bool { return !p.d.Known(i.Tenant) })}
	for i := range j.batch.Records {
		if r := j.batch.Records[i].Received; r.After(b.Received) {
			b.Received = r
		}
	}
	p.d.Correlator.Apply(j.edition, b, j.found)
	p.metrics.correlate.Observe(time.Since(start).Seconds())
}

func (p *Pipeline) correlated() {
	if p.d.Correlator != nil {
		p.d.Correlator.Delivered(p.d.Known)
	}
}

func (p *Pipeline) endCorrelation(delivered bool) {
	if p.d.Correlator != nil {
		p.d.Correlator.Close(delivered)
	}
}

// alert applies one tenant's findings of a batch, unless the tenant is gone. Like [Pipeline.keep] it asks anew at every try: the
// alerts of a tenant deleted meanwhile can never be stored, and would hold the path for all others.
func (p *Pipeline) alert(ctx context.Context, id tenant.ID, seq uint64, findings []detect.Finding) error {
	if !p.d.Known(id) {
		return nil
	}
	if err := p.d.Alerter.Apply(ctx, id, seq, findings); err != nil {
		return err
	}
	p.metrics.findings.Add(float64(len(findings)))
	p.found.Add(uint64(len(findings)))
	return nil
}

// archive hands the events of batches to the archive, in sequence order, and so ends their way.
func (p *Pipeline) archive(ctx, run context.Context, judged <-chan *job, replay *replay) error {
	for j := range judged {
		start := time.Now()
		events := replay.fresh(j.batch.Seq, j.events)
		if len(events) > 0 {
			if err := p.persist(ctx, run, "archive", func() error { return p.keep(ctx, events) }); err != nil {
				return err
			}
		}
		p.metrics.append.Observe(time.Since(start).Seconds())
		p.finish(j, len(events))
	}
	return nil
}

// keep appends the events whose tenant still exists. It asks anew at every try, for a tenant may go between two.
func (p *Pipeline) keep(ctx context.Context, events []event.Event) error {
	orphan := func(ev event.Event) bool { return !p.d.Known(ev.Tenant) }
	if slices.ContainsFunc(events, orphan) {
		all := len(events)
		events = slices.DeleteFunc(slices.Clone(events), orphan)
		p.metrics.orphans.Add(float64(all - len(events)))
	}
	if len(events) == 0 {
		return nil
	}
	return p.d.Keeper.Append(ctx, events)
}

func (p *Pipeline) finish(j *job, kept int) {
	p.processed.Store(j.batch.Seq)
	p.d.Keeper.Advance(j.batch.Seq)
	p.metrics.events.Add(float64(kept))
	if n := len(j.batch.Records); n > 0 {
		p.metrics.lag.Observe(time.Since(j.batch.Records[n-1].Received).Seconds())
	}
	p.observe(j)
}

func (p *Pipeline) observe(j *job) {
	type tally struct {
		unparsed int
		behind   []time.Duration
	}
	p.parsed.Add(uint64(len(j.events)))
	bySource := make(map[string]*tally)
	var t *tally
	for i := range j.events {
		rec := &j.batch.Records[i]
		if i == 0 || rec.Source != j.batch.Records[i-1].Source {
			if t = bySource[rec.Source]; t == nil {
				t = &tally{behind: make([]time.Duration, 0, len(j.events)-i)}
				bySource[rec.Source] = t
			}
		}
		t.behind = append(t.behind, rec.Received.Sub(j.events[i].Time))
		if j.events[i].Value(event.IsocParser) == "none" {
			t.unparsed++
			p.unparsed.Add(1)
		}
	}
	for source, t := range bySource {
		p.d.Observer.Parsed(source, len(t.behind), t.unparsed, t.behind)
	}
}

// persist repeats fn with growing pauses until it succeeds: a station that refuses holds the path, it never loses a batch.
// It gives up only when run ends; the batch is then replayed at the next start.
func (p *Pipeline) persist(ctx, run context.Context, station string, fn func() error) error {
	pause := 50 * time.Millisecond
	for {
		err := fn()
		if err == nil {
			return nil
		}
		if run.Err() != nil || ctx.Err() != nil {
			return fmt.Errorf("deliver to %s: %w", station, err)
		}
		p.metrics.retries.WithLabelValues(station).Inc()
		p.log.Warn("station refuses a batch, trying again", "station", station, "pause", pause, "error", err)
		select {
		case <-time.After(pause):
		case <-run.Done():
		}
		pause = min(2*pause, retryMax)
	}
}

// Totals is what a pipeline did since the start.
type Totals struct {
	Parsed   uint64 // records the parser looked at
	Unparsed uint64 // of these, no parser claimed
	Findings uint64 // given to the alerts
}

// Totals tells what the pipeline did since the start.
func (p *Pipeline) Totals() Totals {
	return Totals{Parsed: p.parsed.Load(), Unparsed: p.unparsed.Load(), Findings: p.found.Load()}
}

// Processed is the highest sequence wholly delivered to archive and alerts.
func (p *Pipeline) Processed() uint64 { return p.processed.Load() }
