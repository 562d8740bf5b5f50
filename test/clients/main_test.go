package clients

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/test/rig"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "isoc-clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := 1
	if binary, err = rig.Build(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	} else {
		code = m.Run()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// product is the real binary with one customer, whose one source is known by this host's address and by its token.
type product struct {
	*rig.Process
	*rig.Client
	t     *testing.T
	token string
}

func run(t *testing.T, args ...string) *product {
	t.Helper()
	p, err := rig.Start(rig.Options{Binary: binary, Data: t.TempDir(), Args: args})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
		if t.Failed() {
			t.Logf("log of isoc:\n%s", p.Log())
		}
	})
	c, err := rig.Login(t.Context(), p.HTTP, "admin", rig.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateTenant(t.Context(), "alpha"); err != nil {
		t.Fatal(err)
	}
	src, err := c.CreateSource(t.Context(), "alpha", "all", map[string]any{"senders": []string{"127.0.0.1/32"}})
	if err != nil {
		t.Fatal(err)
	}
	return &product{p, c, t, src.Token}
}

// found waits until a query finds n events, or at least that many where least is set, and returns them.
func (p *product) found(query string, n int, least ...bool) []map[string]any {
	p.t.Helper()
	var events []map[string]any
	err := rig.Eventually(20*time.Second, func() error {
		f, err := p.Search(p.t.Context(), []string{"alpha"}, query, "2010-01-01T00:00:00Z", "2100-01-01T00:00:00Z", 1000, "")
		if err != nil {
			return err
		}
		if events = f.Events; len(events) != n && (len(least) == 0 || len(events) < n) {
			return fmt.Errorf("query %q finds %d events, want %d", query, len(events), n)
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return events
}

// has checks fields of an event.
func has(t *testing.T, ev map[string]any, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if fmt.Sprint(ev[name]) != value {
			t.Errorf("%s is %v, want %s, in %v", name, ev[name], value, ev)
		}
	}
}

// tool returns a program's path, or ends the test: as a skip, or as a failure where ISOC_TEST_REQUIRE demands the program.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		absent(t, name, err.Error())
	}
	return path
}

func absent(t *testing.T, name, reason string) {
	t.Helper()
	for _, r := range strings.Split(os.Getenv("ISOC_TEST_REQUIRE"), ",") {
		if r == name {
			t.Fatalf("%s is required here: %s", name, reason)
		}
	}
	t.Skipf("needs %s: %s", name, reason)
}

func do(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

func split(t *testing.T, addr string) (host, port string) {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}
