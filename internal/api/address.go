package api

import (
	"context"
	"net/http"
	"net/netip"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/enrich"
)

// mostAddresses is how many addresses may be asked for at once.
const mostAddresses = 100

// Address is what is known of an IP address, whoever's it is.
type Address struct {
	IP          string `json:"ip" doc:"As it was asked for."`
	Scope       string `json:"scope" enum:"public,private,cgnat,loopback,link-local,multicast,broadcast,documentation,benchmarking,6to4,teredo,nat64,reserved"`
	Country     string `json:"country,omitempty" doc:"ISO 3166-1 alpha-2 of where it is registered, which need not be where somebody sits. Of public addresses only."`
	CountryName string `json:"country_name,omitempty" doc:"In English."`
	ASNumber    string `json:"as_number,omitempty"`
	ASOrg       string `json:"as_org,omitempty"`
}

// Enricher adds to an event what follows from its own fields, as the pipeline does.
type Enricher interface {
	Enrich(ev *event.Event)
}

func (a *API) declareAddresses() {
	register(a, operation{
		id: "listAddresses", method: http.MethodGet, path: "/api/v1/addresses", tag: "search",
		summary: "Scope, country and autonomous system of IP addresses",
	}, self(), a.listAddresses)
}

func (a *API) listAddresses(_ context.Context, in *struct {
	IP string `query:"ip" required:"true" maxLength:"5000" doc:"Addresses, comma-separated; at most 100. What is none is left out."`
}) (*reply[List[Address]], error) {
	asked := strings.Split(in.IP, ",")
	if len(asked) > mostAddresses {
		return nil, fault.NewInvalid("ip", "address.many", "must be at most 100 addresses")
	}
	out := List[Address]{Items: []Address{}}
	for _, ip := range asked {
		if _, err := netip.ParseAddr(ip); err != nil {
			continue
		}
		ev := event.Event{Fields: []event.Field{{Name: event.SourceIP, Value: ip}}}
		a.deps.Enricher.Enrich(&ev)
		out.Items = append(out.Items, Address{
			IP: ip, Scope: ev.Value(enrich.SourceScope), Country: ev.Value(enrich.SourceCountry), CountryName: ev.Value("source.geo.country_name"),
			ASNumber: ev.Value("source.as.number"), ASOrg: ev.Value("source.as.organization.name"),
		})
	}
	return answer(out), nil
}
