package input

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const inputUDP = "syslog-udp"

// serveUDP reads datagrams until ctx ends, and stores what it has read.
func (s *Syslog) serveUDP(ctx context.Context, p *port) error {
	in := datagramPort{
		conn: p.udp, take: func(b *datagrams) error { return s.readDatagram(p, b) },
		intake: s.o.Intake, drain: s.o.DrainTimeout, dropped: s.metrics.dropped, log: s.log,
	}
	return in.serve(ctx)
}

func (s *Syslog) readDatagram(p *port, b *datagrams) error {
	start := len(b.arena)
	n, from, err := p.udp.ReadFromUDPAddrPort(b.arena[start : start+maxDatagram])
	if err != nil {
		return err
	}
	raw := trimDatagram(b.arena[start : start+n : start+n])
	if len(raw) == 0 {
		return nil
	}
	b.arena = b.arena[:start+n]
	addr := from.Addr().Unmap().WithZone("")
	r := record.Record{Received: time.Now().UTC(), Input: inputUDP, Remote: addr.String(), Raw: raw}
	claim(s.o.Registry, &r, sender{addr: addr, port: p.own})
	b.recs = append(b.recs, r)
	return nil
}

func trimDatagram(raw []byte) []byte {
	for len(raw) > 0 && (raw[len(raw)-1] == '\n' || raw[len(raw)-1] == '\r' || raw[len(raw)-1] == 0) {
		raw = raw[:len(raw)-1]
	}
	return raw
}
