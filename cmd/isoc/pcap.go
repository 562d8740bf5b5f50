package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/enrich"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/capture"
	"github.com/isoc-project/isoc/internal/flow/wire/capture/pcapfile"
)

// runPcap writes the events that a capture shows, by the same code as a capture at an interface.
func runPcap(_ context.Context, env environment, args []string) error {
	fs := flag.NewFlagSet("pcap", flag.ContinueOnError)
	stats := fs.Bool("stats", false, "one JSON object of figures on standard error")
	hosts := fs.String("hosts", "", "networks of which one end must be, comma-separated")
	if err := env.parseFlags(fs, args, 1); err != nil {
		return err
	}
	networks, err := prefixes(*hosts)
	if err != nil {
		return &misuseError{env.text("network", err)}
	}
	in := env.in
	if name := fs.Arg(0); name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	out := bufio.NewWriterSize(env.out, 64<<10)
	figures, err := readCapture(in, out, networks)
	if *stats {
		_ = json.NewEncoder(env.err).Encode(figures)
	}
	if errors.Is(err, pcapfile.ErrFormat) {
		return errors.New(env.text("no capture", fs.Arg(0)))
	}
	return err
}

// readCapture writes the events of a capture. What was captured before an error is written all the same.
func readCapture(in io.Reader, out *bufio.Writer, hosts []netip.Prefix) (capture.Stats, error) {
	p, en := parse.New(parse.Options{}), enrich.New()
	var ev event.Event
	var flat parse.Flat
	var failed error
	d := capture.New(capture.Options{Hosts: hosts, Emit: func(raw []byte) {
		rec := record.Record{Input: "capture", Received: time.Now().UTC(), Raw: raw}
		p.Parse(&rec, &ev)
		en.Enrich(&ev)
		for _, name := range [...]string{event.Original, event.Message, event.Ingested, event.IsocSource} { // of a record in the pipeline, not of a packet
			ev.Delete(name)
		}
		if _, err := out.Write(flat.Line(&ev)); err != nil && failed == nil {
			failed = err
		}
	}})
	r, err := pcapfile.NewReader(in)
	if err != nil {
		return capture.Stats{}, err
	}
	var packet pcapfile.Packet
	for failed == nil {
		if err = r.Next(&packet); err != nil {
			break
		}
		d.Frame(packet.Link, packet.Data, packet.At)
	}
	d.Flush()
	if errors.Is(err, io.EOF) {
		err = nil
	} else if err != nil {
		err = fmt.Errorf("read capture: %w", err)
	}
	if failed == nil {
		failed = out.Flush()
	}
	return d.Stats(), errors.Join(err, failed)
}

// prefixes reads networks and addresses, comma-separated.
func prefixes(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for item := range strings.SplitSeq(list, ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		p, err := netip.ParsePrefix(item)
		if err != nil {
			addr, aerr := netip.ParseAddr(item)
			if aerr != nil {
				return nil, err
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
