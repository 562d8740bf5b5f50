package api

import (
	"context"
	"net/http"

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
}

// ArchiveHealth is how the event archive is.
type ArchiveHealth struct {
	Rows        uint64 `json:"rows"`
	DiskBytes   uint64 `json:"disk_bytes"`
	FreeBytes   uint64 `json:"free_bytes"`
	DroppedRows uint64 `json:"dropped_rows" doc:"Rows outside retention or too large, since start."`
	ReadOnly    bool   `json:"read_only" doc:"The disk is too full to write."`
}

// IngestHealth counts records since start.
type IngestHealth struct {
	Received uint64 `json:"received"`
	Rejected uint64 `json:"rejected"`
	Unparsed uint64 `json:"unparsed"`
}

// RuleHealth counts rules.
type RuleHealth struct {
	Loaded  int `json:"loaded"`
	Refused int `json:"refused"`
}

// HealthReporter tells how the installation is. It answers within a second, from what is known,
// and never fails: a part that does not answer is down.
type HealthReporter interface {
	Health(ctx context.Context) Health
}

func (a *API) declareHealth() {
	register(a, operation{
		id: "getHealth", method: http.MethodGet, path: "/api/v1/health", tag: "health",
		summary: "How the installation is",
	}, provider(identity.ReadHealth), a.health)
}

func (a *API) health(ctx context.Context, _ *none) (*reply[Health], error) {
	h := a.deps.Health.Health(ctx)
	if h.Components == nil {
		h.Components = []Component{}
	}
	return answer(h), nil
}
