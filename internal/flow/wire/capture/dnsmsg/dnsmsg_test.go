package dnsmsg

import (
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

func pack(t testing.TB, m *layers.DNS) []byte {
	t.Helper()
	b := gopacket.NewSerializeBuffer()
	if err := m.SerializeTo(b, gopacket.SerializeOptions{FixLengths: true}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func answer(t testing.TB) []byte {
	rr := func(kind layers.DNSType, set func(*layers.DNSResourceRecord)) layers.DNSResourceRecord {
		r := layers.DNSResourceRecord{Name: []byte("www.example.test"), Type: kind, Class: layers.DNSClassIN, TTL: 60}
		set(&r)
		return r
	}
	return pack(t, &layers.DNS{
		ID: 7, QR: true, AA: true, RD: true, RA: true, Z: 2,
		Questions: []layers.DNSQuestion{{Name: []byte("www.example.test"), Type: layers.DNSTypeA, Class: layers.DNSClassIN}},
		Answers: []layers.DNSResourceRecord{
			rr(layers.DNSTypeCNAME, func(r *layers.DNSResourceRecord) { r.CNAME = []byte("web.example.test") }),
			rr(layers.DNSTypeA, func(r *layers.DNSResourceRecord) { r.IP = net.IPv4(192, 0, 2, 7) }),
			rr(layers.DNSTypeAAAA, func(r *layers.DNSResourceRecord) { r.IP = net.ParseIP("2001:db8::7") }),
			rr(layers.DNSTypeTXT, func(r *layers.DNSResourceRecord) { r.TXTs = [][]byte{[]byte("IEX "), []byte("x")} }),
			rr(layers.DNSTypeMX, func(r *layers.DNSResourceRecord) {
				r.MX = layers.DNSMX{Preference: 10, Name: []byte("mail.example.test")}
			}),
			rr(layers.DNSTypeSRV, func(r *layers.DNSResourceRecord) {
				r.SRV = layers.DNSSRV{Priority: 1, Weight: 2, Port: 443, Name: []byte("srv.example.test")}
			}),
		},
	})
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	var m Message
	if err := Parse(answer(t), &m); err != nil {
		t.Fatal(err)
	}
	if m.ID != 7 || !m.Response || !m.AA || !m.RD || !m.RA || m.TC || !m.AD || m.Z || m.Name != "www.example.test" || TypeName(m.Type) != "A" || m.Unread {
		t.Errorf("%+v", m)
	}
	var got []string
	for _, a := range m.Answers {
		got = append(got, TypeName(a.Type)+" "+a.Data)
	}
	want := []string{"CNAME web.example.test", "A 192.0.2.7", "AAAA 2001:db8::7", "TXT IEX x", "MX 10 mail.example.test", "SRV 1 2 443 srv.example.test"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\x03www\x04test\x00": "www.test",
		"\x00":                ".",
		"\x03a.b\x01\xe4\x00": `a\046b.\228`,
		"\x01a\xc0\x00":       "", // a pointer to itself
		"\x05short":           "",
		"\x80\x00":            "",
		"\x04aa a\x00":        `aa\032a`,
	} {
		got, _, ok := readName([]byte(in), 0)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", in, got, ok)
		}
	}
}

func TestCutAnswerKeepsItsQuestion(t *testing.T) {
	t.Parallel()
	b := answer(t)
	var m Message
	if err := Parse(b[:60], &m); err != nil || m.Name != "www.example.test" || !m.Unread {
		t.Errorf("%v, %+v", err, m)
	}
	if Parse(b[:20], &m) == nil {
		t.Error("a cut question is taken")
	}
}

func FuzzDNS(f *testing.F) {
	f.Add(answer(f))
	f.Add([]byte("\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03www\x04test\x00\x00\x01\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Message
		if Parse(b, &m) != nil {
			return
		}
		if len(m.Answers) > MaxAnswers || len(m.Name) > 4*maxName {
			t.Errorf("%d answers to %d letters", len(m.Answers), len(m.Name))
		}
		for _, a := range m.Answers {
			if len(a.Data) > 4*maxName+32 {
				t.Errorf("an answer of %d bytes", len(a.Data))
			}
		}
	})
}
