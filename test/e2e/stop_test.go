package e2e

import (
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

// TestStopIsOrderedWhileASenderCrawls leaves a request half sent and asks the process to end: it exits 0 within its bound.
func TestStopIsOrderedWhileASenderCrawls(t *testing.T) {
	p := start(t, rig.Options{Args: []string{"--shutdown-timeout", "8s"}})
	c := admin(t.Context(), t, p)
	if _, err := c.CreateTenant(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	source, err := c.CreateSource(t.Context(), "acme", "web", nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.HTTP, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /ingest/raw HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n", source.Token)
	if _, err := conn.Read(make([]byte, 64)); err != nil { // 100 Continue: the request is being read
		t.Fatal(err)
	}
	began := time.Now()
	if err := p.Stop(); err != nil {
		t.Errorf("stop: %v\n%s", err, p.Log())
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestCommandsKeepStandardErrorForThemselves finds nothing there that a library had to say.
func TestCommandsKeepStandardErrorForThemselves(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), binary, "version")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil || stderr.Len() > 0 {
		t.Errorf("%v, standard error %q", err, stderr.String())
	}
}
