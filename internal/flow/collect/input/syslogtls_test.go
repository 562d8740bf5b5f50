package input_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(t testing.TB, name string) *authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue returns a certificate and its key as PEM.
func (a *authority) issue(t testing.TB, common string, names ...string) (cert, key []byte) {
	t.Helper()
	return a.issueUntil(t, time.Now().Add(60*24*time.Hour), common, names...)
}

func (a *authority) issueUntil(t testing.TB, end time.Time, common string, names ...string) (cert, key []byte) {
	t.Helper()
	private := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: common}, DNSNames: names, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: end, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &private.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func put(t testing.TB, path string, text []byte) string {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// secured is a listener with files of its own.
type secured struct {
	*input.Syslog
	ca      *authority
	dir     string
	metrics *prometheus.Registry
	stop    func()
}

func listenTLS(t testing.TB, w *world, optional bool) *secured {
	t.Helper()
	s := &secured{ca: newAuthority(t, "ca"), dir: t.TempDir(), metrics: prometheus.NewRegistry()}
	cert, key := s.ca.issue(t, "server")
	s.Syslog, s.stop = listen(t, w, input.SyslogOptions{Registerer: s.metrics, TLS: &input.TLSOptions{
		Addr: "127.0.0.1:0", Certificate: put(t, filepath.Join(s.dir, "cert.pem"), cert), Key: put(t, filepath.Join(s.dir, "key.pem"), key),
		ClientCA: put(t, filepath.Join(s.dir, "ca.pem"), s.ca.pem), ClientsOptional: optional,
	}})
	return s
}

func (s *secured) refused(t testing.TB, reason string) float64 {
	t.Helper()
	families, err := s.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "isoc_syslog_tls_refused_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			if m.GetLabel()[0].GetValue() == reason {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

func clientOf(t testing.TB, trusts *authority, cert, key []byte) *tls.Config {
	t.Helper()
	c := &tls.Config{RootCAs: trusts.pool()}
	if cert != nil {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil } // also where the server names other issuers
	}
	return c
}

func dialTLS(t testing.TB, s *secured, c *tls.Config) *tls.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", s.TLSAddr(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func counted(text string) string { return fmt.Sprintf("%d %s", len(text), text) }

func TestSyslogOverTLSIsClaimedByTokenThenCertificateThenAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t,
		collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.0/8")},
		collect.Source{ID: "by-dns", Tenant: beta, CertNames: []string{"fw1.example.com"}},
		collect.Source{ID: "by-cn", Tenant: beta, CertNames: []string{"branch gate"}},
		collect.Source{ID: "off", Tenant: beta, CertNames: []string{"off.example.com"}, Disabled: true})
	s := listenTLS(t, w, true)
	sent := 0
	say := func(text, common string, names ...string) {
		t.Helper()
		var cert, key []byte
		if common != "" {
			cert, key = s.ca.issue(t, common, names...)
		}
		conn := dialTLS(t, s, clientOf(t, s.ca, cert, key))
		send(t, conn, counted(text))
		_ = conn.Close()
		sent++
		w.await(t, sent)
	}
	token := "<13>1 - h a - - [isoc@0 token=\"" + acmeToken + "\"] token"
	say(token, "x", "fw1.example.com")
	say("<13>san\nof two lines", "x", "other.example.com", "FW1.example.com")
	say("<13>cn", "Branch Gate")
	say("<13>disabled", "x", "off.example.com")
	say("<13>no certificate", "")
	want := []string{
		"acme-token:" + strings.ReplaceAll(token, acmeToken, strings.Repeat("*", len(acmeToken))),
		"by-dns:<13>san\nof two lines", "by-cn:<13>cn", "lan:<13>disabled", "lan:<13>no certificate",
	}
	if diff := cmp.Diff(want, w.raws()); diff != "" {
		t.Fatal(diff)
	}
	if r := w.records()[1]; r.Tenant != beta || r.Input != "syslog-tls" || r.Remote != "127.0.0.1" {
		t.Fatalf("%+v", r)
	}
	// A plain connection shows no certificate, whatever it says.
	send(t, dial(t, "tcp", s.Addr()), "<13>fw1.example.com\n")
	if got := w.await(t, sent+1); got[sent] != "lan:<13>fw1.example.com" {
		t.Fatal(got[sent])
	}
}

// closedWithout reads until the server closes, which it must.
func closedWithout(t testing.TB, conn net.Conn) {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Fatalf("the connection is open: %v", err)
	}
}

func TestSyslogOverTLSRefusesWhoMayNotCome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "gate", Tenant: acme, CertNames: []string{"gate"}, Senders: prefix("127.0.0.0/8")})
	s := listenTLS(t, w, false)
	other := newAuthority(t, "ca") // of the same name
	cert, key := other.issue(t, "gate")
	old, oldKey := s.ca.issueUntil(t, time.Now().Add(-time.Hour), "gate")
	for name, c := range map[string]struct {
		config *tls.Config
		reason string
	}{
		"of another authority": {clientOf(t, s.ca, cert, key), "certificate"},
		"ended":                {clientOf(t, s.ca, old, oldKey), "certificate"},
		"none":                 {clientOf(t, s.ca, nil, nil), "no_certificate"},
		"TLS 1.1":              {&tls.Config{RootCAs: s.ca.pool(), MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, "handshake"},
	} {
		before := s.refused(t, c.reason)
		conn, err := net.Dial("tcp", s.TLSAddr())
		if err != nil {
			t.Fatal(err)
		}
		c.config.ServerName = "127.0.0.1"
		client := tls.Client(conn, c.config)
		if err := client.Handshake(); err == nil { // TLS 1.3: the client hears of it later
			_, _ = client.Write([]byte(counted("<13>in spite of all")))
			closedWithout(t, client)
		}
		_ = conn.Close()
		waitFor(t, name+" is counted", func() bool { return s.refused(t, c.reason) == before+1 })
	}
	plain := dial(t, "tcp", s.TLSAddr())
	send(t, plain, "<13>plain\n")
	closedWithout(t, plain)
	if got := w.raws(); len(got) != 0 {
		t.Fatal(got)
	}
}

func TestSyslogOverTLSFollowsItsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "gate", Tenant: acme, CertNames: []string{"gate"}})
	s := listenTLS(t, w, false)
	cert, key := s.ca.issue(t, "gate")
	open := dialTLS(t, s, clientOf(t, s.ca, cert, key))
	if err := s.TLSProblem(); err != nil {
		t.Fatal(err)
	}
	next := newAuthority(t, "next")
	serverCert, serverKey := next.issueUntil(t, time.Now().Add(24*time.Hour), "server")
	put(t, filepath.Join(s.dir, "cert.pem"), serverCert) // its key is still another's
	waitFor(t, "the fault is seen", func() bool { return s.TLSProblem() != nil })
	send(t, dialTLS(t, s, clientOf(t, s.ca, cert, key)), counted("<13>under the old one"))
	w.await(t, 1)
	put(t, filepath.Join(s.dir, "key.pem"), serverKey)
	put(t, filepath.Join(s.dir, "ca.pem"), next.pem)
	waitFor(t, "the new certificate is in use", func() bool {
		conn, err := tls.Dial("tcp", s.TLSAddr(), clientOf(t, next, nil, nil))
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	waitFor(t, "its near end is seen", func() bool { err := s.TLSProblem(); return err != nil && strings.Contains(err.Error(), "ends") })
	refused := s.refused(t, "certificate")
	stale := dialTLS(t, s, clientOf(t, next, cert, key))
	closedWithout(t, stale)
	waitFor(t, "the old authority's client is refused", func() bool { return s.refused(t, "certificate") == refused+1 })
	cert, key = next.issue(t, "gate")
	send(t, dialTLS(t, s, clientOf(t, next, cert, key)), counted("<13>under the new one"))
	w.await(t, 2)
	send(t, open, counted("<13>still open"))
	if got := w.await(t, 3); got[2] != "gate:<13>still open" {
		t.Fatal(got)
	}
}

func TestSyslogOverTLSWaitsForTheQueueAndDrains(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "gate", Tenant: acme, CertNames: []string{"gate"}})
	w.refuse(fmt.Errorf("full: %w", fault.ErrUnavailable))
	s := listenTLS(t, w, false)
	cert, key := s.ca.issue(t, "gate")
	conn := dialTLS(t, s, clientOf(t, s.ca, cert, key))
	const n = 1000
	done := make(chan error, 1)
	go func() {
		var err error
		for i := range n {
			if _, err = conn.Write([]byte(counted(fmt.Sprintf("<13>%d %s", i, strings.Repeat("y", 10000))))); err != nil {
				break
			}
		}
		done <- err
	}()
	select {
	case err := <-done:
		t.Fatalf("10 MB went to a queue that takes nothing: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	w.refuse(nil)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	w.await(t, n)
	send(t, conn, counted("<13>last")+"100 <13>half")
	s.stop()
	got := w.raws()
	if len(got) != n+1 || got[n] != "gate:<13>last" {
		t.Fatalf("%d records, last %.40q", len(got), got[len(got)-1])
	}
	for i := range n {
		if !strings.HasPrefix(got[i], fmt.Sprintf("gate:<13>%d y", i)) {
			t.Fatalf("record %d: %.40q", i, got[i])
		}
	}
}

// counting counts how often something is made durable.
type counting struct {
	*shelf
	calls atomic.Int64
}

func (c *counting) Publish(ctx context.Context, recs []record.Record) error {
	c.calls.Add(1)
	return c.shelf.Publish(ctx, recs)
}

// TestSyslogOverTLSStoresTogetherWhatWasWrittenSingly writes as rsyslog does: a record of TLS for each record, which a reader gets one by one.
func TestSyslogOverTLSStoresTogetherWhatWasWrittenSingly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "gate", Tenant: acme, CertNames: []string{"gate"}})
	disk := &counting{shelf: w.shelf}
	w.swap(disk)
	s := listenTLS(t, w, false)
	cert, key := s.ca.issue(t, "gate")
	conn := dialTLS(t, s, clientOf(t, s.ca, cert, key))
	const n = 2000
	for i := range n {
		send(t, conn, counted(fmt.Sprintf("<13>%d", i)))
	}
	got := w.await(t, n)
	for i := range n {
		if got[i] != fmt.Sprintf("gate:<13>%d", i) {
			t.Fatalf("record %d: %s", i, got[i])
		}
	}
	if calls := disk.calls.Load(); calls > n/4 {
		t.Fatalf("%d records were made durable in %d steps", n, calls)
	}
}

func TestSyslogOverTLSStartsOnlyWithFilesThatFit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ca, dir := newAuthority(t, "ca"), t.TempDir()
	cert, key := ca.issue(t, "server")
	_, otherKey := ca.issue(t, "server")
	good := input.TLSOptions{Addr: "127.0.0.1:0", Certificate: put(t, dir+"/cert", cert), Key: put(t, dir+"/key", key), ClientCA: put(t, dir+"/ca", ca.pem)}
	for name, spoil := range map[string]func(*input.TLSOptions){
		"no such file":     func(o *input.TLSOptions) { o.Certificate = dir + "/none" },
		"another's key":    func(o *input.TLSOptions) { o.Key = put(t, dir+"/other", otherKey) },
		"CA without certs": func(o *input.TLSOptions) { o.ClientCA = put(t, dir+"/empty", []byte("nothing")) },
		"endless file":     func(o *input.TLSOptions) { o.Key = "/dev/zero" },
	} {
		o := good
		spoil(&o)
		if s, err := input.ListenSyslog(t.Context(), input.SyslogOptions{Addr: "127.0.0.1:0", Intake: w.intake, Registry: w.registry, TLS: &o}); err == nil {
			t.Errorf("%s: listens on %s", name, s.TLSAddr())
		}
	}
}

func TestOpensslDeliversOverTLS(t *testing.T) {
	t.Parallel()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("no openssl")
	}
	w := newWorld(t, collect.Source{ID: "gate", Tenant: acme, CertNames: []string{"gate"}})
	s := listenTLS(t, w, false)
	cert, key := s.ca.issue(t, "gate")
	for i, version := range []string{"-tls1_2", "-tls1_3"} {
		cmd := exec.Command(openssl, "s_client", "-quiet", "-no_ign_eof", version, "-connect", s.TLSAddr(), "-CAfile", filepath.Join(s.dir, "ca.pem"), "-verify_return_error",
			"-cert", put(t, filepath.Join(s.dir, "client.pem"), cert), "-key", put(t, filepath.Join(s.dir, "client.key"), key))
		cmd.Stdin = strings.NewReader(counted("<13>" + version))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if got := w.await(t, i+1); got[i] != "gate:<13>"+version {
			t.Fatal(got)
		}
	}
}
