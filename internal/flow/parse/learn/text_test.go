package learn

import (
	"fmt"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
)

// talker writes sentences.
func talker(n int) []Line {
	lines := make([]Line, n)
	for i := range lines {
		raw := ""
		switch i % 5 {
		case 0:
			raw = fmt.Sprintf("Login of user%d from 192.0.2.%d:%d accepted", i%17, i%250+1, 1024+i)
		case 1:
			raw = fmt.Sprintf("Login of user%d from 192.0.2.%d:%d refused: bad password", i%17, i%250+1, 1024+i)
		case 2:
			raw = fmt.Sprintf("Session %08x closed after %d s, %d bytes sent", i*7919, i%100, i*33)
		case 3:
			raw = fmt.Sprintf("用户admin%d从192.0.2.%d登录成功", i%9, i%250+1)
		case 4:
			raw = fmt.Sprintf("rule 'r%d' blocked 192.0.2.%d -> 198.51.100.%d:%d tcp", i%9, i%250+1, i%99, i)
		}
		lines[i] = Line{fmt.Sprintf("<134>Jun 14 10:00:%02d gw1 acmed[77]: %s", i%60, raw), day}
	}
	return lines
}

func TestText(t *testing.T) {
	t.Parallel()
	p := Propose(talker(500), parse.Settings{}, nil)
	if p.Covered != 500 || len(p.Formats) != 5 {
		t.Errorf("covered %d, %d formats", p.Covered, len(p.Formats))
	}
	w, err := p.Compile("own-talker", Device{"Acme", "Talker", "application"})
	if err != nil {
		t.Fatal(err)
	}
	head := "<134>Jun 14 10:00:01 gw1 acmed[77]: "
	for raw, want := range map[string]map[string]string{
		"Login of kai@example.test from 203.0.113.7:9 accepted":              {event.UserName: "kai@example.test", event.SourceIP: "203.0.113.7", event.SourcePort: "9", "event.outcome": "success"},
		"Login of zoe from 203.0.113.7:9 refused: bad password":              {event.UserName: "zoe", "event.outcome": "failure"},
		"用户王从203.0.113.7登录成功":                                                {event.IsocParser: "own-talker", event.UserName: "王", event.SourceIP: "203.0.113.7", "event.outcome": "success"},
		"rule 'egress 7' blocked 203.0.113.7 -> 192.0.2.1:53 tcp":            {event.IsocParser: "syslog"},
		"rule 'egress-7' blocked 203.0.113.7 -> 192.0.2.1:53 tcp":            {"rule.name": "egress-7", event.SourceIP: "203.0.113.7", event.DestinationPort: "53", event.Action: "blocked"},
		"Session 0042 closed after 7 s, 12 bytes sent, and something else":   {event.IsocParser: "syslog"},
		"Login of kai@example.test from the terminal on the wall: it worked": {event.IsocParser: "syslog"},
	} {
		wantFields(t, read(t, p, w, head+raw), want)
	}
}
