package archivetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Load makes realistic events of about 25 fields, the same for the same seed: firewall, sign-in and
// process records of a few hundred hosts and users. It is not safe for concurrent use.
type Load struct {
	Tenants []tenant.ID
	At      time.Time     // time of the next event
	Step    time.Duration // between events
	rng     *rand.Rand
	seq     uint64
}

// NewLoad returns a source of events for the tenants.
func NewLoad(seed uint64, at time.Time, step time.Duration, tenants ...tenant.ID) *Load {
	return &Load{Tenants: tenants, At: at, Step: step, rng: rand.New(rand.NewPCG(seed, 1))}
}

// Batch returns the next n events, all of one sequence.
func (l *Load) Batch(n int) []event.Event {
	l.seq++
	out := make([]event.Event, n)
	for i := range out {
		l.At = l.At.Add(l.Step)
		ev := event.Event{Tenant: l.Tenants[l.rng.IntN(len(l.Tenants))], Time: l.At, ID: ID(l.seq, i)}
		ev.Fields = make([]event.Field, 0, 32)
		switch l.rng.IntN(10) {
		case 0, 1, 2, 3, 4:
			l.firewall(&ev)
		case 5, 6, 7:
			l.signIn(&ev)
		default:
			l.process(&ev)
		}
		l.common(&ev)
		out[i] = ev
	}
	return out
}

func (l *Load) ip(net int) string {
	return fmt.Sprintf("10.%d.%d.%d", net, l.rng.IntN(8), l.rng.IntN(250)+1)
}

func (l *Load) common(ev *event.Event) {
	ev.Add(event.EventID, ev.ID)
	ev.Add(event.Sequence, fmt.Sprint(l.seq))
	ev.Add(event.Ingested, ev.Time.Format(time.RFC3339Nano))
	ev.Add(event.IsocSource, "01ARZ3NDEKTSV4RRFFQ69G5FAV")
	ev.Add(event.Kind, "event")
}

func (l *Load) firewall(ev *event.Event) {
	src, dst := l.ip(1), l.ip(2)
	sport, dport := fmt.Sprint(1024+l.rng.IntN(60000)), []string{"22", "53", "80", "443", "3389"}[l.rng.IntN(5)]
	host, action := fmt.Sprintf("fw-%02d", l.rng.IntN(12)), []string{"allowed", "allowed", "allowed", "denied"}[l.rng.IntN(4)]
	msg := fmt.Sprintf("[UFW %s] IN=eth0 OUT= SRC=%s DST=%s LEN=%d TTL=64 ID=%d PROTO=TCP SPT=%s DPT=%s", action, src, dst, 40+l.rng.IntN(1400), l.rng.IntN(65536), sport, dport)
	add(ev, event.Dataset, "linux.firewall", event.Message, msg, event.Original, "<4>"+ev.Time.Format(time.Stamp)+" "+host+" kernel: "+msg,
		"host.name", host, "process.name", "kernel", "log.level", "warning", "source.ip", src, "source.port", sport,
		"destination.ip", dst, "destination.port", dport, "network.transport", "tcp", "network.direction", "inbound",
		"observer.ingress.interface.name", "eth0", "event.category", "network", "event.action", action, "event.outcome", "success",
		"event.type", "connection", "isoc.parser", "firewall", "network.bytes", fmt.Sprint(l.rng.IntN(1500)))
}

func (l *Load) signIn(ev *event.Event) {
	user, host, src := fmt.Sprintf("user%03d", l.rng.IntN(300)), fmt.Sprintf("web-%03d", l.rng.IntN(200)), l.ip(3)
	verb, outcome := "Accepted", "success"
	if l.rng.IntN(3) == 0 {
		verb, outcome = "Failed", "failure"
	}
	msg := fmt.Sprintf("%s password for %s from %s port %d ssh2", verb, user, src, 1024+l.rng.IntN(60000))
	add(ev, event.Dataset, "linux.auth", event.Message, msg,
		event.Original, fmt.Sprintf("<38>%s %s sshd[%d]: %s", ev.Time.Format(time.Stamp), host, l.rng.IntN(32768), msg),
		"host.name", host, "process.name", "sshd", "process.pid", fmt.Sprint(l.rng.IntN(32768)), "user.name", user, "source.ip", src,
		"log.level", "info", "log.syslog.facility.code", "4", "log.syslog.severity.code", "6", "event.category", "authentication",
		"event.action", "ssh_login", "event.outcome", outcome, "event.type", "start", "isoc.parser", "linux_auth", "network.protocol", "ssh")
}

func (l *Load) process(ev *event.Event) {
	host, user := fmt.Sprintf("WS-%03d", l.rng.IntN(400)), fmt.Sprintf("CORP\\user%03d", l.rng.IntN(300))
	exe := []string{"cmd.exe", "powershell.exe", "chrome.exe", "svchost.exe", "rundll32.exe"}[l.rng.IntN(5)]
	line := fmt.Sprintf(`C:\Windows\System32\%s -arg %08x -path C:\Users\user%d\file%d.txt`, exe, l.rng.Uint32(), l.rng.IntN(300), l.rng.IntN(10000))
	add(ev, event.Dataset, "windows.sysmon", event.Message, "Process Create: "+line,
		event.Original, fmt.Sprintf(`{"Event":{"System":{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":%q},"EventData":{"CommandLine":%q,"User":%q}}}`, host, line, user),
		"host.name", host, "user.name", user, "process.name", exe, "process.executable", `C:\Windows\System32\`+exe, "process.command_line", line,
		"process.pid", fmt.Sprint(l.rng.IntN(65536)), "process.parent.name", "explorer.exe", "process.parent.pid", fmt.Sprint(l.rng.IntN(65536)),
		"process.hash.sha256", fmt.Sprintf("%016x%016x%016x%016x", l.rng.Uint64(), 0, 1, 2), "event.code", "1", "event.category", "process",
		"event.action", "process_created", "winlog.channel", "Microsoft-Windows-Sysmon/Operational", "winlog.event_id", "1",
		"winlog.provider_name", "Microsoft-Windows-Sysmon", "winlog.computer_name", host, "isoc.parser", "windows")
}

func add(ev *event.Event, pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		ev.Add(pairs[i], pairs[i+1])
	}
}

// Rate is how fast an archive takes events.
type Rate struct {
	Events  int
	Seconds float64
}

// PerSecond returns events per second.
func (r Rate) PerSecond() float64 { return float64(r.Events) / r.Seconds }

// Batches makes events in batches beforehand, so that measuring an archive times nothing else.
func (l *Load) Batches(events, batch int) [][]event.Event {
	var out [][]event.Event
	for n := 0; n < events; n += batch {
		out = append(out, l.Batch(min(batch, events-n)))
	}
	return out
}

// Limit measures what an archive takes at most: it appends the batches one after the other and makes
// them durable. No event of the archive may have a later sequence than the first of them.
func Limit(ctx context.Context, a archive.Writer, batches [][]event.Event) (Rate, error) {
	r, started := Rate{}, time.Now()
	for _, b := range batches {
		if err := a.Append(ctx, b); err != nil {
			return Rate{}, fmt.Errorf("append: %w", err)
		}
		r.Events += len(b)
	}
	if err := a.Flush(ctx); err != nil {
		return Rate{}, fmt.Errorf("flush: %w", err)
	}
	r.Seconds = time.Since(started).Seconds()
	return r, nil
}
