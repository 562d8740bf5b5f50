package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/windows"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
)

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

// parseSnare reads Windows events sent by the Snare agent.
func parseSnare(w *work, msg, _ string) bool {
	when, ok := windows.FromSnare(&w.d, msg)
	if ok {
		w.windowsEvent(when)
	}
	return ok
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
