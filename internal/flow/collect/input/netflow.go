package input

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/netflow"
)

const inputNetFlow = "netflow"

// NetFlowOptions configures a [NetFlow].
type NetFlowOptions struct {
	Addr         string // host:port; port 0 picks a free one
	Intake       *collect.Intake
	Registry     *collect.Registry
	DrainTimeout time.Duration // how long the shutdown waits for the queue to take what was read, default 10 s
	Logger       *slog.Logger
	Registerer   prometheus.Registerer
}

// NetFlow listens for NetFlow v5 and v9, IPFIX and sFlow v5 on one UDP port. Each flow becomes a record of JSON of the source that the
// exporter's address names; flows of unknown exporters go to the inbox.
type NetFlow struct {
	o       NetFlowOptions
	log     *slog.Logger
	metrics *netflowMetrics
	conn    *net.UDPConn
	decoder *netflow.Decoder
	buf     []byte
}

// ListenNetFlow binds the address; [NetFlow.Run] serves it.
func ListenNetFlow(ctx context.Context, o NetFlowOptions) (*NetFlow, error) {
	if o.DrainTimeout <= 0 {
		o.DrainTimeout = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	conn, err := bindUDP(ctx, o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for NetFlow: %w", err)
	}
	return &NetFlow{
		o: o, log: o.Logger.With("component", "netflow"), metrics: newNetflowMetrics(o.Registerer),
		conn: conn, decoder: netflow.NewDecoder(), buf: make([]byte, maxDatagram),
	}, nil
}

// Addr returns the address bound, with its port.
func (n *NetFlow) Addr() string { return n.conn.LocalAddr().String() }

// Run serves until ctx ends, stores what it has read, and returns nil.
func (n *NetFlow) Run(ctx context.Context) error {
	in := datagramPort{
		conn: n.conn, take: n.take, intake: n.o.Intake, drain: n.o.DrainTimeout, dropped: n.metrics.dropped, log: n.log,
	}
	return in.serve(ctx)
}

// take reads one datagram and adds its flows: at most [netflow.MaxFlows], by which a batch may be longer than one of the queue's.
func (n *NetFlow) take(b *datagrams) error {
	size, from, err := n.conn.ReadFromUDPAddrPort(n.buf)
	if err != nil {
		return err
	}
	addr := from.Addr().Unmap().WithZone("")
	r := record.Record{Received: time.Now().UTC(), Input: inputNetFlow, Remote: addr.String()}
	src, known := n.o.Registry.BySender(addr)
	if known {
		r.Tenant, r.Source = src.Tenant, src.ID
	}
	result, err := n.decoder.Decode(netflow.Exporter{Addr: addr, Known: known}, r.Received, n.buf[:size], func(line []byte) {
		start := len(b.arena)
		b.arena = append(b.arena, line...)
		r.Raw = b.arena[start:len(b.arena):len(b.arena)]
		b.recs = append(b.recs, r)
	})
	n.metrics.count(result)
	if err != nil {
		n.metrics.malformed.Inc()
		n.log.Debug("datagram not understood", "remote", addr, "bytes", size, "error", err)
	}
	return nil
}

type netflowMetrics struct {
	malformed, dropped            prometheus.Counter
	untemplated, refused, skipped prometheus.Counter
}

func newNetflowMetrics(reg prometheus.Registerer) *netflowMetrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_netflow_" + name + "_total", Help: help})
	}
	m := &netflowMetrics{
		malformed:   counter("malformed", "Datagrams that are none of NetFlow v5, v9, IPFIX and sFlow v5, or are so only in part."),
		dropped:     counter("unclaimed_dropped", "Flows of unknown exporters dropped because the inbox did not keep up."),
		untemplated: counter("untemplated", "Sets of data dropped because their template had not come."),
		refused:     counter("templates_refused", "Templates that describe nothing, or too much."),
		skipped:     counter("skipped", "Records without an address, and flows beyond the bound of one datagram."),
	}
	if reg != nil {
		reg.MustRegister(m.malformed, m.dropped, m.untemplated, m.refused, m.skipped)
	}
	return m
}

func (m *netflowMetrics) count(r netflow.Result) {
	m.untemplated.Add(float64(r.NoTemplate))
	m.refused.Add(float64(r.Refused))
	m.skipped.Add(float64(r.Skipped))
}
