package parse

// format is one way a record may be written. parse adds fields and sets dataset and message where it knows
// them, and reports whether the text was of the format; what it added otherwise is taken back.
type format struct {
	name  string
	open  bool // of no one product: tried even when the automatic parser stands alone
	parse func(w *work, msg, app string) bool
}

// formats returns the formats in the order they are tried: each begins with a test of a few bytes, so that a line costs only its own.
func formats() []format {
	return []format{
		{name: "json", open: true, parse: parseJSON},
		{name: "cef", open: true, parse: parseCEF},
		{name: "leef", open: true, parse: parseLEEF},
		{name: "winxml", open: true, parse: parseWindowsXML},
		{name: "snare", open: true, parse: parseSnare},
		{name: "auditd", parse: parseAudit},
		{name: "netfilter", parse: parsePacket},
		{name: "accesslog", open: true, parse: parseAccessLog},
		{name: "weberror", parse: parseWebError},
		{name: "haproxy", parse: parseHAProxy},
		{name: "dns", parse: parseDNS},
		{name: "squid", parse: parseSquid},
		{name: "w3c", parse: parseW3C},
		{name: "filterlog", parse: parseFilterlog},
	}
}
