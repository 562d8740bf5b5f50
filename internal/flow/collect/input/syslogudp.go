package input

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputUDP    = "syslog-udp"
	maxDatagram = 64 << 10
	udpArena    = 512 << 10
	// udpWait is how long the first datagram of a batch waits for others.
	udpWait = 4 * time.Millisecond
	// udpDrain is how long the shutdown goes on reading what the kernel holds.
	udpDrain = 100 * time.Millisecond
	// udpBatches is how many batches may be read ahead of the queue; then the kernel's buffer fills, and then datagrams are lost.
	udpBatches = 8
	// udpUnclaimed is how many batches nobody claims may wait for the inbox.
	udpUnclaimed = 32
)

// datagrams is a batch of records and the bytes they consist of.
type datagrams struct {
	recs  []record.Record
	arena []byte
}

func (d *datagrams) full() bool {
	return len(d.recs) == record.MaxBatchRecords || len(d.arena)+maxDatagram > cap(d.arena)
}

// serveUDP reads datagrams until ctx ends, and stores what it has read.
func (s *Syslog) serveUDP(ctx context.Context, p *port) error {
	free, read := make(chan *datagrams, udpBatches), make(chan *datagrams, udpBatches)
	for range udpBatches {
		free <- &datagrams{arena: make([]byte, 0, udpArena)}
	}
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		s.storeUDP(ctx, read, free)
	}()
	err := s.readUDP(ctx, p, free, read)
	close(read)
	<-stored
	return errors.Join(err, p.udp.Close())
}

// readUDP fills batches. A batch goes on when it is full or its first record has waited long enough: the read deadline
// is that record's, or the shutdown's.
func (s *Syslog) readUDP(ctx context.Context, p *port, free <-chan *datagrams, read chan<- *datagrams) error {
	shutdown := func() { _ = p.udp.SetReadDeadline(time.Now().Add(udpDrain)) }
	stop := context.AfterFunc(ctx, shutdown)
	defer stop()
	within := func(t time.Time) {
		if ctx.Err() == nil {
			_ = p.udp.SetReadDeadline(t)
		}
		if ctx.Err() != nil { // it may have ended in between, and its deadline been overwritten
			shutdown()
		}
	}
	for {
		b := <-free // the storing goroutine gives every batch back, also during the shutdown
		if ctx.Err() == nil {
			within(time.Time{})
		}
		err := s.fill(ctx, p, b, within)
		if len(b.recs) > 0 {
			read <- b
		}
		switch {
		case err == nil:
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("read syslog datagrams: %w", err)
		case ctx.Err() != nil:
			return nil
		}
	}
}

// fill reads until the batch is full or the read deadline passes; the latter is an error only where ctx has ended.
func (s *Syslog) fill(ctx context.Context, p *port, b *datagrams, within func(time.Time)) error {
	for !b.full() {
		had := len(b.recs)
		err := s.readDatagram(p, b)
		switch {
		case err == nil:
			if had == 0 && len(b.recs) == 1 && ctx.Err() == nil {
				within(time.Now().Add(udpWait))
			}
		case errors.Is(err, os.ErrDeadlineExceeded):
			if ctx.Err() != nil {
				return err
			}
			if had > 0 {
				return nil
			}
			within(time.Time{})
		case errors.Is(err, net.ErrClosed):
			return err
		default:
			s.log.Debug("read syslog datagram", "error", err) // such as an ICMP error of an earlier send
		}
	}
	return nil
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

// storeUDP makes batches durable. Senders cannot be told to wait: what is over a tenant's quota is dropped and counted.
func (s *Syslog) storeUDP(ctx context.Context, read <-chan *datagrams, free chan<- *datagrams) {
	store, cancel := lasting(ctx, s.o.DrainTimeout)
	defer cancel()
	unclaimed := make(chan []record.Record, udpUnclaimed)
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		for recs := range unclaimed {
			s.offer(store, recs)
		}
	}()
	for b := range read {
		_ = eachTenant(b.recs, func(recs []record.Record) error {
			if recs[0].Tenant == "" {
				s.setAside(unclaimed, recs)
			} else {
				s.offer(store, recs)
			}
			return nil
		})
		b.recs, b.arena = b.recs[:0], b.arena[:0]
		free <- b
	}
	close(unclaimed)
	<-stored
}

func (s *Syslog) offer(ctx context.Context, recs []record.Record) {
	if err := persist(ctx, func() error { return s.o.Intake.Offer(ctx, recs) }); err != nil {
		s.log.Error("syslog datagrams lost", "records", len(recs), "error", err)
	}
}

// setAside hands records nobody claims to a goroutine of their own. The inbox stores a batch a sender, so a flood of forged
// senders is slow to store; it must not hold up the datagrams of customers, and what it does not get through is dropped and counted.
func (s *Syslog) setAside(unclaimed chan<- []record.Record, recs []record.Record) {
	recs = slices.Clone(recs)
	for i := range recs {
		recs[i].Raw = slices.Clone(recs[i].Raw)
	}
	select {
	case unclaimed <- recs:
	default:
		s.metrics.dropped.Add(float64(len(recs)))
	}
}

func trimDatagram(raw []byte) []byte {
	for len(raw) > 0 && (raw[len(raw)-1] == '\n' || raw[len(raw)-1] == '\r' || raw[len(raw)-1] == 0) {
		raw = raw[:len(raw)-1]
	}
	return raw
}
