package api

import (
	"context"
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
)

// Health is how the installation is.
type Health struct {
	Status        string        `json:"status" enum:"ok,degraded,down" doc:"The worst of the components."`
	Version       string        `json:"version"`
	Commit        string        `json:"commit"`
	UptimeSeconds int64         `json:"uptime_s"`
	Components    []Component   `json:"components" nullable:"false"`
	Queue         QueueHealth   `json:"queue"`
	Archive       ArchiveHealth `json:"archive"`
	Ingest        IngestHealth  `json:"ingest"`
	Rules         RuleHealth    `json:"rules"`
	Store         StoreHealth   `json:"store"`
	Disk          DiskHealth    `json:"disk"`
	Process       ProcessHealth `json:"process"`
}

// Component is how one part is.
type Component struct {
	Name   string `json:"name"`
	Status string `json:"status" enum:"ok,degraded,down"`
	Detail string `json:"detail"`
	Code   string `json:"code" doc:"Stable name of what is wrong; empty where nothing is."`
}

// QueueHealth is what waits in the durable queue.
type QueueHealth struct {
	Pending    uint64  `json:"pending" doc:"Batches not yet committed."`
	Bytes      uint64  `json:"bytes"`
	MaxBytes   uint64  `json:"max_bytes"`
	LagSeconds float64 `json:"lag_s" doc:"Age of the oldest record that waits."`
	InboxBytes uint64  `json:"inbox_bytes" doc:"Records that no source claims."`
}

// ArchiveHealth is how the event archive is.
type ArchiveHealth struct {
	Rows        uint64 `json:"rows"`
	DiskBytes   uint64 `json:"disk_bytes"`
	FreeBytes   uint64 `json:"free_bytes"`
	DroppedRows uint64 `json:"dropped_rows" doc:"Rows outside retention or too large, since start."`
	ReadOnly    bool   `json:"read_only" doc:"The disk is too full to write."`
	Retimed     uint64 `json:"retimed" doc:"Events since start that stand at the time received, their own being outside retention."`
	Retention   []int  `json:"retention_days" nullable:"false" doc:"The retentions in use, in days, ascending."`
	Engine      string `json:"engine" example:"VictoriaLogs"`
	Version     string `json:"engine_version" doc:"Empty where the build does not say."`
}

// IngestHealth counts records since start.
type IngestHealth struct {
	Received    uint64 `json:"received"`
	Rejected    uint64 `json:"rejected"`
	Unparsed    uint64 `json:"unparsed"`
	Parsed      uint64 `json:"parsed" doc:"Records the parser looked at, unparsed ones included."`
	Findings    uint64 `json:"findings" doc:"Rules that fired on an event."`
	Quota       uint64 `json:"rejected_quota" doc:"Rejected over a customer's rate."`
	Suspended   uint64 `json:"rejected_suspended" doc:"Rejected for a suspended customer."`
	Unavailable uint64 `json:"rejected_unavailable" doc:"Rejected for want of room or queue; senders try again."`
	Invalid     uint64 `json:"rejected_invalid" doc:"Rejected as malformed or too large."`
}

// RuleHealth counts rules.
type RuleHealth struct {
	Loaded  int          `json:"loaded"`
	Refused int          `json:"refused"`
	Packs   []ActivePack `json:"packs" nullable:"false" doc:"The packs in force."`
}

// ActivePack is a pack whose rules are in force.
type ActivePack struct {
	Name    string    `json:"name"`
	Version int64     `json:"version"`
	Rules   int       `json:"rules"`
	Builtin bool      `json:"builtin"`
	Digest  string    `json:"digest"`
	At      time.Time `json:"imported_at"`
}

// StoreHealth is the database of everything but events.
type StoreHealth struct {
	Engine  string `json:"engine" enum:"sqlite,postgres"`
	Version string `json:"engine_version" doc:"Empty where it does not answer."`
	Bytes   int64  `json:"bytes"`
}

// DiskHealth is the disk under the data directory.
type DiskHealth struct {
	FreeBytes    uint64 `json:"free_bytes"`
	TotalBytes   uint64 `json:"total_bytes"`
	MinFreeBytes uint64 `json:"min_free_bytes" doc:"Below it nothing is taken in; 0 where that is switched off."`
}

// ProcessHealth is the running process.
type ProcessHealth struct {
	Goroutines    int    `json:"goroutines"`
	HeapBytes     uint64 `json:"heap_bytes" doc:"In use by Go."`
	ResidentBytes uint64 `json:"resident_bytes" doc:"Of memory, as the system counts it; 0 where it does not say."`
	OpenFiles     int    `json:"open_files" doc:"Sockets included; 0 where the system does not say."`
	MaxFiles      uint64 `json:"max_files"`
	CPUs          int    `json:"cpus"`
	Go            string `json:"go"`
}

// HealthMinute is what the installation did in one minute, and how it was then.
type HealthMinute struct {
	At         time.Time `json:"at" doc:"Beginning of the minute."`
	Received   uint64    `json:"received"`
	Rejected   uint64    `json:"rejected"`
	Parsed     uint64    `json:"parsed"`
	Unparsed   uint64    `json:"unparsed"`
	Findings   uint64    `json:"findings"`
	LagSeconds float64   `json:"lag_s" doc:"The worst of the minute."`
	Pending    uint64    `json:"pending" doc:"The most of the minute."`
	HeapBytes  uint64    `json:"heap_bytes" doc:"The most of the minute."`
	Goroutines int       `json:"goroutines" doc:"The most of the minute."`
}

// HealthHistory is the last hour by the minute, as far as the process remembers: it begins anew with each start.
type HealthHistory struct {
	Since time.Time      `json:"since" doc:"When the process started."`
	Items []HealthMinute `json:"items" nullable:"false" doc:"Oldest first, without gaps, the running minute last."`
}

// HealthReporter tells how the installation is. It answers within a second, from what is known,
// and never fails: a part that does not answer is down.
type HealthReporter interface {
	Health(ctx context.Context) Health
	// History is the last hour by the minute.
	History() HealthHistory
}

func (a *API) declareHealth() {
	register(a, operation{
		id: "getHealth", method: http.MethodGet, path: "/api/v1/health", tag: "health",
		summary: "How the installation is",
	}, provider(identity.ReadHealth), a.health)
	register(a, operation{
		id: "getHealthHistory", method: http.MethodGet, path: "/api/v1/health/history", tag: "health",
		summary: "What the installation did in the last hour, by the minute",
	}, provider(identity.ReadHealth), a.healthHistory)
}

func (a *API) health(ctx context.Context, _ *none) (*reply[Health], error) {
	h := a.deps.Health.Health(ctx)
	if h.Components == nil {
		h.Components = []Component{}
	}
	h.Archive.Retention, h.Rules.Packs = whole(h.Archive.Retention), whole(h.Rules.Packs)
	return answer(h), nil
}

func (a *API) healthHistory(context.Context, *none) (*reply[HealthHistory], error) {
	h := a.deps.Health.History()
	h.Items = whole(h.Items)
	return answer(h), nil
}
