package tlshello

import (
	"crypto/md5" //nolint:gosec // JA3 is defined by it
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// grease reports whether a number is one of those that clients send so that servers learn to ignore the unknown (RFC 8701).
func grease(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// JA3 is the fingerprint of a client's hello, and the text it was made of.
func (h *ClientHello) JA3() (hash, text string) {
	points := make([]uint16, len(h.Points))
	for i, p := range h.Points {
		points[i] = uint16(p)
	}
	b := strconv.AppendUint(nil, uint64(h.Version), 10)
	for _, list := range [...][]uint16{h.Ciphers, h.Extensions, h.Groups, points} {
		b = append(b, ',')
		b = dashed(b, list)
	}
	sum := md5.Sum(b) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), string(b)
}

// JA3S is the fingerprint of a server's hello, and the text it was made of.
func (h *ServerHello) JA3S() (hash, text string) {
	b := strconv.AppendUint(nil, uint64(h.Legacy), 10)
	b = append(b, ',')
	b = strconv.AppendUint(b, uint64(h.Cipher), 10)
	b = append(b, ',')
	b = dashed(b, h.Extensions)
	sum := md5.Sum(b) //nolint:gosec // see above
	return hex.EncodeToString(sum[:]), string(b)
}

// dashed appends numbers with dashes between them.
func dashed(b []byte, list []uint16) []byte {
	first := true
	for _, v := range list {
		if grease(v) {
			continue
		}
		if !first {
			b = append(b, '-')
		}
		first = false
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return b
}

// JA4 is the fingerprint of a client's hello that does not change with the order of its extensions. Over QUIC it begins with q.
func (h *ClientHello) JA4(quic bool) string {
	ciphers, extensions := plain(h.Ciphers), plain(h.Extensions)
	b := make([]byte, 0, 40)
	b = append(b, 't')
	if quic {
		b[0] = 'q'
	}
	b = append(b, ja4Version(h.version())...)
	if slices.Contains(h.Extensions, extServerName) {
		b = append(b, 'd')
	} else {
		b = append(b, 'i')
	}
	b = twoDigits(b, len(ciphers))
	b = twoDigits(b, len(extensions))
	b = append(b, ja4ALPN(h.ALPN)...)
	slices.Sort(ciphers)
	b = append(append(b, '_'), ja4Hash(commas(nil, ciphers))...)
	extensions = slices.DeleteFunc(extensions, func(v uint16) bool { return v == extServerName || v == extALPN })
	slices.Sort(extensions)
	rest := commas(nil, extensions)
	if s := plain(h.Signatures); len(s) > 0 {
		rest = commas(append(rest, '_'), s)
	}
	if len(plain(h.Extensions)) == 0 {
		rest = nil
	}
	return string(append(append(b, '_'), ja4Hash(rest)...))
}

// version is the highest a client offers.
func (h *ClientHello) version() uint16 {
	best := uint16(0)
	for _, v := range h.Versions {
		if !grease(v) {
			best = max(best, v)
		}
	}
	if best == 0 {
		return h.Version
	}
	return best
}

func plain(list []uint16) []uint16 {
	out := make([]uint16, 0, len(list))
	for _, v := range list {
		if !grease(v) {
			out = append(out, v)
		}
	}
	return out
}

func ja4Version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	case 0xfeff:
		return "d1"
	case 0xfefd:
		return "d2"
	case 0xfefc:
		return "d3"
	}
	return "00"
}

// ja4ALPN is the first and the last letter of the first protocol offered, or of its bytes in hex where one of them is neither letter nor digit.
func ja4ALPN(list []string) string {
	if len(list) == 0 || list[0] == "" {
		return "00"
	}
	p := list[0]
	first, last := p[0], p[len(p)-1]
	if alphanumeric(first) && alphanumeric(last) {
		return string([]byte{first, last})
	}
	const digits = "0123456789abcdef"
	return string([]byte{digits[first>>4], digits[last&15]})
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func twoDigits(b []byte, n int) []byte {
	n = min(n, 99)
	return append(b, '0'+byte(n/10), '0'+byte(n%10))
}

func commas(b []byte, list []uint16) []byte {
	const digits = "0123456789abcdef"
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15])
	}
	return b
}

func ja4Hash(b []byte) string {
	if len(b) == 0 {
		return "000000000000"
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

// VersionName names a version as ECS does: "1.2", with "ssl" or "tls" apart.
func VersionName(v uint16) (protocol, version string) {
	switch v {
	case 0x0002:
		return "ssl", "2.0"
	case 0x0300:
		return "ssl", "3.0"
	case 0x0301:
		return "tls", "1.0"
	case 0x0302:
		return "tls", "1.1"
	case 0x0303:
		return "tls", "1.2"
	case 0x0304:
		return "tls", "1.3"
	}
	return "tls", hex.EncodeToString([]byte{byte(v >> 8), byte(v)})
}

// GroupName names the group of the key exchange.
func GroupName(g uint16) string {
	switch g {
	case 0:
		return ""
	case 23:
		return "secp256r1"
	case 24:
		return "secp384r1"
	case 25:
		return "secp521r1"
	case 29:
		return "x25519"
	case 30:
		return "x448"
	case 256:
		return "ffdhe2048"
	case 4587:
		return "SecP256r1MLKEM768"
	case 4588:
		return "X25519MLKEM768"
	case 25497:
		return "X25519Kyber768Draft00"
	}
	return strconv.Itoa(int(g))
}
