package sender

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/demo"
)

const (
	writeTimeout = 20 * time.Second
	closeTimeout = 10 * time.Second
	replyBytes   = 1 << 20
	datagrams    = 32 // sent between two short pauses, so that the kernel's buffer keeps up
)

// Sender speaks to one installation. It is for one goroutine.
type Sender struct {
	http   string // host:port
	syslog string // host:port, empty where it is switched off
	client *http.Client
	tcp    net.Conn
	udp    net.Conn
}

// New returns a sender to the listeners at these addresses, as they were bound; what is bound to every address is reached over loopback.
// Without syslog its records go as lines over HTTP.
func New(httpAddr, syslogAddr string) *Sender {
	return &Sender{
		http: reachable(httpAddr), syslog: reachable(syslogAddr),
		client: &http.Client{Timeout: writeTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}, // no proxy: it is this machine
	}
}

func reachable(addr string) string {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !ap.Addr().IsUnspecified() {
		return addr
	}
	if ap.Addr().Is4() {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), ap.Port()).String()
	}
	return netip.AddrPortFrom(netip.IPv6Loopback(), ap.Port()).String()
}

var _ demo.Carrier = (*Sender)(nil)

// Carry implements [demo.Carrier].
func (s *Sender) Carry(ctx context.Context, src demo.Source, token string, records []demo.Record) (int, error) {
	door := src.Door
	if s.syslog == "" && (door == demo.TCP || door == demo.UDP) {
		door = demo.Raw
	}
	switch door {
	case demo.TCP:
		return s.stream(ctx, records)
	case demo.UDP:
		return s.datagrams(ctx, records)
	case demo.Bulk:
		return s.bulk(ctx, token, records)
	}
	return s.lines(ctx, token, records)
}

// stream writes records with octet counting on one connection, as rsyslog does.
func (s *Sender) stream(ctx context.Context, records []demo.Record) (int, error) {
	if s.tcp == nil {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", s.syslog)
		if err != nil {
			return 0, err
		}
		s.tcp = conn
	}
	var b bytes.Buffer
	for _, r := range records {
		fmt.Fprintf(&b, "%d %s", len(r.Text), r.Text)
	}
	if err := s.tcp.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return 0, err
	}
	if _, err := s.tcp.Write(b.Bytes()); err != nil {
		err = errors.Join(err, s.tcp.Close())
		s.tcp = nil
		return 0, err
	}
	return len(records), nil
}

func (s *Sender) datagrams(ctx context.Context, records []demo.Record) (int, error) {
	if s.udp == nil {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "udp", s.syslog)
		if err != nil {
			return 0, err
		}
		s.udp = conn
	}
	for i, r := range records {
		if _, err := s.udp.Write(r.Text); err != nil {
			return i, err
		}
		if i%datagrams == datagrams-1 {
			time.Sleep(2 * time.Millisecond)
		}
	}
	return len(records), nil
}

// lines posts records one a line, as curl does.
func (s *Sender) lines(ctx context.Context, token string, records []demo.Record) (int, error) {
	var b bytes.Buffer
	for _, r := range records {
		b.Write(r.Text)
		b.WriteByte('\n')
	}
	_, err := s.post(ctx, "/ingest/raw", "Bearer "+token, "text/plain; charset=utf-8", &b)
	if err != nil {
		return 0, err
	}
	return len(records), nil
}

// bulk posts documents as the Beats do. An answer that refuses some of them is an error: all that the demonstration sends is fit.
func (s *Sender) bulk(ctx context.Context, token string, records []demo.Record) (int, error) {
	var b bytes.Buffer
	for _, r := range records {
		b.WriteString("{\"create\":{}}\n")
		b.Write(r.Text)
		b.WriteByte('\n')
	}
	answer, err := s.post(ctx, "/_bulk", "ApiKey "+token, "application/x-ndjson", &b)
	if err != nil {
		return 0, err
	}
	var reply struct {
		Errors bool `json:"errors"`
		Items  []map[string]struct {
			Status int `json:"status"`
		} `json:"items"`
	}
	if err := json.Unmarshal(answer, &reply); err != nil {
		return 0, fmt.Errorf("read the answer to a bulk: %w", err)
	}
	if !reply.Errors {
		return len(records), nil
	}
	taken := slices.IndexFunc(reply.Items, func(i map[string]struct {
		Status int `json:"status"`
	}) bool {
		return i["create"].Status >= http.StatusMultipleChoices
	})
	return max(taken, 0), errors.New("a bulk was not taken wholly")
}

func (s *Sender) post(ctx context.Context, path, authorization, contentType string, body io.Reader) (answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.http+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Content-Type", contentType)
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, res.Body.Close()) }()
	answer, err = io.ReadAll(io.LimitReader(res.Body, replyBytes))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", path, res.Status)
	}
	return answer, nil
}

// Close implements [demo.Carrier]: the listener ends a connection after it has stored what it read from it.
func (s *Sender) Close() error {
	s.client.CloseIdleConnections()
	var errs []error
	if s.udp != nil {
		errs = append(errs, s.udp.Close())
	}
	if tcp, ok := s.tcp.(*net.TCPConn); ok {
		errs = append(errs, tcp.CloseWrite(), tcp.SetReadDeadline(time.Now().Add(closeTimeout)))
		_, err := io.Copy(io.Discard, tcp)
		errs = append(errs, err, tcp.Close())
	}
	s.tcp, s.udp = nil, nil
	return errors.Join(errs...)
}
