package collect

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// ledger is a catalogue of one source that keeps what it is given.
type ledger struct {
	source         Source
	activity       []Activity
	minutes, hours map[int64]Point
	refuse         error
}

func (l *ledger) All(context.Context) ([]Source, error)           { return []Source{l.source}, nil }
func (l *ledger) AllActivity(context.Context) ([]Activity, error) { return l.activity, nil }
func (l *ledger) SaveActivity(_ context.Context, list []Activity) error {
	l.activity = list
	return nil
}
func (l *ledger) MinutesSince(_ context.Context, since time.Time) (list []SourcePoint, err error) {
	for _, p := range l.minutes {
		if !p.At.Before(since) {
			list = append(list, SourcePoint{l.source.Tenant, l.source.ID, p})
		}
	}
	slices.SortFunc(list, func(a, b SourcePoint) int { return a.At.Compare(b.At) })
	return list, nil
}
func (l *ledger) HourRecordsSince(ctx context.Context, since time.Time) ([]SourcePoint, error) {
	return l.HoursSince(ctx, since, since)
}
func (l *ledger) HoursSince(_ context.Context, _, since time.Time) (list []SourcePoint, err error) {
	for _, p := range l.hours {
		if !p.At.Before(since) {
			list = append(list, SourcePoint{l.source.Tenant, l.source.ID, p})
		}
	}
	slices.SortFunc(list, func(a, b SourcePoint) int { return a.At.Compare(b.At) })
	return list, nil
}
func (l *ledger) SaveSeries(_ context.Context, minutes, hours []SourcePoint) error {
	if l.refuse != nil {
		return l.refuse
	}
	for _, p := range minutes {
		l.minutes[p.At.Unix()] = p.Point
	}
	for _, p := range hours {
		l.hours[p.At.Unix()] = p.Point
	}
	return nil
}
func (l *ledger) PruneSeries(context.Context, []Source, time.Time, time.Time) error { return nil }

// clocked is a registry over a ledger, with a clock that a test moves.
type clocked struct {
	*Registry
	ledger *ledger
	at     time.Time
}

func newClocked(t *testing.T, l *ledger, at time.Time) *clocked {
	t.Helper()
	c := &clocked{ledger: l, at: at}
	c.Registry = NewRegistry(l, slog.New(slog.DiscardHandler))
	c.now, c.started = func() time.Time { return c.at }, at
	if err := c.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func newLedger() *ledger {
	return &ledger{source: Source{ID: "web", Tenant: "01J0000000000000000000000A"}, minutes: map[int64]Point{}, hours: map[int64]Point{}}
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// send lets n records arrive and be parsed, and the registry write.
func (c *clocked) send(t *testing.T, n, unparsed int, behind time.Duration) {
	t.Helper()
	c.Touch("web", n, n*100)
	c.Parsed("web", n, unparsed, slices.Repeat([]time.Duration{behind}, n))
	c.write(t)
}

func (c *clocked) write(t *testing.T) {
	t.Helper()
	if err := errors.Join(c.Flush(t.Context()), c.saveSeries(t.Context(), false)); err != nil {
		t.Fatal(err)
	}
}

func (c *clocked) condition() Condition { return c.Condition(&c.ledger.source, nil) }

func (c *clocked) pass(d time.Duration) { c.at = c.at.Add(d) }

func codes(k Condition) (list []string) {
	for _, r := range k.Reasons {
		list = append(list, r.Code)
	}
	return list
}

func TestConditionFollowsWhatArrives(t *testing.T) {
	t.Parallel()
	c := newClocked(t, newLedger(), noon)
	if k := c.condition(); k.State != Never || len(k.Reasons) != 0 || k.Understood != -1 {
		t.Fatalf("nothing yet: %+v", k)
	}
	for range 10 {
		c.send(t, 60, 0, 2*time.Second)
		c.pass(time.Minute)
	}
	k := c.condition()
	if k.State != Healthy || k.PerHour != 600 || k.Understood != 1 || k.Lag != 2*time.Second || k.PerSec != 1 {
		t.Fatalf("healthy: %v %v %d, %v understood, lag %v, %v a second", k.State, k.Reasons, k.PerHour, k.Understood, k.Lag, k.PerSec)
	}
	c.send(t, 400, 300, 10*time.Minute)
	if k := c.condition(); k.State != Degraded || !slices.Contains(codes(k), CodeUnparsed) {
		t.Fatalf("unparsed: %+v", k.Reasons)
	}
	c.pass(16 * time.Minute)
	c.send(t, 50, 0, 10*time.Minute)
	if k := c.condition(); !slices.Contains(codes(k), CodeLate) {
		t.Fatalf("late: %+v, lag %v", k.Reasons, k.Lag)
	}
	c.pass(16 * time.Minute)
	c.send(t, 50, 0, -8*time.Hour)
	if k := c.condition(); !slices.Contains(codes(k), CodeAhead) {
		t.Fatalf("ahead: %+v, lag %v", k.Reasons, k.Lag)
	}
	if k.Lag = c.condition().Lag; k.Lag != -8*time.Hour {
		t.Fatalf("a wrong time zone shows as %v", k.Lag)
	}
	c.drop("web", 3)
	if k := c.condition(); !slices.Contains(codes(k), CodeDropping) {
		t.Fatalf("dropping: %+v", k.Reasons)
	}
	if k := c.Condition(&c.ledger.source, errors.New("in use")); !slices.Contains(codes(k), CodePort) {
		t.Fatalf("port: %+v", k.Reasons)
	}
	c.ledger.source.Disabled = true
	if k := c.condition(); k.State != Disabled || len(k.Reasons) != 0 {
		t.Fatalf("disabled: %+v", k)
	}
}

func TestASourceIsSilentAfterLongerThanItIsUsedTo(t *testing.T) {
	t.Parallel()
	c := newClocked(t, newLedger(), noon)
	c.send(t, 1, 0, 0)
	c.pass(59 * time.Minute)
	if k := c.condition(); k.State != Healthy {
		t.Fatalf("without a habit, after 59 minutes: %+v", k)
	}
	c.pass(2 * time.Minute)
	if k := c.condition(); k.State != Silent || k.Reasons[0].Value != 3660 || k.Reasons[0].Limit != 3600 {
		t.Fatalf("after 61 minutes: %+v", k)
	}
	// It sends in the morning only: the pause of a night is usual from the second night on, a failure of three days never is.
	for day := range 4 {
		c.at = noon.AddDate(0, 0, day+1)
		c.send(t, 1, 0, 0)
	}
	c.pass(30 * time.Hour)
	if k := c.condition(); k.State != Healthy || k.Usual != 24*time.Hour || k.Allowed != 36*time.Hour {
		t.Fatalf("30 hours into a night: %+v", k)
	}
	c.pass(42 * time.Hour)
	if k := c.condition(); k.State != Silent {
		t.Fatalf("three days: %+v", k)
	}
	c.send(t, 1, 0, 0)
	if k := c.condition(); k.State != Healthy || k.Usual != 24*time.Hour {
		t.Fatalf("back after three days: %v", k.Usual)
	}
	c.ledger.source.ExpectMinutes = 5
	c.pass(6 * time.Minute)
	if k := c.condition(); k.State != Silent || k.Allowed != 5*time.Minute {
		t.Fatalf("expected every five minutes: %+v", k)
	}
}

func TestAStartNeitherDoublesWhatWasCountedNorCallsEverybodySilent(t *testing.T) {
	t.Parallel()
	l := newLedger()
	c := newClocked(t, l, noon.Add(-2*time.Minute))
	c.send(t, 10, 1, 0)
	c.pass(2*time.Minute + 10*time.Second)
	c.send(t, 20, 0, 0)
	if err := errors.Join(c.Flush(t.Context()), c.saveSeries(t.Context(), true)); err != nil {
		t.Fatal(err)
	}
	again := newClocked(t, l, c.at.Add(20*time.Second))
	again.send(t, 5, 0, 0)
	if err := again.saveSeries(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if p := l.minutes[noon.Unix()]; p.Records != 25 || p.Bytes != 2500 || p.Processed != 25 {
		t.Errorf("the minute of the restart: %+v", p)
	}
	if p := l.hours[noon.Unix()]; p.Records != 25 {
		t.Errorf("the hour of the restart: %+v", p)
	}
	if k := again.condition(); k.PerHour != 35 {
		t.Errorf("%d in the last hour", k.PerHour)
	}
	late := newClocked(t, l, noon.Add(9*time.Hour))
	if k := late.condition(); k.State != Healthy {
		t.Errorf("right after nine hours in which nobody listened: %+v", k)
	}
	late.pass(61 * time.Minute)
	if k := late.condition(); k.State != Silent {
		t.Errorf("an hour after that: %+v", k)
	}
}

func TestASeriesThatCannotBeWrittenIsWrittenLater(t *testing.T) {
	t.Parallel()
	l := newLedger()
	c := newClocked(t, l, noon)
	c.send(t, 10, 0, 0)
	c.pass(time.Minute)
	l.refuse = errors.New("disk full")
	if err := c.saveSeries(t.Context(), false); !errors.Is(err, l.refuse) {
		t.Fatal(err)
	}
	l.refuse = nil
	c.pass(time.Minute)
	c.write(t)
	if p := l.minutes[noon.Unix()]; p.Records != 10 {
		t.Errorf("%+v", l.minutes)
	}
	c.ledger.minutes = map[int64]Point{}
	c.pass(time.Minute)
	c.write(t)
	if len(l.minutes) != 0 {
		t.Errorf("what was written is written again: %+v", l.minutes)
	}
}

func TestLagClassesAscendAndStandForWhatIsInThem(t *testing.T) {
	t.Parallel()
	if len(lagClasses) != numLagClasses {
		t.Fatalf("%d classes, %d places", len(lagClasses), numLagClasses)
	}
	for i, c := range lagClasses {
		if i > 0 && c.bound <= lagClasses[i-1].bound {
			t.Errorf("class %d ends before the one before", i)
		}
		if got := lagClassOf(c.bound); got != i {
			t.Errorf("%d is in class %d, want %d", c.bound, got, i)
		}
	}
	for seconds, want := range map[int64]int64{0: 0, -30: 0, 1: 1, 28803: 28800, -28797: -28800, 86000: 86400, 1 << 40: 365 * 86400, -1 << 40: -14 * 3600} {
		if got := lagClasses[lagClassOf(seconds)].shown; got != want {
			t.Errorf("%d shows as %d, want %d", seconds, got, want)
		}
	}
}

func TestSeriesHaveNoGaps(t *testing.T) {
	t.Parallel()
	l := fill(noon, noon.Add(4*time.Minute+time.Second), time.Minute, []Point{
		{At: noon.Add(time.Minute), Records: 1}, {At: noon.Add(-time.Minute), Records: 9}, {At: noon.Add(time.Minute), Records: 2}, {At: noon.Add(9 * time.Minute), Records: 9},
	})
	if len(l) != 5 || l[1].Records != 2 || l[0].Records+l[2].Records+l[4].Records != 0 || !l[4].At.Equal(noon.Add(4*time.Minute)) {
		t.Errorf("%+v", l)
	}
}

// BenchmarkParsed is what the pipeline pays a batch for the health of sources.
func BenchmarkParsed(b *testing.B) {
	r := NewRegistry(newLedger(), slog.New(slog.DiscardHandler))
	if err := r.Reload(tenant.WithScope(b.Context(), tenant.All())); err != nil {
		b.Fatal(err)
	}
	behind := slices.Repeat([]time.Duration{3 * time.Second}, 500)
	b.ReportAllocs()
	for b.Loop() {
		r.Touch("web", 500, 100_000)
		r.Parsed("web", 500, 3, behind)
	}
}

func TestLagIsNoFaultWhereRecordsAreOfThePastOnPurpose(t *testing.T) {
	t.Parallel()
	c := newClocked(t, newLedger(), noon)
	for range 10 {
		c.send(t, 60, 0, 13*time.Hour)
		c.pass(time.Minute)
	}
	if k := c.condition(); !slices.Contains(codes(k), CodeClock) || k.Clock != 13*time.Hour {
		t.Fatalf("%v, clock off by %v, want %s", codes(k), k.Clock, CodeClock)
	}
	c.TolerateLag(func(tenant.ID) bool { return true })
	if k := c.condition(); k.State != Healthy || k.HasLag {
		t.Errorf("%s with %v, lag known: %v; want healthy and unknown", k.State, codes(k), k.HasLag)
	}
}
