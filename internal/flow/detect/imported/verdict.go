package imported

import (
	"slices"
	"strings"
	"unicode"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
)

// Bounds on what a device may call its rules, in bytes.
const (
	maxPart  = 64
	maxTitle = 200
	maxValue = 1 << 10 // of a value that is shown, as detect.Match has it
	maxTags  = 8
)

// Selection is what the matches of a verdict name where those of a rule name a part of its condition.
const Selection = "verdict"

// Floors are the levels from which verdicts become findings; empty means none do.
type Floors struct {
	// Alerts is for what a device itself calls an alert: signatures, malware that was found.
	Alerts detect.Level
	// Devices is for records of devices that rate all they write, alerts or not: CEF and LEEF.
	Devices detect.Level
	// Of tells the floor of one source, by its id, where it has one of its own: it goes before both. Nil means that none has.
	Of func(source string) (detect.Level, bool)
}

// DefaultFloors take what weighs: devices rate refused connections as medium, too.
func DefaultFloors() Floors { return Floors{Alerts: detect.Medium, Devices: detect.High} }

// Find returns the finding that the event is by its device's own verdict, or false. It needs no state and is safe for concurrent use.
func (f Floors) Find(ev *event.Event) (detect.Finding, bool) {
	v, ok := read(ev)
	if !ok {
		return detect.Finding{}, false
	}
	floor := f.Alerts
	if v.rated {
		floor = f.Devices
	}
	source, _ := ev.Get(event.IsocSource)
	if f.Of != nil {
		if own, ok := f.Of(source); ok {
			floor = own
		}
	}
	if floor == "" || rank(v.level) < rank(floor) {
		return detect.Finding{}, false
	}
	finding := detect.Finding{
		Tenant: ev.Tenant, Model: "signature", Time: ev.Time, EventID: ev.ID,
		Source: source, Device: true,
		Rule:     detect.RuleInfo{ID: v.id, Title: v.title, Level: v.level, Tags: v.tags},
		Entities: detect.EntitiesOf(ev),
	}
	for _, name := range v.said {
		if value, ok := ev.Get(name); ok && value != "" {
			finding.Matches = append(finding.Matches, detect.Match{Selection: Selection, Field: name, Value: cut(value, maxValue)})
		}
	}
	return finding, true
}

// verdict is what a device says.
type verdict struct {
	id, title string
	level     detect.Level
	rated     bool     // of a device that rates all it writes
	said      []string // the fields that say so
	tags      []string
}

func read(ev *event.Event) (verdict, bool) {
	dataset, _ := ev.Get(event.Dataset)
	kind, _ := ev.Get(event.Kind)
	switch {
	case dataset == "suricata.eve":
		return suricata(ev, kind)
	case dataset == "windows.defender":
		return defender(ev)
	}
	if format := standard(ev); format != "" {
		return device(ev, format)
	}
	if kind == "alert" || kind == "signal" {
		return alert(ev, dataset)
	}
	return verdict{}, false
}

// standard is "cef" or "leef" where the record was of one, whichever pack read it.
func standard(ev *event.Event) string {
	if parser := get(ev, event.IsocParser); parser == "cef" || parser == "leef" {
		return parser
	}
	for i := range ev.Fields {
		if format, _, dotted := strings.Cut(ev.Fields[i].Name, "."); dotted && (format == "cef" || format == "leef") {
			return format
		}
	}
	return ""
}

func get(ev *event.Event, name string) string {
	v, _ := ev.Get(name)
	return v
}

// suricata: 1 is the gravest of four.
func suricata(ev *event.Event, kind string) (verdict, bool) {
	id := get(ev, "rule.id")
	if kind != "alert" || id == "" {
		return verdict{}, false
	}
	gid := get(ev, "alert.gid")
	if gid == "" {
		gid = "1"
	}
	v := verdict{
		id: ruleID("suricata", gid, id), title: title(get(ev, "rule.name"), "Suricata "+id),
		said: []string{"alert.signature", "alert.signature_id", "alert.category", "alert.severity", "alert.action"},
		tags: techniques(ev, "alert.metadata.mitre_technique_id"),
	}
	switch get(ev, "alert.severity") {
	case "1":
		v.level = detect.High
	case "2":
		v.level = detect.Medium
	case "3":
		v.level = detect.Low
	default:
		v.level = detect.Informational
	}
	return v, true
}

// techniques are the tags of the ATT&CK techniques that a signature's metadata names.
func techniques(ev *event.Event, field string) []string {
	var tags []string
	for _, f := range ev.Fields {
		id := strings.ToLower(f.Value)
		if f.Name == field && len(id) >= 5 && len(id) <= 9 && id[0] == 't' && strings.Trim(id[1:], "0123456789.") == "" && len(tags) < maxTags {
			tags = append(tags, "attack."+id)
		}
	}
	return tags
}

// defender: malware that was found, acted on or could not be removed, and what its rules against attack surface blocked.
func defender(ev *event.Event) (verdict, bool) {
	const data = "winlog.event_data."
	code := get(ev, event.Code)
	v := verdict{said: []string{event.Code, data + "ThreatName", data + "SeverityName", data + "CategoryName", data + "Path", data + "ActionName", data + "ErrorDescription"}}
	switch code {
	case "1006", "1007", "1008", "1015", "1116", "1117", "1118", "1119":
	case "1121": // a rule against attack surface blocked
		v.said = []string{event.Code, data + "ID", data + "Path", data + "ProcessName", data + "User"}
		id := strings.Trim(get(ev, data+"ID"), "{}")
		v.id, v.title, v.level = ruleID("defender", "asr", strings.ToLower(id)), "Microsoft Defender attack surface reduction blocked an operation", detect.Medium
		return v, id != ""
	default:
		return verdict{}, false
	}
	name := get(ev, data+"ThreatName")
	id := get(ev, data+"ThreatID")
	if id == "" {
		id = name
	}
	if id == "" {
		id = code
	}
	v.id, v.title = ruleID("defender", id), title(name, "Microsoft Defender "+code)
	switch get(ev, data+"SeverityID") {
	case "5":
		v.level = detect.Critical
	case "4":
		v.level = detect.High
	case "1":
		v.level = detect.Low
	default:
		v.level = detect.Medium // moderate, and what Defender has no rating for yet
	}
	if (code == "1008" || code == "1118" || code == "1119") && rank(v.level) < rank(detect.High) {
		v.level = detect.High // it is still there
	}
	return v, true
}

// device: CEF and LEEF rate from 0 to 10.
func device(ev *event.Event, format string) (verdict, bool) {
	severity := get(ev, event.Severity)
	id := get(ev, event.Code)
	if severity == "" || id == "" {
		return verdict{}, false
	}
	name := get(ev, "cef.name")
	if name == "" {
		name = get(ev, event.Action)
	}
	vendor, product := get(ev, "observer.vendor"), get(ev, "observer.product")
	return verdict{
		id: ruleID(format, vendor, product, id), title: title(name, strings.TrimSpace(vendor+" "+product+" "+id)), level: ofTen(severity), rated: true,
		said: []string{"observer.vendor", "observer.product", event.Code, "cef.name", event.Severity, event.Action, "event.reason", "leef.cat"},
	}, true
}

// alert: what calls itself an alert in ECS.
func alert(ev *event.Event, dataset string) (verdict, bool) {
	id, name := get(ev, "rule.id"), get(ev, "rule.name")
	if id == "" {
		id = name
	}
	if id == "" {
		return verdict{}, false
	}
	maker := get(ev, "observer.vendor")
	if maker == "" {
		maker = dataset
	}
	return verdict{
		id: ruleID("device", maker, id), title: title(name, id), level: ofWords(get(ev, event.Severity)),
		said: []string{event.Kind, "rule.id", "rule.name", "rule.category", event.Severity, event.Action, "event.reason"},
	}, true
}

// ofTen reads a rating from 0 to 10.
func ofTen(s string) detect.Level {
	n, ok := number(s)
	switch {
	case !ok || n == 0:
		return detect.Informational
	case n <= 3:
		return detect.Low
	case n <= 6:
		return detect.Medium
	case n <= 8:
		return detect.High
	case n <= 10:
		return detect.Critical
	}
	return detect.Informational
}

// ofWords reads a rating in words, of ten, or of a hundred; without one an alert is medium.
func ofWords(s string) detect.Level {
	n, ok := number(s)
	switch {
	case ok && n <= 10:
		return ofTen(s)
	case ok && n < 40:
		return detect.Low
	case ok && n < 70:
		return detect.Medium
	case ok && n < 90:
		return detect.High
	case ok:
		return detect.Critical
	}
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "critical", "very-high", "severe", "严重", "紧急", "致命", "危急":
		return detect.Critical
	case "high", "高", "高危", "高级":
		return detect.High
	case "low", "低", "低危", "低级":
		return detect.Low
	case "info", "informational", "information", "信息", "提示":
		return detect.Informational
	}
	return detect.Medium
}

// number reads at most three digits, whatever comes after a point.
func number(s string) (int, bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), ".")
	if len(s) == 0 || len(s) > 3 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func levels() []detect.Level {
	return []detect.Level{detect.Informational, detect.Low, detect.Medium, detect.High, detect.Critical}
}

func rank(l detect.Level) int { return slices.Index(levels(), l) }

// ruleID joins what names a device's rule. Parts are cleaned and bounded, and lose the slashes and colons that separate.
func ruleID(parts ...string) string {
	for i, p := range parts {
		p = strings.Map(func(r rune) rune {
			if i > 0 && (r == '/' || r == '\\' || r == '?' || r == '#' || r == '%' || r == ':' && i < len(parts)-1) {
				return '_'
			}
			return r
		}, clean(p))
		if p = strings.ReplaceAll(strings.TrimSpace(p), " ", "_"); p == "" {
			p = "-"
		}
		parts[i] = cut(p, maxPart)
	}
	return strings.Join(parts, ":")
}

func title(name, otherwise string) string {
	if name = strings.TrimSpace(clean(name)); name == "" {
		name = clean(otherwise)
	}
	return cut(name, maxTitle)
}

// clean takes out what does not print: controls, and marks that turn or hide text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) && r != ' ' {
			return -1
		}
		return r
	}, s)
}

// cut shortens a text to at most n bytes of whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
