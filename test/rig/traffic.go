package rig

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Traffic makes realistic records of a mixed estate: Linux logins, web servers, a firewall, DNS, and Windows endpoints. The same
// seed makes the same records but for their times. Not safe for concurrent use.
type Traffic struct {
	rnd *rand.Rand
	n   int
}

// NewTraffic returns a generator.
func NewTraffic(seed uint64) *Traffic {
	return &Traffic{rnd: rand.New(rand.NewPCG(seed, 0x15c))}
}

// Next returns one record without framing or line end, as its device would send it at the given time. About 25 % are Windows
// process creations, 20 % web requests, 25 % firewall, 15 % DNS, 15 % Linux logins.
func (g *Traffic) Next(now time.Time) string {
	g.n++
	switch r := g.rnd.IntN(100); {
	case r < 25:
		return g.process(now)
	case r < 45:
		return g.web(now)
	case r < 70:
		return g.firewall(now)
	case r < 85:
		return g.dns(now)
	default:
		return g.login(now)
	}
}

func (g *Traffic) pick(of ...string) string { return of[g.rnd.IntN(len(of))] }

func (g *Traffic) inside() string {
	return fmt.Sprintf("10.%d.%d.%d", g.rnd.IntN(4), g.rnd.IntN(32), 1+g.rnd.IntN(250))
}

func (g *Traffic) outside() string {
	return fmt.Sprintf("%s.%d", g.pick("192.0.2", "198.51.100", "203.0.113"), 1+g.rnd.IntN(250))
}

func (g *Traffic) user() string {
	return g.pick("zhang.wei", "li.na", "wang.fang", "chen.jie", "svc_backup", "svc_web", "administrator", "deploy") + fmt.Sprint(g.rnd.IntN(20))
}

func (g *Traffic) host(kind string) string { return fmt.Sprintf("%s-%02d", kind, g.rnd.IntN(60)) }

func (g *Traffic) login(now time.Time) string {
	pid, port := 1000+g.rnd.IntN(30000), 30000+g.rnd.IntN(30000)
	text := fmt.Sprintf("Accepted publickey for %s from %s port %d ssh2: ED25519 SHA256:%032x", g.user(), g.inside(), port, g.rnd.Uint64())
	switch g.rnd.IntN(4) {
	case 0:
		text = fmt.Sprintf("pam_unix(sshd:session): session opened for user %s(uid=%d) by (uid=0)", g.user(), 1000+g.rnd.IntN(200))
	case 1:
		text = fmt.Sprintf("Disconnected from user %s %s port %d", g.user(), g.inside(), port)
	}
	return fmt.Sprintf("<86>%s %s sshd[%d]: %s", now.Format(time.Stamp), g.host("linux"), pid, text)
}

func (g *Traffic) web(now time.Time) string {
	path := g.pick("/", "/index.html", "/api/v2/orders?page=", "/static/app.css?v=", "/api/v2/users/", "/images/banner.png", "/search?q=notebook&from=")
	line := fmt.Sprintf(`%s - - [%s] "%s %s%d HTTP/1.1" %s %d "https://shop.example.com/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.%d.0 Safari/537.36"`,
		g.outside(), now.Format("02/Jan/2006:15:04:05 -0700"), g.pick("GET", "GET", "GET", "POST"), path, g.rnd.IntN(500), g.pick("200", "200", "200", "304", "404"), 200+g.rnd.IntN(40000), g.rnd.IntN(9000))
	return fmt.Sprintf("<190>%s %s nginx: %s", now.Format(time.Stamp), g.host("web"), line)
}

func (g *Traffic) firewall(now time.Time) string {
	return fmt.Sprintf("<4>%s %s kernel: [%d.%06d] FW-%s: IN=eth0 OUT=eth1 MAC=52:54:00:%02x:%02x:%02x:52:54:00:12:34:56:08:00 SRC=%s DST=%s LEN=60 TOS=0x00 PREC=0x00 TTL=%d ID=%d DF PROTO=TCP SPT=%d DPT=%s WINDOW=29200 RES=0x00 SYN URGP=0",
		now.Format(time.Stamp), g.host("fw"), g.rnd.IntN(900000), g.rnd.IntN(1000000), g.pick("ACCEPT", "ACCEPT", "DROP"), g.rnd.IntN(256), g.rnd.IntN(256), g.rnd.IntN(256),
		g.inside(), g.outside(), 40+g.rnd.IntN(24), g.rnd.IntN(65535), 1024+g.rnd.IntN(60000), g.pick("443", "443", "80", "53", "8443"))
}

func (g *Traffic) dns(now time.Time) string {
	return fmt.Sprintf("<30>%s %s dnsmasq[%d]: query[%s] %s.%s from %s", now.Format(time.Stamp), g.host("dns"), 500+g.rnd.IntN(500),
		g.pick("A", "A", "AAAA"), g.pick("www", "cdn", "api", "mail", "img", "static")+fmt.Sprint(g.rnd.IntN(100)), g.pick("example.com", "example.org", "example.net", "shop.example.com"), g.inside())
}

func (g *Traffic) process(now time.Time) string {
	image := g.pick(`C:\Windows\System32\svchost.exe`, `C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`, `C:\Windows\System32\conhost.exe`,
		`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`, `C:\Windows\System32\taskhostw.exe`, `C:\Windows\explorer.exe`, `C:\Windows\System32\backgroundTaskHost.exe`)
	name := image[strings.LastIndexByte(image, '\\')+1:]
	host, user := g.host("WS")+".corp.example.com", g.user()
	esc := func(s string) string { return strings.ReplaceAll(s, `\`, `\\`) }
	return fmt.Sprintf(`{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"}},"EventID":1,"Version":5,"Level":4,"Task":1,"Opcode":0,"Keywords":"0x8000000000000000","TimeCreated":{"#attributes":{"SystemTime":"%s"}},"EventRecordID":%d,"Execution":{"#attributes":{"ProcessID":%d,"ThreadID":%d}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"%s"},"EventData":{"RuleName":"-","UtcTime":"%s","ProcessGuid":"{%08X-%04X-6655-0D00-000000000B00}","ProcessId":%d,"Image":"%s","FileVersion":"10.0.19041.%d","Description":"%s","Product":"Microsoft® Windows® Operating System","Company":"Microsoft Corporation","OriginalFileName":"%s","CommandLine":"\"%s\" --type=renderer --field-trial-handle=%d,i,%d --lang=zh-CN","CurrentDirectory":"C:\\Windows\\system32\\","User":"CORP\\%s","LogonId":"0x%x","TerminalSessionId":%d,"IntegrityLevel":"Medium","Hashes":"SHA256=%064X","ParentProcessId":%d,"ParentImage":"%s","ParentCommandLine":"%s","ParentUser":"CORP\\%s"}}}`,
		now.UTC().Format("2006-01-02T15:04:05.000000Z"), g.n, g.rnd.IntN(9000), g.rnd.IntN(9000), host, now.UTC().Format("2006-01-02 15:04:05.000"), g.rnd.Uint32(), g.rnd.IntN(65536), g.rnd.IntN(20000),
		esc(image), g.rnd.IntN(4000), name, name, esc(image), g.rnd.IntN(100000), g.rnd.IntN(100000), user, g.rnd.Uint32(), g.rnd.IntN(4), g.rnd.Uint64(), g.rnd.IntN(20000),
		esc(`C:\Windows\System32\services.exe`), esc(`C:\Windows\System32\services.exe`), user)
}
