package input

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
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

// datagramPort reads the datagrams of one UDP socket in batches and stores what they hold. Nobody can be told to wait: what does not
// fit is lost, and counted where we have it.
type datagramPort struct {
	conn    *net.UDPConn
	take    func(*datagrams) error // reads one datagram and adds the records in it
	intake  *collect.Intake
	drain   time.Duration      // how long the shutdown waits for the queue
	dropped prometheus.Counter // records of unknown senders that the inbox did not keep up with
	log     *slog.Logger
}

// serve reads datagrams until ctx ends, and stores what it has read.
func (p *datagramPort) serve(ctx context.Context) error {
	free, read := make(chan *datagrams, udpBatches), make(chan *datagrams, udpBatches)
	for range udpBatches {
		free <- &datagrams{arena: make([]byte, 0, udpArena)}
	}
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		p.store(ctx, read, free)
	}()
	err := p.read(ctx, free, read)
	close(read)
	<-stored
	return errors.Join(err, p.conn.Close())
}

// read fills batches. A batch goes on when it is full or its first record has waited long enough: the read deadline
// is that record's, or the shutdown's.
func (p *datagramPort) read(ctx context.Context, free <-chan *datagrams, read chan<- *datagrams) error {
	shutdown := func() { _ = p.conn.SetReadDeadline(time.Now().Add(udpDrain)) }
	stop := context.AfterFunc(ctx, shutdown)
	defer stop()
	within := func(t time.Time) {
		if ctx.Err() == nil {
			_ = p.conn.SetReadDeadline(t)
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
		err := p.fill(ctx, b, within)
		if len(b.recs) > 0 {
			read <- b
		}
		switch {
		case err == nil:
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("read datagrams: %w", err)
		case ctx.Err() != nil:
			return nil
		}
	}
}

// fill reads until the batch is full or the read deadline passes; the latter is an error only where ctx has ended.
func (p *datagramPort) fill(ctx context.Context, b *datagrams, within func(time.Time)) error {
	for !b.full() {
		had := len(b.recs)
		err := p.take(b)
		switch {
		case err == nil:
			if had == 0 && len(b.recs) > 0 && ctx.Err() == nil {
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
			p.log.Debug("read datagram", "error", err) // such as an ICMP error of an earlier send
		}
	}
	return nil
}

// store makes batches durable. Senders cannot be told to wait: what is over a tenant's quota is dropped and counted.
func (p *datagramPort) store(ctx context.Context, read <-chan *datagrams, free chan<- *datagrams) {
	storing, cancel := lasting(ctx, p.drain)
	defer cancel()
	unclaimed := make(chan []record.Record, udpUnclaimed)
	stored := make(chan struct{})
	go func() {
		defer close(stored)
		for recs := range unclaimed {
			p.offer(storing, recs)
		}
	}()
	for b := range read {
		_ = byTenant(b.recs, func(recs []record.Record) error {
			if recs[0].Tenant == "" {
				p.setAside(unclaimed, recs)
			} else {
				p.offer(storing, recs)
			}
			return nil
		})
		b.recs, b.arena = b.recs[:0], b.arena[:0]
		free <- b
	}
	close(unclaimed)
	<-stored
}

func (p *datagramPort) offer(ctx context.Context, recs []record.Record) {
	if err := persist(ctx, func() error { return p.intake.Offer(ctx, recs) }); err != nil {
		p.log.Error("datagrams lost", "records", len(recs), "error", err)
	}
}

// setAside hands records nobody claims to a goroutine of their own. The inbox stores a batch a sender, so a flood of forged
// senders is slow to store; it must not hold up the datagrams of customers, and what it does not get through is dropped and counted.
func (p *datagramPort) setAside(unclaimed chan<- []record.Record, recs []record.Record) {
	recs = slices.Clone(recs)
	for i := range recs {
		recs[i].Raw = slices.Clone(recs[i].Raw)
	}
	select {
	case unclaimed <- recs:
	default:
		p.dropped.Add(float64(len(recs)))
	}
}
