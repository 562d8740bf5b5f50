package record_test

import (
	"testing"

	"github.com/isoc-project/isoc/internal/flow/record"
)

func TestGroupOfIsABoundedToken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ remote, want string }{
		{"192.0.2.7", "syslog-udp-192-0-2-7"},
		{"::ffff:192.0.2.7", "syslog-udp-192-0-2-7"},
		{"fe80::1%eth0", "syslog-udp-fe80--1"},
		{"a.*> b", "syslog-udp-a----b"},
	} {
		if got := record.GroupOf(&record.Record{Input: "syslog-udp", Remote: c.remote}); got != c.want {
			t.Errorf("%s: %s, want %s", c.remote, got, c.want)
		}
	}
}
