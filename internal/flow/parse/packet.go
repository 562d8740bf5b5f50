package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/linux"
	"github.com/isoc-project/isoc/internal/flow/parse/windows"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
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

// parseWindowsXML reads rendered Windows events.
func parseWindowsXML(w *work, msg, _ string) bool {
	if msg == "" || msg[0] != '<' || !strings.Contains(msg[:min(len(msg), 512)], "<Event") {
		return false
	}
	when, ok := windows.FromXML(&w.d, msg)
	if !ok {
		w.why = "XML that is no Windows event"
		return false
	}
	w.windowsEvent(when)
	return true
}

// windowsEvent maps a Windows event whose winlog fields are in the draft.
func (w *work) windowsEvent(when string) {
	d := &w.d
	if host := d.Value(windows.Computer); host != "" {
		d.Set(event.HostName, host)
	}
	windows.Map(d)
	w.dataset = d.Value(event.Dataset)
	if t, ok := clock.Any(when, w.loc, w.received); ok {
		d.Event().Time = t
	}
	if utc := d.Value(draft.WindowsData + "UtcTime"); utc != "" {
		if t, n, ok := clock.ISO(utc, w.loc); ok && n == len(utc) {
			d.Event().Time = t
		}
	}
}
