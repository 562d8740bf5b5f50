package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/response/alert"
	"github.com/isoc-project/isoc/internal/response/live"
	"github.com/isoc-project/isoc/internal/tenant"
)

// watch opens the live stream and returns a reader of its messages.
func (w *world) watch(t *testing.T, token, query string) *listener {
	t.Helper()
	return w.listen(t, token, "/api/v1/live?"+query)
}

// alerts returns the changes of the next message about alerts.
func (l *listener) alerts(t *testing.T) []api.LiveAlert {
	t.Helper()
	for {
		kind, data := l.next(t)
		var one api.LiveAlert
		var many []api.LiveAlert
		switch kind {
		case "alert":
			must(t, json.Unmarshal([]byte(data), &one))
			return []api.LiveAlert{one}
		case "alerts":
			must(t, json.Unmarshal([]byte(data), &many))
			return many
		}
	}
}

// ended reads until the server ends the stream.
func (l *listener) ended() {
	for l.lines.Scan() {
	}
}

func TestLiveTellsWhatHappensToWhomItConcerns(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	mine, all, onlyTwo := w.watch(t, w.one.viewerToken, ""), w.watch(t, w.analystToken, ""), w.watch(t, w.analystToken, "tenant="+w.two.slug)
	must(t, w.do(t, http.MethodPost, "/api/v1/alerts/"+w.two.alert+"/transitions", call{body: map[string]any{"to": "acknowledged", "version": 1}}, credentials{bearer: w.analystToken}).Result().Body.Close())
	if got := onlyTwo.alerts(t); len(got) != 1 || got[0].ID != w.two.alert || got[0].Change != "moved" || got[0].State != "acknowledged" || got[0].Version != 2 {
		t.Errorf("of customer two: %+v", got)
	}
	if got := all.alerts(t); len(got) != 1 || got[0].ID != w.two.alert {
		t.Errorf("of all: %+v", got)
	}
	ctx := tenant.WithScope(t.Context(), tenant.All())
	must(t, w.alerts.Apply(ctx, tenant.ID(w.one.id), alert.Stream{Epoch: 1}, 99, []alert.Signal{{
		Tenant: tenant.ID(w.one.id), Model: "signature", Rule: alert.Rule{ID: "r2", Title: "x", Level: "critical"}, Time: w.now, EventID: "e",
	}}))
	// The first thing that customer one's viewer hears is its own: nothing of customer two came before.
	if got := mine.alerts(t); len(got) != 1 || got[0].Tenant != w.one.id || got[0].Change != "raised" || got[0].Level != "critical" || got[0].Risk != 70 {
		t.Errorf("of customer one: %+v", got)
	}
}

func TestLiveEndsWithTheRightToRead(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	w.serve(t, api.Options{LiveBeat: 20 * time.Millisecond})
	admin := identity.WithPrincipal(t.Context(), identity.Principal{UserID: "x", Username: "setup", Provider: identity.ProviderAdmin})
	find := func(name string) identity.User {
		t.Helper()
		users, err := w.users.Users(admin)
		must(t, err)
		return users[slices.IndexFunc(users, func(u identity.User) bool { return u.Username == name })]
	}
	viewer := w.watch(t, w.one.viewerToken, "")
	yes := true
	_, err := w.users.UpdateUser(admin, w.one.viewer, identity.UserPatch{Disabled: &yes, Version: find("viewer-of-" + w.one.slug).Version})
	must(t, err)
	viewer.ended()

	// Who moves to another customer hears of that one alone from then on.
	moved := w.watch(t, w.two.viewerToken, "")
	to := map[tenant.ID]identity.Role{tenant.ID(w.one.id): identity.CustomerViewer}
	_, err = w.users.UpdateUser(admin, w.two.viewer, identity.UserPatch{Tenants: &to, Version: find("viewer-of-" + w.two.slug).Version})
	must(t, err)
	for moved.lines.Scan() && !strings.HasPrefix(moved.lines.Text(), ":") {
	}
	for moved.lines.Scan() && !strings.HasPrefix(moved.lines.Text(), ":") {
	}
	for _, id := range []string{w.two.alert, w.one.alert} {
		into[api.Alert](t, w.analyst().send(t, http.MethodPost, "/api/v1/alerts/"+id+"/transitions", map[string]any{"to": "acknowledged", "version": 1}), http.StatusOK)
	}
	if got := moved.alerts(t); len(got) != 1 || got[0].ID != w.one.alert {
		t.Errorf("after moving: %+v", got)
	}
}

func TestLiveEndsWithTheProcessAndIsLimited(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	stream := w.watch(t, w.analystToken, "")
	var others []*live.Stream
	for {
		s, err := w.live.Open(w.one.viewer, live.Sight{})
		if err != nil {
			break
		}
		others = append(others, s)
	}
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/live"), http.StatusTooManyRequests, "quota")
	for _, s := range others {
		s.Close()
	}
	w.live.Close()
	stream.ended()
	wrong(t, w.viewerOf(w.one).get(t, "/api/v1/live"), http.StatusServiceUnavailable, "unavailable")
}
