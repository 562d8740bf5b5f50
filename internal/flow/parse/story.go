package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// nextWord cuts the next word from the i-th byte on: it ends at blanks, at full-width punctuation and where Chinese begins or ends.
func nextWord(msg string, i int) (wd word, next int) {
	for i < len(msg) && (msg[i] <= ' ') {
		i++
	}
	start := i
	if i == len(msg) {
		return word{start: i, end: i}, i
	}
	if msg[i] >= utf8.RuneSelf {
		r, n := utf8.DecodeRuneInString(msg[i:])
		if !han(r) {
			switch r {
			case '→', '＞':
				return word{open: '>', start: i, end: i}, i + n
			}
			return word{start: i, end: i}, i + n
		}
		for i < len(msg) {
			if r, n = utf8.DecodeRuneInString(msg[i:]); !han(r) {
				break
			}
			i += n
		}
		wd = word{bare: msg[start:i], start: start, end: i}
		switch {
		case strings.HasPrefix(msg[i:], "："):
			wd.stop = ':'
		case strings.HasPrefix(msg[i:], "，"), strings.HasPrefix(msg[i:], "；"), strings.HasPrefix(msg[i:], "。"):
			wd.stop = ','
		case i < len(msg) && (msg[i] == ':' || msg[i] == '='):
			wd.stop = ':'
			i++
		}
		return wd, i
	}
	path := msg[i] == '/' || msg[i] == '\\' || msg[i] == 'h' && strings.HasPrefix(msg[i:], "http")
	for i < len(msg) && msg[i] > ' ' {
		if msg[i] >= utf8.RuneSelf && !path {
			if r, _ := utf8.DecodeRuneInString(msg[i:]); wide(r) {
				break
			}
		}
		i++
	}
	end, inner := i, byte(0)
	for start < end && strings.IndexByte(`"'([{<`+"`", msg[start]) >= 0 {
		wd.open = msg[start]
		start++
	}
	for end > start && strings.IndexByte(`"')]}>,;.:!`+"`", msg[end-1]) >= 0 {
		if msg[end-1] == ':' && end-1 > start && msg[end-2] == ':' {
			break // an address that ends in "::"
		}
		if wd.stop = msg[end-1]; closing(wd.stop) {
			inner = wd.stop
		}
		end--
	}
	if start < end && (msg[start:end] == "->" || msg[start:end] == "=>" || msg[start:end] == "-->" || msg[start:end] == "-" && wd.stop == '>') {
		return word{open: '>', start: start, end: end}, i
	}
	if inner != 0 {
		wd.stop = inner
	}
	wd.bare, wd.start, wd.end = msg[start:end], start, end
	return wd, i
}

// closing reports whether c ends what a bracket or a quote has begun.
func closing(c byte) bool {
	return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}' || c == '>' || c == '`'
}

func han(r rune) bool { return r >= 0x3400 && r <= 0x9fff }

// wide reports whether r ends a word of Latin letters: Chinese, or its punctuation.
func wide(r rune) bool {
	return han(r) || r >= 0x3000 && r < 0x3040 || r >= 0xff00 && r < 0xfff0 || r == '→' || r == '“' || r == '”'
}

// hear notes the words that tell what a text is about and how it ended.
func (s *story) hear(b string) {
	if len(b) > 16 {
		if b[0] >= utf8.RuneSelf {
			s.hearHan(b)
		}
		return
	}
	if b[0] >= utf8.RuneSelf {
		s.hearHan(b)
		return
	}
	var buf [16]byte
	switch low := lowered(buf[:0], b); string(low) {
	case "login", "logged", "logon", "log-on", "auth", "authentication", "authenticated", "authenticate", "password", "publickey", "sign-in", "signed", "log-in", "logins", "authorized", "authorization", "kerberos", "radius":
		s.auth = true
	case "failed", "failure", "fail", "fails", "invalid", "rejected", "unsuccessful", "incorrect", "unauthorized", "refused":
		s.poor = true
	case "in", "on", "off", "out": // "kai logged in", and not "is not logged in"
		if s.last[0].stop == 0 && strings.EqualFold(s.last[0].bare, "logged") && !strings.EqualFold(s.last[1].bare, "not") && !strings.EqualFold(s.last[1].bare, "be") {
			s.good = true
		}
	case "accepted", "succeeded", "successful", "successfully", "success", "passed":
		s.good = true
	}
	if s.verdict == "" {
		s.verdict = verdictWord(b)
	}
	switch {
	case s.verdict != "" && len(s.verdict) >= 4 && (s.verdict[0]|0x20) == 'd' && (s.verdict[1]|0x20) == 'e':
		s.poor = true
	}
}

func (s *story) hearHan(b string) {
	if strings.Contains(b, "登录") || strings.Contains(b, "登陆") || strings.Contains(b, "认证") || strings.Contains(b, "口令") || strings.Contains(b, "密码") {
		s.auth = true
	}
	if strings.Contains(b, "失败") || strings.Contains(b, "错误") || strings.Contains(b, "拒绝") {
		s.poor = true
	} else if strings.Contains(b, "成功") || strings.Contains(b, "通过") {
		s.good = true
	}
	if s.verdict == "" {
		for _, v := range [...]string{"阻断", "拦截", "丢弃", "放行", "允许", "禁止", "封禁", "隔离"} {
			if strings.Contains(b, v) {
				s.verdict = ecs.Verdict(v)
			}
		}
	}
}

// verdictWord returns b where it is what a device says it did to traffic.
func verdictWord(b string) string {
	if len(b) < 4 || len(b) > 11 {
		return ""
	}
	var buf [11]byte
	switch string(lowered(buf[:0], b)) {
	case "deny", "denied", "drop", "dropped", "block", "blocked", "permit", "permitted", "allow", "allowed", "accept", "reject", "rejected", "quarantined", "pass":
		return b
	}
	return ""
}

// settle maps what only the whole of a text tells.
func (w *work) settle(s *story) {
	d := &w.d
	first := 0
	if s.request && s.before == 1 && s.n >= 2 { // "192.0.2.1 GET /x … 443 … 198.51.100.1": the server comes before what it was asked
		s.loose[0], s.loose[1] = s.loose[1], s.loose[0]
	}
	two := s.n == 2 || s.n == 4 || s.request && s.n > 2
	if s.second != "" && s.n == 2 && s.loose[0].port == "" { // "192.0.2.1 198.51.100.1 51000 443"
		s.loose[0].port, s.loose[1].port = s.loose[1].port, s.second
		s.loose[0].beside = true
	}
	if s.n > 0 && !d.Has(event.SourceIP) {
		l := &s.loose[0]
		if !l.beside || two && s.loose[1].beside || d.Has(event.DestinationIP) {
			w.putText("source", l.ip, l.port, "")
		} else {
			w.putText("source", l.ip, "", "")
		}
		first = 1
	}
	if two && first == 1 && !d.Has(event.DestinationIP) {
		w.putText("destination", s.loose[1].ip, s.loose[1].port, "")
	}
	if s.auth && s.good != s.poor || s.auth && s.poor {
		n := d.Len()
		if s.poor {
			d.SetIfAbsent(event.Outcome, "failure")
		} else {
			d.SetIfAbsent(event.Outcome, "success")
		}
		w.note(n, "", wayText)
	}
	if s.verdict != "" && d.Has(event.SourceIP) && (d.Has(event.DestinationIP) || !s.auth) {
		n := d.Len()
		d.SetIfAbsent(event.Action, s.verdict)
		w.note(n, "", wayText)
	}
}

func hasDigits(b string) bool {
	for i := 0; i < len(b); i++ {
		if b[i] >= '0' && b[i] <= '9' {
			return true
		}
	}
	return false
}
