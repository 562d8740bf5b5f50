package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/linux"
)

// parseAudit reads records of the Linux audit system, however they came.
func parseAudit(w *work, msg, _ string) bool {
	if !strings.HasPrefix(msg, "type=") && !strings.HasPrefix(msg, "node=") && !strings.HasPrefix(msg, "audit: type=") {
		return false
	}
	if !linux.AuditRecord(&w.d, msg) {
		return false
	}
	w.dataset = linux.Audit
	return true
}

// parsePacket reads packets logged by netfilter whatever program name they came under.
func parsePacket(w *work, msg, _ string) bool {
	i := strings.Index(msg[:min(len(msg), 256)], "IN=")
	if i < 0 || !strings.Contains(msg[i:], " SRC=") || !linux.PacketLine(&w.d, msg) {
		return false
	}
	w.dataset = linux.Firewall
	return true
}
