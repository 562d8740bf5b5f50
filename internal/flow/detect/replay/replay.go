package replay

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/cputime"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/parse"
)

// Options tell what to replay and where to write.
type Options struct {
	RuleDirs     []string  // folders read recursively, or files
	Events       io.Reader // JSON lines, plain or gzip, in any shape [parse.JSONEvent] reads; nil matches nothing
	AllRules     bool      // every rule on every event, instead of those of the event's log source
	Placeholders map[string][]string

	Out     io.Writer // one JSON object a hit
	Stats   io.Writer // one JSON object at the end; nil for none
	Explain io.Writer // one line for each document that is not in the set; nil for none
}

// Result counts what a run did. It is what [Options.Stats] gets.
type Result struct {
	Events             int     `json:"events"`
	EventsMalformed    int     `json:"events_malformed"`
	RulesLoaded        int     `json:"rules_loaded"`
	RulesRefused       int     `json:"rules_refused"`
	Hits               int     `json:"hits"`
	CPUSeconds         float64 `json:"cpu_seconds"` // matching alone, on one thread
	EventsPerCPUSecond float64 `json:"events_per_cpu_second"`
	// CorrelateCPUSeconds is what correlations took beside.
	CorrelateCPUSeconds float64 `json:"correlate_cpu_seconds"`
	DecodeCPUSeconds    float64 `json:"decode_cpu_seconds"`  // reading and decoding events
	LoadSeconds         float64 `json:"load_seconds"`        // reading and parsing rules, wall clock
	CompileCPUSeconds   float64 `json:"compile_cpu_seconds"` // compiling for the log sources met
	HeapBytes           uint64  `json:"heap_bytes"`          // live after the run, rules and matcher included
}

// hit is one line of output.
type hit struct {
	Event int          `json:"event"` // line of the event, counted from 0
	Rule  string       `json:"rule"`
	Title string       `json:"title"`
	Level detect.Level `json:"level"`
}

// maxBatch is how many events are decoded before they are matched, so that each part's time can be told.
const maxBatch = 256

// Run loads the rules and matches the events. Lines that are no event are counted and skipped. Output is flushed whenever
// reading might wait. It returns when the events end, a write fails, or ctx is done.
func Run(ctx context.Context, opts Options) (Result, error) {
	runtime.LockOSThread() // CPU time is taken of this thread
	defer runtime.UnlockOSThread()
	start := time.Now()
	rules, err := loadRules(opts.RuleDirs, sigma.Options{Placeholders: opts.Placeholders})
	if err != nil {
		return Result{}, err
	}
	p := &player{opts: opts, set: rules.set, matcher: rules.set.Matcher(), out: bufio.NewWriterSize(opts.Out, 1<<16), program: rules.program}
	p.engine = correlate.NewEngine(correlate.EngineOptions{EventID: func(line uint64, _ int) string { return strconv.FormatUint(line, 10) }})
	p.engine.Use(rules.program, nil)
	p.result = Result{RulesLoaded: rules.set.Len() + rules.program.Len(), RulesRefused: len(rules.refused), LoadSeconds: time.Since(start).Seconds()}
	if opts.Explain != nil {
		if err := rules.explain(opts.Explain); err != nil {
			return p.result, fmt.Errorf("write explanation: %w", err)
		}
	}
	if opts.Events != nil {
		if err := p.play(ctx); err != nil {
			return p.result, err
		}
	}
	return p.result, p.finish()
}

// player matches the events of one run.
type player struct {
	opts    Options
	set     *sigma.Set
	matcher *sigma.Matcher
	program *correlate.Program
	engine  *correlate.Engine
	now     time.Time // the latest event time so far
	decoder parse.JSONDecoder
	batch   [maxBatch]event.Event
	lines   [maxBatch]int
	out     *bufio.Writer
	result  Result
}

func (p *player) play(ctx context.Context) error {
	lines, err := newLineReader(p.opts.Events)
	if err != nil {
		return err
	}
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		before := cputime.Thread()
		n, readErr := p.fill(lines)
		decoded := cputime.Thread()
		p.result.DecodeCPUSeconds += (decoded - before).Seconds()
		if err := p.match(n); err != nil {
			return err
		}
		if errors.Is(readErr, io.EOF) {
			var last []hit
			p.engine.Flush(p.correlated(&last))
			return p.write(last)
		}
		if readErr != nil {
			return readErr
		}
		if lines.waiting() {
			if err := p.out.Flush(); err != nil {
				return fmt.Errorf("write hits: %w", err)
			}
		}
	}
}

// fill decodes events until the batch is full or reading might wait.
func (p *player) fill(lines *lineReader) (n int, err error) {
	for n < maxBatch {
		line, number, err := lines.next()
		if errors.Is(err, errLineTooLong) {
			p.result.EventsMalformed++
			continue
		}
		if err != nil {
			return n, err
		}
		if len(line) == 0 {
			continue
		}
		if err := p.decoder.Decode(line, &p.batch[n]); err != nil {
			p.result.EventsMalformed++
			continue
		}
		p.lines[n] = number
		if n++; lines.waiting() {
			break
		}
	}
	return n, nil
}

// match matches the first n events of the batch and writes the hits; writing is not counted as matching.
func (p *player) match(n int) error {
	before := cputime.Thread()
	for i := range n {
		if p.opts.AllRules {
			p.matcher.PrepareAll()
		} else {
			p.matcher.Prepare(&p.batch[i])
		}
	}
	prepared := cputime.Thread()
	p.result.CompileCPUSeconds += (prepared - before).Seconds()
	var hits []hit
	starts := [maxBatch + 1]int{}
	for i := range n {
		starts[i] = len(hits)
		keep := func(r *sigma.Rule) {
			hits = append(hits, hit{Event: p.lines[i], Rule: r.ID, Title: r.Title, Level: r.Level})
		}
		if p.opts.AllRules {
			p.matcher.FiredAll(&p.batch[i], keep)
		} else {
			p.matcher.Fired(&p.batch[i], keep)
		}
	}
	matched := cputime.Thread()
	p.result.CPUSeconds += (matched - prepared).Seconds()
	p.result.Events += n
	if p.program.Len() == 0 {
		return p.write(hits)
	}
	starts[n] = len(hits)
	var all []hit
	for i := range n {
		all = p.correlate(all, hits[starts[i]:starts[i+1]], i)
	}
	p.result.CorrelateCPUSeconds += (cputime.Thread() - matched).Seconds()
	return p.write(all)
}

// correlate adds to all the hits of the i-th event of the batch that are not only parts of correlations, and the correlations that it completes.
func (p *player) correlate(all, hits []hit, i int) []hit {
	ev := &p.batch[i]
	if ev.Time.After(p.now) {
		p.now = ev.Time
	}
	received := ev.Time
	if received.IsZero() {
		received = p.now
	}
	item := correlate.Begin(ev, received, 0)
	for _, h := range hits {
		p.program.Add(&item, h.Rule, ev, nil, nil)
		if !p.program.Silent(h.Rule) {
			all = append(all, h)
		}
	}
	b := correlate.Batch{Sequence: uint64(p.lines[i]), Received: p.now}
	if !item.Empty() {
		b.Items = append(b.Items, item)
	}
	p.engine.Apply(b, p.correlated(&all))
	return all
}

// correlated keeps firings of correlations, at the event that completed them.
func (p *player) correlated(hits *[]hit) func(detect.Finding) {
	return func(f detect.Finding) {
		line, _ := strconv.Atoi(f.EventID)
		*hits = append(*hits, hit{Event: line, Rule: f.Rule.ID, Title: f.Rule.Title, Level: f.Rule.Level})
	}
}

func (p *player) write(hits []hit) error {
	p.result.Hits += len(hits)
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	for i := range hits {
		if err := enc.Encode(&hits[i]); err != nil {
			return fmt.Errorf("write hits: %w", err)
		}
	}
	return nil
}

func (p *player) finish() error {
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("write hits: %w", err)
	}
	if p.opts.Stats == nil {
		return nil
	}
	if p.result.CPUSeconds > 0 {
		p.result.EventsPerCPUSecond = float64(p.result.Events) / p.result.CPUSeconds
	}
	p.batch = [maxBatch]event.Event{}
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	p.result.HeapBytes = mem.HeapAlloc
	runtime.KeepAlive(p.matcher)
	if err := json.NewEncoder(p.opts.Stats).Encode(&p.result); err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	return nil
}
