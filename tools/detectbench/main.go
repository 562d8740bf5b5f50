// Command detectbench measures the Sigma matcher beside two others, on one thread and in one run.
//
// It reads rules and recorded events of public collections (-data), adds events of the demonstration's day and of a cloud's audit
// trail, and gives every engine the same rules and the same events, decoded beforehand: ours as [event.Event], the others as a map
// from the rules' own field names to values. "routed" asks of each event the rules of its log source, for which our routing is used
// on all sides; "every rule" asks all. Rates are events per second of processor time of the whole process, garbage collection
// included. The slow engines see a part of the events, spread evenly; what an engine finds is counted on that part for all three.
//
// Events are asked about again and again in a scattered order. "once" is the rate over events that the matcher has not seen before:
// half of what each source reported, in its order, after the other half.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	data := flag.String("data", filepath.Join("..", "..", "..", "shared", "data"), "folder with sigma, windows-events, sigma-regression and mordor")
	budget := flag.Duration("budget", 5*time.Second, "processor time for one engine and one kind of events")
	alone := flag.Bool("alone", false, "measure only ours")
	only := flag.String("only", "", "measure only what has this text in its name, such as \"every rule\"")
	profile := flag.String("profile", "", "file for a processor profile of the measuring")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	if err := run(context.Background(), *data, *budget, *alone, *only, *profile); err != nil {
		fmt.Fprintln(os.Stderr, "detectbench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, data string, budget time.Duration, alone bool, only, profile string) error {
	rules, err := readRules(filepath.Join(data, "sigma"))
	if err != nil {
		return err
	}
	sets, err := readEvents(data)
	if err != nil {
		return err
	}
	engines := []func([]rule) (engine, build){ours, sigmaGo, sigmaGoBundle, ruleEngine}
	if alone {
		engines = engines[:1]
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "engine\trules\tcompile, CPU ms\theap, MiB")
	var ready []engine
	for _, make := range engines {
		e, b := make(rules)
		ready = append(ready, e)
		fmt.Fprintf(w, "%s\t%d of %d\t%.0f\t%.0f\n", e.name(), b.rules, len(rules), b.cpu.Seconds()*1000, float64(b.heap)/(1<<20))
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	fmt.Fprintln(w, "\nevents\tevents, bytes each\tengine\tevents/CPU-s\tonce\tours is\tallocations each\tfired each 1,000")
	for _, set := range sets {
		for _, scope := range []scope{routed, everyRule} {
			if scope == everyRule && !set.whole || !strings.Contains(set.name+", "+string(scope), only) {
				continue
			}
			var first float64
			for i, e := range ready {
				r := measure(ctx, e, set.events, scope, budget)
				if i == 0 {
					first = r.rate
				}
				once := "-"
				if r.once > 0 {
					once = fmt.Sprintf("%.0f", r.once)
				}
				fmt.Fprintf(w, "%s, %s\t%d, %d\t%s\t%.0f\t%s\t%.0f×\t%.1f\t%.0f\n", set.name, scope, len(set.events), set.bytes, e.name(), r.rate, once, first/r.rate, r.allocations, r.fired*1000)
			}
		}
	}
	return w.Flush()
}
