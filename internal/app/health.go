package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/flow"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/store"
	"github.com/isoc-project/isoc/internal/tenant"
)

// slowPipeline is the lag beyond which the health page says that the pipeline falls behind.
const slowPipeline = 60 * time.Second

// health gathers the state of every part for the health page and for readiness.
type health struct {
	build        Build
	started      time.Time
	store        *store.Store
	queue        *queue.Queue
	archive      archive.Archive
	intake       *collect.Intake
	rules        *ruleSet
	correlations *correlate.Station
	totals       func() flow.Totals
	data         string               // the data directory
	minFree      int64                // of its disk; 0 where nobody asks
	ports        func() map[int]error // own syslog ports that could not be opened
	certificates func() error         // what is wrong with those of syslog over TLS
	files        *input.Files         // nil where there are none
	kafka        *input.Kafka         // nil where there is none
	captures     *input.Captures      // nil where there are none
	past         history
}

var _ api.HealthReporter = (*health)(nil)

// Health implements [api.HealthReporter].
func (h *health) Health(ctx context.Context) api.Health {
	ctx, cancel := context.WithTimeout(tenant.WithScope(ctx, tenant.All()), time.Second)
	defer cancel()
	out := api.Health{Version: h.build.Version, Commit: h.build.Commit, UptimeSeconds: int64(time.Since(h.started).Seconds())}
	received, rejected := h.intake.Totals()
	done, refused := h.totals(), h.intake.Refused()
	out.Ingest = api.IngestHealth{
		Received: uint64(received), Rejected: uint64(rejected), Parsed: done.Parsed, Unparsed: done.Unparsed, Findings: done.Findings,
		Quota: refused["quota"], Suspended: refused["suspended"], Unavailable: refused["unavailable"], Invalid: refused["invalid"],
	}
	out.Rules.Loaded, out.Rules.Refused = h.rules.counts()
	for _, p := range h.rules.active() {
		out.Rules.Packs = append(out.Rules.Packs, api.ActivePack{
			Name: p.Name, Version: p.Version, Rules: p.Rules, Builtin: p.Builtin, Digest: p.Digest, At: p.ImportedAt.UTC(),
		})
	}
	out.Disk, out.Process = h.disk(), processHealth()
	out.Components = []api.Component{
		h.checkStore(ctx, &out.Store), h.checkQueue(ctx, &out.Queue), h.checkArchive(ctx, &out.Archive), checkPipeline(out.Queue), checkRules(out.Rules), checkCorrelation(h.correlations), h.checkSyslog(),
		checkDisk(out.Disk), checkProcess(out.Process),
	}
	if h.files != nil {
		out.Components = append(out.Components, checkFiles(h.files.State()))
	}
	if h.kafka != nil {
		out.Components = append(out.Components, checkKafka(h.kafka.State()))
	}
	if h.captures != nil {
		out.Components = append(out.Components, checkCaptures(h.captures.State()))
	}
	out.Status = "ok"
	for _, c := range out.Components {
		if c.Status == "down" || (c.Status == "degraded" && out.Status == "ok") {
			out.Status = c.Status
		}
	}
	return out
}

func component(name string) api.Component { return api.Component{Name: name, Status: "ok"} }

func (h *health) checkStore(ctx context.Context, out *api.StoreHealth) api.Component {
	c := component("store")
	c.Detail, out.Engine = h.store.Engine(), h.store.Engine()
	s, err := h.store.Stats(ctx)
	if err != nil {
		c.Status, c.Code, c.Detail = "down", "store.unreachable", err.Error()
		return c
	}
	out.Version, out.Bytes = s.Version, s.Bytes
	return c
}

func (h *health) checkQueue(ctx context.Context, out *api.QueueHealth) api.Component {
	c := component("queue")
	s, err := h.queue.Stats(ctx)
	if err != nil {
		c.Status, c.Code, c.Detail = "down", "queue.unreachable", err.Error()
		return c
	}
	*out = api.QueueHealth{Pending: s.Pending, Bytes: uint64(max(0, s.Bytes)), MaxBytes: uint64(max(0, s.MaxBytes)), LagSeconds: s.Lag.Seconds(), InboxBytes: uint64(max(0, s.InboxBytes))}
	switch {
	case s.Refusing != nil:
		c.Status, c.Code, c.Detail = "down", "queue.refusing", s.Refusing.Error()
	case s.MaxBytes > 0 && s.Bytes > s.MaxBytes/10*8:
		c.Status, c.Code, c.Detail = "degraded", "queue.filling", fmt.Sprintf("%d of %d bytes used", s.Bytes, s.MaxBytes)
	case s.InboxDiscarded > 0:
		c.Status, c.Code, c.Detail = "degraded", "inbox.discarded", fmt.Sprintf("the full inbox pushed out %d batches unseen", s.InboxDiscarded)
	}
	return c
}

func (h *health) checkArchive(ctx context.Context, out *api.ArchiveHealth) api.Component {
	c := component("archive")
	s, err := h.archive.Stats(ctx)
	if err != nil {
		c.Status, c.Code, c.Detail = "down", "archive.unreachable", err.Error()
		return c
	}
	*out = api.ArchiveHealth{Rows: s.Rows, DiskBytes: s.DiskBytes, FreeBytes: s.FreeBytes, DroppedRows: s.DroppedRows, ReadOnly: s.ReadOnly,
		Retimed: s.Retimed, Retention: s.Classes, Engine: "VictoriaLogs", Version: archiveVersion()}
	switch {
	case s.ReadOnly:
		c.Status, c.Code, c.Detail = "down", "archive.readonly", fmt.Sprintf("%d bytes free", s.FreeBytes)
	case s.DroppedRows > 0:
		c.Status, c.Code, c.Detail = "degraded", "archive.dropped", fmt.Sprintf("%d rows dropped", s.DroppedRows)
	case s.Retimed > 0:
		c.Code, c.Detail = "archive.retimed", fmt.Sprintf("%d events claimed a time outside retention and stand at the time received", s.Retimed)
	}
	return c
}

func checkPipeline(q api.QueueHealth) api.Component {
	c := component("pipeline")
	if lag := time.Duration(q.LagSeconds * float64(time.Second)); lag > slowPipeline {
		c.Status, c.Code, c.Detail = "degraded", "pipeline.lag", fmt.Sprintf("%s behind", lag.Round(time.Second))
	}
	return c
}

func checkRules(r api.RuleHealth) api.Component {
	c := component("rules")
	c.Detail = fmt.Sprintf("%d loaded, %d refused", r.Loaded, r.Refused)
	if r.Loaded == 0 {
		c.Status, c.Code = "degraded", "rules.none"
	}
	return c
}

// checkCorrelation tells of state that is lost, that cannot be kept, or for which there is no room.
func checkCorrelation(s *correlate.Station) api.Component {
	c, now := component("correlation"), s.Stats()
	c.Detail = fmt.Sprintf("%d groups, %d events, %d KiB", now.Groups, now.Entries, now.Bytes>>10)
	most := ""
	if len(now.Cells) > 0 {
		most = fmt.Sprintf("; most of rule %s at customer %s: %d groups evicted, %d events late", now.Cells[0].Rule, now.Cells[0].Tenant, now.Cells[0].Evicted, now.Cells[0].Late)
	}
	switch {
	case s.Fault() != "":
		c.Status, c.Code, c.Detail = "degraded", "correlation.unsaved", s.Fault()
	case s.Lost() != "":
		c.Status, c.Code, c.Detail = "degraded", "correlation.lost", s.Lost()
	case now.Evicted > 0:
		c.Status, c.Code, c.Detail = "degraded", "correlation.evicted", fmt.Sprintf("%d groups evicted, %d of %d MiB in use%s", now.Evicted, now.Bytes>>20, now.MaxBytes>>20, most)
	case now.Late > 0:
		c.Code, c.Detail = "correlation.late", fmt.Sprintf("%d events came too late%s", now.Late, most)
	}
	return c
}

func (h *health) checkSyslog() api.Component {
	c := component("syslog")
	if err := h.certificates(); err != nil {
		c.Status, c.Code, c.Detail = "degraded", "syslog.certificate", err.Error()
	}
	failed := h.ports()
	for _, port := range slices.Sorted(maps.Keys(failed)) {
		c.Status, c.Code = "degraded", "syslog.port"
		c.Detail = strings.TrimPrefix(fmt.Sprintf("%s; port %d: %v", c.Detail, port, failed[port]), "; ")
	}
	return c
}

// checkFiles tells what keeps log files of this host from being read.
func checkFiles(s input.FilesState) api.Component {
	c := component("files")
	c.Detail = fmt.Sprintf("%d files, %d bytes behind", s.Files, s.Behind)
	codes := map[string]string{"source": "files.source", "none": "files.none", "unreadable": "files.unreadable", "many": "files.many"}
	for i, p := range s.Problems {
		worse(&c, i, codes[p.Code], p.Detail)
	}
	return c
}

// checkKafka tells what keeps topics from being read.
func checkKafka(s input.KafkaState) api.Component {
	c := component("kafka")
	c.Detail = fmt.Sprintf("%d partitions, %d records behind", s.Partitions, s.Behind)
	codes := map[string]string{"unreachable": "kafka.unreachable", "source": "kafka.source", "data": "kafka.data"}
	for i, p := range s.Problems {
		worse(&c, i, codes[p.Code], p.Detail)
	}
	return c
}

// checkCaptures tells what keeps interfaces from being listened to.
func checkCaptures(s input.CaptureState) api.Component {
	c := component("capture")
	c.Detail = fmt.Sprintf("%d interfaces, %d frames, %d dropped", s.Interfaces, s.Frames, s.Dropped)
	codes := map[string]string{"interface": "capture.interface", "source": "capture.source", "dropping": "capture.dropping"}
	for i, p := range s.Problems {
		worse(&c, i, codes[p.Code], p.Detail)
	}
	return c
}

// worse adds the i-th problem of a component; a few are told, the first by its code.
func worse(c *api.Component, i int, code, detail string) {
	const told = 5
	switch {
	case i == 0:
		c.Status, c.Code, c.Detail = "degraded", code, detail
	case i < told:
		c.Detail += "; " + detail
	case i == told:
		c.Detail += "; …"
	}
}

// checkDisk warns before the queue and the archive refuse.
func checkDisk(d api.DiskHealth) api.Component {
	c := component("disk")
	if d.MinFreeBytes > 0 && d.FreeBytes < 2*d.MinFreeBytes {
		c.Status, c.Code, c.Detail = "degraded", "disk.low", fmt.Sprintf("%d bytes free, below %d nothing is taken in", d.FreeBytes, d.MinFreeBytes)
	}
	return c
}

// checkProcess warns before connections are refused for want of file descriptors.
func checkProcess(p api.ProcessHealth) api.Component {
	c := component("process")
	if p.MaxFiles > 0 && uint64(p.OpenFiles) > p.MaxFiles/10*8 {
		c.Status, c.Code, c.Detail = "degraded", "process.files", fmt.Sprintf("%d of %d files open", p.OpenFiles, p.MaxFiles)
	}
	return c
}

// ready lists what must work for the process to take records; see telemetry.Probe.
func (h *health) ready() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"store": h.store.Ping,
		"queue": func(context.Context) error { return h.queue.Ready() },
	}
}
