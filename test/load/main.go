// Command load measures the real binary end to end on this machine, beside the event archive's own ingest limit in the same
// run: throughput from the socket to searchable with every rule judged, CPU, memory, and the time from the socket to the alert.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

type options struct {
	events  int
	senders int
	rules   string
	latency time.Duration

	seedAlerts int
	data, dsn  string
}

func main() {
	var o options
	flag.IntVar(&o.events, "events", 400_000, "records to send for the throughput figure")
	flag.IntVar(&o.senders, "senders", 8, "parallel HTTP senders")
	flag.StringVar(&o.rules, "rules", "../shared/data/sigma", "folder of Sigma rules to judge with beside our own; left out where absent")
	flag.DurationVar(&o.latency, "latency", 20*time.Second, "how long to measure latency at half load")
	flag.IntVar(&o.seedAlerts, "seed-alerts", 0, "instead of measuring, fill a new -data folder or -dsn database with this many alerts of 40 customers")
	flag.StringVar(&o.data, "data", "", "data folder to fill; the product must not run on it")
	flag.StringVar(&o.dsn, "dsn", "", "PostgreSQL database to fill instead")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	work := run
	if o.seedAlerts > 0 {
		work = seed
	}
	if err := work(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
