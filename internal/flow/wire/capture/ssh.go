package capture

import (
	"bytes"
	"crypto/md5" //nolint:gosec // HASSH is defined by it
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// sshTalk reads the banners of both sides and what they offer to encrypt with.
type sshTalk struct {
	begun  time.Time
	sides  [2]struct{ banner, hassh string }
	offers [2]bool
}

func (t *sshTalk) data(_ *Decoder, _ *flow, from int, b []byte, at time.Time) (used int64, done bool) {
	s := &t.sides[from]
	if t.begun.IsZero() {
		t.begun = at
	}
	if s.banner == "" {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return 0, len(b) > 1024
		}
		line := strings.TrimRight(string(b[:i]), "\r")
		if used = int64(i) + 1; !strings.HasPrefix(line, "SSH-") {
			return used, len(line) > 1024 // lines before the banner
		}
		s.banner = line[:min(len(line), 255)]
	}
	b = b[used:]
	if len(b) < 6 {
		return used, false
	}
	n := int(binary.BigEndian.Uint32(b))
	if n < 24 || n > maxStream-4 || b[5] != 20 {
		return used, true
	}
	if len(b) < 4+n {
		return used, false
	}
	s.hassh = hassh(b[6:4+n], from)
	t.offers[from] = true
	return toTheEnd, t.offers[1-from]
}

// hassh is the fingerprint of what a side offers: how to agree on keys, to encrypt, to authenticate, to pack.
func hassh(b []byte, from int) string {
	if len(b) < 16 {
		return ""
	}
	b = b[16:] // a cookie
	var lists [8]string
	for i := range lists {
		if len(b) < 4 || int64(binary.BigEndian.Uint32(b)) > int64(len(b)-4) {
			return ""
		}
		n := int(binary.BigEndian.Uint32(b))
		lists[i], b = string(b[4:4+n]), b[4+n:]
	}
	sum := md5.Sum([]byte(strings.Join([]string{lists[0], lists[2+from], lists[4+from], lists[6+from]}, ";"))) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

func (t *sshTalk) hole(int) bool { return false }

func (t *sshTalk) close(d *Decoder, f *flow) {
	o := d.open(f, "packet.ssh", t.begun)
	o.Text("event.category", "network")
	o.Raw(`"event.type":["protocol","info"]`)
	o.Text("event.action", "ssh_handshake")
	for i, who := range [...]string{"client", "server"} {
		o.Text("packet.ssh."+who, t.sides[i].banner)
		o.Text("packet.ssh."+who+"_hassh", t.sides[i].hassh)
	}
	d.emit(&o)
}
