package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/audit"
	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func (w *world) prevalence(t *testing.T) map[string]api.ValuePrevalence {
	t.Helper()
	got := into[api.AlertPrevalence](t, w.analyst().get(t, "/api/v1/alerts/"+w.one.alert+"/prevalence"), http.StatusOK)
	byField := map[string]api.ValuePrevalence{}
	for _, v := range got.Values {
		byField[v.Field] = v
	}
	return byField
}

func TestPrevalenceCountsRecordsAndHostsOfItsCustomerAlone(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	seen := func(of customer, seq uint64, n int) {
		w.messages(t, of, seq, make([]string, n), func(i int, ev *event.Event) {
			ev.Add(event.SourceIP, "203.0.113.5")
			ev.Add(event.HostName, fmt.Sprintf("h%d", i%4))
		})
	}
	seen(w.two, 51, 9)
	if got := w.prevalence(t)[event.SourceIP]; got.Records != 1 || got.Hosts != 0 || !got.Rare || got.Counted != "all" || !got.First.Equal(*got.Last) {
		t.Fatalf("%+v", got)
	}
	seen(w.one, 52, 20)
	got := w.prevalence(t)
	ip := got[event.SourceIP]
	if ip.Records != 21 || ip.Hosts != 4 || ip.Rare || ip.Value != "203.0.113.5" || !ip.First.Before(*ip.Last) {
		t.Errorf("%+v", ip)
	}
	found := into[api.SearchResult](t, w.viewerOf(w.one).send(t, http.MethodPost, "/api/v1/search", map[string]any{"query": ip.Query, "from": ip.Since.Format(time.RFC3339), "limit": 100}), http.StatusOK)
	if uint64(len(found.Events)) != ip.Records {
		t.Errorf("%s finds %d of %d", ip.Query, len(found.Events), ip.Records)
	}
	if host := got[event.HostName]; host.Value != "host-"+w.one.secret || host.Records != 0 || host.Rare || host.First != nil {
		t.Errorf("%+v", host)
	}
}

func TestPrevalenceIsReadAsOthersAre(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	path := "/api/v1/alerts/" + w.two.alert + "/prevalence"
	wrong(t, w.viewerOf(w.one).get(t, path), http.StatusNotFound, "not_found")
	wrong(t, w.analyst().get(t, path+"?event=other"), http.StatusNotFound, "not_found")
	w.analyst().get(t, path)
	ctx := identity.WithPrincipal(t.Context(), identity.Principal{Username: "setup", Provider: identity.ProviderAdmin})
	entries, _, err := w.trail.List(ctx, audit.Query{Tenant: tenant.ID(w.two.id), Limit: 50})
	must(t, err)
	kept := 0
	for _, e := range entries {
		if e.Action == "event.prevalence" && e.Object == "alert/"+w.two.alert {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("%d entries of the provider's reads in %+v", kept, entries)
	}
}

// slow is an archive that counts no more than so much time before it gives up.
type slow struct {
	api.Archive
	within time.Duration
	asked  *int
}

func (a slow) Search(ctx context.Context, s archive.Search) (archive.Result, error) {
	if s.Query == nil || !strings.Contains(s.Query.String(), "count_uniq") {
		return a.Archive.Search(ctx, s)
	}
	*a.asked++
	if _, bounded := ctx.Deadline(); !bounded || s.To.Sub(s.From) > a.within {
		return archive.Result{}, fmt.Errorf("too long: %w", errors.Join(fault.ErrUnavailable, context.DeadlineExceeded))
	}
	return a.Archive.Search(ctx, s)
}

func TestPrevalenceSaysWhatItCouldNotCount(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	for within, counted := range map[time.Duration]string{25 * time.Hour: "day", time.Minute: "none"} {
		asked := 0
		w.deps.Archive = slow{w.archive, within, &asked}
		w.serve(t, api.Options{})
		got := w.prevalence(t)
		ip := got[event.SourceIP]
		if ip.Counted != counted || ip.Rare || asked != 2*len(got) || (ip.Records > 0) != (counted == "day") {
			t.Errorf("within %s: %+v after %d questions", within, ip, asked)
		}
		if counted == "day" && w.now.Sub(ip.Since) > 25*time.Hour {
			t.Errorf("since %s", ip.Since)
		}
	}
}
