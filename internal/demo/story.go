package demo

import (
	"fmt"
	"time"
)

// Step is one thing an attacker does in the story.
type Step struct {
	Code     string // "ssh.login"; the screens have the words for it
	Attack   string // "ssh", "web" or "windows"
	Customer Key
	Host     string        // where it happens
	After    time.Duration // from the beginning of the day
	Rules    []string      // of ours, that see it; others may as well
}

// Rules of ours that see the steps.
const (
	ruleProbe       = "66ea6674-1e62-4b3d-9985-50ddb01bed1e"
	ruleAttempts    = "33888ca9-dba9-4f50-9ca3-8adc265cf728"
	ruleRootLogin   = "92bb7d52-c86f-4843-87f2-8dc1e505c332"
	ruleUIDZero     = "5bbdded4-0be2-4051-994c-69692b954f41"
	ruleKeys        = "c99ddc4d-ee51-4b67-9085-54abef6c8e46"
	ruleCron        = "b6428899-20c9-4d1b-ab1b-afda82a88848"
	ruleReverse     = "38cb2590-eb59-4059-bc6e-e8dd3a6628b0"
	ruleScanner     = "175e0187-4768-406e-b0e1-0b302ac3a86d"
	ruleInjection   = "34e44ee7-d0c2-4430-8a4a-970eb788ca72"
	ruleTraversal   = "e6c0cc16-a4e6-42f0-9b83-706d76ddef45"
	ruleUpload      = "bac3764d-701c-4b98-9aed-3c5e84dd9331"
	ruleCommand     = "fa7fe8c3-a329-4b57-aaed-3675b06d40ab"
	ruleWebShell    = "2f082b51-3009-4506-a129-9d73930977ce"
	ruleMemory      = "df12995b-4c81-48cb-abf6-bb14e90276c2"
	ruleMining      = "70eac5ee-37f0-4bcf-a361-291ec3b4d769"
	ruleOffice      = "2963d15d-f53c-455b-9128-e191b3e3d745"
	ruleEncoded     = "2df4b4f5-8dc2-466a-a58b-78d3083d4faa"
	ruleDiscovery   = "b29c5d48-6e5b-45ca-998c-a776d7d4f770"
	ruleLsassAccess = "c4aec5f5-bdc7-45ee-a9c1-8a326505cbcc"
	ruleLsassDump   = "f18dca7f-1bef-44bf-bee4-1f40ff606a3b"
	rulePassHash    = "b0f98451-6847-4252-bae0-e5d8189dc6c9"
	rulePsExec      = "a4409a60-7039-4e1d-b0e8-effd21c288d6"
	ruleWMIC        = "680e1f69-5746-488a-96ab-5b3566de9950"
	ruleTask        = "f6f9bb71-2c33-4227-8d60-4528fed420c9"
	ruleWevtutil    = "131f27a2-78e5-4760-bae8-b240c3cc8474"
	ruleAuditClear  = "86b4def5-bd6e-4072-bf00-2afe88dd2586"
)

// at is a share of the day.
func at(share float64) time.Duration {
	return time.Duration(share * float64(Span)).Truncate(time.Second)
}

// Story lists what the three attackers do, in order. The first alert comes within the first twentieth of the day, so that whoever
// watches need not wait.
func Story() []Step {
	return []Step{
		{"ssh.probe", "ssh", Hospital, "his-jump01", at(.020), []string{ruleProbe}},
		{"ssh.bruteforce", "ssh", Hospital, "his-jump01", at(.030), []string{ruleAttempts}},
		{"ssh.login", "ssh", Hospital, "his-jump01", at(.075), []string{ruleRootLogin}},
		{"ssh.account", "ssh", Hospital, "his-jump01", at(.095), []string{ruleUIDZero}},
		{"ssh.key", "ssh", Hospital, "his-jump01", at(.115), []string{ruleKeys}},
		{"ssh.cron", "ssh", Hospital, "his-jump01", at(.135), []string{ruleCron}},
		{"ssh.shell", "ssh", Hospital, "his-jump01", at(.160), []string{ruleReverse}},

		{"web.scan", "web", Factory, "shop-web01", at(.300), []string{ruleScanner}},
		{"web.injection", "web", Factory, "shop-web01", at(.340), []string{ruleInjection}},
		{"web.traversal", "web", Factory, "shop-web01", at(.375), []string{ruleTraversal}},
		{"web.upload", "web", Factory, "shop-web01", at(.405), []string{ruleUpload}},
		{"web.command", "web", Factory, "shop-web01", at(.430), []string{ruleCommand}},
		{"web.shell", "web", Factory, "shop-web01", at(.445), []string{ruleWebShell}},
		{"web.dropper", "web", Factory, "shop-web01", at(.470), []string{ruleMemory}},
		{"web.mining", "web", Factory, "FAC-FW01", at(.490), []string{ruleMining}},

		{"windows.document", "windows", Hospital, "WS-07", at(.600), []string{ruleOffice, ruleEncoded}},
		{"windows.discovery", "windows", Hospital, "WS-07", at(.635), []string{ruleDiscovery}},
		{"windows.lsass", "windows", Hospital, "WS-07", at(.665), []string{ruleLsassAccess, ruleLsassDump}},
		{"windows.hash", "windows", Hospital, "WS-07", at(.700), []string{rulePassHash}},
		{"windows.psexec", "windows", Hospital, "FS01", at(.730), []string{rulePsExec}},
		{"windows.wmic", "windows", Hospital, "WS-07", at(.760), []string{ruleWMIC}},
		{"windows.task", "windows", Hospital, "DC01", at(.790), []string{ruleTask}},
		{"windows.cleared", "windows", Hospital, "FS01", at(.820), []string{ruleWevtutil, ruleAuditClear}},
	}
}

// plotter writes what stands at fixed times of the day: attacks, and harmless things that raise an alarm.
type plotter struct {
	day     *Day
	records []Record
	step    string
	begun   time.Time
}

// begin says whose step comes next, and goes to its time.
func (p *plotter) begin(code string) {
	for _, s := range Story() {
		if s.Code == code {
			p.step, p.begun = code, p.day.from.Add(s.After)
			return
		}
	}
}

// between goes to a time that belongs to no step.
func (p *plotter) between(share float64) { p.step, p.begun = "", p.day.from.Add(at(share)) }

func (p *plotter) add(source Key, after time.Duration, write func(at time.Time) []byte) {
	at := p.begun.Add(after)
	p.records = append(p.records, Record{At: at, Source: source, Text: write(at), Step: p.step})
}

func (p *plotter) syslog(source Key, after time.Duration, pri int, host, name string, pid int, format string, args ...any) {
	p.add(source, after, func(at time.Time) []byte {
		return p.day.rfc5424(source, program{pri, host, name, pid}, at, fmt.Sprintf(format, args...))
	})
}

func (p *plotter) request(source Key, host string, after time.Duration, h hit) {
	p.add(source, after, func(at time.Time) []byte {
		return p.day.rfc5424(source, program{priLocal7, host, "nginx", 0}, at, h.combined(at))
	})
}

func (p *plotter) session(source Key, after time.Duration, s session) {
	p.add(source, after, func(at time.Time) []byte {
		return p.day.rfc5424(source, program{priLocal0, s.firewall, "fortigate", 0}, at, s.kv(at))
	})
}
