package coverage_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/coverage"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	one = tenant.ID("01J0000000000000000000000A")
	two = tenant.ID("01J0000000000000000000000B")
)

type places struct{}

func (places) Place(id tenant.ID) (archive.Placement, bool) {
	return archive.Placement{Account: map[tenant.ID]uint32{one: 1, two: 2}[id], RetentionDays: 30}, true
}

// ground is an archive with what sources sent, and rules for some log sources.
type ground struct {
	*coverage.Service
	t       *testing.T
	archive *local.Archive
	now     time.Time
	seq     int
}

func newGround(t *testing.T, logsources ...string) *ground {
	t.Helper()
	a, err := local.Open(local.Options{Dir: t.TempDir(), Directory: places{}, MinFreeBytes: -1, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	var rules []*sigma.Rule
	for i, l := range logsources {
		level := []string{"low", "critical", "high"}[i%3]
		text := fmt.Sprintf("title: '%s'\nid: 00000000-0000-4000-8000-%012d\nlevel: %s\nlogsource: {%s}\ndetection:\n  s:\n    message: x\n  condition: s\n", l, i, level, l)
		parsed, bad := sigma.ParseRules("r.yml", []byte(text))
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		rules = append(rules, parsed...)
	}
	set, bad := sigma.Compile(rules, sigma.Options{})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	g := &ground{t: t, archive: a, now: time.Now().UTC()}
	g.Service = coverage.NewService(a, func() *sigma.Set { return set }, func() time.Time { return g.now })
	return g
}

// sends puts one event of a source into the archive, ago before now.
func (g *ground) sends(id tenant.ID, source string, ago time.Duration, pairs ...string) {
	g.t.Helper()
	g.seq++
	ev := event.Event{Tenant: id, Time: g.now.Add(-ago), ID: fmt.Sprintf("0000000000%020d00000000", g.seq)}
	ev.Add(event.Original, "x")
	ev.Add(event.EventID, ev.ID)
	ev.Add(event.Sequence, fmt.Sprint(g.seq))
	ev.Add(event.IsocSource, source)
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		ev.Add(name, value)
	}
	ctx := tenant.WithScope(g.t.Context(), tenant.All())
	if err := g.archive.Append(ctx, []event.Event{ev}); err != nil {
		g.t.Fatal(err)
	}
	if err := g.archive.Flush(ctx); err != nil {
		g.t.Fatal(err)
	}
}

func (g *ground) of(ctx context.Context, src coverage.Source, others ...coverage.Source) string {
	g.t.Helper()
	r, err := g.Of(ctx, src, append(others, src))
	if err != nil {
		g.t.Fatal(err)
	}
	list := []string{string(r.Basis), fmt.Sprint(r.Sole())}
	for _, x := range r.Rules {
		name := strings.ReplaceAll(x.Meta.Title, " ", "")
		switch {
		case x.Main:
			name = "[" + name + "]"
		case !x.Sole:
			name = "(" + name + ")"
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func provider(t *testing.T) context.Context { return tenant.WithScope(t.Context(), tenant.All()) }

func TestRulesRestOnWhatASourceSent(t *testing.T) {
	t.Parallel()
	g := newGround(t, "product: linux", "product: linux, service: auditd", "category: webserver", "product: windows, service: security", "category: process_creation, product: windows")
	gone := g.now.Add(-20 * 24 * time.Hour) // long silent: what it sent before that counts
	g.sends(one, "lin", 20*24*time.Hour+time.Hour, "event.dataset=linux.auth", "process.name=sshd")
	g.sends(one, "lin", 20*24*time.Hour+time.Hour, "event.dataset=linux.audit", "event.category=process", "event.category=web", "event.type=start")
	g.sends(one, "old", 29*24*time.Hour, "event.dataset=web.access", "isoc.x=y")
	g.sends(one, "win", time.Hour, "event.dataset=windows.security", "winlog.channel=Security", "winlog.event_id=4624")
	g.sends(one, "other", time.Hour, "event.dataset=linux.auth", "process.name=cron")
	g.sends(two, "foreign", time.Hour, "event.dataset=linux.audit")
	lin := coverage.Source{Tenant: one, ID: "lin", LastSeen: gone}
	other := coverage.Source{Tenant: one, ID: "other", LastSeen: g.now, Living: true}
	silent := coverage.Source{Tenant: one, ID: "other", LastSeen: g.now}
	const audit, linux = "product:linux,service:auditd", "product:linux"
	for _, c := range []struct {
		name string
		got  string
		want string
	}{
		{"alone", g.of(provider(t), lin), "records 2 " + audit + " " + linux},
		{"while another sends alike", g.of(provider(t), lin, other), "records 1 " + audit + " (" + linux + ")"},
		{"while that one is silent too", g.of(provider(t), lin, silent), "records 2 " + audit + " " + linux},
		{"of one channel", g.of(provider(t), coverage.Source{Tenant: one, ID: "win", LastSeen: g.now}, other), "records 1 product:windows,service:security"},
		{"of a week only", g.of(provider(t), coverage.Source{Tenant: one, ID: "old", LastSeen: g.now}), "records 0"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestTheMainFeederIsToldFromTheOthers(t *testing.T) {
	t.Parallel()
	g := newGround(t, "product: linux", "product: linux, service: auditd", "product: windows")
	for range 3 {
		g.sends(one, "much", time.Hour, "event.dataset=linux.auth", "process.name=sshd")
	}
	g.sends(one, "much", time.Hour, "event.dataset=linux.audit")
	g.sends(one, "little", time.Hour, "event.dataset=linux.auth", "process.name=sshd")
	g.sends(two, "foreign", time.Hour, "event.dataset=linux.auth", "process.name=sshd")
	g.sends(one, "silent", 2*time.Hour, "winlog.channel=Security")
	much := coverage.Source{Tenant: one, ID: "much", LastSeen: g.now, Living: true}
	little := coverage.Source{Tenant: one, ID: "little", LastSeen: g.now, Living: true}
	silent := coverage.Source{Tenant: one, ID: "silent", LastSeen: g.now.Add(-2 * time.Hour)}
	const audit, linux = "product:linux,service:auditd", "product:linux"
	if got, want := g.of(provider(t), much, little, silent), "records 1 "+audit+" ["+linux+"]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := g.of(provider(t), little, much, silent), "records 0 ("+linux+")"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// The counts of all from one look agree with the reports of each.
	all := []coverage.Source{much, little, silent}
	tallies, err := g.Tallies(provider(t), one, all)
	if err != nil || len(tallies) != 2 {
		t.Fatalf("%v, %v", tallies, err)
	}
	for _, src := range all[:2] {
		r, err := g.Of(provider(t), src, all)
		if want := (coverage.Tally{Sole: r.Sole(), Main: r.Main(), Shared: len(r.Rules) - r.Sole() - r.Main()}); err != nil || tallies[src.ID] != want {
			t.Errorf("%s: %+v, want %+v, %v", src.ID, tallies[src.ID], want, err)
		}
	}
	if _, err := g.Tallies(tenant.WithScope(t.Context(), tenant.Only(two)), one, all); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another customer: %v", err)
	}
}

func TestBeforeTheFirstRecordTheKindSaysWhatToExpect(t *testing.T) {
	t.Parallel()
	g := newGround(t, "product: linux, service: sshd", "category: firewall", "category: webserver, service: apache", "category: webserver")
	for kind, want := range map[string]string{
		"linux": "kind 1 product:linux,service:sshd", "firewall": "kind 1 category:firewall", "nginx": "kind 1 category:webserver", "auto": "unknown 0", "huawei_usg": "unknown 0",
	} {
		if got := g.of(provider(t), coverage.Source{Tenant: one, ID: "new", Kind: kind}); got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
}

func TestCoverageIsClosedToOthers(t *testing.T) {
	t.Parallel()
	g := newGround(t, "product: linux")
	g.sends(one, "lin", time.Hour, "event.dataset=linux.auth")
	src := coverage.Source{Tenant: one, ID: "lin", LastSeen: g.now}
	g.of(provider(t), src) // read once by somebody who may
	for name, ctx := range map[string]context.Context{"another customer": tenant.WithScope(t.Context(), tenant.Only(two)), "nobody": t.Context()} {
		if r, err := g.Of(ctx, src, nil); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("%s reads %+v, %v", name, r, err)
		}
	}
}

func TestWhichSourcesFeedARuleAndWhatTheyLack(t *testing.T) {
	t.Parallel()
	g := newGround(t)
	rule, err := sigma.ParseRule([]byte("title: t\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s:\n    Image: a\n    CommandLine|contains: b\n    GrandParentImage: c\n  k: [word]\n  condition: s or k\n"))
	if err != nil {
		t.Fatal(err)
	}
	sysmon := []string{"event.dataset=windows.sysmon", "winlog.channel=Microsoft-Windows-Sysmon/Operational"}
	g.sends(one, "sysmon", time.Hour, append(sysmon, "winlog.event_id=1", "winlog.event_data.Image=a", "winlog.event_data.CommandLine=b")...)
	g.sends(one, "sysmon", time.Hour, append(sysmon, "winlog.event_id=3", "winlog.event_data.GrandParentImage=not of this sort")...)
	g.sends(one, "security", time.Hour, "event.dataset=windows.security", "winlog.channel=Security", "winlog.event_id=4688", "winlog.event_data.NewProcessName=a")
	g.sends(one, "security", time.Hour, "event.dataset=windows.security", "winlog.channel=Security", "winlog.event_id=4688", "winlog.event_data.NewProcessName=a")
	g.sends(one, "old", 30*time.Hour, append(sysmon, "winlog.event_id=1")...)
	g.sends(one, "linux", time.Hour, "event.dataset=linux.auth", "process.name=sshd")
	g.sends(two, "foreign", time.Hour, append(sysmon, "winlog.event_id=1")...)
	feeds, partial, err := g.Feeds(provider(t), one, rule)
	if err != nil || partial {
		t.Fatal(err, partial)
	}
	var got []string
	for _, f := range feeds {
		got = append(got, fmt.Sprint(f.Source, f.Records, f.Looked))
		for _, u := range f.Unmapped {
			got = append(got, "-"+u.Name)
		}
	}
	if strings.Join(got, " ") != "security2 true -CommandLine -GrandParentImage sysmon1 true -GrandParentImage" {
		t.Error(got)
	}
	if _, _, err := g.Feeds(tenant.WithScope(t.Context(), tenant.Only(two)), one, rule); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another customer: %v", err)
	}
}
