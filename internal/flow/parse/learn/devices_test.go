package learn

import (
	"fmt"
	"time"
)

// truth is a record with what its device means by it.
type truth struct {
	raw  string
	want map[string]string
	year bool // its time has a year and an offset
}

// invented are devices that nobody has made, by what their records are like. Their numbers look random and are the same in every run.
func invented(n int) map[string][]truth {
	out := map[string][]truth{}
	for i := range n {
		k := i * 7919 % 10007
		src, dst := fmt.Sprintf("192.0.2.%d", k%250+1), fmt.Sprintf("198.51.100.%d", k/7%250+1)
		sport, dport := fmt.Sprint(1024+k*3), []string{"443", "22", "8080", "53"}[k%4]
		user := []string{"ann", "bob", "wei.zhang", "svc-backup", "o.kahn", "root"}[k%6]
		at := time.Date(2024, 6, 14, 1, 0, 0, 0, time.UTC).Add(time.Duration(i*17) * time.Second)
		stamp := at.Format("2006-01-02 15:04:05")
		ts := at.Format(time.RFC3339)
		proto := []string{"TCP", "UDP"}[k%2]
		transport := []string{"tcp", "udp"}[k%2]
		ok := k%3 != 0
		add := func(device, raw string, want map[string]string) {
			out[device] = append(out[device], truth{raw, want, true})
		}
		head := "<134>" + at.Format("Jan _2 15:04:05 ")

		verdict := []string{"阻断", "放行"}[k%2]
		action := []string{"blocked", "allowed"}[k%2]
		if i%4 == 3 {
			add("kv, Chinese names", head+fmt.Sprintf("fw1 日志类型=登录 时间=\"%s\" 用户名=%s 登录IP=%s 登录结果=%s 设备型号=X%d", stamp, user, src, []string{"失败", "成功"}[b(ok)], k%3),
				map[string]string{"@timestamp": ts, "user.name": user, "source.ip": src, "event.outcome": outcomes(ok)})
		} else {
			add("kv, Chinese names", head+fmt.Sprintf("fw1 日志类型=访问控制 时间=\"%s\" 源地址=%s 源端口=%s 目的地址=%s 目的端口=%s 协议=%s 动作=%s 策略=p%d", stamp, src, sport, dst, dport, proto, verdict, k%12),
				map[string]string{"@timestamp": ts, "source.ip": src, "source.port": sport, "destination.ip": dst, "destination.port": dport, "network.transport": transport, "event.action": action})
		}

		add("columns with bars, without names", fmt.Sprintf("%s|%d|edge-7|%s|%s|%s|%s|%s|%s|%d|%d", stamp, 4000+i, src, sport, dst, dport, transport, []string{"deny", "permit"}[b(ok)], k, k*3),
			map[string]string{"@timestamp": ts, "source.ip": src, "source.port": sport, "destination.ip": dst, "destination.port": dport, "network.transport": transport, "event.action": []string{"deny", "permit"}[b(ok)]})

		if i%3 == 0 {
			add("JSON, nested", fmt.Sprintf(`{"when":"%s","evt":"session.open","seq":%d,"actor":{"login":"%s","realm":"corp"},"client":{"addr":"%s","port":%s},"result":"%s","tags":["a","b"]}`, at.Format(time.RFC3339), i, user, src, sport, []string{"FAILURE", "SUCCESS"}[b(ok)]),
				map[string]string{"@timestamp": ts, "user.name": user, "source.ip": src, "source.port": sport, "event.outcome": outcomes(ok), "event.action": "session.open"})
		} else {
			add("JSON, nested", fmt.Sprintf(`{"when":"%s","evt":"object.read","seq":%d,"actor":{"login":"%s","realm":"corp"},"object":{"bucket":"b%d","path":"/data/%d.bin"},"bytes":%d}`, at.Format(time.RFC3339), i, user, k%5, k, k*10),
				map[string]string{"@timestamp": ts, "user.name": user, "event.action": "object.read", "file.path": fmt.Sprintf("/data/%d.bin", k)})
		}

		switch i % 4 {
		case 0:
			add("free text", head+fmt.Sprintf("gw authd[9]: user %s authenticated from %s port %s via radius", user, src, sport), map[string]string{"user.name": user, "source.ip": src, "source.port": sport, "event.outcome": "success"})
		case 1:
			add("free text", head+fmt.Sprintf("gw authd[9]: authentication failure for user '%s' from %s (attempt %d)", user, src, k%5), map[string]string{"user.name": user, "source.ip": src, "event.outcome": "failure"})
		case 2:
			add("free text", head+fmt.Sprintf("gw fwd[9]: connection %s:%s -> %s:%s %s closed, %d bytes in %d ms", src, sport, dst, dport, transport, k*9, k%400), map[string]string{"source.ip": src, "source.port": sport, "destination.ip": dst, "destination.port": dport})
		default:
			add("free text", head+fmt.Sprintf("gw fwd[9]: blocked %s from %s to %s by rule %d", transport, src, dst, k%30), map[string]string{"source.ip": src, "destination.ip": dst, "event.action": "blocked"})
		}

		add("名称：值", head+fmt.Sprintf("waf 攻击时间：%s，攻击源IP：%s，攻击源端口：%s，被攻击IP：%s，被攻击端口：%s，请求方法：%s，URL：/a/%d.php?id=%d，攻击类型：SQL注入，危险等级：%s，处理动作：%s", stamp, src, sport, dst, dport, []string{"GET", "POST"}[k%2], k, k%7, []string{"高", "中", "低"}[k%3], verdict),
			map[string]string{"@timestamp": ts, "source.ip": src, "source.port": sport, "destination.ip": dst, "destination.port": dport, "http.request.method": []string{"GET", "POST"}[k%2], "url.original": fmt.Sprintf("/a/%d.php?id=%d", k, k%7), "event.action": action, "event.severity": []string{"8", "6", "3"}[k%3]})

		if i == 0 {
			add("CSV with a header", "EventTime,SrcAddr,SrcPort,DstAddr,DstPort,LoginName,Method,RequestURL,StatusCode,BytesSent", nil)
		}
		add("CSV with a header", fmt.Sprintf(`%s,%s,%s,%s,%s,%s,%s,"/x/%d,%d",%s,%d`, stamp, src, sport, dst, dport, user, []string{"GET", "POST"}[k%2], k, k%9, []string{"200", "404", "500"}[k%3], k*4),
			map[string]string{"@timestamp": ts, "source.ip": src, "source.port": sport, "destination.ip": dst, "destination.port": dport, "user.name": user, "http.request.method": []string{"GET", "POST"}[k%2], "url.original": fmt.Sprintf("/x/%d,%d", k, k%9), "http.response.status_code": []string{"200", "404", "500"}[k%3]})

		if i == 0 {
			add("#Fields", "#Fields: day clock station login target bytes verdict", nil)
		}
		add("#Fields", fmt.Sprintf("%s %s %s %s %s %d %s", at.Format("2006-01-02"), at.Format("15:04:05"), src, user, dst, k, []string{"deny", "permit"}[b(ok)]),
			map[string]string{"@timestamp": ts, "source.ip": src, "destination.ip": dst, "user.name": user, "event.action": []string{"deny", "permit"}[b(ok)]})

		add("columns with |!", fmt.Sprintf("audit|!%s|!%s|!%s|!%s|!%s|!%s|!select * from t%d where a=%d|!%s", at.Format("20060102150405"), []string{"MySQL", "Oracle"}[k%2], src, dst, dport, user, k%9, k, []string{"失败", "成功"}[b(ok)]),
			map[string]string{"source.ip": src, "destination.ip": dst, "event.outcome": outcomes(ok)})

		add("names with blanks", head+fmt.Sprintf("dlp1 Event Time=%s, Source IP=%s, Destination IP=%s, User Name=%s, File Path=C:\\docs\\%d.xlsx, Policy Name=Finance rules, Action Taken=%s", stamp, src, dst, user, k, []string{"Blocked", "Allowed"}[k%2]),
			map[string]string{"@timestamp": ts, "source.ip": src, "destination.ip": dst, "user.name": user, "file.path": fmt.Sprintf("C:\\docs\\%d.xlsx", k), "event.action": []string{"Blocked", "Allowed"}[k%2]})

		add("date and time apart", fmt.Sprintf("date=%s;time=%s;tz=+0000;hostid=%d;cli_ip=%s;svr_ip=%s;svr_port=%s;acct=%s;cmd=\"show version %d\";rc=%s", at.Format("2006-01-02"), at.Format("15:04:05"), k%3, src, dst, dport, user, k, []string{"fail", "ok"}[b(ok)]),
			map[string]string{"@timestamp": ts, "source.ip": src, "destination.ip": dst, "destination.port": dport, "user.name": user, "event.outcome": outcomes(ok)})
	}
	return out
}

func b(ok bool) int {
	if ok {
		return 1
	}
	return 0
}

func outcomes(ok bool) string { return []string{"failure", "success"}[b(ok)] }
