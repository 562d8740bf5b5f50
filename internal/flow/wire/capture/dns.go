package capture

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/wire/capture/dnsmsg"
)

// Bounds of questions that wait for their answers.
const (
	maxQuestions  = 32 // of one flow
	dnsPatience   = 10 * time.Second
	questionBytes = 512 // what one counts for
)

// dnsTalk pairs questions with answers, over UDP and over TCP.
type dnsTalk struct {
	waiting []asked
	alone   bool // questions are not answered to who asked: mDNS, LLMNR
}

type asked struct {
	m  dnsmsg.Message
	at time.Time
}

func (t *dnsTalk) data(d *Decoder, f *flow, from int, b []byte, at time.Time) (used int64, done bool) {
	for len(b)-int(used) >= 2 {
		rest := b[used:]
		n := int(binary.BigEndian.Uint16(rest))
		switch {
		case n < 12:
			return used, true
		case 2+n > maxStream: // too long to hold: an answer of many records, or no DNS
			return used + 2 + int64(n), false
		case len(rest) < 2+n:
			return used, false
		}
		if !t.message(d, f, rest[2:2+n], at) {
			return used, true
		}
		used += 2 + int64(n)
	}
	return used, false
}

func (t *dnsTalk) hole(int) bool { return false }

// message takes in a message, and reports whether it was one.
func (t *dnsTalk) message(d *Decoder, f *flow, b []byte, at time.Time) bool {
	m := &d.message
	if dnsmsg.Parse(b, m) != nil {
		return false
	}
	for len(t.waiting) > 0 && at.Sub(t.waiting[0].at) > dnsPatience {
		t.unanswered(d, f)
	}
	switch {
	case !m.Response && t.alone:
		d.emitDNS(f, m, nil, at, at)
	case !m.Response:
		for i := range t.waiting {
			if t.waiting[i].m.ID == m.ID && t.waiting[i].m.Name == m.Name && t.waiting[i].m.Type == m.Type {
				return true // asked again
			}
		}
		if len(t.waiting) == maxQuestions {
			t.unanswered(d, f)
		}
		q := *m
		q.Answers = nil
		t.waiting = append(t.waiting, asked{q, at})
		d.weigh(f, questionBytes)
	default:
		for i := range t.waiting {
			q := &t.waiting[i]
			if q.m.ID == m.ID && (m.Questions == 0 || strings.EqualFold(q.m.Name, m.Name)) {
				asked := q.at
				question := q.m
				t.waiting = slices.Delete(t.waiting, i, i+1)
				d.weigh(f, -questionBytes)
				d.emitDNS(f, &question, m, asked, at)
				return true
			}
		}
		d.emitDNS(f, nil, m, at, at)
	}
	return true
}

// unanswered tells of the oldest question that nobody answered.
func (t *dnsTalk) unanswered(d *Decoder, f *flow) {
	q := t.waiting[0]
	t.waiting = slices.Delete(t.waiting, 0, 1)
	d.weigh(f, -questionBytes)
	d.emitDNS(f, &q.m, nil, q.at, q.at)
}

func (t *dnsTalk) close(d *Decoder, f *flow) {
	for len(t.waiting) > 0 {
		t.unanswered(d, f)
	}
}

// emitDNS writes a question with its answer, or what there is of the two.
func (d *Decoder) emitDNS(f *flow, q, a *dnsmsg.Message, asked, answered time.Time) {
	o := d.open(f, "packet.dns", asked)
	o.Text("event.category", "network")
	o.Raw(`"event.type":["protocol","info"]`)
	m := a
	if a == nil {
		m = q
		o.Text("event.action", "dns_query")
		o.Text("dns.type", "query")
	} else {
		o.Text("event.action", "dns_answer")
		o.Text("dns.type", "answer")
	}
	if a != nil && q != nil {
		o.Time("event.start", asked)
		o.Time("event.end", answered)
		o.Count("event.duration", uint64(max(answered.Sub(asked), 0)))
	}
	name, kind, class := m.Name, m.Type, m.Class
	if q != nil && q.Questions > 0 {
		name, kind, class = q.Name, q.Type, q.Class
	}
	o.Count("dns.id", uint64(m.ID))
	o.Text("dns.op_code", dnsmsg.OpcodeName(m.Opcode))
	if name != "" {
		o.Text("dns.question.name", name)
		o.Text("dns.question.type", dnsmsg.TypeName(kind))
		o.Text("dns.question.class", dnsmsg.ClassName(class))
	}
	o.Texts("dns.header_flags", headerFlags(m))
	o.Count("packet.dns.z", map[bool]uint64{true: 1}[m.Z || q != nil && q.Z])
	if a != nil {
		o.Text("dns.response_code", dnsmsg.RcodeName(a.Rcode))
		if a.Rcode == 0 {
			o.Text("event.outcome", "success")
		} else {
			o.Text("event.outcome", "failure")
		}
		o.Count("dns.answers_count", uint64(a.AnswerCount))
		var data, types, addrs []string
		for i := range a.Answers {
			r := &a.Answers[i]
			data, types = append(data, r.Data), append(types, dnsmsg.TypeName(r.Type))
			if r.Addr.IsValid() {
				addrs = append(addrs, r.Data)
			}
		}
		o.Texts("dns.answers.data", data)
		o.Texts("dns.answers.type", types)
		o.Texts("dns.resolved_ip", addrs)
	}
	d.emit(&o)
}

func headerFlags(m *dnsmsg.Message) []string {
	var out []string
	for _, f := range [...]struct {
		on   bool
		name string
	}{{m.AA, "AA"}, {m.TC, "TC"}, {m.RD, "RD"}, {m.RA, "RA"}, {m.AD, "AD"}, {m.CD, "CD"}} {
		if f.on {
			out = append(out, f.name)
		}
	}
	return out
}
