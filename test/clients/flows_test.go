package clients

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

// conversations is how many connections are made over loopback, each of another source port.
const conversations = 10

// TestSoftflowd captures connections over loopback with tcpdump and has softflowd export them as NetFlow v5, v9 and IPFIX. softflowd reads the capture,
// for what it captures itself it gets late or never where the kernel hands packets on in blocks.
func TestSoftflowd(t *testing.T) {
	t.Parallel()
	tcpdump, softflowd := tool(t, "tcpdump"), tool(t, "softflowd")
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	_, port := split(t, server.Addr().String())
	file, end := capture(t, tcpdump, port)
	sources := converse(t, server)
	end()
	p := run(t, "--netflow", "127.0.0.1:0")
	for i, version := range []string{"5", "9", "10"} {
		do(t, softflowd, "-r", file, "-d", "-v", version, "-n", p.NetFlow, "-p", file+".pid", "-c", "none")
		// Each connection is a flow there and a flow back.
		n := (i + 1) * conversations
		p.found("event.dataset:=netflow.log source.port:="+port, n)
		for _, ev := range p.found("event.dataset:=netflow.log destination.port:="+port, n) {
			if !sources[fmt.Sprint(ev["source.port"])] {
				t.Errorf("v%s: a flow from port %v, which nobody used", version, ev["source.port"])
			}
			has(t, ev, map[string]string{
				"source.ip": "127.0.0.1", "destination.ip": "127.0.0.1", "network.transport": "tcp", "event.category": "network", "observer.ip": "127.0.0.1",
			})
			if n, _ := strconv.Atoi(fmt.Sprint(ev["network.bytes"])); n < 2000 {
				t.Errorf("v%s: %d bytes, more were sent: %v", version, n, ev)
			}
		}
	}
}

// capture starts tcpdump on loopback for one port, and returns its file and what ends it. It must be allowed to look.
func capture(t *testing.T, tcpdump, port string) (file string, end func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "lo.pcap")
	cmd := exec.Command(tcpdump, "-i", "lo", "-U", "--immediate-mode", "-s", "256", "-B", "4096", "-Z", "root", "-w", file, "tcp port "+port)
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	said := bufio.NewScanner(log)
	var text strings.Builder
	for said.Scan() {
		text.WriteString(said.Text() + "\n")
		if strings.Contains(said.Text(), "listening on") {
			return file, func() {
				t.Helper()
				settle(t, tcpdump, file)
				if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
			}
		}
	}
	_ = cmd.Wait()
	absent(t, "CAP_NET_RAW", "tcpdump: "+strings.TrimSpace(text.String()))
	return "", nil
}

// settle waits until the capture has the ends of all connections, each of both sides.
func settle(t *testing.T, tcpdump, file string) {
	t.Helper()
	err := rig.Eventually(20*time.Second, func() error {
		out, _ := exec.Command(tcpdump, "-nn", "-r", file, "tcp[tcpflags] & tcp-fin != 0").Output() // it may end within a packet
		if n := bytes.Count(out, []byte{'\n'}); n < 2*conversations {
			return fmt.Errorf("%d of %d ends are captured", n, 2*conversations)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// converse makes connections to the server one after another and returns their source ports.
func converse(t *testing.T, server net.Listener) map[string]bool {
	t.Helper()
	sources := map[string]bool{}
	for range conversations {
		done := make(chan error, 1)
		go func() {
			conn, err := server.Accept()
			if err == nil {
				_, err = io.Copy(conn, conn)
				_ = conn.Close()
			}
			done <- err
		}()
		conn, err := net.Dial("tcp", server.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, port := split(t, conn.LocalAddr().String())
		sources[port] = true
		if _, err := conn.Write(make([]byte, 2000)); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		_ = conn.Close()
	}
	return sources
}
