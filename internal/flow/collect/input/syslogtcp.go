package input

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/flow/wire/syslogframe"
)

const (
	inputTCP = "syslog-tcp"
	// tcpChunk is what is read before the records in it are stored: together with an unfinished record it is the most
	// a connection can have taken and not made durable.
	tcpChunk = 64 << 10
	// tcpFirstChunk is what a connection reads at once until it proves busy: most are idle most of the time.
	tcpFirstChunk = 4 << 10
	// tlsWait is how long the first record of a read waits for others.
	tlsWait = 4 * time.Millisecond
	// drainRead is how long the shutdown goes on reading what the kernel holds of a connection.
	drainRead = 200 * time.Millisecond
)

// serveTCP accepts connections until ctx ends, and waits for them to be drained.
func (s *Syslog) serveTCP(ctx context.Context, p *port) error {
	var serving sync.WaitGroup
	defer serving.Wait()
	stop := context.AfterFunc(ctx, func() { _ = p.tcp.Close() })
	defer stop()
	for {
		conn, err := p.tcp.AcceptTCP()
		if ctx.Err() != nil {
			if conn != nil {
				_ = conn.Close()
			}
			return nil
		}
		if err != nil {
			if !temporary(err) {
				return fmt.Errorf("accept syslog connections: %w", err)
			}
			s.log.Warn("accept syslog connection, will try again", "error", err)
			pauseFor(ctx, firstPause)
			continue
		}
		addr := peer(conn)
		if !s.conns.enter(addr) {
			s.metrics.refused.Inc()
			_ = conn.Close()
			continue
		}
		s.metrics.conns.Inc()
		serving.Go(func() {
			defer s.metrics.conns.Dec()
			defer s.conns.leave(addr)
			s.serveConn(ctx, p, conn, addr)
		})
	}
}

// serveConn serves one connection, after its handshake where the port speaks TLS, and closes it.
func (s *Syslog) serveConn(ctx context.Context, p *port, conn net.Conn, addr netip.Addr) {
	defer func() { _ = conn.Close() }() // the sender has gone or is told to go
	c := &syslogConn{
		s: s, conn: conn, input: inputTCP, from: sender{addr: addr, port: p.own}, splitter: syslogframe.NewSplitter(record.MaxRawBytes),
	}
	if p.gate != nil {
		secure, names, ok := p.gate.enter(ctx, conn)
		if !ok {
			return
		}
		defer func() { _ = secure.Close() }()
		c.conn, c.input, c.from.names = secure, inputTLS, names
	}
	c.serve(ctx)
}

// syslogConn is one sender's connection.
type syslogConn struct {
	s        *Syslog
	conn     net.Conn
	input    string
	from     sender
	splitter *syslogframe.Splitter
	recs     []record.Record
	arena    []byte // bytes of recs
}

// serve reads until the sender is done or ctx ends, storing what it read before it reads on.
func (c *syslogConn) serve(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetReadDeadline(time.Now().Add(drainRead)) })
	defer stop()
	store, cancel := lasting(ctx, c.s.o.DrainTimeout)
	defer cancel()
	buf := make([]byte, tcpFirstChunk)
	for {
		n, err := c.read(ctx, buf)
		c.splitter.Feed(buf[:n], c.add)
		if err != nil && !(ctx.Err() != nil && errors.Is(err, os.ErrDeadlineExceeded)) {
			c.splitter.Flush(c.add) // on shutdown the sender is in the middle of it and will say it again
		}
		if failed := c.store(store); failed != nil {
			c.s.log.Warn("syslog connection closed", "remote", c.from.addr, "error", failed)
			return
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.s.log.Debug("syslog connection ended", "remote", c.from.addr, "error", err)
			}
			return
		}
		if n == len(buf) && n < tcpChunk {
			buf = make([]byte, tcpChunk)
		}
	}
}

// read reads what there is. TLS gives what the sender wrote at once and no more, often a single record, whatever lies behind it: so
// more is waited for a little, or each record would be made durable by itself.
func (c *syslogConn) read(ctx context.Context, buf []byte) (int, error) {
	c.within(ctx, c.s.o.IdleTimeout)
	n, err := c.conn.Read(buf)
	if c.input != inputTLS || err != nil || ctx.Err() != nil {
		return n, err
	}
	c.within(ctx, tlsWait)
	for err == nil && n < len(buf) {
		var more int
		more, err = c.conn.Read(buf[n:])
		n += more
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil // TLS goes on where it was
	}
	return n, err
}

// within sets how long reads may take, unless the shutdown has set its own limit.
func (c *syslogConn) within(ctx context.Context, d time.Duration) {
	if ctx.Err() != nil {
		return
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(d))
	if ctx.Err() != nil { // it ended in between: its deadline was overwritten
		_ = c.conn.SetReadDeadline(time.Now().Add(drainRead))
	}
}

func (c *syslogConn) add(rec []byte, cut bool) {
	start := len(c.arena)
	c.arena = append(c.arena, rec...)
	r := record.Record{
		Received: time.Now().UTC(), Input: c.input, Remote: c.from.addr.String(),
		Raw: c.arena[start:len(c.arena):len(c.arena)], Fields: truncated(cut),
	}
	if cut {
		c.s.metrics.cut.Inc()
	}
	claim(c.s.o.Registry, &r, c.from)
	c.recs = append(c.recs, r)
}

// store makes what was read durable; while the queue or the tenant's quota does not take it, it waits, and with it the sender.
func (c *syslogConn) store(ctx context.Context) error {
	defer func() { c.recs, c.arena = c.recs[:0], c.arena[:0] }()
	return byTenant(c.recs, func(recs []record.Record) error {
		return persist(ctx, func() error { return c.s.o.Intake.Accept(ctx, recs) })
	})
}

// lasting returns a context that ends a while after ctx, for what must still be stored then.
func lasting(ctx context.Context, extra time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(extra, cancel)
		context.AfterFunc(out, func() { timer.Stop() })
	})
	return out, func() { stop(); cancel() }
}

func peer(conn net.Conn) netip.Addr {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// temporary reports whether accepting may work again: out of file descriptors or a connection gone before it was accepted.
func temporary(err error) bool { return !errors.Is(err, net.ErrClosed) }

func pauseFor(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
