package rig

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// AdminPassword is what every process of the rig gives its first administrator.
const AdminPassword = "rig-admin-passphrase"

// startTimeout bounds the time from start to ready.
const startTimeout = 60 * time.Second

// Process is one running `isoc serve`.
type Process struct {
	HTTP      string // http://127.0.0.1:port
	Syslog    string // 127.0.0.1:port
	SyslogTLS string // empty where it is switched off
	NetFlow   string // the same
	Data      string

	cmd    *exec.Cmd
	exited chan struct{}
	err    error
	log    *tail
}

// Options say how to start; Args come after --data, --http and --syslog. HTTP and Syslog default to free ports, so
// a restart on known addresses must name them.
type Options struct {
	Binary string
	Data   string
	HTTP   string
	Syslog string
	Args   []string
	Env    []string
}

// Build compiles the binary into dir and returns its path.
func Build(dir string) (string, error) {
	bin := filepath.Join(dir, "isoc")
	cmd := exec.Command("go", "build", "-o", bin, "github.com/isoc-project/isoc/cmd/isoc")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
}

// Start runs the binary and waits until it says it is ready. Its log is kept and returned with any error.
func Start(o Options) (*Process, error) {
	orFree := func(addr string) string {
		if addr == "" {
			return "127.0.0.1:0"
		}
		return addr
	}
	args := append([]string{"serve", "--data", o.Data, "--http", orFree(o.HTTP), "--syslog", orFree(o.Syslog)}, o.Args...)
	cmd := exec.Command(o.Binary, args...)
	cmd.Env = append(append(os.Environ(), "ISOC_ADMIN_PASSWORD="+AdminPassword, "ISOC_LANG=en"), o.Env...)
	p := &Process{Data: o.Data, cmd: cmd, exited: make(chan struct{}), log: &tail{}}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = p.log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go p.watch(stdout, ready)
	select {
	case <-ready:
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("isoc ended before it was ready: %w\n%s", p.err, p.Log())
	case <-time.After(startTimeout):
		_ = p.Kill()
		return nil, fmt.Errorf("isoc not ready within %s\n%s", startTimeout, p.Log())
	}
}

func (p *Process) watch(stdout io.Reader, ready chan<- struct{}) {
	syslogLine := regexp.MustCompile(`^syslog(-tls)? .*?(\d+\.\d+\.\d+\.\d+:\d+)$`)
	scan := bufio.NewScanner(stdout)
	for scan.Scan() {
		line := scan.Text()
		if m := syslogLine.FindStringSubmatch(line); m != nil {
			if m[1] == "" {
				p.Syslog = m[2]
			} else {
				p.SyslogTLS = m[2]
			}
		}
		if addr, ok := strings.CutPrefix(line, "netflow "); ok {
			p.NetFlow = addr
		}
		if url, ok := strings.CutPrefix(line, "ready "); ok {
			p.HTTP = strings.TrimSuffix(url, "/")
			close(ready)
		}
	}
	p.err = p.cmd.Wait()
	close(p.exited)
}

// Kill ends the process at once, as kill -9 does, and waits until it is gone.
func (p *Process) Kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.exited
	return nil
}

// Stop asks for an ordered end and returns the exit error; nil means exit code 0.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
		return p.err
	case <-time.After(startTimeout):
		_ = p.Kill()
		return fmt.Errorf("isoc did not stop within %s\n%s", startTimeout, p.Log())
	}
}

// PID is the process's id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Log returns the end of what the process wrote to standard error.
func (p *Process) Log() string { return p.log.String() }

// tail keeps the last 64 KiB written.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf.Write(b)
	if over := t.buf.Len() - 64<<10; over > 0 {
		t.buf.Next(over)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}
