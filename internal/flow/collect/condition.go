package collect

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// State says in one word how a source is.
type State string

// The states, the most pressing first. Only one holds at a time; [Condition.Codes] says why.
const (
	Silent   State = "silent"   // nothing came for longer than usual
	Degraded State = "degraded" // records come, and something is wrong with them
	Never    State = "never"    // nothing came yet
	Healthy  State = "healthy"
	Disabled State = "disabled"
)

// States lists the states, the most pressing first.
func States() []State { return []State{Silent, Degraded, Never, Healthy, Disabled} }

// Codes of what is wrong with a source.
const (
	CodeSilent   = "silent"   // Value: seconds since the last record; Limit: seconds that are still usual
	CodeUnparsed = "unparsed" // Value: share of the last hour's records that no parser understood; Limit: what is tolerated
	CodeLate     = "late"     // Value: median seconds that events lie behind their receipt; Limit: what is tolerated
	CodeAhead    = "ahead"    // Value: share of the last minutes' events whose time lies in the future
	CodeDropping = "dropping" // Value: datagrams dropped over the customer's rate in the last minutes
	CodeClock    = "clock"    // Value: seconds that even the quickest events lie behind; Limit: what is tolerated
	CodeDrop     = "drop"     // Value: records of the last hour; Limit: how many are usual at this hour of the week
	CodeBurst    = "burst"    // the same
	CodeWorse    = "worse"    // Value: share of the last hour's records that was not understood; Limit: what is usual
	CodePort     = "port"     // Value: the own port, which could not be opened
)

const (
	recentMinutes   = 15               // what lag and drops are judged by
	startMoment     = 5 * time.Minute  // that a start may take without a hole in the last hour
	agreeMinutes    = 3                // of the recent minutes, before they tell a clock
	tolerateShare   = 0.10             // of records may be without a parser
	tolerateLag     = 5 * time.Minute  // median
	minJudged       = 20               // records below which shares say nothing
	quietFloor      = 15 * time.Minute // nobody is called silent before
	quietFloorNew   = time.Hour        // while there is no habit yet
	knownMinutes    = 30               // minutes with records after which a source that never paused is known to be steady
	quietFactor     = 1.5              // how much longer than usual a pause may last
	secondsPerMonth = 30 * 86400
)

// Reason is one thing that is wrong, with the figure that says so and what would be right.
type Reason struct {
	Code  string
	Value float64
	Limit float64
}

// Condition is how a source is, and by which figures.
type Condition struct {
	State   State
	Reasons []Reason
	PerSec  float64 // records a second, over the last minute
	PerHour int64   // records in the last sixty minutes
	// Understood is the share of the last hour's records that a parser understood; negative where there were none.
	Understood float64
	// Lag is the median by which events lay behind their receipt in the last minutes; Late says whether there is one.
	Lag    time.Duration
	HasLag bool
	// Clock is by how much even the quickest events lay behind their receipt in the last minutes, negative where ahead: that is the
	// sender's clock, or its time zone, rather than the way. HasClock says whether it is known: it needs minutes that agree.
	Clock    time.Duration
	HasClock bool
	// UsualHour is how many records are usual in an hour at this time of the week; negative while that is not known.
	UsualHour float64
	Usual     time.Duration // the longest pause that is usual; 0 while unknown
	Allowed   time.Duration // the pause after which the source counts as silent
	Minutes   []Point       // the last sixty minutes
}

// Condition tells how a source is; failed is why its own port could not be opened.
func (r *Registry) Condition(src *Source, failed error) Condition {
	now := r.now()
	r.activity.mu.RLock()
	c, alive := r.activity.counters[src.ID], r.activity.alive
	r.activity.mu.RUnlock()
	if c == nil {
		c = &counter{}
	}
	c.sample(now)
	k := Condition{State: Healthy, Understood: -1, UsualHour: -1}
	c.track.mu.Lock()
	k.Minutes = c.track.lastHour(now)
	usual, known := c.track.habit(now)
	k.Clock, k.HasClock = c.track.clock(now)
	beat := c.track.rhythm(now, &r.activity.heard)
	whole := int64(c.track.weeks.at(now.Unix()/3600 - 1))
	share, poorest, learned := c.track.days.habit(now)
	c.track.mu.Unlock()
	k.figures(now)
	k.Usual = usual
	k.Allowed = allowed(src, usual, known, k.active())
	past := r.past != nil && r.past(src.Tenant)
	if past {
		k.HasLag, k.Lag, k.HasClock, k.Clock = false, 0, false, 0
	}
	k.judge(src, r.quiet(c, alive, now), failed)
	if k.State == Disabled || k.State == Never || k.State == Silent {
		return k
	}
	if learned {
		k.compare(share, poorest)
	}
	if !past && r.heardAll(alive, now) {
		k.volume(now, &beat, whole)
	}
	if len(k.Reasons) > 0 {
		k.State = Degraded
	}
	return k
}

// heardAll reports whether the platform listened all of the last hour, but for the moment of a start.
func (r *Registry) heardAll(alive, now time.Time) bool {
	return now.Sub(r.started) > time.Hour || !alive.IsZero() && r.started.Sub(alive) < startMoment
}

// quiet is how long nothing came, without the time in which the platform did not listen; negative where nothing ever came.
func (r *Registry) quiet(c *counter, alive, now time.Time) time.Duration {
	ns := c.lastSeen.Load()
	if ns == 0 {
		return -1
	}
	seen := time.Unix(0, ns)
	if alive.IsZero() || !seen.Before(r.started) || alive.After(r.started) {
		return now.Sub(seen)
	}
	return now.Sub(r.started) + alive.Sub(seen)
}

// allowed is how long a source may be quiet: as the operator says, or else half as long again as it usually is.
func allowed(src *Source, usual time.Duration, known bool, active int) time.Duration {
	switch {
	case src.ExpectMinutes > 0:
		return time.Duration(src.ExpectMinutes) * time.Minute
	case known:
		return max(quietFloor, time.Duration(float64(usual)*quietFactor).Truncate(time.Minute))
	case active >= knownMinutes:
		return quietFloor
	}
	return quietFloorNew
}

// active is in how many of the last sixty minutes records came.
func (k *Condition) active() (n int) {
	for i := range k.Minutes {
		if k.Minutes[i].Records > 0 {
			n++
		}
	}
	return n
}

// figures works out rates, the share understood and the lag from the minutes.
func (k *Condition) figures(now time.Time) {
	var processed, unparsed int64
	for i := range k.Minutes {
		p := &k.Minutes[i]
		k.PerHour += p.Records
		processed += p.Processed
		unparsed += p.Unparsed
	}
	if processed > 0 {
		k.Understood = max(0, 1-float64(unparsed)/float64(processed))
	}
	n := len(k.Minutes)
	running := now.Sub(k.Minutes[n-1].At)
	k.PerSec = float64(k.Minutes[n-1].Records+k.Minutes[n-2].Records) / (time.Minute + running).Seconds()
	var weight int64
	var sum float64
	for i := n - recentMinutes; i < n; i++ {
		p := &k.Minutes[i]
		weight += p.Processed
		sum += float64(p.Processed) * p.LagMedian.Seconds()
	}
	if weight > 0 {
		k.Lag, k.HasLag = time.Duration(sum/float64(weight)*float64(time.Second)).Truncate(time.Second), true
	}
}

// compare judges how much of the last hour's records was understood by the source's own habit.
func (k *Condition) compare(usual, poorest float64) {
	var processed int64
	for i := range k.Minutes {
		processed += k.Minutes[i].Processed
	}
	if !worse(k.Understood, processed, usual, poorest) {
		return
	}
	k.Reasons = slices.DeleteFunc(k.Reasons, func(r Reason) bool { return r.Code == CodeUnparsed }) // this says more
	k.Reasons = append(k.Reasons, Reason{CodeWorse, 1 - k.Understood, 1 - usual})
}

// volume judges how many records came by the source's own rhythm.
func (k *Condition) volume(now time.Time, beat *rhythm, whole int64) {
	if !beat.known {
		return
	}
	code, usual := beat.judge(now, k.PerHour, whole)
	k.UsualHour = math.Round(usual)
	if code != "" {
		k.Reasons = append(k.Reasons, Reason{code, float64(k.PerHour), k.UsualHour})
	}
}

// judge finds the state and its reasons.
func (k *Condition) judge(src *Source, quiet time.Duration, failed error) {
	if src.Disabled {
		k.State = Disabled
		return
	}
	note := func(code string, value, limit float64) { k.Reasons = append(k.Reasons, Reason{code, value, limit}) }
	if failed != nil {
		note(CodePort, float64(src.Port), 0)
	}
	if quiet < 0 {
		k.State = Never
		return
	}
	if quiet > k.Allowed {
		k.State = Silent
		note(CodeSilent, quiet.Truncate(time.Second).Seconds(), k.Allowed.Seconds())
		return
	}
	var processed, dropped int64
	for i := range k.Minutes {
		processed += k.Minutes[i].Processed
		if i >= len(k.Minutes)-recentMinutes {
			dropped += k.Minutes[i].Dropped
		}
	}
	if processed >= minJudged && 1-k.Understood > tolerateShare {
		note(CodeUnparsed, 1-k.Understood, tolerateShare)
	}
	if k.HasClock && k.Clock > tolerateLag && k.Clock < secondsPerMonth*time.Second {
		note(CodeClock, k.Clock.Seconds(), tolerateLag.Seconds())
	} else if k.HasLag && k.Lag > tolerateLag && k.Lag < secondsPerMonth*time.Second {
		note(CodeLate, k.Lag.Seconds(), tolerateLag.Seconds())
	}
	if k.HasLag && k.Lag < -aheadSeconds/2*time.Second {
		note(CodeAhead, -k.Lag.Seconds(), aheadSeconds)
	}
	if dropped > 0 {
		note(CodeDropping, float64(dropped), 0)
	}
	if len(k.Reasons) > 0 {
		k.State = Degraded
	}
}

// Span is how far back a series reaches, and in which steps.
type Span struct {
	Back time.Duration
	Step time.Duration
}

// Spans are the series there are, by name.
func Spans() map[string]Span {
	return map[string]Span{
		"1h": {time.Hour, time.Minute}, "24h": {24 * time.Hour, time.Minute}, "48h": {48 * time.Hour, time.Minute},
		"7d": {7 * 24 * time.Hour, time.Hour}, "30d": {30 * 24 * time.Hour, time.Hour}, "90d": {90 * 24 * time.Hour, time.Hour},
	}
}

// Series returns what one of the customer's sources did over a span, oldest first and without gaps.
func (s *Service) Series(ctx context.Context, id tenant.ID, source string, span Span) ([]Point, error) {
	if _, err := s.d.Repository.Get(ctx, id, source); err != nil {
		return nil, fmt.Errorf("source %q: %w", source, err)
	}
	now := s.d.Registry.now()
	first := now.UTC().Truncate(span.Step).Add(span.Step - span.Back)
	read := s.d.Repository.Minutes
	if span.Step == time.Hour {
		read = s.d.Repository.Hours
	}
	stored, err := read(ctx, id, source, first)
	if err != nil {
		return nil, fmt.Errorf("series of source %q: %w", source, err)
	}
	return fill(first, now, span.Step, append(stored, s.d.Registry.unwritten(source, now, span.Step)...)), nil
}

// DayOf returns the records by the hour of the last 24 hours for all of the customer's sources, oldest first and without gaps.
func (s *Service) DayOf(ctx context.Context, id tenant.ID) (map[string][]Point, error) {
	now := s.d.Registry.now()
	first := now.UTC().Truncate(time.Hour).Add(-23 * time.Hour)
	stored, err := s.d.Repository.HoursOfAll(ctx, id, first)
	if err != nil {
		return nil, fmt.Errorf("series of sources: %w", err)
	}
	by := map[string][]Point{}
	for _, p := range stored {
		by[p.Source] = append(by[p.Source], p.Point)
	}
	sources, err := s.d.Repository.List(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	for i := range sources {
		of := sources[i].ID
		by[of] = fill(first, now, time.Hour, append(by[of], s.d.Registry.unwritten(of, now, time.Hour)...))
	}
	return by, nil
}

// unwritten returns the points of a source that memory knows better than the store.
func (r *Registry) unwritten(source string, now time.Time, step time.Duration) []Point {
	c := r.activity.counter(source)
	if c == nil {
		return nil
	}
	c.sample(now)
	c.track.mu.Lock()
	defer c.track.mu.Unlock()
	if step == time.Hour {
		return append([]Point(nil), c.track.hours...)
	}
	return c.track.lastHour(now)
}

// fill lays points on their places from first until now; a later point of the same time replaces an earlier one.
func fill(first, now time.Time, step time.Duration, points []Point) []Point {
	n := int(now.UTC().Sub(first)/step) + 1
	list := make([]Point, max(n, 0))
	for i := range list {
		list[i].At = first.Add(time.Duration(i) * step)
	}
	for _, p := range points {
		if i := int(p.At.Sub(first) / step); !p.At.Before(first) && i < len(list) && !p.empty() {
			list[i] = p
		}
	}
	return list
}
