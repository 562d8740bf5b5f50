package collect

import "slices"

// Kinds lists what a source may be said to be; the first is the default.
func Kinds() []string {
	return []string{
		"auto", "linux", "windows", "macos", "network", "firewall", "ids", "waf", "vpn", "proxy", "dns", "mail",
		"web", "nginx", "apache", "iis", "database", "container", "cloud", "endpoint", "application",
		"syslog", "json", "cef", "leef", "kv", "csv",
	}
}

// Encodings lists the text encodings a source may have; the first is the default and means UTF-8, else GB18030.
func Encodings() []string { return []string{"auto", "utf-8", "gb18030", "utf-16"} }

func known(list []string, v string) bool { return slices.Contains(list, v) }
