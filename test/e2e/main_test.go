package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/test/rig"
)

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "isoc-e2e-")
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

// start runs the product on a fresh data directory until the test ends.
func start(t *testing.T, o rig.Options) *rig.Process {
	t.Helper()
	o.Binary = binary
	if o.Data == "" {
		o.Data = t.TempDir()
	}
	p, err := rig.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("stop: %v\n%s", err, p.Log())
		}
		if t.Failed() {
			t.Logf("log of isoc:\n%s", p.Log())
		}
	})
	return p
}

func admin(ctx context.Context, t *testing.T, p *rig.Process) *rig.Client {
	t.Helper()
	c, err := rig.Login(ctx, p.HTTP, "admin", rig.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// require fails a test that lacks a tool which ISOC_TEST_REQUIRE demands, and skips it otherwise.
func require(t *testing.T, tool, reason string) {
	t.Helper()
	for _, r := range strings.Split(os.Getenv("ISOC_TEST_REQUIRE"), ",") {
		if r == tool {
			t.Fatalf("%s is required here: %s", tool, reason)
		}
	}
	t.Skipf("needs %s: %s", tool, reason)
}
