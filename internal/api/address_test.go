package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestAddressesAreToldByScopeAndCountry(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	got := into[api.List[api.Address]](t, w.viewerOf(w.one).get(t, "/api/v1/addresses?ip=8.8.8.8,10.0.0.1,nonsense,2400:3200::1"), http.StatusOK)
	want := []api.Address{
		{IP: "8.8.8.8", Scope: "public", Country: "US", CountryName: "United States"}, {IP: "10.0.0.1", Scope: "private"},
		{IP: "2400:3200::1", Scope: "public", Country: "CN", CountryName: "China"},
	}
	if !slices.Equal(got.Items, want) {
		t.Errorf("%+v", got.Items)
	}
}
