package alias

import (
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// meant names a meaning as the table below does: the field, with the values of Rank 1 and more behind a tilde.
func meant(m Meaning) string {
	name := m.Name
	switch m.Form {
	case ecs.None:
		return ""
	case ecs.Peer:
		name += ".ip"
	case ecs.Account, ecs.Login, ecs.Executable:
		name += ".name"
	case ecs.Email:
		name += ".email"
	case ecs.UserID:
		name += ".id"
	case ecs.Time:
		name = "@timestamp"
	case ecs.Outcome, ecs.Result:
		name = "event.outcome"
	case ecs.URL:
		name = "url.original"
	case ecs.Path:
		name = "file.path"
	case ecs.FileName:
		name = "file.name"
	case ecs.Protocol:
		name = "network.transport"
	case ecs.Digest:
		name += ".hash"
	case ecs.WebOrFile:
		name = "path"
	}
	return name
}

func TestNames(t *testing.T) {
	t.Parallel()
	for want, names := range map[string]string{
		"source.ip": `srcip src_ip src-ip SrcIP sourceIPAddress source_address src sip s_ip SourceIp clientip client_ip ClientIP c-ip clientIpAddress client.ipAddress client.ip
			source.ip src.ip remote_addr remoteAddress remoteIp RemoteIP attackerip attacker_ip callerIpAddress caller_ip userIP user_ip login_ip loginIp actor_ip actor.ip src_addr srcaddr
			ipSrc ip fw_src_ip sourceIPv4Address peer_ip requestMetadata.callerIp fromip 源IP 源地址 源IP地址 攻击IP 攻击者IP 攻击源IP 客户端IP 登录IP 来源IP 来源地址 源ip 访问者IP actor_ip_address
			sourceTranslatedX?.none id.orig_h`,
		"destination.ip":   `dstip dst_ip dst dest_ip destinationIP destination_address DestIP daddr dip server_ip serverIp victim_ip target_ip destination.ip s-ip dest 目的IP 目的地址 目标IP 受害IP 受害者IP 被攻击IP 服务器IP id.resp_h`,
		"source.nat.ip":    `nat_src_ip natsrcip xlatesrc_ip source_nat_ip translated_src_addr 转换后源IP`,
		"source.port":      `srcport src_port sport spt s_port SourcePort clientPort client.port client_port source_port remote_port 源端口 源端口号 id.orig_p l4_src_port`,
		"destination.port": `dstport dst_port dport dpt d_port DestinationPort destination.port server_port serverPort dest_port target_port 目的端口 目标端口 id.resp_p ServicePort`,
		"user.name": `user username user_name userName UserName usr usrName account account_name login loginName suser srcuser src_user actor actor.name author.name user.name principalEmail
			userPrincipalName acct admin_name 用户 用户名 账号 账户 登录用户 用户名称 操作员 actor.login modified_by_name? sender_user_name?`,
		"user.id":                   `user_id userId UserID uid user.id createdBy modified_by performedBy`,
		"user.email":                `email user_email userEmail actor.email user.email mail`,
		"user.full_name":            `displayName user.displayName user_display_name actor.displayName`,
		"user.target.name":          `target_user targetUserName dst_user duser target.user.name`,
		"host.name":                 `hostname host_name computer computerName ComputerName device_name deviceName DeviceName devname host machineName 主机名 设备名称 主机名称 agent_name agent.name computer.hostname device.hostname endpoint_name`,
		"host.ip":                   `computer_ip host_ip host.ip 主机IP endpoint_ip agentIp`,
		"observer.ip":               `device_ip dvc_ip 设备IP sensor_ip`,
		"source.mac":                `src_mac srcmac smac sourceMacAddress client_mac 源MAC`,
		"destination.mac":           `dst_mac dmac 目的MAC地址`,
		"event.action":              `action act Action eventAction event_action operation operationName eventName event_name eventType event_type activity fw_action action_taken actionTaken disposition verdict 动作 处理动作 操作 操作类型 处置 event summary methodX?`,
		"event.outcome":             `outcome result status event_outcome loginResult login_result success isSuccessful 结果 操作结果 登录结果 执行结果 auth_result outcome.result login_status 状态`,
		"@timestamp":                `timestamp time eventTime event_time created_at createdAt createdDateTime CreationTime ts date datetime logTime detectionTime receive_time lastUpdated? updated_at published occurredAt 时间 发生时间 告警时间 攻击时间 日志时间 data.time start_time endTime log_timestamp`,
		"url.original":              `url uri request_uri requestUrl http.url request_url full_url URL 请求URL httpUrl cs-uri-stem http.request.path request.path uri_path`,
		"http.request.method":       `method http_method requestMethod http.method cs-method request_method 请求方法`,
		"http.response.status_code": `status_code statusCode http_status httpStatusCode response_code responseCode sc-status http.status response.status 状态码 resp_code response.statusCode`,
		"user_agent.original":       `user_agent userAgent http_user_agent UserAgent ua client.userAgent httpUserAgent`,
		"http.request.referrer":     `referer referrer http_referer http_referrer`,
		"dns.question.name":         `query qname dns_query queryName query_name dns.question rrname dns_domain? 查询域名 QueryName dns_req`,
		"process.name":              `process process_name processName proc_name procName exe process.name image_name? 进程名 进程名称 program comm`,
		"process.pid":               `pid process_id processId process.pid`,
		"process.parent.name":       `parent_process parentProcessName`,
		"process.command_line":      `cmdline command_line commandLine CommandLine process.command_line 命令行 command`,
		"file.path":                 `file_path filePath file.path targetFilePath 文件路径`,
		"file.name":                 `filename file_name fileName FileName file.name 文件名 file`,
		"file.hash":                 `md5 sha256 file_hash fileHash file.sha256 文件哈希`,
		"path":                      `path folder_path`,
		"network.transport":         `proto protocol 协议 transport ip_protocol? protocol_name`,
		"event.severity":            `severity level priority 严重级别 级别 威胁等级 风险级别 alert_severity threat_level`,
		"rule.name":                 `rule rule_name policy_name signature 规则名称 策略名称 attack_name 攻击名称 威胁名称`,
		"rule.id":                   `rule_id signature_id ruleId 规则ID`,
		"source.bytes":              `bytes_sent sent_bytes bytes_out sentbyte src_bytes 发送字节 发送字节数`,
		"destination.bytes":         `bytes_received rcvd_bytes bytes_in rcvdbyte dst_bytes 接收字节`,
		"": `src_country srcip_country geo.ip threat.indicator.ip expires_at duration session_id event_id message description srcCountryName destination_zone count user_count user_agent_name? serverVersion login_count time_zone timezone source_type
			author.uri user.url avatar_url previous_ip next_hop_ip user_group? port_count dst_region 源国家 目的区域 攻击次数 owner? response_time? file_size policy_version`,
	} {
		for _, n := range strings.Fields(names) {
			if strings.HasSuffix(n, "?") || strings.Contains(n, "?") {
				continue
			}
			if got := meant(Resolve(n)); got != want {
				t.Errorf("%s means %q (rank %d), want %q", n, got, Resolve(n).Rank, want)
			}
		}
	}
}

func FuzzResolve(f *testing.F) {
	for _, s := range []string{"srcIpAddr", "源IP地址", "a.b.c.d.e_f", "IPv4s", "\xe6\xba", "目的地址端口号", "xIPAddressPORTSs9", ".", "a..b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m := Resolve(s); m.Rank > maxRank {
			t.Errorf("%q: rank %d", s, m.Rank)
		}
	})
}
