package clients

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// failedLogon is what must be known of the one logon that failed, whoever told of it.
func failedLogon() map[string]string {
	return map[string]string{
		"winlog.event_id": "4625", "winlog.channel": "Security", "winlog.computer_name": "WS01.corp.example.com", "winlog.provider_name": "Microsoft-Windows-Security-Auditing",
		"winlog.event_data.TargetUserName": "administrator", "winlog.event_data.LogonType": "3", "winlog.event_data.IpAddress": "203.0.113.9",
		"event.code": "4625", "event.dataset": "windows.security", "event.outcome": "failure", "event.category": "authentication",
		"host.name": "WS01.corp.example.com", "user.name": "administrator", "user.domain": "CORP", "source.ip": "203.0.113.9", "source.port": "51234", "source.domain": "KALI",
	}
}

func testdata(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(string(text), "\n")
}

// TestWindowsShapes sends one event in each of the shapes that docs/how-to/windows-events.md sets up: no Windows runs here, the shapes are those
// of public samples of the programs.
func TestWindowsShapes(t *testing.T) {
	t.Parallel()
	at := time.Now().UTC().Add(-24 * time.Hour).Truncate(time.Second) // events of long ago would stand at their receipt
	lately := strings.NewReplacer("2026-03-04 05:06:07", at.Format(time.DateTime), "2026-03-04T05:06:07", at.Format("2006-01-02T15:04:05"),
		"Wed Mar 04 05:06:07 2026", at.Format("Mon Jan 02 15:04:05 2006"), "Mar  4 05:06:07", at.Format(time.Stamp)).Replace
	nxlog, snare := testdata(t, "nxlog.json"), testdata(t, "snare.txt")
	const stamp = "<14>Mar  4 05:06:07 WS01.corp.example.com "
	header := "<11>Mar  4 05:06:07 WS01.corp.example.com Microsoft-Windows-Security-Auditing[624]: "
	frames := []string{
		nxlog + "\r\n",        // NXLog: om_tcp, to_json
		header + nxlog + "\n", // JSON in RFC 3164
		snare + "\n",          // to_syslog_snare; the Snare agent's syslog is the same
		header + nxlog,        // om_ssl with OutputType Syslog_TLS counts octets
		header + strings.Replace(nxlog, "2026-03-04 05:06:07", "2026-03-04T05:06:07.123456+00:00", 1),
		snare,
		strings.Replace(snare, stamp, strings.TrimSuffix(stamp, " ")+"\t", 1) + "\n", // Snare with a tab behind the host
		strings.Replace(snare, stamp, "<14>1 2026-03-04T05:06:07.000000Z WS01.corp.example.com - - - - ", 1) + "\n",
		strings.ReplaceAll(snare, "\t", "#011") + "\n", // through rsyslog, which writes tabs so
	}
	p := run(t)
	for _, frame := range frames {
		if frame = lately(frame); !strings.HasSuffix(frame, "\n") {
			frame = fmt.Sprintf("%d %s", len(frame), frame)
		}
		conn, err := net.Dial("tcp", p.Syslog)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(conn, frame)
		if err = errors.Join(err, conn.Close()); err != nil {
			t.Fatal(err)
		}
	}
	for _, ev := range p.found("*", len(frames)) {
		has(t, ev, failedLogon())
		if when, err := time.Parse(time.RFC3339Nano, fmt.Sprint(ev["@timestamp"])); err != nil || !when.Truncate(time.Second).Equal(at) {
			t.Errorf("at %v, want %v: %v", ev["@timestamp"], at, ev["event.original"])
		}
	}
}

// TestWinlogbeatShape sends a bulk of Winlogbeat 8 on a collector of forwarded events.
func TestWinlogbeatShape(t *testing.T) {
	t.Parallel()
	p := run(t)
	p.bulk(strings.NewReader(testdata(t, "winlogbeat.ndjson") + "\n"))
	want := failedLogon()
	want["agent.name"], want["winlog.record_id"] = "WEC01", "78431"
	has(t, p.found("*", 1)[0], want)
}

// bulk sends what Winlogbeat would, with its kind of token.
func (p *product) bulk(body io.Reader) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.Process.HTTP+"/_bulk", body)
	if err != nil {
		p.t.Fatal(err)
	}
	req.SetBasicAuth("isoc", p.token)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK || bytes.Contains(text, []byte(`"errors":true`)) {
		p.t.Fatalf("bulk: %d %.300s", resp.StatusCode, text)
	}
}

// TestWindowsAttacks sends the first events of the shared folder of recorded attacks through the product: each must come out with channel, id and
// computer, as a Windows event.
func TestWindowsAttacks(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "windows-events", "evtx-to-mitre-attack.jsonl.gz"))
	if err != nil {
		t.Skipf("needs the shared data folder: %v", err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	const most = 1000
	var body bytes.Buffer
	lines := bufio.NewScanner(plain)
	lines.Buffer(nil, 4<<20)
	n := 0
	for ; n < most && lines.Scan(); n++ {
		body.WriteString("{\"create\":{}}\n")
		body.Write(lines.Bytes())
		body.WriteByte('\n')
	}
	if lines.Err() != nil || n == 0 {
		t.Fatalf("%d events: %v", n, lines.Err())
	}
	p := run(t)
	p.bulk(&body)
	for _, ev := range p.found(`winlog.event_id:* winlog.channel:* winlog.computer_name:*`, n) {
		if ev["event.code"] != ev["winlog.event_id"] || ev["host.name"] == nil || !strings.HasPrefix(fmt.Sprint(ev["event.dataset"]), "windows.") {
			t.Fatalf("%v", ev)
		}
	}
}
