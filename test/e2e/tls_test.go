package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

// TestRsyslogDeliversOverTLS runs Debian's rsyslog with its GnuTLS driver and a client certificate, by whose name alone the source is
// known. A second rsyslog, with a certificate of another authority, gets nothing in.
func TestRsyslogDeliversOverTLS(t *testing.T) {
	rsyslogd, err := exec.LookPath("rsyslogd")
	if err != nil {
		require(t, "rsyslog", err.Error())
	}
	if found, _ := filepath.Glob("/usr/lib/*/rsyslog/lmnsd_gtls.so"); len(found) == 0 {
		require(t, "rsyslog", "no rsyslog-gnutls")
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		require(t, "rsyslog", err.Error())
	}
	ctx, dir := t.Context(), t.TempDir()
	authority(t, dir, "ca")
	authority(t, dir, "other")
	issue(t, dir, "ca", "server", "server")
	issue(t, dir, "ca", "good", "gate.alpha.example")
	issue(t, dir, "other", "bad", "gate.alpha.example")
	p := start(t, rig.Options{Args: []string{
		"--syslog-tls", "127.0.0.1:0", "--syslog-tls-certificate", dir + "/server.pem", "--syslog-tls-key", dir + "/server.key", "--syslog-tls-client-ca", dir + "/ca.pem",
	}})
	c := admin(ctx, t, p)
	if _, err := c.CreateTenant(ctx, "alpha"); err != nil {
		t.Fatal(err)
	}
	source(t, c, "alpha", map[string]any{"cert_names": []string{"gate.alpha.example"}})
	const n = 50
	for _, client := range []string{"bad", "good"} {
		log := rsyslogTLS(t, rsyslogd, p.SyslogTLS, dir, client)
		for i := range n {
			text := fmt.Sprintf("Failed password for invalid user %s%d from 203.0.113.9 port %d ssh2", client, i, 40000+i)
			if out, err := exec.Command("logger", "-u", filepath.Join(dir, client+".sock"), "-p", "authpriv.info", "-t", "sshd", "--id=4711", text).CombinedOutput(); err != nil {
				t.Fatalf("logger: %v: %s", err, out)
			}
		}
		if client == "bad" {
			if err := rig.Eventually(20*time.Second, func() error {
				if !strings.Contains(p.Log(), "syslog over TLS refused") {
					return fmt.Errorf("nobody is refused: %s", log)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	events := found(ctx, t, c, "alpha", "process.name:=sshd event.outcome:=failure", n)
	if ev := events[0]; ev["source.ip"] != "203.0.113.9" || !strings.HasPrefix(fmt.Sprint(ev["user.name"]), "good") {
		t.Errorf("parsed as %v", ev)
	}
	found(ctx, t, c, "alpha", "*", n)
}

// rsyslogTLS starts a rsyslog that sends what comes in at client.sock to addr, and returns its log.
func rsyslogTLS(t *testing.T, rsyslogd, addr, dir, client string) *bytes.Buffer {
	t.Helper()
	host, port, _ := net.SplitHostPort(addr)
	sock := filepath.Join(dir, client+".sock")
	conf := fmt.Sprintf(`global(DefaultNetstreamDriverCAFile="%[1]s/ca.pem" DefaultNetstreamDriverCertFile="%[1]s/%[2]s.pem" DefaultNetstreamDriverKeyFile="%[1]s/%[2]s.key")
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="%[3]s" UseSysTimeStamp="off" RateLimit.Interval="0")
action(type="omfwd" Target="%[4]s" Port="%[5]s" Protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="server"
  TCP_Framing="octet-counted" Template="RSYSLOG_SyslogProtocol23Format")
`, dir, client, sock, host, port)
	file := filepath.Join(dir, client+".conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(rsyslogd, "-n", "-f", file, "-i", filepath.Join(dir, client+".pid"))
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("rsyslogd %s: %s", client, &log)
		}
	})
	if err := rig.Eventually(10*time.Second, func() error { _, err := os.Stat(sock); return err }); err != nil {
		t.Fatal(err)
	}
	return &log
}

func openssl(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// authority makes name.pem and name.key of one that signs.
func authority(t *testing.T, dir, name string) {
	t.Helper()
	openssl(t, dir, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN="+name, "-keyout", name+".key", "-out", name+".pem")
}

// issue makes file.pem and file.key for a DNS name, signed by ca.
func issue(t *testing.T, dir, ca, file, dns string) {
	t.Helper()
	openssl(t, dir, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN="+file, "-addext", "subjectAltName=DNS:"+dns, "-keyout", file+".key", "-out", file+".csr")
	openssl(t, dir, "x509", "-req", "-in", file+".csr", "-CA", ca+".pem", "-CAkey", ca+".key", "-CAcreateserial", "-days", "30", "-copy_extensions", "copy", "-out", file+".pem")
}
