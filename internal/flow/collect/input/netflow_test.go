package input_test

import (
	"context"
	"encoding/binary"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
)

// flowsV5 is a datagram of NetFlow v5.
func flowsV5(n int) string {
	b, _ := binary.Append(nil, binary.BigEndian, struct {
		Version, Count uint16
		Rest           [20]byte
	}{Version: 5, Count: uint16(n)})
	for i := range n {
		b, _ = binary.Append(b, binary.BigEndian, struct {
			Src, Dst   [4]byte
			Middle     [24]byte
			From, To   uint16
			Pad, Flags uint8
			Proto      uint8
			Rest       [9]byte
		}{Src: netip.MustParseAddr("10.0.0.5").As4(), Dst: netip.MustParseAddr("203.0.113.9").As4(), From: uint16(i), To: 53, Proto: 17})
	}
	return string(b)
}

func listenNetFlow(t *testing.T, w *world, reg prometheus.Registerer) (n *input.NetFlow, stop func()) {
	t.Helper()
	n, err := input.ListenNetFlow(t.Context(), input.NetFlowOptions{Addr: "127.0.0.1:0", Intake: w.intake, Registry: w.registry, Registerer: reg})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	stop = func() {
		cancel()
		select {
		case err := <-done:
			done <- nil
			if err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("listener does not stop")
		}
	}
	t.Cleanup(stop)
	return n, stop
}

func TestFlowsAreTheirExportersAndNobodysGoToTheInbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "router", Tenant: acme, Senders: prefix("127.0.0.1/32")})
	reg := prometheus.NewRegistry()
	n, stop := listenNetFlow(t, w, reg)
	conn := dial(t, "udp", n.Addr())
	send(t, conn, flowsV5(3))
	send(t, conn, "<13>no flow")
	for _, got := range w.await(t, 3) {
		if !strings.HasPrefix(got, `router:{"@timestamp":"`) || !strings.Contains(got, `"source.ip":"10.0.0.5"`) {
			t.Fatal(got)
		}
	}
	if r := w.records()[0]; r.Tenant != acme || r.Input != "netflow" || r.Remote != "127.0.0.1" || time.Since(r.Received) > time.Minute {
		t.Fatalf("%+v", r)
	}
	w.sources.set()
	if err := w.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		send(t, conn, flowsV5(30)) // more than a batch of the queue holds
	}
	stop()
	got := w.raws()
	if len(got) != 3+1200 {
		t.Fatalf("%d records", len(got))
	}
	for _, r := range got[3:] {
		if !strings.HasPrefix(r, "inbox:") {
			t.Fatal(r)
		}
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "isoc_netflow_malformed_total" && f.Metric[0].Counter.GetValue() != 1 {
			t.Errorf("%v datagrams malformed", f.Metric[0].Counter.GetValue())
		}
	}
}

// A datagram may hold more flows than a batch of the queue.
func TestADatagramOfManyFlowsIsStoredWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, collect.Source{ID: "router", Tenant: acme, Senders: prefix("127.0.0.1/32")})
	n, _ := listenNetFlow(t, w, nil)
	send(t, dial(t, "udp", n.Addr()), flowsV5(1000))
	if got := w.await(t, 1000); len(got) != 1000 {
		t.Fatalf("%d records", len(got))
	}
}
