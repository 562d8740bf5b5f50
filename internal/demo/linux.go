package demo

import (
	"fmt"
	"time"
)

// people who look after servers, and from where.
func hisStaff() []string { return []string{"ops01", "ops02", "dba01"} }
func facStaff() []string { return []string{"ops11", "dev03", "dev05"} }

func hisLinuxMinute(w *writer) { w.servers(hisLinux, "his", hisServers(), hisStaff(), "10.10.8.") }
func facLinuxMinute(w *writer) { w.servers(facLinux, "fac", facServers(), facStaff(), "10.30.8.") }

// servers write what Linux servers write all day: log-ins, sudo, cron, services.
func (w *writer) servers(source Key, what string, hosts []host, staff []string, desk string) {
	say := func(p program, at time.Time, format string, args ...any) {
		w.add(source, at, w.day.rfc5424(source, p, at, fmt.Sprintf(format, args...)))
	}
	w.times(what+"/login", .5, func(d dice, at time.Time) {
		h, who, pid, port := pick(d, hosts), pick(d, staff), d.between(1200, 31000), d.port()
		from := desk + two(d.between(11, 16))
		sshd := program{priAuth, h.name, "sshd", pid}
		say(sshd, at, "Accepted publickey for %s from %s port %d ssh2: ED25519 SHA256:%s", who, from, port, d.hex(43))
		say(sshd, at.Add(20*time.Millisecond), "pam_unix(sshd:session): session opened for user %s(uid=%d) by (uid=0)", who, 1000+len(who))
		say(program{priAuth, h.name, "systemd-logind", 812}, at.Add(45*time.Millisecond), "New session %d of user %s.", w.minute*3+d.IntN(3), who)
		end := at.Add(time.Duration(d.between(20, 50)) * time.Second)
		say(sshd, end, "Received disconnect from %s port %d:11: disconnected by user", from, port)
		say(sshd, end.Add(3*time.Millisecond), "pam_unix(sshd:session): session closed for user %s", who)
	})
	w.times(what+"/mistyped", .03, func(d dice, at time.Time) {
		h, who := pick(d, hosts), pick(d, staff)
		say(program{priAuth, h.name, "sshd", d.between(1200, 31000)}, at, "Failed password for %s from %s port %d ssh2", who, desk+two(d.between(11, 16)), d.port())
	})
	w.times(what+"/sudo", .6, func(d dice, at time.Time) {
		h, who := pick(d, hosts), pick(d, staff)
		command := pick(d, []string{
			"/usr/bin/systemctl status nginx", "/usr/bin/journalctl -u app --since -1h", "/usr/bin/systemctl restart app", "/usr/bin/df -h",
			"/usr/bin/tail -n 200 /var/log/syslog", "/usr/bin/apt-get update", "/usr/sbin/lvs",
		})
		sudo := program{pri: priAuth, host: h.name, name: "sudo"}
		say(sudo, at, "%s : TTY=pts/%d ; PWD=/home/%s ; USER=root ; COMMAND=%s", who, d.IntN(4), who, command)
		say(sudo, at.Add(8*time.Millisecond), "pam_unix(sudo:session): session opened for user root(uid=0) by %s(uid=%d)", who, 1000+len(who))
		say(sudo, at.Add(900*time.Millisecond), "pam_unix(sudo:session): session closed for user root")
	})
	for i, h := range hosts {
		if w.minute%10 != i%10 {
			continue
		}
		d := cast(w.day.seed, what+"/cron/"+h.name, w.minute)
		at, pid := w.start.Add(time.Duration(d.between(200, 1900))*time.Millisecond), d.between(1200, 31000)
		say(program{priAuth, h.name, "CRON", pid}, at, "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)")
		say(program{priCron, h.name, "CRON", pid}, at.Add(4*time.Millisecond), "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)")
		say(program{priAuth, h.name, "CRON", pid}, at.Add(120*time.Millisecond), "pam_unix(cron:session): session closed for user root")
	}
	w.hourly(17, func(d dice, at time.Time) {
		for _, h := range hosts {
			say(program{priCron, h.name, "CRON", d.between(1200, 31000)}, at, "(root) CMD (cd / && run-parts --report /etc/cron.hourly)")
			say(program{priDaemon, h.name, "systemd", 1}, at.Add(time.Second), "Started logrotate.service - Rotate log files.")
			say(program{priDaemon, h.name, "chronyd", 640}, at.Add(2*time.Second), "Selected source 10.%d.0.1", map[string]int{"his": 10, "fac": 30}[what])
		}
	})
	w.daily(1, 30, func(_ dice, at time.Time) {
		for i, h := range hosts {
			start := at.Add(time.Duration(i) * 3 * time.Second)
			say(program{priCron, h.name, "CRON", 2100 + i}, start, "(backup) CMD (/usr/local/sbin/backup.sh --target backup01 --quiet)")
			say(program{priUser, h.name, "backup", 2110 + i}, start.Add(20*time.Second), "backup finished: %d files, %d MB, 0 errors", 9000+i*731, 1200+i*417)
		}
	})
	w.times(what+"/service", .5, func(d dice, at time.Time) {
		h, unit := pick(d, hosts), pick(d, []string{"apt-daily.service - Daily apt download activities", "fstrim.service - Discard unused blocks", "sysstat-collect.service - system activity accounting tool", "man-db.service - Daily man-db regeneration"})
		say(program{priDaemon, h.name, "systemd", 1}, at, "Starting %s...", unit)
		say(program{priDaemon, h.name, "systemd", 1}, at.Add(400*time.Millisecond), "Finished %s.", unit)
	})
}

// auditMinute writes the programs that people and services start on servers.
func auditMinute(w *writer) {
	for _, c := range []struct {
		source Key
		hosts  []host
		staff  []string
	}{{hisAudit, hisServers(), hisStaff()}, {facAudit, facServers(), facStaff()}} {
		w.times(string(c.source), 2.2, func(d dice, at time.Time) {
			s := pick(d, []start{
				{executable: "/usr/bin/ls", line: "ls -l", parent: "/usr/bin/bash"},
				{executable: "/usr/bin/systemctl", line: "systemctl status app", parent: "/usr/bin/bash"},
				{executable: "/usr/bin/grep", line: "grep -c ERROR /var/log/app/app.log", parent: "/usr/bin/bash"},
				{executable: "/usr/bin/rsync", line: "rsync -a --delete /srv/data/ backup01:/srv/backup/", parent: "/usr/local/sbin/backup.sh"},
				{executable: "/usr/bin/python3", line: "python3 /opt/agent/collect.py --interval 60", parent: "/usr/lib/systemd/systemd"},
				{executable: "/usr/bin/curl", line: "curl -fsS http://127.0.0.1:8080/healthz", parent: "/usr/local/bin/watch.sh"},
				{executable: "/usr/bin/vim", line: "vim /etc/app/app.yml", parent: "/usr/bin/bash"},
			})
			s.host, s.user, s.pid, s.directory = pick(d, c.hosts), pick(d, c.staff), d.between(1200, 31000), "/"
			w.add(c.source, at, s.json(at))
		})
	}
}
