package linux

import (
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// PacketLine reads a packet logged by netfilter (iptables, nftables, ufw): "[UFW BLOCK] IN=eth0 OUT= MAC=… SRC=… DST=… PROTO=TCP SPT=… DPT=… SYN".
func PacketLine(d *draft.Draft, msg string) bool {
	at := packetStart(msg)
	if at < 0 {
		return false
	}
	d.Set(event.Category, "network")
	packetPrefix(d, msg[:at])
	rest := msg[at:]
	icmp := false // the packet quoted inside an ICMP error is not this packet
	for rest != "" && !icmp {
		var tok string
		tok, rest = word(rest)
		if icmp = strings.HasPrefix(tok, "["); !icmp {
			packetPair(d, tok)
		}
	}
	return true
}

// packetStart finds "IN=" that is followed by OUT=, and SRC= and DST= behind it.
func packetStart(msg string) int {
	i := strings.Index(msg, "IN=")
	if i < 0 || i > 0 && msg[i-1] != ' ' && msg[i-1] != ']' && msg[i-1] != ':' {
		return -1
	}
	if !strings.Contains(msg[i:], "SRC=") || !strings.Contains(msg[i:], "DST=") {
		return -1
	}
	return i
}

// packetPrefix reads the rule's own prefix, which alone tells what became of the packet.
func packetPrefix(d *draft.Draft, prefix string) {
	if i := strings.Index(prefix, "] "); i > 0 && strings.HasPrefix(prefix, "[") && strings.ContainsAny(prefix[1:2], " 0123456789") {
		prefix = prefix[i+2:] // kernel uptime
	}
	prefix = strings.Trim(prefix, " []:-_")
	if prefix != "" {
		d.Add("rule.name", prefix)
	}
	low := strings.ToLower(prefix)
	action, kind := "logged", "connection"
	switch {
	case strings.Contains(low, "drop"):
		action, kind = "dropped", "denied"
	case strings.Contains(low, "reject"):
		action, kind = "rejected", "denied"
	case strings.Contains(low, "block"), strings.Contains(low, "den"):
		action, kind = "denied", "denied"
	case strings.Contains(low, "allow"), strings.Contains(low, "accept"), strings.Contains(low, "pass"):
		action, kind = "allowed", "allowed"
	}
	d.Set(event.Action, action)
	d.Set(event.Type, kind)
}

func packetPair(d *draft.Draft, tok string) {
	name, v, ok := strings.Cut(tok, "=")
	if !ok || v == "" {
		return
	}
	switch name {
	case "IN":
		d.SetIfAbsent("observer.ingress.interface.name", v)
	case "OUT":
		d.SetIfAbsent("observer.egress.interface.name", v)
	case "SRC":
		d.SetIfAbsent(event.SourceIP, ecs.IP(v))
	case "DST":
		d.SetIfAbsent(event.DestinationIP, ecs.IP(v))
	case "SPT":
		ecs.Target{Form: ecs.Port, Name: event.SourcePort}.Put(d, v)
	case "DPT":
		ecs.Target{Form: ecs.Port, Name: event.DestinationPort}.Put(d, v)
	case "PROTO":
		d.SetIfAbsent("network.transport", ecs.Transport(v))
	case "LEN":
		d.SetIfAbsent("network.bytes", v)
	case "MAC":
		macs(d, v)
	}
}

// macs reads destination and source address from the link header: 6 + 6 bytes and the type.
func macs(d *draft.Draft, v string) {
	if len(v) >= 35 {
		d.SetIfAbsent("destination.mac", v[:17])
		d.SetIfAbsent("source.mac", v[18:35])
	}
}
