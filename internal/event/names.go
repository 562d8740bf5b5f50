package event

// Names of fields that more than one stage relies on. All but the Isoc ones are ECS 8
// (elastic/ecs, generated/csv/fields.csv).
const (
	Timestamp = "@timestamp"     // event time, RFC 3339 with nanoseconds, UTC
	Message   = "message"        // what a bare search word looks in
	Original  = "event.original" // the record exactly as received, decoded to UTF-8
	Ingested  = "event.ingested" // when the record was received, RFC 3339 UTC
	EventID   = "event.id"       // deterministic: queue epoch, sequence and index
	Sequence  = "event.sequence" // queue sequence of the batch that carried the record
	Dataset   = "event.dataset"  // archive stream; low cardinality, [a-z0-9_.]{1,64}
	Kind      = "event.kind"
	Category  = "event.category"
	Type      = "event.type"
	Action    = "event.action"
	Outcome   = "event.outcome"
	Code      = "event.code"
	Provider  = "event.provider"
	Severity  = "event.severity"

	HostName        = "host.name"
	HostIP          = "host.ip"
	SourceIP        = "source.ip"
	SourcePort      = "source.port"
	DestinationIP   = "destination.ip"
	DestinationPort = "destination.port"
	UserName        = "user.name"
	ProcessName     = "process.name"
	ProcessPID      = "process.pid"

	// IsocSource is the id of the source that delivered the record.
	IsocSource = "isoc.source.id"
	// IsocParser names the parser that claimed the record, or "none".
	IsocParser = "isoc.parser"
	// IsocFormat names the format of a parser pack that read the record: a message id or a template.
	IsocFormat = "isoc.format"
	// IsocParseError says why no parser claimed the record, or which step failed.
	IsocParseError = "isoc.parse_error"
)
