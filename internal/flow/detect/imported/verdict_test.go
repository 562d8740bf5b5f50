package imported_test

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/imported"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

func parsed(raw string) *event.Event {
	var ev event.Event
	parse.New(parse.Options{}).Parse(&record.Record{Tenant: tenant.ID("t"), Source: "src-1", Received: time.Unix(1_700_000_000, 0), Raw: []byte(raw)}, &ev)
	ev.ID = "e-1"
	return &ev
}

const eve = `{"timestamp":"2024-06-14T17:00:00.000123+0000","flow_id":1,"event_type":"alert","src_ip":"203.0.113.101","src_port":4242,"dest_ip":"10.0.0.60","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"rev":3,"signature_id":2024364,"signature":"ET SCAN Possible Nmap","category":"Web Application Attack","severity":SEV,"metadata":{"mitre_technique_id":["T1190","T1595.002","x"]}}}`

const threat = `{"Event":{"System":{"Channel":"Microsoft-Windows-Windows Defender/Operational","EventID":"CODE","Computer":"pc1.example","Provider":{"Name":"Microsoft-Windows-Windows Defender"}},"EventData":{"Threat Name":"HackTool:Win64/Mikatz!dha","Threat ID":"2147705511","Severity ID":"SEV","Severity Name":"x","Path":"file:_C:\\a.sys","Detection User":"OFFSEC\\admmig","Process Name":"C:\\Windows\\explorer.exe"}}}`

func with(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }

// TestVerdictsOfDevices goes from the record, through the real parser, to the finding.
func TestVerdictsOfDevices(t *testing.T) {
	t.Parallel()
	all := imported.Floors{Alerts: detect.Informational, Devices: detect.Informational}
	for _, c := range []struct {
		name, raw, id, title string
		level                detect.Level
	}{
		{"suricata 1", with(eve, "SEV", "1"), "suricata:1:2024364", "ET SCAN Possible Nmap", detect.High},
		{"suricata 2", with(eve, "SEV", "2"), "suricata:1:2024364", "ET SCAN Possible Nmap", detect.Medium},
		{"suricata 3", with(eve, "SEV", "3"), "suricata:1:2024364", "ET SCAN Possible Nmap", detect.Low},
		{"suricata 4", with(eve, "SEV", "4"), "suricata:1:2024364", "ET SCAN Possible Nmap", detect.Informational},
		{"suricata without gid", with(eve, "SEV", "1", `"gid":1,`, ""), "suricata:1:2024364", "ET SCAN Possible Nmap", detect.High},
		{"suricata flow", with(eve, "SEV", "1", `"event_type":"alert"`, `"event_type":"flow"`), "", "", ""},
		{"defender high", with(threat, "CODE", "1116", "SEV", "4"), "defender:2147705511", "HackTool:Win64/Mikatz!dha", detect.High},
		{"defender severe, acted on", with(threat, "CODE", "1117", "SEV", "5"), "defender:2147705511", "HackTool:Win64/Mikatz!dha", detect.Critical},
		{"defender moderate", with(threat, "CODE", "1116", "SEV", "2"), "defender:2147705511", "HackTool:Win64/Mikatz!dha", detect.Medium},
		{"defender low, still there", with(threat, "CODE", "1119", "SEV", "1"), "defender:2147705511", "HackTool:Win64/Mikatz!dha", detect.High},
		{"defender without a name", with(threat, "CODE", "1116", "SEV", "0", `"Threat Name":"HackTool:Win64/Mikatz!dha","Threat ID":"2147705511",`, ""), "defender:1116", "Microsoft Defender 1116", detect.Medium},
		{"defender was updated", with(threat, "CODE", "2000", "SEV", "4"), "", "", ""},
		{"cef 9", `CEF:0|Acme|Web Wall|1.0|SQL/1:a|Malware found|9|src=203.0.113.9`, "cef:Acme:Web_Wall:SQL_1:a", "Malware found", detect.Critical},
		{"cef in words", `CEF:0|Acme|Wall|1.0|7|Odd|Medium|src=203.0.113.9`, "cef:Acme:Wall:7", "Odd", detect.Medium},
		{"cef 0", `CEF:0|Acme|Wall|1.0|7|Odd|0|src=203.0.113.9`, "cef:Acme:Wall:7", "Odd", detect.Informational},
		{"cef without severity", `CEF:0|Acme|Wall|1.0|7|Odd||src=203.0.113.9`, "", "", ""},
		{"leef 8", "LEEF:1.0|Acme|IPS|4.2|SQLI-1|src=203.0.113.9\tdst=10.0.0.1\tsev=8\tcat=attack", "leef:Acme:IPS:SQLI-1", "SQLI-1", detect.High},
		{"leef without severity", "LEEF:1.0|Acme|IPS|4.2|SQLI-1|src=203.0.113.9\tdst=10.0.0.1", "", "", ""},
		{"a plain line", "<38>Nov 23 10:00:00 web01 sshd[1]: Failed password for root from 203.0.113.7 port 4022 ssh2", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, ok := all.Find(parsed(c.raw))
			if ok != (c.id != "") || f.Rule.ID != c.id || f.Rule.Title != c.title || f.Rule.Level != c.level {
				t.Fatalf("found %t %+v", ok, f.Rule)
			}
			if ok && (f.Model != "signature" || f.Source != "src-1" || f.EventID != "e-1" || len(f.Matches) < 3 || len(f.Entities) == 0 || f.Matches[0].Selection != imported.Selection) {
				t.Errorf("finding %+v", f)
			}
		})
	}
}

func TestAlertsInECS(t *testing.T) {
	t.Parallel()
	all := imported.Floors{Alerts: detect.Informational}
	for severity, want := range map[string]detect.Level{"": detect.Medium, "99": detect.Critical, "73": detect.High, "47": detect.Medium, "21": detect.Low, "9": detect.Critical,
		"高危": detect.High, "严重": detect.Critical, "Low": detect.Low, "信息": detect.Informational, "odd": detect.Medium, "9999": detect.Medium} {
		ev := &event.Event{ID: "e"}
		ev.Set(event.Kind, "alert")
		ev.Set(event.Dataset, "some.device")
		ev.Set("rule.name", "挖矿木马 外联")
		ev.Set(event.Severity, severity)
		f, ok := all.Find(ev)
		if !ok || f.Rule.ID != "device:some.device:挖矿木马_外联" || f.Rule.Title != "挖矿木马 外联" || f.Rule.Level != want {
			t.Errorf("severity %q: %t %+v, want %s", severity, ok, f.Rule, want)
		}
	}
	ev := &event.Event{}
	ev.Set(event.Kind, "alert")
	if _, ok := all.Find(ev); ok {
		t.Error("an alert of no rule became a finding")
	}
}

func TestFloorsHoldBackWhatDoesNotWeigh(t *testing.T) {
	t.Parallel()
	usual := imported.DefaultFloors()
	for raw, want := range map[string]bool{
		with(eve, "SEV", "1"): true, with(eve, "SEV", "2"): true, with(eve, "SEV", "3"): false,
		`CEF:0|Acme|Wall|1.0|7|Odd|7|src=203.0.113.9`: true, `CEF:0|Acme|Wall|1.0|7|Odd|6|src=203.0.113.9`: false,
	} {
		if _, ok := usual.Find(parsed(raw)); ok != want {
			t.Errorf("%s: found %t", raw, ok)
		}
		if _, ok := (imported.Floors{}).Find(parsed(raw)); ok {
			t.Errorf("%s: found although nothing is wanted", raw)
		}
	}
	f, _ := usual.Find(parsed(with(eve, "SEV", "1")))
	if strings.Join(f.Rule.Tags, " ") != "attack.t1190 attack.t1595.002" {
		t.Errorf("tags %v", f.Rule.Tags)
	}
}

// TestASourceMayHaveAFloorOfItsOwn goes before the floors for all, both ways.
func TestASourceMayHaveAFloorOfItsOwn(t *testing.T) {
	t.Parallel()
	own := map[string]detect.Level{"loud": "", "quiet": detect.Low}
	floors := imported.DefaultFloors()
	floors.Of = func(source string) (detect.Level, bool) { level, ok := own[source]; return level, ok }
	for source, want := range map[string][]bool{"loud": {false, false, false}, "quiet": {true, true, false}, "": {true, false, false}} {
		for i, severity := range []string{"9", "2", "0"} {
			ev := parsed("CEF:0|Acme|Wall|1.0|7|Odd|" + severity + "|src=203.0.113.9")
			ev.Set(event.IsocSource, source)
			if f, ok := floors.Find(ev); ok != want[i] || ok && (!f.Device || f.Source != source) {
				t.Errorf("source %q, severity %s: found %t", source, severity, ok)
			}
		}
	}
}

// FuzzFind holds that nothing a sender writes makes an id or a title that is long, empty or does not print.
func FuzzFind(f *testing.F) {
	f.Add(with(eve, "SEV", "1"))
	f.Add(with(threat, "CODE", "1116", "SEV", "4"))
	f.Add("CEF:0|A\u202e|\x00|1.0|" + strings.Repeat("长", 200) + "|<b>|10|src=1.2.3.4")
	f.Add("LEEF:1.0| |/|4.2|:|sev=10")
	f.Fuzz(func(t *testing.T, raw string) {
		found, ok := imported.Floors{Alerts: detect.Informational, Devices: detect.Informational}.Find(parsed(raw))
		if !ok {
			return
		}
		for _, s := range []string{found.Rule.ID, found.Rule.Title} {
			if s == "" || len(s) > 300 || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%q", s)
			}
		}
		if strings.ContainsAny(found.Rule.ID, "/\\?#%") {
			t.Errorf("id %q does not fit an address", found.Rule.ID)
		}
	})
}
