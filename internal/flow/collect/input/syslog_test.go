package input_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// listen starts the listener and returns it with a function that shuts it down and waits.
func listen(t testing.TB, w *world, o input.SyslogOptions) (*input.Syslog, func()) {
	t.Helper()
	o.Addr, o.Intake, o.Registry = "127.0.0.1:0", w.intake, w.registry
	s, err := input.ListenSyslog(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop := func() {
		t.Helper()
		cancel()
		select {
		case err := <-done:
			done <- nil
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("listener does not stop")
		}
	}
	t.Cleanup(stop)
	return s, stop
}

func dial(t testing.TB, network, addr string) net.Conn {
	t.Helper()
	conn, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func send(t testing.TB, conn net.Conn, text string) {
	t.Helper()
	if _, err := conn.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestSyslogOverTCPTakesEveryFramingOnOneConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.0/8")})
	s, _ := listen(t, w, input.SyslogOptions{})
	conn := dial(t, "tcp", s.Addr())
	send(t, conn, "<13>Mar  4 05:06:07 web app: line\n")
	send(t, conn, "27 <13>1 - web app - - - two\nb<13>nul\x00")
	send(t, conn, "<13>no end")
	_ = conn.Close()
	want := []string{"lan:<13>Mar  4 05:06:07 web app: line", "lan:<13>1 - web app - - - two\nb", "lan:<13>nul", "lan:<13>no end"}
	if diff := cmp.Diff(want, w.await(t, 4)); diff != "" {
		t.Fatal(diff)
	}
	r := w.records()[0]
	if r.Tenant != acme || r.Input != "syslog-tcp" || r.Remote != "127.0.0.1" || time.Since(r.Received) > time.Minute || r.Fields != nil {
		t.Fatalf("%+v", r)
	}
}

func TestSyslogOverUDPTakesADatagramForARecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.1/32")})
	s, _ := listen(t, w, input.SyslogOptions{})
	conn := dial(t, "udp", s.Addr())
	for _, text := range []string{"<13>one\n", "<13>two\nlines", "\n", strings.Repeat("x", 60000)} {
		send(t, conn, text)
	}
	want := []string{"lan:<13>one", "lan:<13>two\nlines", "lan:" + strings.Repeat("x", 60000)}
	if diff := cmp.Diff(want, w.await(t, 3)); diff != "" {
		t.Fatal(diff)
	}
	if r := w.records()[0]; r.Input != "syslog-udp" || r.Remote != "127.0.0.1" {
		t.Fatalf("%+v", r)
	}
}

func TestTokenBeatsSenderBeatsPortAndNobodysGoToTheInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.1/32")})
	s, _ := listen(t, w, input.SyslogOptions{})
	const head = "<165>1 2026-03-04T05:06:07Z host app 1 ID "
	conn := dial(t, "udp", s.Addr())
	send(t, conn, head+`[isoc@32473 token="`+betaToken+`"] by token`)
	w.await(t, 1)
	send(t, conn, head+`[isoc@32473 token="src_revoked"] by nobody`)
	w.await(t, 2)
	send(t, conn, head+`[app@1 token="their own business"] by sender`)
	w.await(t, 3)
	send(t, conn, head+`[app@1 token="theirs"][`+betaToken+`@41058 tag="x"] by token`)
	w.await(t, 4)
	w.sources.set()
	if err := w.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	send(t, conn, "<13>by nobody")
	want := []string{
		"beta-token:" + head + `[isoc@32473 token="` + strings.Repeat("*", len(betaToken)) + `"] by token`,
		"inbox:" + head + `[isoc@32473 token="***********"] by nobody`,
		"lan:" + head + `[app@1 token="their own business"] by sender`,
		"beta-token:" + head + `[app@1 token="theirs"][` + strings.Repeat("*", len(betaToken)) + `@41058 tag="x"] by token`,
		"inbox:<13>by nobody",
	}
	if diff := cmp.Diff(want, w.await(t, 5)); diff != "" {
		t.Fatal(diff)
	}
}

func TestOwnPortsOpenAndCloseWithTheirSources(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _ := listen(t, w, input.SyslogOptions{})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	own := collect.Source{ID: "own", Tenant: beta, Port: port}
	w.sources.set(own)
	if err := w.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the port in use is reported", func() bool { return s.FailedPorts()[port] != nil })
	_ = free.Close()
	if err := w.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the port opens", func() bool { return len(s.FailedPorts()) == 0 })
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	var conn net.Conn
	waitFor(t, "the port accepts", func() bool {
		conn, err = net.Dial("tcp", addr)
		return err == nil
	})
	send(t, conn, "<13>tcp\n")
	w.await(t, 1)
	send(t, dial(t, "udp", addr), "<13>udp")
	if diff := cmp.Diff([]string{"own:<13>tcp", "own:<13>udp"}, w.await(t, 2)); diff != "" {
		t.Fatal(diff)
	}
	w.sources.set()
	if err := w.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the port closes", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	})
}

func TestOversizeRecordsAreCutAndFlagged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _ := listen(t, w, input.SyslogOptions{})
	conn := dial(t, "tcp", s.Addr())
	long := strings.Repeat("x", record.MaxRawBytes+100)
	send(t, conn, long+"\n"+fmt.Sprint(len(long)+4)+" <13>"+long+"<13>next\n")
	got := w.await(t, 3)
	if got[2] != "inbox:<13>next" {
		t.Fatalf("%.40q", got[2])
	}
	for i, r := range w.records()[:2] {
		if len(r.Raw) != record.MaxRawBytes || len(r.Fields) != 1 || r.Fields[0].Name != collect.Truncated || r.Fields[0].Value != "true" {
			t.Errorf("record %d: %d bytes, %v", i, len(r.Raw), r.Fields)
		}
	}
}

func TestATCPSenderWaitsWhileTheQueueIsUnavailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuse(fmt.Errorf("full: %w", fault.ErrUnavailable))
	s, _ := listen(t, w, input.SyslogOptions{})
	conn := dial(t, "tcp", s.Addr())
	line := "<13>" + strings.Repeat("y", 1000) + "\n"
	_ = conn.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
	wrote := 0
	for {
		n, err := conn.Write([]byte(line))
		wrote += n
		if err != nil {
			break
		}
	}
	w.refuse(nil)
	whole := wrote / len(line)
	w.await(t, whole)
	_ = conn.SetWriteDeadline(time.Time{})
	send(t, conn, line[wrote%len(line):]+"<13>end\n")
	want := whole + 1
	if wrote%len(line) > 0 {
		want++
	}
	if got := w.await(t, want); len(got) != want || got[want-1] != "inbox:<13>end" {
		t.Fatalf("%d records, want %d", len(got), want)
	}
}

func TestQuotaHoldsTCPBackAndDropsUDPCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.1/32")})
	w.standing.set(acme, collect.Standing{PerSecond: 2000}) // burst 20000
	if err := w.intake.Admit(acme, 20000); err != nil {
		t.Fatal(err)
	}
	s, _ := listen(t, w, input.SyslogOptions{})
	udp := dial(t, "udp", s.Addr())
	waitFor(t, "a datagram over quota is dropped and counted", func() bool {
		_ = w.intake.Admit(acme, 500)
		send(t, udp, "<13>udp")
		return w.registry.Activity("lan").Dropped > 0
	})
	before := len(w.raws())
	conn := dial(t, "tcp", s.Addr())
	send(t, conn, strings.Repeat("<13>tcp\n", 3000))
	if got := w.await(t, before+3000); len(got) < before+3000 {
		t.Fatalf("%d records", len(got))
	}
}

func TestASuspendedTenantsConnectionIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "lan", Tenant: acme, Senders: prefix("127.0.0.1/32")})
	w.standing.set(acme, collect.Standing{Suspended: true})
	s, _ := listen(t, w, input.SyslogOptions{})
	conn := dial(t, "tcp", s.Addr())
	send(t, conn, "<13>refused\n")
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Fatalf("connection is open: %v", err)
	}
	if got := w.raws(); len(got) != 0 {
		t.Fatal(got)
	}
}

func TestConnectionsBeyondTheLimitAreClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _ := listen(t, w, input.SyslogOptions{MaxConnsPerAddr: 2})
	first, second := dial(t, "tcp", s.Addr()), dial(t, "tcp", s.Addr())
	send(t, first, "<13>1\n")
	send(t, second, "<13>2\n")
	w.await(t, 2)
	third := dial(t, "tcp", s.Addr())
	_ = third.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := third.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Fatalf("third connection is open: %v", err)
	}
	_ = first.Close()
	waitFor(t, "a place is free again", func() bool {
		conn, err := net.Dial("tcp", s.Addr())
		if err != nil {
			return false
		}
		defer conn.Close()
		_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err = conn.Read(make([]byte, 1))
		return err != nil && strings.Contains(err.Error(), "timeout")
	})
}

func TestASilentConnectionIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _ := listen(t, w, input.SyslogOptions{IdleTimeout: 100 * time.Millisecond})
	conn := dial(t, "tcp", s.Addr())
	send(t, conn, "<13>unfinished")
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Fatalf("connection is open: %v", err)
	}
	if got := w.await(t, 1); got[0] != "inbox:<13>unfinished" {
		t.Fatal(got)
	}
}

func TestShutdownStoresWhatWasSentAndKeepsNoHalfRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, stop := listen(t, w, input.SyslogOptions{})
	conn, udp := dial(t, "tcp", s.Addr()), dial(t, "udp", s.Addr())
	send(t, conn, "<13>first\n")
	w.await(t, 1)
	send(t, conn, strings.Repeat("<13>tcp\n", 1000)+"<13>half")
	for range 50 {
		send(t, udp, "<13>udp")
	}
	stop()
	if got := w.raws(); len(got) != 1051 {
		t.Fatalf("%d records stored, want 1051", len(got))
	}
}

func TestShutdownIsBoundedWhileTheQueueIsUnavailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refuse(fmt.Errorf("full: %w", fault.ErrUnavailable))
	s, stop := listen(t, w, input.SyslogOptions{DrainTimeout: 100 * time.Millisecond})
	send(t, dial(t, "tcp", s.Addr()), "<13>tcp\n")
	send(t, dial(t, "udp", s.Addr()), "<13>udp")
	start := time.Now()
	stop()
	if d := time.Since(start); d > 5*time.Second {
		t.Fatalf("took %s", d)
	}
}
