package collect

import (
	"slices"
	"strings"
)

// Kinds lists what a source is usually said to be; the first is the default. Since a kind is only a hint, any other word of
// a–z, 0–9, "_", "." and "-" will do, a product's name for example.
func Kinds() []string {
	return []string{
		"auto", "linux", "windows", "macos", "network", "firewall", "ids", "waf", "vpn", "proxy", "dns", "mail",
		"web", "nginx", "apache", "iis", "database", "container", "cloud", "endpoint", "application",
		"syslog", "json", "cef", "leef", "kv", "csv",
	}
}

// Encodings lists the text encodings a source may have; the first is the default and means UTF-8, else GB18030.
func Encodings() []string { return []string{"auto", "utf-8", "gb18030", "utf-16"} }

// VerdictFloors are the levels from which a source's verdicts may raise alerts: "" is as configured for all, "off" takes none.
func VerdictFloors() []string {
	return []string{"", "informational", "low", "medium", "high", "critical", "off"}
}

// canonical is the name an encoding is kept under, by the other names people know it by.
func canonical(encoding string) string {
	switch encoding = strings.ToLower(strings.TrimSpace(encoding)); encoding {
	case "":
		return Encodings()[0]
	case "utf8":
		return "utf-8"
	case "gbk", "gb2312", "cp936":
		return "gb18030"
	case "utf16", "utf-16le", "utf-16be":
		return "utf-16"
	}
	return encoding
}

// validKind reports whether kind is one word.
func validKind(kind string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	return len(kind) <= 64 && kind != "" && strings.Trim(kind, letters+"_.-") == "" && strings.IndexByte(letters, kind[0]) >= 0
}

func known(list []string, v string) bool { return slices.Contains(list, v) }
