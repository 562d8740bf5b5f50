package input

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

const (
	inputTLS = "syslog-tls"
	// handshakeTime bounds a TLS handshake: until then a connection counts, but has shown nothing.
	handshakeTime = 10 * time.Second
	// certificateLook is how often a handshake looks whether the files have changed.
	certificateLook = time.Second
	// certificateWarn is how long before its end the server's certificate is a finding of the health page.
	certificateWarn = 14 * 24 * time.Hour
	// refusalLog is how often a refused handshake is worth a line of the log; the line counts the others.
	refusalLog = 10 * time.Second

	maxCertificateFile = 1 << 20
)

// TLSOptions configures syslog over TLS (RFC 5425). The files are PEM and read anew when they change.
type TLSOptions struct {
	Addr             string // host:port; port 0 picks a free one
	Certificate, Key string
	// ClientCA is the file of those who vouch for clients; empty asks clients for no certificate.
	ClientCA string
	// ClientsOptional lets clients without a certificate in too. One that does not verify is refused all the same.
	ClientsOptional bool
}

// errNoCertificate refuses a client that shows no certificate where one is required.
var errNoCertificate = errors.New("the client shows no certificate")

// gate makes TLS connections of TCP connections, under the certificates that its files hold now. It is safe for concurrent use.
type gate struct {
	o       TLSOptions
	log     *slog.Logger
	refused *prometheus.CounterVec
	logged  rate.Sometimes

	mu      sync.Mutex
	looked  time.Time
	files   [sha256.Size]byte // what the files held when they were last looked at
	config  *tls.Config
	ends    time.Time // of the server's certificate
	failed  error     // why what the files hold now is not used
	unheard int       // refusals since one was logged
}

func newGate(o TLSOptions, refused *prometheus.CounterVec, log *slog.Logger) (*gate, error) {
	g := &gate{o: o, log: log, refused: refused, logged: rate.Sometimes{Interval: refusalLog}}
	g.current()
	return g, g.failed
}

// current returns the configuration of the files as they are now. Files that cannot be used, a certificate without its key for the
// moment between two copies say, change nothing: those of before stand.
func (g *gate) current() *tls.Config {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.looked) < certificateLook {
		return g.config
	}
	g.looked = time.Now()
	cert, key, ca, sum, err := g.read()
	if err == nil && sum == g.files {
		return g.config
	}
	var config *tls.Config
	if err == nil {
		g.files = sum
		config, err = g.configure(cert, key, ca)
	}
	switch {
	case err != nil && (g.failed == nil || g.failed.Error() != err.Error()) && g.config != nil:
		g.log.Error("certificate of syslog over TLS, that of before stays in use", "error", err)
	case err == nil && g.config != nil:
		g.log.Info("certificate of syslog over TLS read anew", "certificate", g.o.Certificate)
	}
	if g.failed = err; err == nil {
		g.config = config
	}
	return g.config
}

func (g *gate) read() (cert, key, ca []byte, sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	for _, f := range []struct {
		path string
		to   *[]byte
	}{{g.o.Certificate, &cert}, {g.o.Key, &key}, {g.o.ClientCA, &ca}} {
		if f.path == "" {
			continue
		}
		if *f.to, err = readBounded(f.path); err != nil {
			return nil, nil, nil, sum, err
		}
		_, _ = fmt.Fprintf(hash, "%d ", len(*f.to)) // a hash takes everything
		hash.Write(*f.to)
	}
	return cert, key, ca, [sha256.Size]byte(hash.Sum(nil)), nil
}

func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxCertificateFile+1))
	if err == nil && len(text) > maxCertificateFile {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxCertificateFile)
	}
	return text, err
}

func (g *gate) configure(cert, key, ca []byte) (*tls.Config, error) {
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s with key %s: %w", g.o.Certificate, g.o.Key, err)
	}
	// Tickets are off: a session that is resumed would bring a certificate that nobody checks again.
	c := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, SessionTicketsDisabled: true}
	if ca != nil {
		c.ClientCAs = x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(ca) {
			return nil, fmt.Errorf("%s holds no certificate", g.o.ClientCA)
		}
		c.ClientAuth = tls.VerifyClientCertIfGiven
		if !g.o.ClientsOptional {
			c.VerifyConnection = func(s tls.ConnectionState) error {
				if len(s.VerifiedChains) == 0 {
					return errNoCertificate
				}
				return nil
			}
		}
	}
	g.ends = pair.Leaf.NotAfter
	return c, nil
}

// problem is what somebody should see to: files that cannot be used, a certificate that ends soon.
func (g *gate) problem() error {
	g.current()
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.failed != nil:
		return g.failed
	case time.Until(g.ends) < certificateWarn:
		return fmt.Errorf("the certificate %s ends %s", g.o.Certificate, g.ends.UTC().Format(time.RFC3339))
	}
	return nil
}

// enter makes the handshake. It returns the connection and the names that the client's certificate vouches for, or false for a client
// that is refused, which is counted.
func (g *gate) enter(ctx context.Context, conn net.Conn) (net.Conn, []string, bool) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	secure := tls.Server(conn, g.current())
	err := secure.HandshakeContext(ctx)
	if err == nil {
		return secure, vouchedNames(secure.ConnectionState()), true
	}
	g.refuse(conn, err)
	return nil, nil, false
}

func (g *gate) refuse(conn net.Conn, err error) {
	var unverified *tls.CertificateVerificationError
	reason := "handshake"
	switch {
	case errors.Is(err, errNoCertificate):
		reason = "no_certificate"
	case errors.As(err, &unverified):
		reason = "certificate"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		reason = "timeout"
	}
	g.refused.WithLabelValues(reason).Inc()
	g.mu.Lock()
	g.unheard++
	g.mu.Unlock()
	g.logged.Do(func() {
		g.mu.Lock()
		n := g.unheard
		g.unheard = 0
		g.mu.Unlock()
		g.log.Warn("syslog over TLS refused", "remote", peer(conn), "reason", reason, "error", err, "since_last_line", n)
	})
}

// vouchedNames are the names of a client's certificate, where one was shown and verified: its subject alternative names, then its common
// name, as [collect.Registry.ByCertName] compares them.
func vouchedNames(s tls.ConnectionState) []string {
	if len(s.VerifiedChains) == 0 {
		return nil
	}
	leaf := s.VerifiedChains[0][0]
	names := append(append([]string{}, leaf.DNSNames...), leaf.EmailAddresses...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	for _, uri := range leaf.URIs {
		names = append(names, uri.String())
	}
	names = append(names, leaf.Subject.CommonName)
	for i, name := range names {
		names[i] = strings.ToLower(name)
	}
	return names
}
