package api_test

import (
	"net/http"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

func TestParseShowsWhatThePipelineWouldMakeOfARecord(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	got := into[api.ParseResult](t, w.admin().send(t, http.MethodPost, "/api/v1/parse", map[string]any{
		"raw": "<38>Jan  2 03:04:05 web1 sshd[42]: Failed password for root from 203.0.113.9 port 4711 ssh2", "time_zone": "Asia/Shanghai",
	}), http.StatusOK)
	for name, want := range map[string]string{"source.ip": "203.0.113.9", "user.name": "root", "event.outcome": "failure", "host.name": "web1"} {
		if got.Fields[name] != want {
			t.Errorf("%s = %v, want %s", name, got.Fields[name], want)
		}
	}
	if len(got.Steps) == 0 || got.Steps[0].Name == "" {
		t.Fatalf("steps = %+v", got.Steps)
	}
	wrong(t, w.admin().send(t, http.MethodPost, "/api/v1/parse", map[string]any{"raw": ""}), http.StatusUnprocessableEntity, "invalid", "body.raw")
}
