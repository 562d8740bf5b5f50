package identity

import (
	"errors"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestUsersAreValidated(t *testing.T) {
	t.Parallel()
	viewer := map[tenant.ID]Role{tenant.NewID(): CustomerViewer}
	good := User{Username: "li.wei-2@a_b", Name: "李伟", Locale: "zh-CN", Provider: ProviderAnalyst}
	if err := good.validate(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*User)
		field  string
	}{
		{"no username", func(u *User) { u.Username = "" }, "username"},
		{"upper case", func(u *User) { u.Username = "Li" }, "username"},
		{"blank in username", func(u *User) { u.Username = "li wei" }, "username"},
		{"long username", func(u *User) { u.Username = strings.Repeat("x", 65) }, "username"},
		{"no name", func(u *User) { u.Name = "" }, "name"},
		{"control character", func(u *User) { u.Name = "li\x1b[0m" }, "name"},
		{"name not UTF-8", func(u *User) { u.Name = "\xff" }, "name"},
		{"another locale", func(u *User) { u.Locale = "de" }, "locale"},
		{"unknown role", func(u *User) { u.Provider = "root" }, "role"},
		{"customer's role at the provider", func(u *User) { u.Provider = CustomerViewer }, "role"},
		{"neither role nor customer", func(u *User) { u.Provider = "" }, "role"},
		{"both", func(u *User) { u.Tenants = viewer }, "tenants"},
		{"provider's role at a customer", func(u *User) { u.Provider, u.Tenants = "", map[tenant.ID]Role{tenant.NewID(): ProviderAdmin} }, "tenants"},
		{"the platform as customer", func(u *User) { u.Provider, u.Tenants = "", map[tenant.ID]Role{tenant.Provider: CustomerViewer} }, "tenants"},
	} {
		u := good
		c.change(&u)
		var bad *fault.Invalid
		if err := u.validate(); !errors.As(err, &bad) || bad.Field != c.field || bad.Code == "" {
			t.Errorf("%s: %v, want %s refused", c.name, err, c.field)
		}
	}
}
