package input

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// udpBuffer is what the kernel is asked to hold while we store: some 30,000 datagrams.
const udpBuffer = 16 << 20

// port is one address, bound for UDP and TCP, or for TLS alone.
type port struct {
	own  int // number of the port if it is a source's own, 0 for the main one
	tcp  *net.TCPListener
	udp  *net.UDPConn // nil for TLS
	gate *gate        // nil but for TLS
}

func (p *port) addr() string {
	if p == nil {
		return ""
	}
	return p.tcp.Addr().String()
}

// close gives back an address that nobody serves.
func (p *port) close() error {
	if p == nil {
		return nil
	}
	return errors.Join(p.tcp.Close(), p.udp.Close())
}

// listenPort binds UDP and TCP on the same port. Port 0 is tried a few times until one is free on both.
func listenPort(ctx context.Context, addr string, own int) (*port, error) {
	var err error
	for range 10 {
		var p *port
		if p, err = bindPort(ctx, addr, own); err == nil {
			return p, nil
		}
		if _, n, _ := net.SplitHostPort(addr); n != "0" || !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, err
}

func bindTCP(ctx context.Context, addr string) (*net.TCPListener, error) {
	lc := net.ListenConfig{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 15 * time.Second, Count: 4}}
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

func bindUDP(ctx context.Context, addr string) (*net.UDPConn, error) {
	lc := net.ListenConfig{Control: growBuffer}
	pc, err := lc.ListenPacket(ctx, "udp", addr)
	if err != nil {
		return nil, err
	}
	return pc.(*net.UDPConn), nil
}

func bindPort(ctx context.Context, addr string, own int) (*port, error) {
	tcp, err := bindTCP(ctx, addr)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, errors.Join(err, tcp.Close())
	}
	number := tcp.Addr().(*net.TCPAddr).Port
	udp, err := bindUDP(ctx, net.JoinHostPort(host, strconv.Itoa(number)))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("tcp is bound, udp is not: %w", err), tcp.Close())
	}
	return &port{own: own, tcp: tcp, udp: udp}, nil
}

// growBuffer asks for a large receive buffer: beyond the system's limit where we may, up to it where we may not.
func growBuffer(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, udpBuffer) != nil {
			_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, udpBuffer)
		}
	})
}

// connLimit bounds TCP connections, together and of one address.
type connLimit struct {
	mu             sync.Mutex
	total, perAddr int
	open           int
	byAddr         map[netip.Addr]int
}

func newConnLimit(total, perAddr int) *connLimit {
	return &connLimit{total: total, perAddr: perAddr, byAddr: map[netip.Addr]int{}}
}

func (l *connLimit) enter(addr netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.total || l.byAddr[addr] >= l.perAddr {
		return false
	}
	l.open++
	l.byAddr[addr]++
	return true
}

func (l *connLimit) leave(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.byAddr[addr]--; l.byAddr[addr] == 0 {
		delete(l.byAddr, addr)
	}
}
