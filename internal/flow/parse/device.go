package parse

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/cef"
	"github.com/isoc-project/isoc/internal/flow/wire/leef"
)

// headerReach is how far into a message a CEF or LEEF header may begin: relays put text of their own before it.
const headerReach = 512

// parseCEF reads ArcSight CEF, also after text of a relay.
func parseCEF(w *work, msg, _ string) bool {
	from := w.d.Len()
	if !w.cefFields(msg) {
		return false
	}
	w.cefMeaning(from)
	w.dataset = w.deviceDataset(w.d.Value("observer.vendor"), w.d.Value("observer.product"), "cef.other")
	return true
}

// cefFields adds a CEF message's header and extension.
func (w *work) cefFields(msg string) bool {
	i := cef.Find(msg, headerReach)
	if i < 0 {
		return false
	}
	h, ok := cef.Parse(msg[i:])
	if !ok {
		w.why = "broken CEF header"
		return false
	}
	d := &w.d
	d.Set("observer.vendor", h.Vendor)
	d.Set("observer.product", h.Product)
	d.SetIfAbsent("observer.version", h.Release)
	d.SetIfAbsent(event.Code, h.Signature)
	d.SetIfAbsent("cef.name", h.Name)
	d.SetIfAbsent(event.Severity, severity(h.Severity))
	cef.Each(h.Extension, func(k, v string) { d.AddVendor("cef.", k, v) })
	return true
}

// cefMeaning maps the fields of a CEF message, which stand from the from-th on, as the standard has them.
func (w *work) cefMeaning(from int) {
	d := &w.d
	for _, f := range d.Event().Fields[from:] {
		key, ok := strings.CutPrefix(f.Name, "cef.")
		if !ok {
			continue
		}
		if t := cefTarget(key); t.Form != ecs.None {
			w.standard(t, f.Value)
		}
	}
	w.cefLabels(from)
	if msg := d.Value("cef.msg"); msg != "" {
		d.SetIfAbsent("event.reason", msg)
	}
	d.SetIfAbsent(event.Action, d.Value("cef.name"))
}

// cefLabels maps custom fields by the names their labels give them: cs1Label=User Name cs1=kai.
func (w *work) cefLabels(from int) {
	fields := w.d.Event().Fields
	n := len(fields)
	for i := from; i < n; i++ {
		key, ok := strings.CutSuffix(fields[i].Name, "Label")
		if !ok || fields[i].Value == "" {
			continue
		}
		label := fields[i].Value
		for j := from; j < n; j++ {
			if fields[j].Name == key {
				if console(label) && strings.Contains(fields[j].Value, "://") {
					w.put(ecs.Target{Form: ecs.Plain, Name: "event.url"}, event.Field{Name: label, Value: fields[j].Value}, wayLikely)
				} else {
					w.labelled(label, fields[j])
				}
				break
			}
		}
	}
}

// console reports whether a label is that of a link to the device's own page about an event, which nobody has asked for.
func console(label string) bool {
	l := strings.ToLower(label)
	if !strings.Contains(l, "url") && !strings.Contains(l, "link") {
		return false
	}
	for _, whose := range [...]string{"event", "alert", "incident", "console", "detection", "portal", "case", "offense", "falcon"} {
		if strings.Contains(l, whose) {
			return true
		}
	}
	return false
}

// standard maps a field whose meaning the format itself defines.
func (w *work) standard(t ecs.Target, v string) {
	if t.Form == ecs.Time {
		w.setTime(v)
		return
	}
	t.Put(&w.d, v)
}

func severity(s string) string {
	switch strings.ToLower(s) {
	case "low":
		return "3"
	case "medium":
		return "6"
	case "high":
		return "8"
	case "very-high", "critical":
		return "10"
	case "unknown":
		return ""
	}
	return numeric(s)
}

// cefTarget maps the keys of the CEF dictionary.
func cefTarget(key string) ecs.Target {
	switch key {
	case "c6a2":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "c6a3":
		return ecs.Target{Form: ecs.Address, Name: event.DestinationIP}
	case "src", "sourceAddress":
		return ecs.Target{Form: ecs.Host, Name: "source"}
	case "dst", "destinationAddress":
		return ecs.Target{Form: ecs.Host, Name: "destination"}
	case "spt", "sourcePort":
		return ecs.Target{Form: ecs.Port, Name: event.SourcePort}
	case "dpt", "destinationPort":
		return ecs.Target{Form: ecs.Port, Name: event.DestinationPort}
	case "suser", "sourceUserName":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "duser", "destinationUserName":
		return ecs.Target{Form: ecs.Plain, Name: "destination.user.name"}
	case "shost", "sourceHostName":
		return ecs.Target{Form: ecs.Plain, Name: "source.domain"}
	case "dhost", "destinationHostName":
		return ecs.Target{Form: ecs.Plain, Name: "destination.domain"}
	case "smac":
		return ecs.Target{Form: ecs.Plain, Name: "source.mac"}
	case "dmac":
		return ecs.Target{Form: ecs.Plain, Name: "destination.mac"}
	case "dvchost", "deviceHostName":
		return ecs.Target{Form: ecs.Plain, Name: event.HostName}
	case "dvc":
		return ecs.Target{Form: ecs.Address, Name: "observer.ip"}
	case "act", "deviceAction":
		return ecs.Target{Form: ecs.Plain, Name: event.Action}
	case "outcome", "eventOutcome":
		return ecs.Target{Form: ecs.Outcome}
	case "proto", "transportProtocol":
		return ecs.Target{Form: ecs.Protocol}
	case "app", "applicationProtocol":
		return ecs.Target{Form: ecs.Lower, Name: "network.protocol"}
	case "rt", "deviceReceiptTime", "start", "end":
		return ecs.Target{Form: ecs.Time}
	}
	return cefMore(key)
}

func cefMore(key string) ecs.Target {
	switch key {
	case "request", "requestUrl":
		return ecs.Target{Form: ecs.URL}
	case "requestMethod":
		return ecs.Target{Form: ecs.Plain, Name: "http.request.method"}
	case "requestClientApplication":
		return ecs.Target{Form: ecs.Plain, Name: "user_agent.original"}
	case "fname", "fileName":
		return ecs.Target{Form: ecs.Plain, Name: "file.name"}
	case "filePath":
		return ecs.Target{Form: ecs.Path}
	case "fileHash":
		return ecs.Target{Form: ecs.Plain, Name: "cef.hash"}
	case "sproc", "sourceProcessName", "dproc":
		return ecs.Target{Form: ecs.Executable, Name: "process"}
	case "spid":
		return ecs.Target{Form: ecs.Number, Name: event.ProcessPID}
	case "in", "bytesIn":
		return ecs.Target{Form: ecs.Number, Name: "destination.bytes"}
	case "out", "bytesOut":
		return ecs.Target{Form: ecs.Number, Name: "source.bytes"}
	case "deviceInboundInterface":
		return ecs.Target{Form: ecs.Plain, Name: "observer.ingress.interface.name"}
	case "deviceOutboundInterface":
		return ecs.Target{Form: ecs.Plain, Name: "observer.egress.interface.name"}
	case "reason":
		return ecs.Target{Form: ecs.Plain, Name: "event.reason"}
	}
	return ecs.Target{}
}

// parseLEEF reads IBM LEEF, also after text of a relay.
func parseLEEF(w *work, msg, _ string) bool {
	from := w.d.Len()
	if !w.leefFields(msg) {
		return false
	}
	w.leefMeaning(from)
	w.dataset = w.deviceDataset(w.d.Value("observer.vendor"), w.d.Value("observer.product"), "leef.other")
	return true
}

// leefFields adds a LEEF message's header and attributes.
func (w *work) leefFields(msg string) bool {
	i := leef.Find(msg, headerReach)
	if i < 0 {
		return false
	}
	h, ok := leef.Parse(msg[i:])
	if !ok {
		w.why = "broken LEEF header"
		return false
	}
	d := &w.d
	d.Set("observer.vendor", h.Vendor)
	d.Set("observer.product", h.Product)
	d.SetIfAbsent("observer.version", h.Release)
	d.SetIfAbsent(event.Code, h.EventID)
	h.Each(func(k, v string) { d.AddVendor("leef.", k, v) })
	return true
}

// leefMeaning maps the attributes of a LEEF message, which stand from the from-th field on, as the standard has them.
func (w *work) leefMeaning(from int) {
	d := &w.d
	for _, f := range d.Event().Fields[from:] {
		key, ok := strings.CutPrefix(f.Name, "leef.")
		if !ok {
			continue
		}
		if t := leefTarget(key); t.Form != ecs.None {
			w.standard(t, f.Value)
		}
	}
	w.mapAliases(from, "leef.")
	d.SetIfAbsent(event.Severity, severity(d.Value("leef.sev")))
	d.SetIfAbsent(event.Action, d.Value(event.Code))
}

// leefTarget maps the predefined LEEF attributes that the alias dictionary does not know or knows otherwise.
func leefTarget(key string) ecs.Target {
	switch key {
	case "usrName":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "identHostName":
		return ecs.Target{Form: ecs.Plain, Name: event.HostName}
	case "identSrc":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "url":
		return ecs.Target{Form: ecs.URL}
	case "srcBytes":
		return ecs.Target{Form: ecs.Number, Name: "source.bytes"}
	case "dstBytes":
		return ecs.Target{Form: ecs.Number, Name: "destination.bytes"}
	case "devTime":
		return ecs.Target{Form: ecs.Time}
	}
	return ecs.Target{}
}

// deviceDataset names the stream of a device: vendor.product in [a-z0-9_.].
func (w *work) deviceDataset(vendor, product, other string) string {
	var buf [64]byte
	n := slug(buf[:0], vendor)
	if n = append(n, '.'); len(n) < 40 {
		n = slug(n, product)
	}
	name := strings.Trim(string(n), "._")
	if name == "" || strings.HasPrefix(name, "isoc") || strings.HasPrefix(name, "windows.") || strings.HasPrefix(name, "linux.") {
		return other
	}
	return w.p.datasets.admit(name, other)
}

func slug(dst []byte, s string) []byte {
	limit := len(dst) + 31
	for i := 0; i < len(s) && len(dst) < limit; i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c|0x20)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			dst = append(dst, c)
		case len(dst) > 0 && dst[len(dst)-1] != '_' && dst[len(dst)-1] != '.':
			dst = append(dst, '_')
		}
	}
	return dst
}
