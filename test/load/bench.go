package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

const batchRecords = 500

// bench sends to one process as two tenants.
type bench struct {
	o      options
	p      *rig.Process
	api    *rig.Client
	client *http.Client
	tokens []string // of each tenant's source
	slugs  []string
}

func newBench(ctx context.Context, p *rig.Process, o options) (*bench, error) {
	b := &bench{o: o, p: p, slugs: []string{"north", "south"},
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: o.senders}}}
	var err error
	if b.api, err = rig.Login(ctx, p.HTTP, "admin", rig.AdminPassword); err != nil {
		return nil, err
	}
	for _, slug := range b.slugs {
		if _, err := b.api.CreateTenant(ctx, slug); err != nil {
			return nil, err
		}
		src, err := b.api.CreateSource(ctx, slug, "load", nil)
		if err != nil {
			return nil, err
		}
		b.tokens = append(b.tokens, src.Token)
	}
	return b, nil
}

func (b *bench) post(ctx context.Context, token string, body []byte) error {
	for {
		req, err := http.NewRequestWithContext(ctx, "POST", b.p.HTTP+"/ingest/raw", bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := b.client.Do(req)
		if err != nil {
			return err
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		switch {
		case resp.StatusCode/100 == 2:
			return nil
		case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable:
			rest(ctx, 50*time.Millisecond)
		default:
			return fmt.Errorf("ingest: status %d: %s", resp.StatusCode, text)
		}
	}
}

// throughput sends all events as fast as they are taken and waits until the archive counts them all.
func (b *bench) throughput(ctx context.Context) (figure, error) {
	bodies := b.bodies(b.o.events)
	cpu, start := processCPU(b.p.PID()), time.Now()
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make(chan error, b.o.senders)
	for range b.o.senders {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(bodies); i = int(next.Add(1)) - 1 {
				if err := b.post(ctx, b.tokens[i%len(b.tokens)], bodies[i]); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	acked := time.Since(start)
	select {
	case err := <-errs:
		return figure{}, err
	default:
	}
	if err := rig.Eventually(5*time.Minute, func() error { return b.counts(ctx, b.o.events) }); err != nil {
		return figure{}, err
	}
	f := figure{events: b.o.events, took: time.Since(start), cpu: processCPU(b.p.PID()) - cpu}
	fmt.Printf("acknowledged:  %.0f events/s durable in the queue\n", float64(f.events)/acked.Seconds())
	return f, nil
}

func (b *bench) bodies(n int) [][]byte {
	g := rig.NewTraffic(2)
	var bodies [][]byte
	for n > 0 {
		var body bytes.Buffer
		for range min(n, batchRecords) {
			body.WriteString(g.Next(time.Now().UTC()))
			body.WriteByte('\n')
		}
		n -= batchRecords
		bodies = append(bodies, body.Bytes())
	}
	return bodies
}

func (b *bench) counts(ctx context.Context, want int) error {
	f, err := b.api.Search(ctx, b.slugs, "* | stats count() as n", "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z", 10, "")
	if err != nil {
		return err
	}
	if len(f.Events) != 1 {
		return fmt.Errorf("stats answered %d rows", len(f.Events))
	}
	if got, _ := strconv.Atoi(fmt.Sprint(f.Events[0]["n"])); got != want {
		return fmt.Errorf("%d of %d events searchable", got, want)
	}
	return nil
}

// latency sends background traffic at the given rate and beside it failed logins, each from an address of its own and so an
// alert of its own; it compares when each was sent with when its alert row was made.
func (b *bench) latency(ctx context.Context, perSecond float64) (p50, p99 time.Duration, n int, err error) {
	run, cancel := context.WithTimeout(ctx, b.o.latency)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() { b.background(run, perSecond) })
	sent := make(map[string]time.Time)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for i := 0; run.Err() == nil; i++ {
		ip := fmt.Sprintf("100.64.%d.%d", i/250%250, 1+i%250)
		now := time.Now()
		line := fmt.Sprintf("<38>%s probe sshd[%d]: Failed password for invalid user probe%d from %s port 4022 ssh2\n", now.UTC().Format(time.Stamp), 1000+i, i, ip)
		if err := b.post(ctx, b.tokens[0], []byte(line)); err != nil {
			return 0, 0, 0, err
		}
		sent[ip] = now
		select {
		case <-tick.C:
		case <-run.Done():
		}
	}
	wg.Wait()
	var took []time.Duration
	err = rig.Eventually(30*time.Second, func() error {
		took, err = b.alertTimes(ctx, sent)
		if err == nil && len(took) < len(sent) {
			err = fmt.Errorf("%d of %d alerts raised", len(took), len(sent))
		}
		return err
	})
	if err != nil {
		return 0, 0, 0, err
	}
	slices.Sort(took)
	return took[len(took)/2], took[len(took)*99/100], len(took), nil
}

func (b *bench) background(ctx context.Context, perSecond float64) {
	g := rig.NewTraffic(3)
	tick := time.NewTicker(time.Duration(float64(batchRecords) / perSecond * float64(time.Second)))
	defer tick.Stop()
	slots := make(chan struct{}, b.o.senders)
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var body bytes.Buffer
		for range batchRecords {
			body.WriteString(g.Next(time.Now().UTC()))
			body.WriteByte('\n')
		}
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			_ = b.post(ctx, b.tokens[i%len(b.tokens)], body.Bytes())
		}()
	}
}

// alertTimes returns how long each probe's first alert took.
func (b *bench) alertTimes(ctx context.Context, sent map[string]time.Time) ([]time.Duration, error) {
	type item struct {
		CreatedAt time.Time `json:"created_at"`
		Entities  []struct{ Field, Value string }
	}
	first := make(map[string]time.Duration)
	for cursor := ""; ; {
		var page struct {
			Items  []item `json:"items"`
			Cursor string `json:"cursor"`
		}
		if err := b.api.Do(ctx, "GET", "/api/v1/alerts?limit=200&q=100.64.&tenant="+b.slugs[0]+"&cursor="+cursor, nil, &page); err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			for _, e := range it.Entities {
				at, ok := sent[e.Value]
				if !ok || e.Field != "source.ip" {
					continue
				}
				if d, seen := first[e.Value]; !seen || it.CreatedAt.Sub(at) < d {
					first[e.Value] = it.CreatedAt.Sub(at)
				}
			}
		}
		if cursor = page.Cursor; cursor == "" {
			break
		}
	}
	var took []time.Duration
	for _, d := range first {
		took = append(took, d)
	}
	return took, nil
}

// stages prints where the pipeline's time went, from the process's own metrics.
func (b *bench) stages(ctx context.Context) {
	req, err := http.NewRequestWithContext(ctx, "GET", b.p.HTTP+"/metrics", nil)
	if err != nil {
		return
	}
	resp, err := b.client.Do(req)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	fmt.Print("stages:       ")
	for line := range strings.Lines(string(text)) {
		for _, stage := range []string{"parse", "detect", "append"} {
			if v, ok := strings.CutPrefix(line, "isoc_flow_"+stage+"_seconds_sum "); ok {
				s, _ := strconv.ParseFloat(strings.TrimSpace(v), 64)
				fmt.Printf(" %s %.1f s", stage, s)
			}
		}
	}
	fmt.Println(" (wall clock summed over workers)")
}

// processCPU is the user and system time a process has used.
func processCPU(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks of 1/100 s, as Linux reports them
}

type usage struct{ now, peak int64 }

func memory(pid int) usage {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return usage{}
	}
	read := func(name string) int64 {
		for line := range strings.Lines(string(text)) {
			if v, ok := strings.CutPrefix(line, name+":"); ok {
				kb, _ := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
				return kb << 10
			}
		}
		return 0
	}
	return usage{now: read("VmRSS"), peak: read("VmHWM")}
}
