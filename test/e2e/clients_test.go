package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

const (
	ever  = "2020-01-01T00:00:00Z"
	never = "2100-01-01T00:00:00Z"
)

// customers makes two tenants with the failed-login rule in force.
func customers(t *testing.T) (*rig.Process, *rig.Client) {
	t.Helper()
	data := t.TempDir()
	if err := rig.ImportRule(t.Context(), binary, data, rig.FailedLoginRule); err != nil {
		t.Fatal(err)
	}
	p := start(t, rig.Options{Data: data})
	c := admin(t.Context(), t, p)
	for _, slug := range []string{"alpha", "beta"} {
		if _, err := c.CreateTenant(t.Context(), slug); err != nil {
			t.Fatal(err)
		}
	}
	return p, c
}

func source(t *testing.T, c *rig.Client, tenant string, extra map[string]any) rig.Source {
	t.Helper()
	s, err := c.CreateSource(t.Context(), tenant, "linux", extra)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// viewer makes a customer's user and logs in as that user.
func viewer(t *testing.T, p *rig.Process, c *rig.Client, tenant string) *rig.Client {
	t.Helper()
	ctx := t.Context()
	var ten rig.Tenant
	if err := c.Do(ctx, "GET", "/api/v1/tenants/"+tenant, nil, &ten); err != nil {
		t.Fatal(err)
	}
	user := map[string]any{"username": tenant + "-viewer", "name": "Viewer", "password": "a-long-passphrase", "locale": "zh-CN",
		"tenants": []map[string]string{{"id": ten.ID, "role": "customer_viewer"}}}
	if err := c.Do(ctx, "POST", "/api/v1/users", user, nil); err != nil {
		t.Fatal(err)
	}
	v, err := rig.Login(ctx, p.HTTP, tenant+"-viewer", "a-long-passphrase")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// found waits until a query finds n events and returns them.
func found(ctx context.Context, t *testing.T, c *rig.Client, tenant, query string, n int) []map[string]any {
	t.Helper()
	var events []map[string]any
	err := rig.Eventually(20*time.Second, func() error {
		f, err := c.Search(ctx, []string{tenant}, query, ever, never, 1000, "")
		if err != nil {
			return err
		}
		if events = f.Events; len(events) != n {
			return fmt.Errorf("query %q finds %d events in %s, want %d", query, len(events), tenant, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func alerted(ctx context.Context, t *testing.T, c *rig.Client, tenant string) []rig.Alert {
	t.Helper()
	var alerts []rig.Alert
	err := rig.Eventually(20*time.Second, func() (err error) {
		if alerts, err = c.Alerts(ctx, tenant); err == nil && len(alerts) == 0 {
			err = fmt.Errorf("no alert for %s", tenant)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return alerts
}

// secludes checks that a customer's user sees its own and is told 404 for the other's.
func secludes(t *testing.T, v *rig.Client, own, other string, foreign []rig.Alert) {
	t.Helper()
	ctx := t.Context()
	mine, err := v.Alerts(ctx, "")
	if err != nil || len(mine) == 0 {
		t.Errorf("viewer of %s: %d alerts, %v", own, len(mine), err)
	}
	for _, path := range []string{"/api/v1/alerts?tenant=" + other, "/api/v1/alerts/" + foreign[0].ID, "/api/v1/tenants/" + other, "/api/v1/tenants/" + other + "/sources"} {
		var refused *rig.Error
		if err := v.Do(ctx, "GET", path, nil, nil); !asError(err, &refused) || refused.Status != http.StatusNotFound {
			t.Errorf("viewer of %s: GET %s: %v, want 404", own, path, err)
		}
	}
	var refused *rig.Error
	if _, err := v.Search(ctx, []string{other}, "*", ever, never, 10, ""); !asError(err, &refused) || refused.Status != http.StatusNotFound {
		t.Errorf("viewer of %s searches %s: %v, want 404", own, other, err)
	}
	f, err := v.Search(ctx, nil, "*", ever, never, 1000, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range f.Events {
		if strings.Contains(fmt.Sprint(ev), other+"-secret") {
			t.Errorf("viewer of %s sees a record of %s: %v", own, other, ev)
		}
	}
}

func asError(err error, target **rig.Error) bool {
	e, ok := err.(*rig.Error) //nolint:errorlint // the rig never wraps it
	*target = e
	return ok
}

// TestRsyslogDeliversForTwoTenants runs Debian's rsyslog with two actions: octet-counted RFC 5424 with a token on the shared port, and plain
// RFC 3164 lines on the other source's own port. Records enter it through logger(1).
func TestRsyslogDeliversForTwoTenants(t *testing.T) {
	rsyslogd, err := exec.LookPath("rsyslogd")
	if err != nil {
		require(t, "rsyslog", err.Error())
	}
	ctx := t.Context()
	p, c := customers(t)
	port := freePort(t)
	alpha := source(t, c, "alpha", nil)
	source(t, c, "beta", map[string]any{"port": port})
	host, shared, _ := net.SplitHostPort(p.Syslog)
	dir := t.TempDir()
	conf := fmt.Sprintf(`module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="%[1]s/alpha.sock" RuleSet="alpha" UseSysTimeStamp="off" RateLimit.Interval="0")
input(type="imuxsock" Socket="%[1]s/beta.sock" RuleSet="beta" UseSysTimeStamp="off" RateLimit.Interval="0")
template(name="withToken" type="string" string="<%%PRI%%>1 %%TIMESTAMP:::date-rfc3339%% %%HOSTNAME%% %%APP-NAME%% %%PROCID%% %%MSGID%% [isoc@32473 token=\"%[2]s\"] %%msg%%\n")
ruleset(name="alpha") { action(type="omfwd" Target="%[3]s" Port="%[4]s" Protocol="tcp" TCP_Framing="octet-counted" Template="withToken") }
ruleset(name="beta") { action(type="omfwd" Target="%[3]s" Port="%[5]d" Protocol="tcp" Template="RSYSLOG_TraditionalForwardFormat") }
`, dir, alpha.Token, host, shared, port)
	file := filepath.Join(dir, "rsyslog.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(rsyslogd, "-n", "-f", file, "-i", filepath.Join(dir, "pid"))
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("rsyslogd: %s", &log)
		}
	})
	const n = 50
	for _, tenant := range []string{"alpha", "beta"} {
		sock := filepath.Join(dir, tenant+".sock")
		if err := rig.Eventually(10*time.Second, func() error { _, err := os.Stat(sock); return err }); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			text := fmt.Sprintf("Failed password for invalid user %s-secret%d from 203.0.113.9 port %d ssh2", tenant, i, 40000+i)
			if out, err := exec.Command("logger", "-u", sock, "-p", "authpriv.info", "-t", "sshd", "--id=4711", text).CombinedOutput(); err != nil {
				t.Fatalf("logger: %v: %s", err, out)
			}
		}
	}
	for _, tenant := range []string{"alpha", "beta"} {
		events := found(ctx, t, c, tenant, `process.name:=sshd event.outcome:=failure`, n)
		ev := events[0]
		if ev["source.ip"] != "203.0.113.9" || !strings.HasPrefix(fmt.Sprint(ev["user.name"]), tenant+"-secret") || ev["event.dataset"] != "linux.auth" {
			t.Errorf("%s: parsed as %v", tenant, ev)
		}
		if strings.Contains(fmt.Sprint(ev), alpha.Token) {
			t.Errorf("%s: the token can be searched: %v", tenant, ev["event.original"])
		}
	}
	a, b := alerted(ctx, t, c, "alpha"), alerted(ctx, t, c, "beta")
	secludes(t, viewer(t, p, c, "alpha"), "alpha", "beta", b)
	secludes(t, viewer(t, p, c, "beta"), "beta", "alpha", a)
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestFilebeatDelivers sends what Filebeat 8 sends: version probe and licence, then gzip bulks of create actions with an API key, to which
// it expects one result an item in order.
func TestFilebeatDelivers(t *testing.T) {
	ctx := t.Context()
	p, c := customers(t)
	src := source(t, c, "alpha", nil)
	key := "ApiKey " + base64.StdEncoding.EncodeToString([]byte("isoc:"+src.Token))
	call := func(method, path string, body []byte, zipped bool) (int, map[string]any) {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, method, p.HTTP+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", key)
		req.Header.Set("Accept", "application/json")
		req.Header.Set("User-Agent", "Elastic-filebeat/8.17.0 (linux; amd64)")
		if body != nil {
			req.Header.Set("Content-Type", "application/json; charset=UTF-8")
		}
		if zipped {
			req.Header.Set("Content-Encoding", "gzip")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		var out map[string]any
		_ = json.Unmarshal(text, &out)
		return resp.StatusCode, out
	}
	if code, out := call("GET", "/", nil, false); code != 200 || fmt.Sprint(out["tagline"]) != "You Know, for Search" {
		t.Fatalf("version probe: %d %v", code, out)
	}
	if code, _ := call("GET", "/_license?human=false", nil, false); code != 200 {
		t.Fatalf("licence: %d", code)
	}
	var body bytes.Buffer
	w := gzip.NewWriter(&body)
	const n = 30
	for i := range n {
		fmt.Fprintf(w, `{"create":{"_index":"filebeat-8.17.0"}}`+"\n"+`{"@timestamp":%q,"agent":{"type":"filebeat","version":"8.17.0"},"host":{"name":"db01"},"log":{"file":{"path":"/var/log/auth.log"}},"message":"%s db01 sshd[99]: Failed password for invalid user alpha-secret%d from 198.51.100.4 port %d ssh2"}`+"\n",
			time.Now().UTC().Format(time.RFC3339Nano), time.Now().UTC().Format(time.Stamp), i, 40000+i)
	}
	fmt.Fprint(w, `{"update":{"_index":"x","_id":"1"}}`+"\n"+`{"doc":{}}`+"\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	code, out := call("POST", "/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status", body.Bytes(), true)
	items, _ := out["items"].([]any)
	if code != 200 || len(items) != n+1 || out["errors"] != true {
		t.Fatalf("bulk: %d %v", code, out)
	}
	events := found(ctx, t, c, "alpha", `user.name:"alpha-secret"* event.outcome:=failure`, n)
	if ev := events[0]; ev["host.name"] != "db01" || ev["source.ip"] != "198.51.100.4" || ev["log.file.path"] != "/var/log/auth.log" {
		t.Errorf("parsed as %v", ev)
	}
	alerted(ctx, t, c, "alpha")
	found(ctx, t, c, "beta", "*", 0)
	key = "ApiKey nonsense"
	if code, _ := call("POST", "/_bulk", []byte("{\"index\":{}}\n{}\n"), false); code != http.StatusUnauthorized {
		t.Errorf("unknown token: %d", code)
	}
}

// TestSecondProcessIsRefused starts a second process on the same data.
func TestSecondProcessIsRefused(t *testing.T) {
	p := start(t, rig.Options{})
	second, err := rig.Start(rig.Options{Binary: binary, Data: p.Data})
	if err == nil {
		_ = second.Kill()
		t.Fatal("two processes work on one data directory")
	}
	if !strings.Contains(err.Error(), "in use by another isoc process (pid "+fmt.Sprint(p.PID())) {
		t.Errorf("refusal: %v", err)
	}
}

// TestFullDiskRefusesAndRecovers runs with more free space demanded than the disk has: ingest answers 503 and says so, nothing else
// breaks, and what was acknowledged before is still there.
func TestFullDiskRefusesAndRecovers(t *testing.T) {
	ctx := t.Context()
	data := t.TempDir()
	p, err := rig.Start(rig.Options{Binary: binary, Data: data})
	if err != nil {
		t.Fatal(err)
	}
	c := admin(ctx, t, p)
	if _, err := c.CreateTenant(ctx, "alpha"); err != nil {
		t.Fatal(err)
	}
	src := source(t, c, "alpha", nil)
	if code := ingest(t, p, src.Token, "before the disk was full"); code/100 != 2 {
		t.Fatalf("ingest: %d", code)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	full := start(t, rig.Options{Data: data, Args: []string{"--ingest-min-free-bytes", fmt.Sprint(int64(1) << 60)}})
	c = admin(ctx, t, full)
	if code := ingest(t, full, src.Token, "while the disk is full"); code != http.StatusServiceUnavailable && code != http.StatusTooManyRequests {
		t.Errorf("ingest on a full disk: %d, want 503 or 429", code)
	}
	var health struct {
		Status     string
		Components []struct{ Name, Status, Code string }
	}
	if err := c.Do(ctx, "GET", "/api/v1/health", nil, &health); err != nil {
		t.Fatal(err)
	}
	if health.Status != "down" {
		t.Errorf("health says %+v", health)
	}
	found(ctx, t, c, "alpha", "*", 1)
}

func ingest(t *testing.T, p *rig.Process, token, line string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", p.HTTP+"/ingest/raw", strings.NewReader(line+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
