package record

import (
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// MaxRawBytes is the largest record any listener accepts; a larger one is refused (HTTP) or
// cut and flagged (syslog), never silently dropped.
const MaxRawBytes = 256 << 10

// Record is one log record exactly as a sender delivered it, with what the listener knows of its origin.
// Tenant and Source come from the token, certificate, address or port that authenticated the sender,
// never from the payload; both are empty for a record that no source claimed.
type Record struct {
	Tenant   tenant.ID
	Source   string    // source id
	Received time.Time // when the listener had it whole, UTC
	Input    string    // listener: "syslog-udp", "syslog-tcp", "syslog-tls", "netflow", "file", "kafka", "http-raw", "http-bulk", "http-hec", "otlp-http", "otlp-grpc"
	Remote   string    // sender's address without port
	Raw      []byte    // bytes as received, framing removed, not decoded
	Time     time.Time // time given by the envelope (HEC "time"); zero where there is none
	// Fields are what the envelope says beside the record (HEC host, sourcetype, fields; bulk index),
	// already under event names. At most 64.
	Fields []event.Field
}
