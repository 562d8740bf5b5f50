// Package capture turns captured frames into records of JSON under ECS names: one a flow, and one a DNS exchange, TLS or QUIC handshake, and HTTP request
// that it sees in them. Records have the datasets packet.flow, packet.dns, packet.tls, packet.http and packet.ssh. What it holds is bounded, whatever the
// frames say.
package capture
