package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "isoc-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	fmt.Printf("%d CPUs, %s %s/%s\n", runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH)

	limit, err := archiveLimit(ctx, filepath.Join(dir, "limit"), o.events)
	if err != nil {
		return fmt.Errorf("archive limit: %w", err)
	}
	fmt.Printf("archive alone: %s\n", limit)

	bin, err := rig.Build(dir)
	if err != nil {
		return err
	}
	data := filepath.Join(dir, "data")
	if err := importRules(ctx, bin, data, o.rules); err != nil {
		return err
	}
	if err := rig.ImportRule(ctx, bin, data, rig.FailedLoginRule); err != nil {
		return err
	}
	p, err := rig.Start(rig.Options{Binary: bin, Data: data, Args: []string{"--ingest-events-per-second", "0", "--log-level", "warn"}})
	if err != nil {
		return err
	}
	defer func() { _ = p.Stop() }()
	b, err := newBench(ctx, p, o)
	if err != nil {
		return err
	}
	rest(ctx, 5*time.Second) // idle is measured, not waited for
	idle := memory(p.PID())
	whole, err := b.throughput(ctx)
	if err != nil {
		return fmt.Errorf("throughput: %w", err)
	}
	fmt.Printf("end to end:    %s\n", whole)
	fmt.Printf("ratio:         %.2f of the archive's events/s, %.2f times its CPU an event\n", whole.perSecond()/limit.perSecond(), whole.cpuPerMillion()/limit.cpuPerMillion())
	b.stages(ctx)
	half := whole.perSecond() / 2
	p50, p99, n, err := b.latency(ctx, half)
	if err != nil {
		return fmt.Errorf("latency: %w", err)
	}
	fmt.Printf("latency:       socket to alert row p50 %s, p99 %s over %d alerts at %.0f events/s\n", p50.Round(time.Millisecond), p99.Round(time.Millisecond), n, half)
	after := memory(p.PID())
	fmt.Printf("memory:        idle %d MiB, after load %d MiB, peak %d MiB\n", idle.now>>20, after.now>>20, after.peak>>20)
	return nil
}

// importRules brings the operator's rules in as an operator would.
func importRules(ctx context.Context, bin, data, rules string) error {
	if _, err := os.Stat(rules); errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("rules:         own only (%s is absent)\n", rules)
		return nil
	}
	start := time.Now()
	cmd := exec.CommandContext(ctx, bin, "content", "import", "--data", data, "--name", "sigma", rules)
	cmd.Env = append(os.Environ(), "ISOC_LANG=en")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("import rules: %w\n%s", err, out)
	}
	fmt.Printf("rules:         imported in %s: %.90s…\n", time.Since(start).Round(time.Millisecond), out)
	return nil
}

func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
