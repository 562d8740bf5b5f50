package alias

import "strings"

// set is a set of word classes: what the words of a name can mean.
type set uint64

// The classes. Roles say whose a thing is, kinds say what it is; a few words are both.
const (
	src set = 1 << iota
	dst
	local
	remote
	nat
	dev    // the reporting device
	actor  // who did it
	target // what it was done to
	host
	agent

	ip
	addr
	port
	mac
	user
	name
	id
	email
	domain
	dns

	link // a URL
	path
	file
	process
	parent
	command
	hash
	method
	status

	code
	web
	request
	response
	referrer
	action
	verdict
	evt
	kind // type
	result

	success
	severity
	moment // time, date
	create
	late // updated, received, ended: not when it happened
	query
	proto
	app
	rule
	attack

	login
	bytes
	packets
	inward
	outward
	iface
	full
	noise // says nothing
	bad   // about something else: never a party of the event
	display

	by
	text
	reason
	client // a side of a connection that may be a program's name too
	server
)

const (
	roles   = src | dst | local | remote | client | server | attack | login | actor | target | dev | host | agent
	sources = src | client | actor | login | attack
	targets = dst | server | target
	fillers = noise | evt | full | text | web | app
)

// words are the classes of the words that names are made of, one class a line.
var words = readWords(map[set]string{
	src:      "src source orig originator originating initiator intruder attacker hacker offender from caller calling requestor requester sender 源 来源 源头 攻击者 攻击方 攻击源 攻击端 发起方 发起者 访问者 访问源 请求方 黑客 恶意",
	dst:      "dst dest destination tgt victim responder recipient called 目的 目标 目地 目的地 受害者 受害 受害方 受害端 被攻击 被攻击者 受攻击 受攻击方 靶标 被访问 响应方 接收方",
	client:   "client clnt clt cli 客户端 客户机 访客 客户",
	server:   "server svr srv 服务器 服务端",
	local:    "local loc lcl 本地 本端",
	remote:   "remote rem rmt peer remotehost foreign 远程 远端 对端 对方",
	nat:      "nat xlate xlated translated translation mapped snat dnat postnat 转换 转换后 映射",
	dev:      "dev device dvc observer sensor collector exporter reporter forwarder firewall appliance gateway origin nas 设备 探针 传感器 防火墙 网关",
	actor:    "actor author performer principal operator admin administrator invoker impersonator submitter 操作者 操作员 操作人 管理员 责任人",
	target:   "target object entity affected resource subject2 对象 客体 资源 被操作",
	host:     "host hostname hostnames computer computername machine machinename workstation endpoint fqdn netbios 主机 计算机 终端 机器 电脑 主机名 计算机名",
	agent:    "agent agents",
	ip:       "ip ips ipv ipaddr ipaddress ipv4 ipv6 ip4 ip6",
	addr:     "addr address addresses 地址",
	port:     "port prt ports 端口 端口号",
	mac:      "mac macaddr macaddress hwaddr ethernet",
	user:     "user users usr username usrname userid uid account acct accountname uname 用户 账号 账户 帐号 帐户 用户名 账户名 帐户名 账号名 用户账号 登录名 登陆名 姓名",
	name:     "name nm names label title 名 名称 名字",
	id:       "id ident identifier guid uuid sid number num no 编号 标识 号",
	email:    "email mail upn alternateid 邮箱 邮件 邮件地址",
	domain:   "domain domainname 域名 域",
	dns:      "dns rr",
	link:     "url uri urls href eurl 网址 链接 统一资源",
	path:     "path folder directory image filepath fullpath pathname 路径 目录",
	file:     "file filename files fname document 文件 文件名",
	process:  "process proc program daemon exe executable pname 进程 程序",
	parent:   "parent 父",
	command:  "command cmd commandline cmdline cmdlines args arguments 命令 命令行 指令",
	hash:     "md5 sha1 sha256 hash checksum digest 哈希 摘要",
	method:   "method methodname verb 方法",
	status:   "status state stat 状态",
	code:     "code 码",
	web:      "http https web cs sc edge api webapp",
	request:  "request req reqs requested 请求 访问",
	response: "response rsp resp reply respond return 响应 返回",
	referrer: "referrer referer",
	action:   "action act actions operation op oper activity activities actiontaken disposition 动作 操作 处置 处理 行为 活动 拦截动作 执行动作 响应动作 防护动作 处理方式 处置方式 处理动作 处置动作",
	verdict:  "verdict decision",
	evt:      "event events evt evnt 事件",
	kind:     "type types typ subtype category class 类型 类别 种类 分类",
	result:   "result results outcome res 结果",
	success:  "success successful succeeded issuccess issuccessful 成功",
	severity: "severity sev level priority pri urgency criticality 级别 等级 严重性 程度 严重程度 严重级别 危险 危险等级 风险级别 威胁等级 威胁级别 告警级别 告警等级 危害等级 优先级",
	moment:   "time timestamp date datetime ts timestring epoch when clock at millis seconds ms utc iso published 时间 日期 时刻 时间戳",
	create:   "create created creation occurred occurrence occur occurring generated generation gen detected detection detect found discovery discovered begin start started first logged reported captured capture raised opened event 发生 产生 生成 记录 开始 起始 创建 告警 检测 发现",
	late:     "update updated modified modification receive received end ended last latest stop stopped finish finished complete completed closed processed ingest ingested seen collected collection 更新 修改 接收 结束 最后 最近 完成 入库",
	query:    "query queried question qname lookup 查询 解析",
	proto:    "proto protocol transport 协议",
	app:      "app application service svc 应用 服务",
	rule:     "rule policy signature sig acl filter 规则 策略 特征 签名 规则库",
	attack:   "attack threat virus malware trojan vuln vulnerability exploit intrusion alert alarm 攻击 威胁 病毒 漏洞 木马 入侵 告警 报警",
	login:    "login logon signin auth authentication 登录 登陆 认证",
	bytes:    "byte bytes octets octet 字节 字节数 流量",
	packets:  "packet packets pkt pkts 包 包数 报文 报文数 数据包",
	inward:   "in inbound ingress received rcvd recv rx download down incoming input 接收 入 下行 下载 入口 入接口",
	outward:  "out outbound egress sent send tx upload up outgoing output 发送 出 上行 上传 出口 出接口",
	iface:    "intf interface ifname iface if int nic 接口 网卡",
	full:     "full long original orig2 raw real true actual 完整 原始 真实",
	noise: "the of simple taken line initiated performed executed triggered for and info information data details detail payload properties attributes attribute attrs fields field body record records params extra meta metadata audit context network net flow connection conn " +
		"session value string log logs 日志 str value1 source2 content object2 common current new main primary public external wan internet private internal lan node item items entry list tag",
	bad: "geo geoip country city region latitude longitude location count total size length len version license expire expires expiry expiration expired previous prev old before duration interval elapsed timeout zone timezone tz " +
		"offset format mask netmask prefix subnet range indicator indicators ioc iocs reputation score risk confidence threshold next hop router relay proxy forwarded birth lease renew cache threshold certificate cert issuer avatar icon logo schema " +
		"国家 城市 地区 地理 位置 数量 次数 版本 过期 归属 区域 掩码 网段",
	display: "display given surname",
	by:      "by",
	text:    "message msg description desc summary reason2 note comment 描述 信息 内容 详情 消息",
	reason:  "reason cause 原因",
})

func readWords(lists map[set]string) map[string]set {
	m := make(map[string]set, 1024)
	for class, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] |= class
		}
	}
	// words of two classes that no list above can say
	for w, class := range map[string]set{
		"sip": src | ip, "dip": dst | ip, "sport": src | port, "dport": dst | port, "spt": src | port, "dpt": dst | port,
		"saddr": src | addr, "daddr": dst | addr, "smac": src | mac, "dmac": dst | mac, "cip": client | ip,
		"suser": src | user, "duser": dst | user, "shost": src | host, "dhost": dst | host, "pid": process | id, "ppid": parent | process | id,
		"username": user | name, "hostname": host | name, "computername": host | name, "machinename": host | name, "filename": file | name,
		"accountname": user | name, "userid": user | id, "uid": user | id, "domainname": domain | name, "fullpath": path | full, "filepath": file | path,
		"用户名": user | name, "用户名称": user | name, "主机名称": host | name, "请求方法": method, "请求方式": method, "displayname": display | name, "账户名": user | name, "主机名": host | name, "文件名": file | name, "methodname": method | name,
		"timestamp": moment, "ipaddr": ip | addr, "ipaddress": ip | addr, "macaddr": mac | addr, "macaddress": mac | addr,
		"useragent": user | agent, "ua": user | agent, "s": src, "d": dst, "c": client, "received": late | inward, "receive": late | inward, "接收": late | inward,
		"event": evt, "alert": attack, "告警": attack, "qname": query | dns, "upn": user | name, "状态码": status | code, "登录名": user | name, "login": login,
		"威胁等级": severity | attack, "alternateid": user | name,
	} {
		m[w] = class
	}
	return m
}
