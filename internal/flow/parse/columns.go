package parse

import (
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/wire/clock"
	"github.com/isoc-project/isoc/internal/flow/wire/delimited"
)

// maxColumns bounds the columns looked at.
const maxColumns = 128

// columns reads a line of values without names, separated by commas, tabs, bars or semicolons, by the types of the values and
// their places: of two addresses the first is the source's, and so on. It reports whether the line is one.
func (w *work) columns(msg string) bool {
	delim, ok := delimiter(msg)
	if !ok {
		return false
	}
	w.cells = delimited.Split(msg, delim, w.cells[:0])
	cells := w.cells[:min(len(w.cells), maxColumns)]
	long := 0
	for _, c := range cells {
		if len(c) > 24 && strings.Count(c, " ") > 4 {
			long++
		}
	}
	if len(cells) < 5 || long*3 > len(cells) {
		return false
	}
	n, timed := w.d.Len(), !w.d.Event().Time.IsZero()
	w.columnTime(cells)
	w.columnPeers(cells)
	w.columnWords(cells)
	found := w.d.Len() - n
	if !timed && !w.d.Event().Time.IsZero() {
		found++
	}
	return found > 1
}

// delimiter tells what separates the columns of a line.
func delimiter(msg string) (byte, bool) {
	head := msg[:min(len(msg), 2048)]
	for _, c := range [...]struct {
		delim byte
		least int
	}{{'\t', 4}, {'|', 4}, {',', 5}, {';', 6}} {
		if strings.Count(head, string(c.delim)) >= c.least {
			return c.delim, true
		}
	}
	return 0, false
}

// columnTime takes the first time, in one column or as a date and a time of day side by side.
func (w *work) columnTime(cells []string) {
	if !w.d.Event().Time.IsZero() {
		return
	}
	for i, c := range cells[:min(len(cells), 24)] {
		if len(c) < 6 || len(c) > 40 || c[0] > '9' && c[0]|0x20 < 'a' {
			continue
		}
		t, ok := time.Time{}, false
		switch {
		case len(c) >= 14 && strings.ContainsAny(c, ":T-/ "):
			t, ok = clock.Any(c, w.loc, w.received)
		case i+1 < len(cells) && len(c) <= 10 && strings.ContainsAny(c, "-/.") && len(cells[i+1]) >= 7 && cells[i+1][0] <= '9' && strings.IndexByte(cells[i+1], ':') > 0:
			t, ok = clock.Any(w.d.Join(c, " ", cells[i+1]), w.loc, w.received)
		case len(c) == 10 && w.when.IsZero() && i < 3:
			t, ok = clock.Any(c, w.loc, w.received)
		}
		if ok {
			w.d.Event().Time = t
			w.noted(event.Timestamp, column(i), wayColumn)
			return
		}
	}
}

// columnPeers takes addresses and ports.
func (w *work) columnPeers(cells []string) {
	var ips [maxLoose]int
	n := 0
	for i, c := range cells {
		if n < maxLoose && len(c) > 2 && len(c) < 64 {
			if ip, _ := ecs.Split(c); ip != "" {
				ips[n] = i
				n++
			}
		}
	}
	if n == 0 {
		return
	}
	w.columnPeer("source", cells, ips[0])
	if n == 1 {
		return
	}
	w.columnPeer("destination", cells, ips[1])
	if w.d.Has(event.SourcePort) {
		return
	}
	var first, second int
	switch {
	case ips[1] == ips[0]+2 && port(cells, ips[0]+1) && port(cells, ips[1]+1):
		first, second = ips[0]+1, ips[1]+1
	case port(cells, ips[1]+1) && port(cells, ips[1]+2):
		first, second = ips[1]+1, ips[1]+2
	default:
		first, second = portsByProtocol(cells, n)
	}
	if first >= 0 {
		w.put(ecs.Target{Form: ecs.Port, Name: event.SourcePort}, event.Field{Name: column(first), Value: cells[first]}, wayColumn)
		w.put(ecs.Target{Form: ecs.Port, Name: event.DestinationPort}, event.Field{Name: column(second), Value: cells[second]}, wayColumn)
	}
}

// portsByProtocol finds the ports as the run of numbers that stands beside the name of a protocol.
func portsByProtocol(cells []string, addresses int) (first, second int) {
	for i, c := range cells {
		if !transport(c) {
			continue
		}
		end := i
		for end > 0 && strings.HasPrefix(cells[end-1], "0x") {
			end--
		}
		start := end
		for start > 0 && end-start < addresses && port(cells, start-1) {
			start--
		}
		if end-start >= 2 {
			return start, start + 1
		}
		if port(cells, i+1) && port(cells, i+2) {
			return i + 1, i + 2
		}
	}
	return -1, -1
}

func (w *work) columnPeer(side string, cells []string, i int) {
	ip, port := ecs.Split(cells[i])
	name := event.SourceIP
	if side == "destination" {
		name = event.DestinationIP
	}
	if w.d.Has(name) {
		return
	}
	n := w.d.Len()
	w.d.Add(name, ip)
	if side == "destination" {
		w.d.SetIfAbsent(event.DestinationPort, port)
	} else {
		w.d.SetIfAbsent(event.SourcePort, port)
	}
	w.note(n, column(i), wayColumn)
}

// columnWords takes what a value says by itself: a verdict, a protocol, a method, an address of mail, a URL.
func (w *work) columnWords(cells []string) {
	d := &w.d
	for i, c := range cells {
		if len(c) < 3 || len(c) > 2048 {
			continue
		}
		var t ecs.Target
		switch {
		case verdictWord(c) != "" || c[0] >= 0x80 && len(c) <= 18 && ecs.Verdict(c) != "":
			t = ecs.Target{Form: ecs.Verb, Name: event.Action}
		case ended(c):
			t = ecs.Target{Form: ecs.Result}
		case transport(c):
			t = ecs.Target{Form: ecs.Protocol}
		case httpVerb(c):
			t = ecs.Target{Form: ecs.Method, Name: "http.request.method"}
		case strings.HasPrefix(c, "http://"), strings.HasPrefix(c, "https://"), c[0] == '/' && i > 0 && httpVerb(cells[i-1]):
			t = ecs.Target{Form: ecs.URL}
		case len(c) < 100 && strings.IndexByte(c, ' ') < 0 && (strings.IndexByte(c, '@') > 0 && strings.IndexByte(c, '.') > 0 || strings.IndexByte(c, '\\') > 1 && strings.Count(c, `\`) == 1 && c[1] != ':'):
			t = ecs.Target{Form: ecs.Account, Name: "user"}
		case len(c) == 3 && c[0] >= '1' && c[0] <= '5' && d.Has("http.request.method") && d.Has("url.original") && numeric(c) != "":
			t = ecs.Target{Form: ecs.Status, Name: "http.response.status_code"}
		case len(c) > 4 && c[len(c)-1] == '.' && strings.IndexByte(c, '.') < len(c)-1 && strings.IndexByte(c, ' ') < 0: // with the root's dot
			t = ecs.Target{Form: ecs.Domain, Name: "dns.question.name"}
		default:
			continue
		}
		w.put(t, event.Field{Name: column(i), Value: c}, wayColumn)
	}
}

// ended reports whether a column says by itself how something ended.
func ended(c string) bool {
	switch c {
	case "success", "Success", "SUCCESS", "failure", "Failure", "FAILURE", "failed", "Failed", "FAILED", "成功", "失败", "登录成功", "登录失败":
		return true
	}
	return false
}

func transport(c string) bool {
	switch c {
	case "tcp", "udp", "icmp", "TCP", "UDP", "ICMP", "Tcp", "Udp", "icmp6", "sctp", "gre", "esp":
		return true
	}
	return false
}

// port reports whether the i-th column may be a port.
func port(cells []string, i int) bool {
	return i >= 0 && i < len(cells) && len(cells[i]) > 0 && len(cells[i]) <= 5 && numeric(cells[i]) != ""
}

// column names the i-th column, from 1, as spreadsheets count.
func column(i int) string {
	const names = "c1 c2 c3 c4 c5 c6 c7 c8 c9 "
	if i < 9 {
		return names[3*i : 3*i+2]
	}
	const digits = "0123456789"
	if i < 99 {
		i++
		return "c" + digits[i/10:i/10+1] + digits[i%10:i%10+1]
	}
	return "c100"
}
