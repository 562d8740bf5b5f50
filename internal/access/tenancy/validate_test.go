package tenancy

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func networks(text string) []Network {
	list, err := ParseNetworks(text)
	if err != nil {
		panic(err)
	}
	return list
}

func TestNetworksAreReadAndTheNarrowestNamesAnAddress(t *testing.T) {
	t.Parallel()
	list := networks("203.0.113.77/24 办公 网\n203.0.113.8 门户\n2001:db8::/32")
	if got := FormatNetworks(list); got != "203.0.113.0/24 办公 网\n203.0.113.8/32 门户\n2001:db8::/32" {
		t.Errorf("%q", got)
	}
	for _, text := range []string{"x", "203.0.113.0/33", "fe80::1%eth0"} {
		var bad *fault.Invalid
		if _, err := ParseNetworks(text); !errors.As(err, &bad) || bad.Field != "networks" {
			t.Errorf("%s: %v", text, err)
		}
	}
	const id = tenant.ID("01J0000000000000000000000A")
	d := NewDirectory(listed{{ID: id, Networks: list}})
	if err := d.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for ip, want := range map[string]string{"203.0.113.9": "办公 网", "203.0.113.8": "门户", "2001:db8::1": "", "8.8.8.8": "-"} {
		name, own := d.Network(id, netip.MustParseAddr(ip))
		if own != (want != "-") || own && name != want {
			t.Errorf("%s: %q, %v", ip, name, own)
		}
	}
	if _, own := d.Network("01J0000000000000000000000B", netip.MustParseAddr("203.0.113.9")); own {
		t.Error("a network of one customer is another's")
	}
}

// listed is a reader of these customers.
type listed []Tenant

func (l listed) List(context.Context) ([]Tenant, error)         { return l, nil }
func (listed) Find(context.Context, tenant.ID) (Tenant, error)  { return Tenant{}, fault.ErrNotFound }
func (listed) FindSlug(context.Context, string) (Tenant, error) { return Tenant{}, fault.ErrNotFound }

func TestTenantsAreValidated(t *testing.T) {
	t.Parallel()
	good := Tenant{Slug: "acme-2", Name: "华东制造 (Acme)", State: Active, RetentionDays: 180}
	if err := good.validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*Tenant)
		field  string
	}{
		{"no slug", func(t *Tenant) { t.Slug = "" }, "slug"},
		{"upper case", func(t *Tenant) { t.Slug = "Acme" }, "slug"},
		{"hyphen first", func(t *Tenant) { t.Slug = "-acme" }, "slug"},
		{"path in slug", func(t *Tenant) { t.Slug = "../x" }, "slug"},
		{"long slug", func(t *Tenant) { t.Slug = strings.Repeat("x", 64) }, "slug"},
		{"slug like an id", func(t *Tenant) { t.Slug = strings.ToLower(tenant.NewID().String()) }, "slug"},
		{"the platform's name", func(t *Tenant) { t.Slug = "provider" }, "slug"},
		{"no name", func(t *Tenant) { t.Name = "" }, "name"},
		{"blank name", func(t *Tenant) { t.Name = " " }, "name"},
		{"long name", func(t *Tenant) { t.Name = strings.Repeat("字", 201) }, "name"},
		{"control character", func(t *Tenant) { t.Name = "a\x00b" }, "name"},
		{"another state", func(t *Tenant) { t.State = "gone" }, "state"},
		{"no retention", func(t *Tenant) { t.RetentionDays = 0 }, "retention_days"},
		{"endless retention", func(t *Tenant) { t.RetentionDays = 3651 }, "retention_days"},
		{"too many networks", func(t *Tenant) { t.Networks = make([]Network, MaxNetworks+1) }, "networks"},
		{"all addresses", func(t *Tenant) { t.Networks = networks("0.0.0.0/0") }, "networks"},
		{"half of IPv6", func(t *Tenant) { t.Networks = networks("8000::/1") }, "networks"},
		{"a network twice", func(t *Tenant) { t.Networks = networks("203.0.113.0/24\n203.0.113.7/24 again") }, "networks"},
		{"a control character in a network's name", func(t *Tenant) { t.Networks = networks("203.0.113.0/24 a\x07b") }, "networks"},
		{"negative rate", func(t *Tenant) { t.EventsPerSecond = -1 }, "events_per_second"},
	} {
		x := good
		c.change(&x)
		var bad *fault.Invalid
		if err := x.validate(); !errors.As(err, &bad) || bad.Field != c.field || bad.Code == "" {
			t.Errorf("%s: %v, want %s refused", c.name, err, c.field)
		}
	}
}
