package api

import (
	"context"
	"testing"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestRegisterRefusesAnOperationNobodyThoughtAbout(t *testing.T) {
	t.Parallel()
	owner := func(context.Context, string) (tenant.ID, error) { return "", nil }
	for name, c := range map[string]struct {
		path string
		acc  access
	}{
		"no access":                        {"/api/v1/things", access{}},
		"no permission":                    {"/api/v1/things", named("")},
		"public with a permission":         {"/api/v1/things", access{concern: concernNobody, permission: identity.ReadSelf}},
		"path concern without the tenant":  {"/api/v1/things", inPath(identity.ReadSources)},
		"a tenant in the path unchecked":   {"/api/v1/tenants/{tenant}/things", platform(identity.ReadRules)},
		"object concern without an owner":  {"/api/v1/things/{id}", ofObject(identity.ReadAlerts, "id", nil)},
		"object concern without an object": {"/api/v1/things", ofObject(identity.ReadAlerts, "id", owner)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := New(Deps{}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if recover() == nil {
					t.Fatal("registered")
				}
			}()
			register(a, operation{id: "probe", method: "GET", path: c.path}, c.acc,
				func(context.Context, *none) (*reply[List[string]], error) { return nil, nil })
		})
	}
}
