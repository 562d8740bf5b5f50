package enrich

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
)

func TestEnrichRelatesAndDirects(t *testing.T) {
	t.Parallel()
	ev := event.Event{Fields: []event.Field{
		{Name: "source.ip", Value: "203.0.113.9"}, {Name: "destination.ip", Value: "10.0.0.5"},
		{Name: "user.name", Value: "kai"}, {Name: "user.effective.name", Value: "root"}, {Name: "user.target.name", Value: "kai"},
		{Name: "host.name", Value: "web1"},
	}}
	New().Enrich(&ev)
	want := []event.Field{
		{Name: "related.ip", Value: "203.0.113.9"}, {Name: "related.ip", Value: "10.0.0.5"},
		{Name: "related.user", Value: "kai"}, {Name: "related.user", Value: "root"}, {Name: "related.hosts", Value: "web1"},
		{Name: "source.scope", Value: "public"}, {Name: "destination.scope", Value: "private"}, {Name: "network.direction", Value: "inbound"},
	}
	if diff := cmp.Diff(want, ev.Fields[6:]); diff != "" {
		t.Errorf("added fields (-want +got):\n%s", diff)
	}
	n := len(ev.Fields)
	New().Enrich(&ev)
	if len(ev.Fields) != n {
		t.Errorf("a second pass added %d fields", len(ev.Fields)-n)
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"10.1.2.3": Private, "172.16.0.1": Private, "192.168.1.1": Private, "100.64.0.1": Private, "fd00::1": Private,
		"8.8.8.8": Public, "2001:4860::1": Public, "::ffff:8.8.8.8": Public, "100.128.0.1": Public,
		"127.0.0.1": Loopback, "::1": Loopback, "169.254.1.1": LinkLocal, "fe80::1": LinkLocal,
		"239.1.1.1": Multicast, "0.0.0.0": Reserved, "255.255.255.255": Reserved, "": "", "web1": "", "1.2.3": "",
	} {
		if got := Scope(addr); got != want {
			t.Errorf("Scope(%q) = %q, want %q", addr, got, want)
		}
	}
}

func BenchmarkEnrich(b *testing.B) {
	base := []event.Field{
		{Name: "source.ip", Value: "203.0.113.9"}, {Name: "destination.ip", Value: "10.0.0.5"},
		{Name: "user.name", Value: "kai"}, {Name: "host.name", Value: "web1"}, {Name: "message", Value: "m"},
	}
	ev := event.Event{Fields: make([]event.Field, 0, 32)}
	b.ReportAllocs()
	for b.Loop() {
		ev.Fields = append(ev.Fields[:0], base...)
		New().Enrich(&ev)
	}
}
