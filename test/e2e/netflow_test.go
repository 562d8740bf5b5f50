package e2e

import (
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/isoc-project/isoc/test/rig"
)

// TestNetFlow sends what softflowd sent of 20 conversations to the real binary.
func TestNetFlow(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := start(t, rig.Options{Args: []string{"--netflow", "127.0.0.1:0"}})
	c := admin(ctx, t, p)
	if _, err := c.CreateTenant(ctx, "alpha"); err != nil {
		t.Fatal(err)
	}
	source(t, c, "alpha", map[string]any{"senders": []string{"127.0.0.1/32"}})
	conn, err := net.Dial("udp", p.NetFlow)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, name := range []string{"v9-1", "v9-2"} {
		b, err := os.ReadFile("../../internal/flow/wire/netflow/testdata/softflowd-" + name + ".bin")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	for _, ev := range found(ctx, t, c, "alpha", `event.dataset:=netflow.log source.ip:=10.0.0.5 destination.port:=443`, 20) {
		for name, want := range map[string]string{
			"event.category": "network", "network.transport": "tcp", "observer.ip": "127.0.0.1", "source.bytes": "140", "network.direction": "outbound",
		} {
			if fmt.Sprint(ev[name]) != want {
				t.Errorf("%s is %v, want %s", name, ev[name], want)
			}
		}
	}
	found(ctx, t, c, "alpha", "*", 40)
}
