package alias

import (
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// certain maps names that mean one thing wherever they occur.
func certain(key string) ecs.Target {
	switch key {
	case "srcip", "src", "sourceip", "sip", "sourceaddress", "srcaddr", "sourceipaddress", "clientip", "cip", "srcipaddress",
		"sourceipv4", "srcipv4", "sourceipv6", "callingip", "remoteip", "remoteaddr", "remoteaddress", "clientipaddress", "clientaddress",
		"ipaddress", "srchost", "attackerip", "sourceipaddr", "csip", "clientaddr", "idorigh", "actoripaddress", "userip", "peerip",
		"fromip", "loginip", "sourceaddr", "remotehostip", "callerip", "callingstationid", "attacksource", "locip", "station", "rip", "clienthost", "rhost", "intruderip",
		"源ip", "源地址", "源ip地址", "攻击ip", "攻击者ip", "攻击源ip", "攻击源", "客户端ip", "登录ip", "来源ip", "来源地址":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "dstip", "dst", "destinationip", "dip", "destip", "destinationaddress", "dstaddr", "destaddress", "dest", "targetip", "serverip",
		"dstipaddress", "destinationipaddress", "destipaddress", "victimip", "destinationipv4", "cdip", "idresph", "destinationaddr",
		"remotedestip", "hostdstip", "serveraddress", "remip", "lip",
		"目的ip", "目的地址", "目的ip地址", "目标ip", "目标地址", "受害ip", "被攻击ip", "服务器ip":
		return ecs.Target{Form: ecs.Address, Name: event.DestinationIP}
	case "srcport", "spt", "sport", "sourceport", "clientport", "csport", "idorigp", "remoteport", "locport", "源端口", "来源端口":
		return ecs.Target{Form: ecs.Port, Name: event.SourcePort}
	case "dstport", "dpt", "dport", "destinationport", "destport", "targetport", "serverport", "cdport", "idrespp", "remport", "目的端口", "目标端口":
		return ecs.Target{Form: ecs.Port, Name: event.DestinationPort}
	}
	return certainActor(key)
}

func certainActor(key string) ecs.Target {
	switch key {
	case "username", "srcuser", "suser", "sourceuser", "usrname", "loginname", "accountname", "login", "srcusername", "sourceusername",
		"useremail", "usernameemail", "adminusername", "userid", "uname", "actorname", "actorusername", "useraccount", "principalname", "userprincipalname",
		"unauthuser", "xauthuser", "duser", "dstuser", "targetuser", "issuer", "actoremail",
		"用户名", "用户", "账号", "帐号", "登录名", "用户名称", "登录用户":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "hostname", "devname", "computername", "devicename", "computer", "shost", "dvchost", "endpointname", "machinename", "devicehostname",
		"主机名", "设备名称", "主机名称", "设备名":
		return ecs.Target{Form: ecs.Plain, Name: event.HostName}
	case "processname", "procname", "process", "进程名", "进程名称":
		return ecs.Target{Form: ecs.Plain, Name: event.ProcessName}
	case "commandline", "cmdline", "processcommandline", "command", "命令行":
		return ecs.Target{Form: ecs.Plain, Name: "process.command_line"}
	case "processid", "procid", "进程id":
		return ecs.Target{Form: ecs.Number, Name: event.ProcessPID}
	case "filepath", "filefullpath", "fullpath", "targetfilename", "targetfile", "文件路径":
		return ecs.Target{Form: ecs.Path}
	case "filename", "fname", "文件名":
		return ecs.Target{Form: ecs.Plain, Name: "file.name"}
	case "md5", "filemd5":
		return ecs.Target{Form: ecs.Lower, Name: "file.hash.md5"}
	case "sha256", "filesha256", "filehash":
		return ecs.Target{Form: ecs.Lower, Name: "file.hash.sha256"}
	}
	return certainRequest(key)
}

func certainRequest(key string) ecs.Target {
	switch key {
	case "eventaction", "actiontaken", "act", "actionname", "eventname", "activity", "operationname", "auditoperationtype", "eventtypename", "actioni18nkey",
		"动作", "处理动作", "操作", "处置动作", "操作类型":
		return ecs.Target{Form: ecs.Plain, Name: event.Action}
	case "outcome", "eventoutcome", "resultstatus", "loginresult", "结果", "操作结果", "执行结果":
		return ecs.Target{Form: ecs.Outcome}
	case "httpstatus", "statuscode", "scstatus", "responsecode", "httpstatuscode", "httpresponsecode", "respcode", "edgeresponsestatus", "状态码":
		return ecs.Target{Form: ecs.Status, Name: "http.response.status_code"}
	case "httpmethod", "requestmethod", "csmethod", "clientrequestmethod", "请求方法":
		return ecs.Target{Form: ecs.Plain, Name: "http.request.method"}
	case "requesturl", "requesturi", "httpurl", "uri", "csuri", "requestpath", "clientrequesturi", "fullurl", "请求url", "访问地址":
		return ecs.Target{Form: ecs.URL}
	case "useragent", "httpuseragent", "csuseragent", "clientrequestuseragent", "requestclientapplication":
		return ecs.Target{Form: ecs.Plain, Name: "user_agent.original"}
	case "referer", "referrer", "httpreferer", "httpreferrer":
		return ecs.Target{Form: ecs.Plain, Name: "http.request.referrer"}
	case "rrname", "queryname", "dnsquery", "qname", "querydomain", "questionname", "dnsname", "查询域名":
		return ecs.Target{Form: ecs.Plain, Name: "dns.question.name"}
	case "proto", "protocol", "transport", "transportprotocol", "ipprotocol", "协议", "传输协议", "协议类型":
		return ecs.Target{Form: ecs.Protocol}
	case "appproto", "applicationprotocol", "app", "应用协议", "应用":
		return ecs.Target{Form: ecs.Lower, Name: "network.protocol"}
	case "sentbyte", "bytesout", "bytessent", "发送字节":
		return ecs.Target{Form: ecs.Number, Name: "source.bytes"}
	case "rcvdbyte", "bytesin", "bytesreceived", "接收字节":
		return ecs.Target{Form: ecs.Number, Name: "destination.bytes"}
	case "policyid", "policyname", "rulename", "rule", "signature", "规则名称", "策略名称":
		return ecs.Target{Form: ecs.Plain, Name: "rule.name"}
	case "ruleid", "signatureid", "规则id":
		return ecs.Target{Form: ecs.Plain, Name: "rule.id"}
	case "srcintf", "inboundinterface", "inintf", "源接口":
		return ecs.Target{Form: ecs.Plain, Name: "observer.ingress.interface.name"}
	case "dstintf", "outboundinterface", "outintf", "目的接口":
		return ecs.Target{Form: ecs.Plain, Name: "observer.egress.interface.name"}
	case "timestamp", "eventtime", "datetime", "devtime", "rt", "deviceeventtime", "creationtime", "createdat", "occurredat", "isotimestamp", "logtimestamp",
		"eventtimestamp", "generatedtime", "receivetime", "timegenerated", "edgestarttimestamp", "creationdate", "updatedate", "detectiontime", "lastdetected", "founddate", "timemillis", "datecreate", "createddatetime", "messagetime", "received", "eventdate", "timecreated", "activitydate",
		"时间", "发生时间", "事件时间", "日志时间", "攻击时间", "开始时间", "产生时间":
		return ecs.Target{Form: ecs.Time}
	}
	return ecs.Target{}
}

// likely maps names that usually mean the field. Those that say nothing below another object count at the top only.
func likely(key string, top bool) ecs.Target {
	switch key {
	case "user", "usr", "account", "email", "author", "actor":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "action", "event", "operation", "eventtype", "disposition", "verdict", "动作类型":
		return ecs.Target{Form: ecs.Plain, Name: event.Action}
	case "result", "status":
		return ecs.Target{Form: ecs.Outcome}
	case "url", "request", "path":
		if key == "path" && !top {
			return ecs.Target{}
		}
		return ecs.Target{Form: ecs.URL}
	case "query":
		if !top {
			return ecs.Target{}
		}
		return ecs.Target{Form: ecs.Plain, Name: "dns.question.name"}
	case "ts", "time", "date", "created", "updatedat", "lastseen", "starttime", "start":
		return ecs.Target{Form: ecs.Time}
	}
	if !top {
		return ecs.Target{}
	}
	switch key {
	case "ip", "source", "client", "address", "ip地址":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "host", "device", "主机":
		return ecs.Target{Form: ecs.Plain, Name: event.HostName}
	}
	return ecs.Target{}
}

// pair maps the last two segments of a path together.
func pair(key string) ecs.Target {
	switch key {
	case "sourceip", "clientip", "srcip", "actorip", "remoteip", "clientipaddress", "sourceipaddress", "clientaddress", "sourceaddress", "contextip":
		return ecs.Target{Form: ecs.Address, Name: event.SourceIP}
	case "destinationip", "destip", "dstip", "serverip", "targetip", "destinationaddress":
		return ecs.Target{Form: ecs.Address, Name: event.DestinationIP}
	case "sourceport", "clientport", "srcport":
		return ecs.Target{Form: ecs.Port, Name: event.SourcePort}
	case "destinationport", "destport", "dstport", "serverport":
		return ecs.Target{Form: ecs.Port, Name: event.DestinationPort}
	case "username", "useremail", "userlogin", "actorname", "actoremail", "actorlogin", "actordisplayname", "authorname", "accountname", "principalname", "useridentityusername", "actoralternateid", "initiatedbyemail", "initiatedbyusername":
		return ecs.Target{Form: ecs.Account, Name: "user"}
	case "hostname", "devicename", "devicehostname", "computername", "agenthostname":
		return ecs.Target{Form: ecs.Plain, Name: event.HostName}
	case "processname":
		return ecs.Target{Form: ecs.Plain, Name: event.ProcessName}
	case "filepath":
		return ecs.Target{Form: ecs.Path}
	case "typeactioni18nkey", "audittypeactioni18nkey":
		return ecs.Target{Form: ecs.Plain, Name: event.Action}
	case "timestampepochsecond", "timestampseconds", "attributestimestamp":
		return ecs.Target{Form: ecs.Time}
	case "outcomeresult":
		return ecs.Target{Form: ecs.Outcome}
	}
	return ecs.Target{}
}
