package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/isoc-project/isoc/test/rig"
)

var killRounds = flag.Int("kill-rounds", 4, "how many times TestKillLosesNothing kills the process")

// readerSlack is how many bytes the syslog listener may have read from a connection and not yet made durable: what it
// reads next it reads only after that.
const readerSlack = 256 << 10

// sender counts what it sent and what was acknowledged to it. Records are named by prefix and number.
type sender struct {
	prefix string
	mu     sync.Mutex
	sent   int
	acked  int // records 0..acked-1 are acknowledged (both senders are in order)
	gaps   map[int]bool
}

func (s *sender) line(n int) string {
	return fmt.Sprintf("<38>%s web01 sshd[%d]: Failed password for invalid user %s-%d from 203.0.113.7 port 4%03d ssh2",
		time.Now().UTC().Format(time.Stamp), 1000+n/8, s.prefix, n, n%1000)
}

// TestKillLosesNothing kills the process at random moments while six tenants send: lines over HTTP, OTLP, syslog over TCP and over TLS, into a
// file that is rotated and into a topic of Kafka, of which every line counts as acknowledged. After the last restart every acknowledged record must be found exactly once, no record twice, and the alerts must count
// exactly the events found. Eight records are of one process of sshd; a correlation must have fired exactly once for each process of which
// six were found.
func TestKillLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for a minute: not in short mode")
	}
	ctx := t.Context()
	data := t.TempDir()
	certs := t.TempDir()
	authority(t, certs, "ca")
	issue(t, certs, "ca", "server", "server")
	issue(t, certs, "ca", "delta", "delta.example")
	args := []string{"--ingest-events-per-second", "0", "--syslog-tls-certificate", certs + "/server.pem", "--syslog-tls-key", certs + "/server.key", "--syslog-tls-client-ca", certs + "/ca.pem", "--syslog-tls"}
	logs := t.TempDir()
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "linux"))
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	settings := filepath.Join(logs, "isoc.yaml")
	text := fmt.Sprintf("kafka:\n- brokers: [%q]\n  topics: {linux: zeta/linux}\n", broker.ListenAddrs()[0])
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"--config", settings, "--tail", logs + "/app.log=epsilon/linux"}, args...)
	opts := rig.Options{Binary: binary, Data: data, Args: append(args[:len(args):len(args)], "127.0.0.1:0")}
	if err := rig.ImportRule(ctx, binary, data, rig.SixFailedLogins); err != nil {
		t.Fatal(err)
	}
	p, err := rig.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	opts.HTTP, opts.Syslog = strings.TrimPrefix(p.HTTP, "http://"), p.Syslog
	opts.Args[len(args)] = p.SyslogTLS
	tokens := make(map[string]string)
	c := admin(ctx, t, p)
	for slug, extra := range map[string]map[string]any{"alpha": nil, "beta": {"senders": []string{"127.0.0.1/32"}}, "gamma": nil, "delta": {"cert_names": []string{"delta.example"}}, "epsilon": nil, "zeta": nil} {
		if _, err := c.CreateTenant(ctx, slug); err != nil {
			t.Fatal(err)
		}
		src, err := c.CreateSource(ctx, slug, "linux", extra)
		if err != nil {
			t.Fatal(err)
		}
		tokens[slug] = src.Token
	}
	overHTTP := &sender{prefix: "alpha", gaps: make(map[int]bool)}
	overTCP := &sender{prefix: "beta", gaps: make(map[int]bool)}
	overOTLP := &sender{prefix: "gamma", gaps: make(map[int]bool)}
	overTLS := &sender{prefix: "delta", gaps: make(map[int]bool)}
	inFile := &sender{prefix: "epsilon", gaps: make(map[int]bool)}
	inTopic := &sender{prefix: "zeta", gaps: make(map[int]bool)}
	producer, err := kgo.NewClient(kgo.SeedBrokers(broker.ListenAddrs()...), kgo.DefaultProduceTopic("linux"))
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	pair, err := tls.LoadX509KeyPair(certs+"/delta.pem", certs+"/delta.key")
	if err != nil {
		t.Fatal(err)
	}
	trust := &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{pair}} // whom it sends to is not what is tested here
	var points []string
	for round := range *killRounds {
		run, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		wg.Go(func() { overHTTP.sendHTTP(run, p.HTTP+"/ingest/raw", tokens["alpha"], overHTTP.lines) })
		wg.Go(func() { overOTLP.sendHTTP(run, p.HTTP+"/v1/logs", tokens["gamma"], overOTLP.otlp) })
		wg.Go(func() { overTCP.sendTCP(run, p.Syslog, nil) })
		wg.Go(func() { overTLS.sendTCP(run, p.SyslogTLS, trust) })
		wg.Go(func() { inFile.writeFile(run, t, logs+"/app.log") })
		wg.Go(func() { inTopic.produce(run, t, producer) })
		pause := time.Duration(200+rand.IntN(4000)) * time.Millisecond
		<-time.After(pause) // the random moment under test, not a wait for something
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		cancel()
		wg.Wait()
		points = append(points, fmt.Sprintf("%d: %s after start, http %d/%d otlp %d/%d tcp %d/%d tls %d/%d acked/sent, %d lines in the file, %d in the topic", round+1, pause,
			overHTTP.acked, overHTTP.sent, overOTLP.acked, overOTLP.sent, overTCP.acked, overTCP.sent, overTLS.acked, overTLS.sent, inFile.sent, inTopic.sent))
		if p, err = rig.Start(opts); err != nil {
			t.Fatalf("restart after kill %d: %v", round+1, err)
		}
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
	})
	t.Logf("kill points:\n%s", strings.Join(points, "\n"))
	if c, err = rig.Login(ctx, p.HTTP, "admin", rig.AdminPassword); err != nil {
		t.Fatal(err)
	}
	if err := drained(ctx, c); err != nil {
		t.Error(err)
	}
	for slug, s := range map[string]*sender{"alpha": overHTTP, "beta": overTCP, "gamma": overOTLP, "delta": overTLS, "epsilon": inFile, "zeta": inTopic} {
		s.verify(ctx, t, c, slug)
	}
}

// drained waits until everything that was stored before the last kill is in the archive, what nobody was told is safe included: alerts come
// before events are searchable, and the two are compared.
func drained(ctx context.Context, c *rig.Client) error {
	return rig.Eventually(90*time.Second, func() error {
		var h struct {
			Queue struct {
				Pending *uint64 `json:"pending"`
			} `json:"queue"`
		}
		if err := c.Do(ctx, "GET", "/api/v1/health", nil, &h); err != nil {
			return err
		}
		if h.Queue.Pending == nil || *h.Queue.Pending > 0 {
			return errors.New("batches are still to be archived")
		}
		return nil
	})
}

// sendHTTP posts batches until ctx ends or the connection breaks. A batch without an answer is neither sent again nor counted.
func (s *sender) sendHTTP(ctx context.Context, url, token string, pack func(first, n int) *bytes.Buffer) {
	client := &http.Client{Timeout: 10 * time.Second}
	for ctx.Err() == nil {
		s.mu.Lock()
		first := s.sent
		n := 1 + rand.IntN(400)
		s.sent += n
		s.mu.Unlock()
		req, err := http.NewRequestWithContext(ctx, "POST", url, pack(first, n))
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+token)
		if strings.HasSuffix(url, "/v1/logs") {
			req.Header.Set("Content-Type", "application/json")
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		s.mu.Lock()
		if err != nil || resp.StatusCode/100 != 2 {
			for i := first; i < first+n; i++ {
				s.gaps[i] = true
			}
		}
		s.acked = s.sent
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *sender) lines(first, n int) *bytes.Buffer {
	var body bytes.Buffer
	for i := first; i < first+n; i++ {
		body.WriteString(s.line(i))
		body.WriteByte('\n')
	}
	return &body
}

func (s *sender) otlp(first, n int) *bytes.Buffer {
	var body bytes.Buffer
	body.WriteString(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[`)
	for i := first; i < first+n; i++ {
		if i > first {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"body":{"stringValue":%q}}`, s.line(i))
	}
	body.WriteString(`]}]}]}`)
	return &body
}

// sendTCP writes octet-counted frames, over TLS where trust is given. A record counts as acknowledged when the stream went on so far that the listener
// must have taken more bytes after it than it may hold undurable.
func (s *sender) sendTCP(ctx context.Context, addr string, trust *tls.Config) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return
	}
	defer conn.Close()
	port := conn.LocalAddr().(*net.TCPAddr).Port
	if trust != nil {
		secure := tls.Client(conn, trust) // what it packs is larger than what is counted here, so that less counts as acknowledged
		if secure.HandshakeContext(ctx) != nil {
			return
		}
		conn = secure
	}
	var ends []int // byte offset at which each record of this connection ends
	first, written := s.sent, 0
	settle := func() {
		taken := written - unread(port) - readerSlack
		for len(ends) > 0 && ends[0] <= taken {
			ends = ends[1:]
			s.acked++
		}
	}
	s.acked = first
	for ctx.Err() == nil {
		line := s.line(s.sent)
		frame := strconv.Itoa(len(line)) + " " + line
		s.sent++
		n, err := conn.Write([]byte(frame))
		written += n
		if err != nil {
			break
		}
		ends = append(ends, written)
		if s.sent%200 == 0 {
			settle()
		}
	}
	for i := s.acked; i < s.sent; i++ {
		s.gaps[i] = true
	}
}

// writeFile writes lines as a program does that does not care who reads, and now and then rotates its file, by renaming it or by copying it and
// cutting it off.
func (s *sender) writeFile(ctx context.Context, t *testing.T, path string) {
	for round := 1; ctx.Err() == nil; round++ {
		var text bytes.Buffer
		for range 1 + rand.IntN(200) {
			text.WriteString(s.line(s.sent) + "\n")
			s.sent++
		}
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Error(err)
			return
		}
		_, err = f.Write(text.Bytes())
		if err = errors.Join(err, f.Close()); err != nil {
			t.Error(err)
			return
		}
		if s.acked = s.sent; round%40 == 0 { // less often than it is looked for new files: what came and went unseen nobody can tell of
			s.rotate(t, path)
		}
		<-time.After(50 * time.Millisecond) // the pace of a program, not a wait for something
	}
}

// produce puts lines into Kafka, which has them when it says so.
func (s *sender) produce(ctx context.Context, t *testing.T, to *kgo.Client) {
	for ctx.Err() == nil {
		recs := make([]*kgo.Record, 1+rand.IntN(300))
		for i := range recs {
			recs[i] = &kgo.Record{Value: []byte(s.line(s.sent))}
			s.sent++
		}
		if err := to.ProduceSync(context.WithoutCancel(ctx), recs...).FirstErr(); err != nil {
			t.Error(err)
			return
		}
		s.acked = s.sent
		<-time.After(50 * time.Millisecond) // as above
	}
}

func (s *sender) rotate(t *testing.T, path string) {
	to := fmt.Sprintf("%s.%d", path, s.sent)
	if rand.IntN(2) == 0 {
		if err := os.Rename(path, to); err != nil {
			t.Error(err)
		}
		return
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = errors.Join(os.WriteFile(to, text, 0o600), os.Truncate(path, 0))
	}
	if err != nil {
		t.Error(err)
	}
}

// unread is how many bytes of the connection from local port lie in the kernel's queues, on both sides.
func unread(port int) int {
	text, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return 1 << 30 // unknown: acknowledge nothing
	}
	suffix := fmt.Sprintf(":%04X", port)
	total, ends := 0, 0
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) < 5 || (!strings.HasSuffix(f[1], suffix) && !strings.HasSuffix(f[2], suffix)) {
			continue
		}
		tx, rx, _ := strings.Cut(f[4], ":")
		for _, q := range []string{tx, rx} {
			v, _ := strconv.ParseInt(q, 16, 64)
			total += int(v)
		}
		ends++
	}
	if ends < 2 {
		return 1 << 30 // the other end is gone
	}
	return total
}

func (s *sender) verify(ctx context.Context, t *testing.T, c *rig.Client, tenant string) {
	t.Helper()
	var found map[string]int
	err := rig.Eventually(90*time.Second, func() error {
		events, err := c.SearchAll(ctx, []string{tenant}, "*", "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z", 10_000_000)
		if err != nil {
			return err
		}
		found = make(map[string]int)
		for _, ev := range events {
			user, _ := ev["user.name"].(string)
			found[user]++
		}
		missing := 0
		for i := range s.sent {
			if !s.gaps[i] && found[fmt.Sprintf("%s-%d", s.prefix, i)] == 0 {
				missing++
			}
		}
		if missing > 0 {
			return fmt.Errorf("%d acknowledged records are not found", missing)
		}
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", tenant, err)
	}
	doubled, total := 0, 0
	for user, n := range found {
		if !strings.HasPrefix(user, s.prefix+"-") {
			t.Errorf("%s holds a record of somebody else: %q", tenant, user)
		}
		if n > 1 {
			doubled++
		}
		total += n
	}
	if doubled > 0 {
		t.Errorf("%s: %d records doubled", tenant, doubled)
	}
	t.Logf("%s: sent %d, acknowledged %d, found %d, doubled %d", tenant, s.sent, s.sent-len(s.gaps), total, doubled)
	six := 0
	for first := 0; first < s.sent; first += 8 {
		n := 0
		for i := first; i < first+8; i++ {
			n += found[fmt.Sprintf("%s-%d", s.prefix, i)]
		}
		if n >= 6 {
			six++
		}
	}
	s.verifyAlerts(ctx, t, c, tenant, map[string]int{"Rig failed SSH login": total, "Rig six failed SSH logins of one process": six})
}

// verifyAlerts checks how often each of our rules fired.
func (s *sender) verifyAlerts(ctx context.Context, t *testing.T, c *rig.Client, tenant string, want map[string]int) {
	t.Helper()
	err := rig.Eventually(30*time.Second, func() error {
		alerts, err := c.Alerts(ctx, tenant)
		if err != nil {
			return err
		}
		byRule := make(map[string]int64)
		for _, a := range alerts {
			byRule[a.Rule.Title] += a.Count
		}
		for rule, n := range want {
			if byRule[rule] != int64(n) {
				return fmt.Errorf("rule %q fired %d times, not %d", rule, byRule[rule], n)
			}
		}
		t.Logf("%s: fired exactly %v", tenant, want)
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", tenant, err)
	}
}
