package windows

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// FromSnare reads a record of the Snare agent: tab-separated "MSWinEventLog", criticality, channel, counter, time, event id, source, user,
// SID type, type, computer, category, data and rendered message. Relays may have turned tabs into "#011". It returns the
// event's time as text and whether s was such a record.
func FromSnare(d *draft.Draft, s string) (when string, ok bool) {
	i := strings.Index(s[:min(len(s), 256)], "MSWinEventLog")
	if i < 0 {
		return "", false
	}
	s = s[i:]
	if !strings.Contains(s, "\t") {
		s = strings.ReplaceAll(s, "#011", "\t")
	}
	var f [14]string
	n := 0
	for n < len(f)-1 {
		var found bool
		f[n], s, found = strings.Cut(s, "\t")
		n++
		if !found {
			break
		}
	}
	if n < 11 || f[5] == "" || strings.Trim(f[5], "0123456789") != "" {
		return "", false
	}
	f[n] = s
	d.Add(Channel, f[2])
	d.Add(EventID, f[5])
	d.Add(Provider, f[6])
	d.Add(Computer, f[10])
	switch f[9] {
	case "Success Audit", "Audit Success":
		d.Add("winlog.keywords", "Audit Success")
	case "Failure Audit", "Audit Failure":
		d.Add("winlog.keywords", "Audit Failure")
	}
	text := f[13]
	if j := strings.LastIndexByte(text, '\t'); j > 0 && strings.Trim(text[j+1:], "0123456789 \r\n") == "" {
		text = text[:j] // the agent's checksum
	}
	d.Add(event.Message, text)
	return f[4], true
}
