package demo

import "time"

// Door is the way a source's records take into the product.
type Door string

// The doors: the product's own listeners, and nothing else.
const (
	TCP  Door = "syslog-tcp" // RFC 5424 with octet counting, the token in structured data
	UDP  Door = "syslog-udp" // RFC 5424, one datagram a record, the token in structured data
	Raw  Door = "ingest-raw" // POST /ingest/raw, one record a line
	Bulk Door = "bulk"       // POST /_bulk, as the Beats speak it
)

// Key names a customer of the demonstration or one of its sources.
type Key string

// The two customers.
const (
	Hospital Key = "hospital"
	Factory  Key = "factory"
)

// Customer is one of the two.
type Customer struct {
	Key            Key
	Slug           string
	NameZH, NameEN string
	Sources        []Source
}

// Source is one group of senders of a customer.
type Source struct {
	Key            Key
	NameZH, NameEN string
	Kind           string // as collect.Kinds names it
	Door           Door
	TimeZone       string // of records that carry none
}

// Zone is where both customers are; some of their devices write local time.
const Zone = "Asia/Shanghai"

// local is the offset of [Zone], which has had no summer time since 1991.
func local() *time.Location { return time.FixedZone("CST", 8*60*60) }

// Sources of the hospital and the factory.
const (
	hisLinux    Key = "his-linux"
	hisAudit    Key = "his-audit"
	hisPortal   Key = "his-portal"
	hisFirewall Key = "his-firewall"
	hisWindows  Key = "his-windows"
	hisDNS      Key = "his-dns"

	facLinux    Key = "fac-linux"
	facAudit    Key = "fac-audit"
	facShop     Key = "fac-shop"
	facFirewall Key = "fac-firewall"
	facWindows  Key = "fac-windows"
	facProxy    Key = "fac-proxy"
	facVPN      Key = "fac-vpn"
	facSwitch   Key = "fac-switch"
)

// Customers are the two, with their sources.
func Customers() []Customer {
	return []Customer{
		{Key: Hospital, Slug: "demo-hospital", NameZH: "杉川医院", NameEN: "Fernhill Hospital", Sources: []Source{
			{Key: hisLinux, NameZH: "HIS 服务器", NameEN: "HIS servers", Kind: "linux", Door: TCP, TimeZone: Zone},
			{Key: hisAudit, NameZH: "主机审计 Auditbeat", NameEN: "Host audit (Auditbeat)", Kind: "linux", Door: Bulk},
			{Key: hisPortal, NameZH: "预约挂号门户 nginx", NameEN: "Booking portal (nginx)", Kind: "nginx", Door: TCP, TimeZone: Zone},
			{Key: hisFirewall, NameZH: "出口防火墙", NameEN: "Edge firewall", Kind: "firewall", Door: UDP, TimeZone: Zone},
			{Key: hisWindows, NameZH: "AD 与工作站 Winlogbeat", NameEN: "AD and workstations (Winlogbeat)", Kind: "windows", Door: Bulk},
			{Key: hisDNS, NameZH: "内网 DNS", NameEN: "Internal DNS", Kind: "dns", Door: Raw, TimeZone: Zone},
		}},
		{Key: Factory, Slug: "demo-factory", NameZH: "砺石制造", NameEN: "Ironstone Manufacturing", Sources: []Source{
			{Key: facLinux, NameZH: "Linux 服务器", NameEN: "Linux servers", Kind: "linux", Door: TCP, TimeZone: Zone},
			{Key: facAudit, NameZH: "主机审计 Auditbeat", NameEN: "Host audit (Auditbeat)", Kind: "linux", Door: Bulk},
			{Key: facShop, NameZH: "备件商城 nginx", NameEN: "Spare parts shop (nginx)", Kind: "nginx", Door: TCP, TimeZone: Zone},
			{Key: facFirewall, NameZH: "出口防火墙", NameEN: "Edge firewall", Kind: "firewall", Door: UDP, TimeZone: Zone},
			{Key: facWindows, NameZH: "办公终端 Winlogbeat", NameEN: "Office computers (Winlogbeat)", Kind: "windows", Door: Bulk},
			{Key: facProxy, NameZH: "上网代理 squid", NameEN: "Web proxy (squid)", Kind: "proxy", Door: Raw},
			{Key: facVPN, NameZH: "VPN 网关", NameEN: "VPN gateway", Kind: "vpn", Door: Raw, TimeZone: Zone},
			{Key: facSwitch, NameZH: "核心交换机", NameEN: "Core switch", Kind: "network", Door: Raw, TimeZone: Zone},
		}},
	}
}

// host is one machine.
type host struct{ name, addr string }

// The machines that log. The outside addresses of the customers are 192.0.2.10 and 192.0.2.130.
func hisServers() []host {
	return []host{{"his-jump01", "10.10.0.5"}, {"his-app01", "10.10.1.21"}, {"his-app02", "10.10.1.22"}, {"his-db01", "10.10.1.31"}, {"pacs01", "10.10.1.41"}, {"backup01", "10.10.1.90"}}
}

func facServers() []host {
	return []host{{"shop-web01", "10.30.1.11"}, {"erp01", "10.30.1.21"}, {"git01", "10.30.1.31"}, {"mes01", "10.30.2.11"}}
}

func hisComputers() []host {
	list := []host{{"DC01", "10.10.0.10"}, {"FS01", "10.10.0.20"}}
	return append(list, desks("WS-", "10.10.3.", 24)...)
}

func facComputers() []host {
	return append([]host{{"DC11", "10.30.0.10"}}, desks("PC-", "10.30.3.", 18)...)
}

func desks(prefix, net string, n int) []host {
	list := make([]host, n)
	for i := range list {
		list[i] = host{prefix + two(i+1), net + two(i+11)}
	}
	return list
}

// People go by what they do: a demonstration has no names.
func hisPeople() []string {
	return []string{"reg01", "reg02", "reg03", "nurse04", "nurse07", "nurse11", "doctor02", "doctor05", "doctor08", "pharm01", "pharm02", "radio01", "lab03", "cashier02", "records01", "finance01"}
}

func facPeople() []string {
	return []string{"sales01", "sales04", "buyer02", "planner01", "quality03", "store02", "design01", "design05", "finance02", "hr01", "support03"}
}

// Addresses from which attacks come; no ordinary visitor has them.
const (
	sshAttacker = "198.51.100.66"
	webAttacker = "203.0.113.77"
	farEnd      = "198.51.100.200" // where shells and downloads lead to
)
