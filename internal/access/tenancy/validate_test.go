package tenancy

import (
	"errors"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

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
