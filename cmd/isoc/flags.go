package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"
)

// chineseFlags says in Chinese what each flag is for, by command and name; the English stands where the flag is made.
func chineseFlags() map[string]string {
	return map[string]string{
		"serve.config":                         "YAML 配置文件",
		"serve.data":                           "数据目录，存放全部内置存储",
		"serve.http":                           "界面、API 与 HTTP 接入的监听地址；端口为 0 时自动选择",
		"serve.roles":                          "本进程承担的角色",
		"serve.syslog":                         "syslog 监听地址（UDP 与 TCP）；端口为 0 时自动选择",
		"serve.syslog-max-connections":         "所有 syslog 端口的 TCP 连接数上限",
		"serve.syslog-tls":                     "syslog TLS 监听地址；端口为 0 时自动选择",
		"serve.syslog-tls-certificate":         "服务器证书（含中间证书）的 PEM 文件",
		"serve.syslog-tls-key":                 "证书私钥的 PEM 文件",
		"serve.syslog-tls-client-ca":           "签发客户端证书的 CA 的 PEM 文件",
		"serve.syslog-tls-client-certificates": "设有客户端 CA 时是否必须出示证书：required 或 optional",
		"serve.netflow":                        "NetFlow、IPFIX 与 sFlow 的监听地址（UDP）；端口为 0 时自动选择",
		"serve.tail":                           "PATTERN=TENANT/SOURCE：持续读取的本机日志文件及其租户/来源，可重复",
		"serve.capture":                        "INTERFACE=TENANT/SOURCE：监听本机网卡流量及其租户/来源，可重复；需要 CAP_NET_RAW 权限",
		"serve.log-level":                      "日志级别：debug、info、warn 或 error",
		"serve.log-format":                     "日志格式：text 或 json",
		"serve.database-dsn":                   "postgres://…，代替数据目录中的 SQLite",
		"serve.queue-url":                      "nats://…，外部 JetStream，代替内置队列",
		"serve.queue-max-bytes":                "队列容量（字节），超出后接入返回 503",
		"serve.archive-memory-bytes":           "归档缓存的内存（字节）；0 表示 512 MiB",
		"serve.archive-flush-interval":         "事件写入磁盘前在内存中停留的时间",
		"serve.ingest-events-per-second":       "租户未单独设置时的接入速率上限（条/秒）；0 表示不限",
		"serve.ingest-min-free-bytes":          "磁盘剩余空间下限（字节），低于它时接入返回 503",
		"serve.web-trusted-proxies":            "信任其 X-Forwarded-For 的网段，以逗号分隔",
		"serve.web-secure-cookies":             "位于 TLS 代理之后时，为 Cookie 加上 Secure",
		"serve.admin-password-file":            "首位管理员的密码文件",
		"serve.shutdown-timeout":               "有序停机的时限",
		"serve.content-private-networks":       "允许获取规则包的内部网段，以逗号分隔",
		"serve.detect-verdicts-from":           "设备自身告警从哪一级别起产生告警；off 表示不采用",
		"serve.detect-device-verdicts-from":    "CEF、LEEF 设备记录从哪一级别起产生告警；off 表示不采用",
		"serve.geo-country":                    "国家/地区地址库（MaxMind、DB-IP 或 ip-location-db 的 .mmdb），代替内置库",
		"serve.geo-asn":                        "自治系统（AS）地址库（.mmdb）；不设则不标注",
		"serve.demo":                           "启动时生成演示数据（若尚无）：两个虚构客户、三起攻击",

		"parse.explain": "为每个事件附上解析步骤",
		"parse.auto":    "停用解析包，只用自动解析",

		"pcap.hosts": "只处理一端属于这些网段的流量，以逗号分隔",
		"pcap.stats": "在标准错误输出一个 JSON 统计对象",

		"detect.rules":     "Sigma 规则目录或文件，可重复",
		"detect.events":    "JSON 行文件，可为 gzip；- 表示标准输入",
		"detect.all-rules": "对每个事件运行全部规则，不按日志来源筛选",
		"detect.stats":     "在标准错误输出一个 JSON 统计对象",
		"detect.explain":   "在标准错误列出被拒绝的规则及原因",

		"content.data":         "数据目录",
		"content.database-dsn": "postgres://…，代替数据目录中的 SQLite",
		"content.name":         "规则包名称；留空则取目录名或文件名",
		"content.unsigned":     "接受未签名的 ZIP",
		"content.force":        "接受比现有版本更旧的版本",
		"content.stage":        "只暂存，不生效",
		"content.out":          "输出文件",
		"content.key":          "密钥文件",

		"audit.data":         "数据目录",
		"audit.database-dsn": "postgres://…，代替数据目录中的 SQLite",
		"audit.tenant":       "租户标识或编号；留空则校验全部审计链",
	}
}

// help shows a command's usage and its flags in the user's language.
func (e environment) help(fs *flag.FlagSet) {
	var b strings.Builder
	b.WriteString(e.text("usage."+fs.Name()) + "\n")
	fs.VisitAll(func(f *flag.Flag) {
		kind, usage := flag.UnquoteUsage(f)
		if zh, ok := chineseFlags()[fs.Name()+"."+f.Name]; ok && e.lang == "zh-CN" {
			usage = zh
		}
		if kind != "" {
			kind = " " + e.text("kind."+kind)
		}
		secret := f.Name == "database-dsn" // its default may come from the environment, with a password
		if !secret && !slices.Contains([]string{"", "0", "0s", "false"}, f.DefValue) {
			usage += e.text("flag default", f.DefValue)
		}
		fmt.Fprintf(&b, "  --%s%s\n        %s\n", f.Name, kind, usage)
	})
	fmt.Fprint(e.err, b.String())
}
