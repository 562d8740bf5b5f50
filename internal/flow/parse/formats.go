package parse

// format is one way a record may be written. parse adds fields and sets dataset and message where it knows
// them, and reports whether the text was of the format; what it added otherwise is taken back.
type format struct {
	name  string
	parse func(w *work, msg, app string) bool
}

// formats returns the formats in the order they are tried: each begins with a test of a few bytes, so that a line costs only its own.
func formats() []format {
	return []format{
		{"json", parseJSON},
		{"cef", parseCEF},
		{"leef", parseLEEF},
		{"winxml", parseWindowsXML},
		{"auditd", parseAudit},
		{"netfilter", parsePacket},
		{"accesslog", parseAccessLog},
		{"weberror", parseWebError},
		{"haproxy", parseHAProxy},
		{"dns", parseDNS},
		{"squid", parseSquid},
		{"w3c", parseW3C},
		{"filterlog", parseFilterlog},
	}
}
