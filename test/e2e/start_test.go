package e2e

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestAFailedFirstStartLeavesThePasswordToTheNext starts on a port in use first: the operator has seen no password yet.
func TestAFailedFirstStartLeavesThePasswordToTheNext(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	data := t.TempDir()
	serve := func(http string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), binary, "serve", "--data", data, "--http", http, "--syslog", "127.0.0.1:0")
		cmd.Env = append(os.Environ(), "ISOC_LANG=en")
		return cmd
	}
	if out, err := serve(busy.Addr().String()).CombinedOutput(); err == nil || strings.Contains(string(out), "password") {
		t.Fatalf("start on a port in use: %v\n%s", err, out)
	}
	second := serve("127.0.0.1:0")
	stdout, err := second.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(); err != nil {
		t.Fatal(err)
	}
	shown := false
	for s := bufio.NewScanner(stdout); s.Scan(); {
		shown = shown || strings.Contains(s.Text(), "First password  ")
		if strings.HasPrefix(s.Text(), "ready ") {
			break
		}
	}
	if !shown {
		t.Error("no password was shown")
	}
	if err := second.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := second.Wait(); err != nil {
		t.Errorf("stop: %v", err)
	}
}
