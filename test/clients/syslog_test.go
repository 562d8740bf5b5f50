package clients

import (
	"fmt"
	"testing"
)

// TestLogger sends with logger(1) of util-linux what it can: both formats over UDP and TCP, counted octets, and a token in structured data.
func TestLogger(t *testing.T) {
	t.Parallel()
	logger := tool(t, "logger")
	p := run(t)
	host, port := split(t, p.Syslog)
	for way, args := range map[string][]string{
		"udp3164": {"--udp", "--rfc3164"}, "tcp3164": {"--tcp", "--rfc3164"}, "udp5424": {"--udp", "--rfc5424"}, "tcp5424": {"--tcp", "--rfc5424"},
		"counted": {"--tcp", "--rfc5424", "--octet-count"}, "token": {"--tcp", "--rfc5424", "--sd-id", "isoc@0", "--sd-param", `token="` + p.token + `"`},
	} {
		args = append(args, "--server", host, "--port", port, "-p", "authpriv.warning", "-t", "sshd", "--id=4711",
			fmt.Sprintf("Failed password for invalid user %s from 203.0.113.9 port 40022 ssh2", way))
		do(t, logger, args...)
	}
	for _, ev := range p.found("event.outcome:=failure", 6) {
		has(t, ev, map[string]string{
			"source.ip": "203.0.113.9", "source.port": "40022", "process.name": "sshd", "process.pid": "4711", "event.dataset": "linux.auth",
			"log.syslog.priority": "84",
		})
	}
	p.found("*", 6)
	for _, way := range []string{"udp3164", "tcp3164", "udp5424", "tcp5424", "counted", "token"} {
		p.found("user.name:="+way, 1)
	}
}
