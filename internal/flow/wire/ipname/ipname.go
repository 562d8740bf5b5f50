// Package ipname names the numbers of IP as ECS and people do.
package ipname

import (
	"strconv"
	"strings"
)

// Transport names a protocol above IP by its number; one without a usual name keeps the number.
func Transport(proto uint8) string {
	switch proto {
	case 1:
		return "icmp"
	case 2:
		return "igmp"
	case 4:
		return "ipip"
	case 6:
		return "tcp"
	case 17:
		return "udp"
	case 41:
		return "ipv6"
	case 47:
		return "gre"
	case 50:
		return "esp"
	case 51:
		return "ah"
	case 58:
		return "ipv6-icmp"
	case 89:
		return "ospf"
	case 103:
		return "pim"
	case 112:
		return "vrrp"
	case 132:
		return "sctp"
	}
	return strconv.Itoa(int(proto))
}

// TCPFlags names the flags of TCP in the order of their bits.
func TCPFlags(bits uint8) string {
	var out []string
	for i, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"} {
		if bits>>i&1 == 1 {
			out = append(out, name)
		}
	}
	return strings.Join(out, ",")
}
