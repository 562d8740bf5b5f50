package parse

import (
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// maxWords bounds the words looked at in free text, maxLoose the addresses in it whose role is not told.
const (
	maxWords = 200
	maxLoose = 4
)

// word is a word of free text.
type word struct {
	bare  string // without brackets, quotes and punctuation around it
	start int    // of bare, in the text
	end   int
	open  byte // the bracket or quote before it, 0 for none
	stop  byte // the punctuation behind it, 0 for none
}

// loose is an address of which the words before do not tell whose it is.
type loose struct {
	ip, port string
	beside   bool // the port is a number standing beside it
}

// story is what is known of a text while it is read.
type story struct {
	text       string
	last       [4]word // the words before, nearest first
	side       string  // of the address seen last, "" for none or one without a role
	loose      [maxLoose]loose
	n          int
	arrow      bool
	adjacent   bool // the second address without a role stands right behind the first
	auth       bool // it is about logging in
	good, poor bool
	verdict    string
	request    bool   // its method and path have been read
	second     string // a number behind the one beside the second address
	before     int    // addresses without a role that stood before the request
}

// prose takes from free text what the words and the types of values tell: an address after "from" or before "->", a user between
// "for" and "from", a request's method and path. It claims nothing: the record stays what its header makes it.
func (w *work) prose(msg string) {
	s := story{text: msg}
	rest := 0
	for n := 0; n < maxWords && rest < len(msg); n++ {
		wd, next := nextWord(msg, rest)
		rest = next
		if wd.bare == "" {
			if wd.open == '>' || wd.stop == '>' && wd.open == 0 {
				s.arrow = true
			}
			if wd.stop == ':' { // "user : kai"
				s.last[0].stop = ':'
			}
			continue
		}
		if wd.bare == "=" {
			s.last[0].stop = ':'
			continue
		}
		w.tell(&s, wd)
		s.last[3], s.last[2], s.last[1], s.last[0] = s.last[2], s.last[1], s.last[0], wd
	}
	if last := &s.last[0]; last.bare != "" {
		w.userEnds(&s, word{})
	}
	w.settle(&s)
}

// tell reads one word in the light of those before.
func (w *work) tell(s *story, wd word) {
	b := wd.bare
	if c := b[0]; c >= '0' && c <= '9' || c == ':' || wd.open == '[' || hasDigits(b) && strings.IndexByte(b, '.') > 0 || strings.IndexByte(b, ':') > 0 {
		if w.addressIn(s, wd) {
			return
		}
	}
	if c := b[0]; c == '/' || c == 'h' || c == '*' {
		w.requestIn(s, b)
	}
	if i := strings.IndexByte(b, '='); i > 0 && b[0] != '/' {
		w.pairIn(s, wd, i)
		return
	}
	if i := strings.IndexByte(b, ':'); i > 0 && i <= 16 && i+2 < len(b) && b[i+1] != '/' && letter(b[0]) { // "login:kai@example.test"
		if m := w.names.Resolve(b[:i]); (m.Form == ecs.Account || m.Form == ecs.Login || m.Form == ecs.Email) && m.Rank <= 1 {
			w.userOf(s, b[i+1:], b[:i])
			return
		}
	}
	switch {
	case s.last[0].stop == '.' && recordType(b) && strings.IndexByte(s.last[0].bare, '.') > 0: // "shop.example.com. A IN"
		w.put(ecs.Target{Form: ecs.Domain, Name: "dns.question.name"}, event.Field{Name: b, Value: s.last[0].bare}, wayText)
	case s.last[0].bare == "IN" && recordType(s.last[1].bare) && strings.IndexByte(b, '.') > 0: // "A IN shop.example.com."
		w.put(ecs.Target{Form: ecs.Domain, Name: "dns.question.name"}, event.Field{Name: s.last[1].bare, Value: b}, wayText)
	}
	if strings.HasPrefix(s.last[0].bare, "query[") && strings.IndexByte(b, '.') > 0 {
		w.put(ecs.Target{Form: ecs.Domain, Name: "dns.question.name"}, event.Field{Name: "query", Value: b}, wayText)
	}
	if w.labelledIn(s, wd) || w.userEnds(s, wd) {
		return
	}
	if c := b[0]; c >= '0' && c <= '9' {
		w.numberIn(s, b)
		return
	}
	s.hear(b)
}

// addressIn takes a word that is, or ends in, an address.
func (w *work) addressIn(s *story, wd word) bool {
	b := wd.bare
	if wd.open == '[' && wd.start > 0 && strings.Contains(b, "]:") {
		b = s.text[wd.start-1 : wd.end]
	}
	ip, port := ecs.Split(b)
	label := ""
	if ip == "" {
		i := strings.IndexAny(wd.bare, ":=@/([,")
		if i <= 0 || i > 32 || wd.bare[0] >= '0' && wd.bare[0] <= '9' || wd.bare[0] == '/' {
			return false
		}
		if ip, port = ecs.Split(strings.Trim(wd.bare[i+1:], `'"[]()`)); ip == "" {
			if ip, port = addressWithin(wd.bare[i+1:]); ip == "" {
				return false
			}
		}
		if wd.bare[i] == '/' && port == "" {
			return false
		}
		label = strings.Trim(wd.bare[:i], `'"`)
		switch wd.bare[i] {
		case '(', '[', ',':
			label = ""
		}
		if wd.bare[i] == '/' || wd.bare[i] == '@' { // "bob/10.0.0.1:34", "bob@10.0.0.1"
			if wd.bare[i] == '@' || port != "" {
				w.userOf(s, label, wayText)
			}
			label = ""
		}
	}
	w.userEnds(s, wd)
	side := ""
	if label != "" {
		side = w.sideOf(label)
	}
	if side == "" {
		side = s.sideBefore(w)
	}
	if side == "" && !s.arrow && (ip == "0.0.0.0" || ip == "::") { // no address, or "::" between parts of a line
		s.side = ""
		return true
	}
	if s.arrow && side == "" {
		side = "destination"
		if s.n > 0 && !w.d.Has(event.SourceIP) {
			w.putText("source", s.loose[s.n-1].ip, s.loose[s.n-1].port, "→")
			s.n--
		}
	}
	s.arrow = false
	switch side {
	case "source", "destination":
		s.side = side
		if side == "source" {
			w.userFor(s)
		}
		w.putText(side, ip, port, s.cue(label))
	case "":
		s.side = ""
		if s.n < maxLoose {
			s.adjacent = s.n == 1 && strings.HasPrefix(s.last[0].bare, s.loose[0].ip)
			s.loose[s.n] = loose{ip: ip, port: port}
			s.n++
		}
	default:
		s.side = ""
	}
	return true
}

// addressWithin finds an address behind a bracket or a comma within a word: "pam(bob,192.0.2.1,…", "[client:192.0.2.1]".
func addressWithin(b string) (ip, port string) {
	for i := 0; i < len(b) && i < 64; i++ {
		switch b[i] {
		case ',', '(', '[', ':', '=':
			rest := b[i+1:]
			if j := strings.IndexAny(rest, ",)]"); j > 0 {
				rest = rest[:j]
			}
			if ip, port = ecs.Split(rest); ip != "" {
				return ip, port
			}
		}
	}
	return "", ""
}

// cue is what is noted as the name of a slot.
func (s *story) cue(label string) string {
	if label != "" {
		return label
	}
	return s.last[0].bare
}

// putText maps an address found in free text.
func (w *work) putText(side, ip, port, cue string) {
	ipName, portName := event.SourceIP, event.SourcePort
	if side == "destination" {
		ipName, portName = event.DestinationIP, event.DestinationPort
	}
	if w.d.Has(ipName) {
		return
	}
	n := w.d.Len()
	w.d.Add(ipName, ip)
	w.d.SetIfAbsent(portName, port)
	w.note(n, cue, wayText)
}

// sideOf tells by a name in front of an address whose it is: "nowhere" where it is neither side's.
func (w *work) sideOf(label string) string {
	m := w.names.Resolve(label)
	switch {
	case m.Form == ecs.Peer && m.Side == alias.Either && m.Rank < 2, m.Form == ecs.Address && (m.Name == event.SourceIP || m.Name == event.DestinationIP):
		if strings.HasPrefix(m.Name, "source") {
			return "source"
		}
		return "destination"
	case m.Form == ecs.Peer && m.Side == alias.Remote:
		return "source"
	case m.Form == ecs.Address:
		return "nowhere"
	}
	return ""
}

// sideBefore tells by the words before an address whose it is.
func (s *story) sideBefore(w *work) string {
	for i := range s.last {
		b := s.last[i].bare
		if b == "" {
			return ""
		}
		if b[0] >= utf8.RuneSelf {
			return hanSide(w, b)
		}
		switch sided(b) {
		case "from":
			return "source"
		case "to":
			return "destination"
		case "filler":
			continue
		case "nowhere":
			return "nowhere"
		}
		if i == 0 && (s.last[0].stop == ':' || s.last[0].stop == 0) && s.last[0].start+len(b) <= len(s.text) {
			if m := w.sideOf(b); m != "" {
				return m
			}
			if i+1 < len(s.last) && s.last[1].bare != "" && s.last[1].stop == 0 && s.last[0].end-s.last[1].start < 40 {
				return w.sideOf(s.text[s.last[1].start:s.last[0].end])
			}
		}
		return ""
	}
	return ""
}

// sided is what a word before an address says of it.
func sided(b string) string {
	if len(b) > 12 {
		return ""
	}
	var buf [12]byte
	low := lowered(buf[:0], b)
	switch string(low) {
	case "from", "src", "source", "client", "peer", "rhost", "remote", "attacker", "by", "initiator", "sender", "laddr", "host:":
		return "from"
	case "to", "dst", "dest", "destination", "server", "target", "towards", "victim", "into", "raddr", "faddr", "against":
		return "to"
	case "ip", "address", "addr", "ipv4", "ipv6", "host", "the", "machine", "user", "is", "af_inet", "af_inet6", "hostname", "and", "inside", "outside":
		return "filler"
	case "nat", "mapped", "assigned", "virtual", "gateway", "dns", "via", "mask", "netmask", "subnet", "network", "pool", "version", "on", "interface", "listening", "bind", "lease", "router", "through", "using", "with", "proxy", "route":
		return "nowhere"
	}
	return ""
}

// lowered appends s in lower case.
func lowered(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	return dst
}

// hanSide reads the Chinese before an address.
func hanSide(w *work, b string) string {
	if m := w.sideOf(b); m != "" {
		return m
	}
	for _, c := range [...]string{"从", "来自", "由", "源", "源地址", "来源", "客户端", "攻击者"} {
		if strings.HasSuffix(b, c) {
			return "source"
		}
	}
	for _, c := range [...]string{"到", "至", "向", "访问", "往", "目的", "目标", "对", "服务器", "攻击"} {
		if strings.HasSuffix(b, c) {
			return "destination"
		}
	}
	return ""
}

// numberIn takes a number: a port after "port" or beside an address.
func (w *work) numberIn(s *story, b string) {
	if s.request && len(b) == 3 && b[0] >= '1' && b[0] <= '5' && b != "443" && numeric(b) != "" {
		w.put(ecs.Target{Form: ecs.Status, Name: "http.response.status_code"}, event.Field{Name: s.last[0].bare, Value: b}, wayText)
		return
	}
	if len(b) > 5 || numeric(b) == "" {
		return
	}
	before := s.last[0].bare
	if s.request && s.n == 1 && s.loose[0].port == "" && s.before == 1 && (b == "80" || b == "443" || b == "8080" || b == "8443") {
		s.loose[0].port = b
		return
	}
	if n := len(before); n > 4 && strings.EqualFold(before[n-4:], "port") || n == 3 && (before == "spt" || before == "dpt") { // "sport 4500"
		if m := w.names.Resolve(before); m.Form == ecs.Port && m.Rank <= 1 && (m.Name == event.SourcePort || m.Name == event.DestinationPort) {
			w.put(m.Target, event.Field{Name: before, Value: b}, wayText)
			return
		}
	}
	isPort := strings.EqualFold(before, "port") || strings.HasSuffix(before, "端口")
	if !isPort {
		if s.n == 2 && s.adjacent && s.loose[1].beside && s.second == "" && s.last[0].bare == s.loose[1].port {
			s.second = b
		}
		if s.n > 0 && s.side == "" && s.last[0].bare != "" && strings.HasPrefix(s.last[0].bare, s.loose[s.n-1].ip) && s.loose[s.n-1].port == "" {
			s.loose[s.n-1].port, s.loose[s.n-1].beside = b, true
		}
		return
	}
	side := s.side
	switch {
	case sided(s.last[1].bare) == "from" || strings.HasPrefix(before, "源"):
		side = "source"
	case sided(s.last[1].bare) == "to" || strings.HasPrefix(before, "目"):
		side = "destination"
	}
	switch side {
	case "source":
		w.put(ecs.Target{Form: ecs.Port, Name: event.SourcePort}, event.Field{Name: before, Value: b}, wayText)
	case "destination":
		w.put(ecs.Target{Form: ecs.Port, Name: event.DestinationPort}, event.Field{Name: before, Value: b}, wayText)
	default:
		if s.n > 0 && s.loose[s.n-1].port == "" {
			s.loose[s.n-1].port = b
		}
	}
}

// pairIn takes a key=value within a text.
func (w *work) pairIn(s *story, wd word, eq int) {
	key, value := wd.bare[:eq], strings.Trim(wd.bare[eq+1:], `"'`)
	if value == "" || eq > 40 || key[len(key)-1] == '?' {
		return
	}
	if (key == "host" || key == "hostname") && !w.d.Has(event.SourceIP) {
		if ip, port := ecs.Split(value); ip != "" {
			w.putText("source", ip, port, key)
			return
		}
	}
	if m := w.names.Resolve(key); m.Form != ecs.None && m.Rank <= 1 && m.Form != ecs.Time && m.Form != ecs.URL {
		w.put(m.Target, event.Field{Name: key, Value: value}, wayText)
		if m.Form == ecs.Peer {
			s.side = m.Name
		}
	}
}

// labelledIn takes a word after a label: "Source IP: …", "Action: Login", "用户：…".
func (w *work) labelledIn(s *story, wd word) bool {
	l := &s.last[0]
	if l.stop != ':' || l.bare == "" || len(l.bare) > 32 || l.bare[0] == '/' || wd.bare == "" {
		return false
	}
	name := l.bare
	m := w.names.Resolve(name)
	if b := &s.last[1]; b.bare != "" && b.stop == 0 && l.end-b.start < 40 && l.start-b.end < 3 {
		if m2 := w.names.Resolve(s.text[b.start:l.end]); m2.Form != ecs.None {
			m, name = m2, s.text[b.start:l.end]
		} else if m.Form != ecs.Account && m.Form != ecs.Port {
			return false
		}
	}
	value := wd.bare
	switch m.Form {
	case ecs.Account, ecs.Machine, ecs.Port, ecs.Domain, ecs.Method, ecs.UserID, ecs.Email, ecs.Severity, ecs.Protocol, ecs.Number:
	case ecs.Verb, ecs.Result, ecs.Outcome, ecs.Path, ecs.WebOrFile, ecs.Executable, ecs.FileName:
		value = s.untilStop(wd)
	default:
		return false
	}
	if m.Rank > 1 && (m.Form != ecs.Domain || strings.IndexByte(value, '.') <= 0) {
		return false
	}
	if m.Form == ecs.Port && m.Side == alias.Local {
		m.Name = event.DestinationPort
	}
	w.put(m.Target, event.Field{Name: name, Value: value}, wayText)
	return true
}

// untilStop returns the text from a word on to the next comma or line end.
func (s *story) untilStop(wd word) string {
	end := wd.start
	for end < len(s.text) && end-wd.start < 200 {
		c := s.text[end]
		if c == ',' || c == ';' || c == '\n' || c == '\r' || c == '|' || strings.HasPrefix(s.text[end:], "，") || strings.HasPrefix(s.text[end:], "；") || strings.HasPrefix(s.text[end:], "。") {
			break
		}
		end++
	}
	return strings.Trim(s.text[wd.start:end], " \"'.")
}

// requestIn takes the path of a request, which follows its method.
func (w *work) requestIn(s *story, b string) {
	if m := s.last[0].bare; (httpVerb(m) || s.last[0].open == '"' && capitals(m)) && !w.d.Has("url.original") {
		n := w.d.Len()
		w.d.SetIfAbsent("http.request.method", m)
		w.d.SetIfAbsent("url.original", b)
		w.note(n, m, wayText)
		s.request, s.before = true, s.n
	}
}

// recordType reports whether b is the type of a DNS record.
func recordType(b string) bool {
	switch b {
	case "A", "AAAA", "PTR", "MX", "TXT", "NS", "SRV", "CNAME", "SOA", "HTTPS", "SVCB", "ANY":
		return true
	}
	return false
}

func capitals(b string) bool {
	for i := 0; i < len(b); i++ {
		if b[i] < 'A' || b[i] > 'Z' {
			return false
		}
	}
	return len(b) > 2 && len(b) < 12
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func httpVerb(b string) bool {
	switch b {
	case "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "PROPFIND":
		return true
	}
	return false
}
