package demo

import (
	"fmt"
	"strings"
	"time"
)

const (
	securityAuditing = "Microsoft-Windows-Security-Auditing"
	sysmon           = "Microsoft-Windows-Sysmon"
	sysmonChannel    = "Microsoft-Windows-Sysmon/Operational"
	serviceControl   = "Service Control Manager"
	eventlog         = "Microsoft-Windows-Eventlog"
)

// domain is one Active Directory.
type domain struct {
	source    Key
	dns, name string
	computers []host
	people    []string
}

func hisDomain() domain {
	return domain{hisWindows, "hospital.example", "HOSPITAL", hisComputers(), hisPeople()}
}
func facDomain() domain {
	return domain{facWindows, "factory.example", "FACTORY", facComputers(), facPeople()}
}

// event fills in what all events of a computer share.
func (n domain) event(computer string, channel, provider string, code, record int, message string, data object) winEvent {
	return winEvent{computer: computer, domain: n.dns, channel: channel, provider: provider, code: code, record: record, message: message, data: data}
}

// logon is 4624 on a computer.
func (n domain) logon(computer, user, from string, kind, record int, process, pack string) winEvent {
	e := n.event(computer, "Security", securityAuditing, 4624, record, "An account was successfully logged on.", object{
		"SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0", "TargetUserName": user, "TargetDomainName": n.name,
		"TargetUserSid": "S-1-5-21-1000-2000-3000-" + fmt.Sprint(1100+len(user)), "TargetLogonId": fmt.Sprintf("0x%x", 0x30000+record),
		"LogonType": fmt.Sprint(kind), "LogonProcessName": process, "AuthenticationPackageName": pack, "WorkstationName": computer,
		"IpAddress": from, "IpPort": "49812", "ProcessName": "-", "ElevatedToken": "%%1843",
	})
	e.action, e.outcome = "logged-in", "success"
	return e
}

// process is Sysmon's event 1.
func (n domain) process(computer, user, image, line, parent string, record int) winEvent {
	e := n.event(computer, sysmonChannel, sysmon, 1, record, "Process Create", object{
		"UtcTime": "-", "ProcessGuid": fmt.Sprintf("{de300000-0000-4000-8000-%012x}", record), "ProcessId": fmt.Sprint(2000 + record%9000),
		"Image": image, "CommandLine": line, "CurrentDirectory": `C:\Windows\system32\`, "User": n.name + `\` + user,
		"IntegrityLevel": "Medium", "ParentImage": parent, "ParentCommandLine": parent, "ParentProcessId": fmt.Sprint(1000 + record%900),
		"OriginalFileName": strings.ToUpper(image[strings.LastIndexByte(image, '\\')+1:]),
	})
	e.action = "Process Create (rule: ProcessCreate)"
	return e
}

func windowsMinute(w *writer) {
	w.computers(hisDomain(), 1.5)
	w.computers(facDomain(), .8)
}

// computers write a working day of Active Directory: people log on, programs start, tickets are given, services come and go.
func (w *writer) computers(n domain, share float64) {
	record := w.minute * 100
	next := func() int { record++; return record }
	say := func(at time.Time, e winEvent) { w.add(n.source, at, e.json(at)) }
	dc := n.computers[0]
	w.times(n.name+"/logon", share, func(d dice, at time.Time) {
		pc, who := pick(d, n.computers[1:]), pick(d, n.people)
		say(at, n.logon(pc.name, who, "127.0.0.1", 2, next(), "User32 ", "Negotiate"))
		say(at.Add(90*time.Millisecond), n.event(dc.name, "Security", securityAuditing, 4768, next(), "A Kerberos authentication ticket (TGT) was requested.", object{
			"TargetUserName": who, "TargetDomainName": n.name, "ServiceName": "krbtgt", "TicketOptions": "0x40810010", "Status": "0x0",
			"TicketEncryptionType": "0x12", "PreAuthType": "2", "IpAddress": "::ffff:" + pc.addr, "IpPort": "51233",
		}))
		if d.chance(.5) {
			say(at.Add(300*time.Millisecond), n.logon(dc.name, who, pc.addr, 3, next(), "Kerberos", "Kerberos"))
		}
	})
	w.times(n.name+"/ticket", share, func(d dice, at time.Time) {
		pc, who := pick(d, n.computers[1:]), pick(d, n.people)
		say(at, n.event(dc.name, "Security", securityAuditing, 4769, next(), "A Kerberos service ticket was requested.", object{
			"TargetUserName": who + "@" + strings.ToUpper(n.dns), "TargetDomainName": strings.ToUpper(n.dns), "ServiceName": pick(d, []string{"FS01$", dc.name + "$", pc.name + "$"}),
			"TicketOptions": "0x40810000", "TicketEncryptionType": "0x12", "Status": "0x0", "IpAddress": "::ffff:" + pc.addr, "IpPort": "51240",
		}))
	})
	w.times(n.name+"/mistyped", .06*share, func(d dice, at time.Time) {
		pc := pick(d, n.computers[1:])
		e := n.event(pc.name, "Security", securityAuditing, 4625, next(), "An account failed to log on.", object{
			"TargetUserName": pick(d, n.people), "TargetDomainName": n.name, "Status": "0xc000006d", "SubStatus": "0xc000006a", "FailureReason": "%%2313",
			"LogonType": "2", "LogonProcessName": "User32 ", "AuthenticationPackageName": "Negotiate", "WorkstationName": pc.name, "IpAddress": "127.0.0.1", "IpPort": "0",
		})
		e.action, e.outcome = "logon-failed", "failure"
		say(at, e)
	})
	w.times(n.name+"/process", 1.6*share, func(d dice, at time.Time) {
		p := pick(d, [][3]string{
			{`C:\Program Files\Google\Chrome\Application\chrome.exe`, `"chrome.exe" --type=renderer`, `C:\Program Files\Google\Chrome\Application\chrome.exe`},
			{`C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`, `"WINWORD.EXE" /n "C:\Users\Documents\report.docx"`, `C:\Windows\explorer.exe`},
			{`C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE`, `"EXCEL.EXE" "C:\Users\Documents\plan.xlsx"`, `C:\Windows\explorer.exe`},
			{`C:\Windows\System32\svchost.exe`, `svchost.exe -k netsvcs -p -s wuauserv`, `C:\Windows\System32\services.exe`},
			{`C:\Windows\System32\taskhostw.exe`, `taskhostw.exe`, `C:\Windows\System32\svchost.exe`},
			{`C:\Program Files\Clinic\client.exe`, `"client.exe" --profile default`, `C:\Windows\explorer.exe`},
			{`C:\Windows\System32\notepad.exe`, `notepad.exe`, `C:\Windows\explorer.exe`},
		})
		say(at, n.process(pick(d, n.computers[1:]).name, pick(d, n.people), p[0], p[1], p[2], next()))
	})
	w.times(n.name+"/logoff", .7*share, func(d dice, at time.Time) {
		e := n.event(pick(d, n.computers).name, "Security", securityAuditing, 4634, next(), "An account was logged off.", object{
			"TargetUserName": pick(d, n.people), "TargetDomainName": n.name, "TargetLogonId": fmt.Sprintf("0x%x", 0x30000+record), "LogonType": "3",
		})
		e.action = "logged-out"
		say(at, e)
	})
	w.times(n.name+"/network", .9*share, func(d dice, at time.Time) {
		pc := pick(d, n.computers[1:])
		say(at, n.event(pc.name, sysmonChannel, sysmon, 3, next(), "Network connection detected", object{
			"Image": `C:\Program Files\Google\Chrome\Application\chrome.exe`, "User": n.name + `\` + pick(d, n.people), "Protocol": "tcp", "Initiated": "true",
			"SourceIp": pc.addr, "SourcePort": fmt.Sprint(d.port()), "DestinationIp": fmt.Sprintf("203.0.113.%d", d.between(2, 60)), "DestinationPort": "443",
		}))
	})
	w.hourly(42, func(d dice, at time.Time) {
		for _, name := range []string{"Windows Update", "Background Intelligent Transfer Service"} {
			say(at, n.event(pick(d, n.computers).name, "System", serviceControl, 7036, next(), "The "+name+" service entered the running state.", object{"param1": name, "param2": "running"}))
		}
	})
}
