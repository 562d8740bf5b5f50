package ecs

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// putLoose maps the forms of the automatic parser: what they become depends on the value.
func (t Target) putLoose(d *draft.Draft, v string) {
	switch t.Form {
	case Peer:
		putPeer(d, t.Name, v)
	case UserID:
		d.SetIfAbsent(join(t.Name, ".id"), v)
		if speaks(v) {
			Target{Form: Account, Name: t.Name}.Put(d, v)
		}
	case Email:
		if strings.IndexByte(v, '@') > 0 && len(v) < 255 {
			d.SetIfAbsent(join(t.Name, ".email"), v)
			d.SetIfAbsent(join(t.Name, ".name"), v)
		}
	case Login:
		if a := IP(v); a != "" {
			d.SetIfAbsent("source.ip", a)
			return
		}
		if !numberOrTime(v) && meaning(v) == "" && !strings.ContainsAny(v, "{}\n/=,") && len(v) < 128 {
			Target{Form: Account, Name: t.Name}.Put(d, v)
		}
	case Method:
		if verb(v) {
			d.SetIfAbsent(t.Name, v)
		}
	case WebOrFile:
		putPath(d, v)
	case FileName:
		if strings.ContainsAny(v, `\/`) {
			Target{Form: Path}.Put(d, v)
		} else {
			d.SetIfAbsent("file.name", v)
		}
	case Service:
		if numberOrTime(v) {
			Target{Form: Port, Name: "destination.port"}.Put(d, v)
		} else {
			d.SetIfAbsent(t.Name, strings.ToLower(v))
		}
	case Digest:
		putDigest(d, t.Name, v)
	case Verb:
		putVerb(d, v)
	case Result:
		putResult(d, v)
	case Severity:
		putSeverity(d, v)
	case Domain:
		if name := strings.TrimSuffix(v, "."); name != "" && len(name) < 256 && !strings.ContainsAny(name, " \t/:{}\"'=") {
			d.SetIfAbsent(t.Name, name)
		}
	case Machine:
		if web(d) && strings.IndexByte(v, '.') > 0 && IP(v) == "" && !d.Has("url.domain") { // the host that was asked
			d.Add("url.domain", v)
			return
		}
		if IP(v) == "" && len(v) <= 128 && !strings.ContainsAny(v, "/{}\n\t=,;\"") && hasLetter(v) {
			d.SetIfAbsent(t.Name, v)
		}
	}
}

// putPeer reads an address with whatever follows it: a port, an interface, more addresses. A host's name becomes the domain.
func putPeer(d *draft.Draft, prefix, v string) {
	v = unwrap(v)
	if i := strings.IndexByte(v, ','); i > 0 {
		v = strings.TrimSpace(v[:i])
	}
	if i := strings.IndexByte(v, ' '); i > 6 && i+1 < len(v) && v[i+1] != '(' {
		v = v[:i]
	}
	addr, port := Split(v)
	for i := 0; addr == "" && i < len(v) && i < 16; i++ { // "IPV4/UDP/192.0.2.1/5060"
		if (v[i] == '/' || v[i] == ':' && i == 4) && letter(v[0]) { // and "ipv4:192.0.2.1:53"
			addr, port = Split(v[i+1:])
		}
	}
	if addr != "" {
		if !d.Has(join(prefix, ".ip")) {
			d.Add(join(prefix, ".ip"), addr)
			d.SetIfAbsent(join(prefix, ".port"), port)
		}
		return
	}
	if len(v) < 254 && strings.IndexByte(v, '.') > 0 && hasLetter(v) && !strings.ContainsAny(v, " \t/@:,;\"'(){}=") {
		d.SetIfAbsent(join(prefix, ".domain"), v)
	}
}

// Split returns the address at the start of v and the port behind it: "10.0.0.1", "10.0.0.1:53:X1", "[::1]:53", "10.0.0.1(53)",
// "10.0.0.1#53", "outside:10.0.0.1/53". Both are empty where v does not begin with an address.
func Split(v string) (addr, port string) {
	if len(v) < 2 || len(v) > 96 {
		return "", ""
	}
	if a := IP(v); a != "" {
		return a, ""
	}
	end := 0
	if v[0] == '[' {
		if end = strings.IndexByte(v, ']') + 1; end == 0 {
			return "", ""
		}
	} else if end = strings.IndexByte(v, '#'); end < 0 || strings.Count(v[:end], ":") < 2 {
		end = 0
		for dots := 0; end < len(v) && (v[end] >= '0' && v[end] <= '9' || v[end] == '.' && dots < 4); end++ {
			if v[end] == '.' {
				if dots++; dots == 4 {
					break // "10.0.0.1.53": a port behind a dot
				}
			}
		}
		for end > 0 && v[end-1] == '.' {
			end--
		}
	}
	if end < 2 || end == len(v) {
		return "", ""
	}
	a := IP(v[:end])
	if a == "" {
		return "", ""
	}
	rest := v[end:]
	switch rest[0] {
	case ':', '/', '#', '(', '.', ',', '[':
	case ' ':
		if len(rest) > 1 && rest[1] == '(' {
			return a, ""
		}
		return "", ""
	case '%':
		return a, ""
	default:
		return "", ""
	}
	if i := strings.Index(rest, "):"); i > 0 && rest[0] == '(' { // "192.0.2.1(name):80"
		rest = rest[i+1:]
	}
	n := 1
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n == 1 {
		return a, ""
	}
	p, err := strconv.ParseUint(rest[1:n], 10, 16)
	switch {
	case rest[0] == '[' && n < len(rest) && rest[n] != ']': // "192.0.2.1[192.0.2.1]"
		return a, ""
	case err != nil, n < len(rest) && rest[n] == '.', rest[0] == '.' && n < 4:
		return "", ""
	case p == 0:
		return a, ""
	}
	if rest[0] == '/' && p <= 128 && p != 80 && p != 53 && p != 22 && p != 25 && p != 21 && p != 23 && p != 123 && p != 110 {
		return a, "" // the length of a network's prefix, or one of the few small ports that are common
	}
	return a, rest[1:n]
}

// putPath decides by the value, and by what else the event has, whether a path is a file's or a request's.
func putPath(d *draft.Draft, v string) {
	switch {
	case len(v) > 2 && v[1] == ':' && (v[2] == '\\' || v[2] == '/'), strings.HasPrefix(v, `\\`):
		Target{Form: Path}.Put(d, v)
	case v[0] != '/' && !strings.Contains(v, "://"):
	case strings.Contains(v, "://"), strings.HasPrefix(v, "/api/"), strings.IndexByte(v, '?') > 0, web(d):
		d.SetIfAbsent("url.original", v)
	default:
		Target{Form: Path}.Put(d, v)
	}
}

func web(d *draft.Draft) bool {
	return d.Has("http.request.method") || d.Has("http.response.status_code") || d.Has("user_agent.original")
}

// maxVerb bounds a vendor's verb: what is longer is a sentence.
const maxVerb = 80

func putVerb(d *draft.Draft, v string) {
	if len(v) > maxVerb || numberOrTime(v) || strings.ContainsAny(v, "{}[]<>\n\t=\"") || IP(v) != "" || verb(v) && web(d) {
		return
	}
	switch v {
	case "true", "false", "True", "False", "yes", "no", "ok", "OK", "是", "否":
		return
	}
	if known := Verdict(v); known != "" && v[0] >= utf8.RuneSelf {
		v = known
	}
	d.SetIfAbsent("event.action", v)
}

// putResult reads a result: an outcome, a verdict of a device, or an HTTP status.
func putResult(d *draft.Draft, v string) {
	if o := meaning(v); o != "" {
		d.SetIfAbsent("event.outcome", o)
		return
	}
	if len(v) == 3 && v[0] >= '1' && v[0] <= '5' && numberOrTime(v) {
		if web(d) || d.Has("url.original") {
			d.SetIfAbsent("http.response.status_code", v)
		}
		return
	}
	if len(v) > maxVerb || strings.ContainsAny(v, "{}[]<>\n=\"") {
		return
	}
	if known := Verdict(v); known != "" {
		if v[0] >= utf8.RuneSelf {
			v = known
		}
		d.SetIfAbsent("event.action", v)
	}
}

func putDigest(d *draft.Draft, prefix, v string) {
	for i := 0; i < len(v); i++ {
		if c := v[i] | 0x20; (c < 'a' || c > 'f') && (v[i] < '0' || v[i] > '9') {
			return
		}
	}
	switch len(v) {
	case 32:
		d.SetIfAbsent(prefix+".hash.md5", strings.ToLower(v))
	case 40:
		d.SetIfAbsent(prefix+".hash.sha1", strings.ToLower(v))
	case 64:
		d.SetIfAbsent(prefix+".hash.sha256", strings.ToLower(v))
	}
}

func putSeverity(d *draft.Draft, v string) {
	if len(v) > 40 {
		return
	}
	switch strings.ToLower(v) {
	case "debug", "trace", "info", "information", "informational", "notice", "warn", "warning", "error", "err", "fatal", "alert", "emerg", "emergency":
		d.SetIfAbsent("log.level", strings.ToLower(v))
		return
	}
	d.SetIfAbsent("event.severity", Grade(v))
}

// Grade returns a severity as a number: words in English and Chinese on the scale of CEF, numbers as they are.
func Grade(v string) string {
	switch strings.ToLower(v) {
	case "low", "minor", "低", "低危", "低级", "低风险", "轻微", "一般", "提示":
		return "3"
	case "medium", "moderate", "middle", "中", "中危", "中级", "中风险", "中等", "警告":
		return "6"
	case "high", "major", "高", "高危", "高级", "高风险", "重要", "严重":
		return "8"
	case "critical", "very-high", "very high", "紧急", "危急", "致命", "超危", "特别严重", "超高危":
		return "10"
	}
	if len(v) > 5 {
		return ""
	}
	return decimal(v)
}

// meaning returns success or failure for the words that say so.
func meaning(v string) string {
	if len(v) > 40 {
		return ""
	}
	if o := outcome(v); o != "" {
		return o
	}
	switch strings.ToLower(v) {
	case "completed", "complete", "granted", "authorized", "accepted", "login ok", "ok.", "success.", "s", "0x0", "authenticated", "login_success", "登录成功", "操作成功", "认证成功", "执行成功", "正确", "是":
		return "success"
	case "unsuccessful", "failure.", "unauthorized", "forbidden", "rejected", "aborted", "errored", "invalid", "f", "login_failed", "登录失败", "操作失败", "认证失败", "执行失败", "错误", "否", "拒绝", "异常", "timeout", "timed out", "access denied", "not_allowed":
		return "failure"
	}
	return ""
}

// Verdict returns what a device says it did to traffic or a file as one English word, or "" where v is no such word. Words of
// more than one part count when they hold one ("avc_blocked").
func Verdict(v string) string {
	for _, w := range verdicts {
		if i := strings.Index(v, w.chinese); i >= 0 && w.chinese != "" {
			return w.means
		}
	}
	low := strings.ToLower(v)
	for _, w := range verdicts {
		if i := strings.Index(low, w.word); i >= 0 && (i == 0 || !letter(low[i-1])) && inflected(low[i+len(w.word):]) {
			return w.means
		}
	}
	return ""
}

// inflected reports whether what follows a verb's stem is one of its endings.
func inflected(rest string) bool {
	n := 0
	for n < len(rest) && letter(rest[n]) {
		n++
	}
	switch rest[:n] {
	case "", "d", "e", "y", "s", "ed", "es", "ing", "ied", "ies", "ped", "ted", "tion", "ion", "ate", "ated", "ne", "ned", "nes":
		return true
	}
	return false
}

var verdicts = [...]struct{ word, chinese, means string }{
	{"block", "阻断", "blocked"}, {"block", "拦截", "blocked"}, {"block", "封禁", "blocked"}, {"block", "阻止", "blocked"},
	{"drop", "丢弃", "dropped"}, {"den", "拒绝", "denied"}, {"den", "禁止", "denied"}, {"reject", "拒绝", "rejected"}, {"reset", "重置", "reset"},
	{"allow", "放行", "allowed"}, {"allow", "允许", "allowed"}, {"permit", "通过", "allowed"}, {"accept", "接受", "accepted"}, {"pass", "放过", "allowed"},
	{"quarantin", "隔离", "quarantined"}, {"delete", "删除", "deleted"}, {"remove", "移除", "removed"}, {"clean", "清除", "cleaned"},
	{"detect", "检测", "detected"}, {"alert", "告警", "alerted"}, {"alert", "报警", "alerted"}, {"monitor", "监控", "monitored"}, {"redirect", "重定向", "redirected"},
	{"terminat", "终止", "terminated"}, {"isolat", "隔离", "isolated"}, {"log only", "仅记录", "logged"}, {"log", "记录", "logged"},
}

// verb reports whether v is an HTTP method.
func verb(v string) bool {
	switch v {
	case "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND", "get", "post", "put", "delete", "head", "Get", "Post":
		return true
	}
	return false
}

// speaks reports whether an identifier is a name that people use: an address of mail, a domain\user, a short word.
func speaks(v string) bool {
	if len(v) > 128 {
		return false
	}
	if strings.IndexByte(v, '@') > 0 || strings.IndexByte(v, '\\') > 0 {
		return true
	}
	if len(v) > 20 || !hasLetter(v) {
		return false
	}
	digits := 0
	for i := 0; i < len(v); i++ {
		if v[i] >= '0' && v[i] <= '9' {
			digits++
		}
	}
	return digits*3 <= len(v) && !strings.HasPrefix(v, "S-1-")
}

func hasLetter(v string) bool {
	for i := 0; i < len(v); i++ {
		if letter(v[i]) || v[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// numberOrTime reports whether v has nothing but digits and the punctuation of numbers and times.
func numberOrTime(v string) bool {
	for i := 0; i < len(v); i++ {
		if c := v[i]; (c < '0' || c > '9') && c != '.' && c != ':' && c != '-' && c != '+' && c != ' ' && c != ',' && c != '/' {
			return false
		}
	}
	return true
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
