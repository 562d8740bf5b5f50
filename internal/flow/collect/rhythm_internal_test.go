package collect

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// pace is how a simulated sender sends: records a minute, given the time and what chance gave to its hour and ten minutes.
type pace struct {
	name  string
	weeks int // of history before it is judged
	rate  func(at time.Time, hour, ten float64) float64
	// blind says that volume says nothing of such a sender: what matters is that it is never called odd.
	blind bool
}

func office(at time.Time) float64 {
	switch h := at.Hour(); {
	case at.Weekday() == time.Saturday || at.Weekday() == time.Sunday:
		return 0.05
	case h >= 9 && h < 18:
		return 1
	case h == 8 || h == 18:
		return 0.4
	}
	return 0.06
}

func paces() []pace {
	wave := func(at time.Time) float64 { return 1 + 0.8*math.Sin(float64(at.Hour()*60+at.Minute())/1440*2*math.Pi) }
	varied := func(sigma, chance float64) float64 { return math.Exp(sigma * chance) }
	return []pace{
		{"steady", 4, func(_ time.Time, hour, _ float64) float64 { return 50 * varied(0.05, hour) }, false},
		{"by day and night", 4, func(at time.Time, hour, ten float64) float64 {
			return 30 * wave(at) * varied(0.2, hour) * varied(0.3, ten)
		}, false},
		{"of an office week", 4, func(at time.Time, hour, ten float64) float64 {
			return 80 * office(at) * varied(0.25, hour) * varied(0.3, ten)
		}, false},
		{"known for two weeks", 2, func(at time.Time, hour, ten float64) float64 {
			return 80 * office(at) * varied(0.25, hour) * varied(0.3, ten)
		}, false},
		{"few records", 4, func(at time.Time, hour, _ float64) float64 { return 2 * wave(at) * varied(0.2, hour) }, false},
		{"a batch at two, and little else", 4, func(at time.Time, hour, _ float64) float64 {
			begin := 120 + int(10*math.Abs(hour)) // minutes after midnight
			if m := at.Hour()*60 + at.Minute(); m >= begin && m < begin+20 {
				return 500
			}
			return 1.5
		}, true},
		{"bursty", 4, func(_ time.Time, hour, ten float64) float64 { return 20 * varied(1.2, hour) * varied(1, ten) }, true},
		{"bursts on some days", 4, func(_ time.Time, hour, ten float64) float64 {
			if hour > 2.3 {
				return 400
			}
			return 20 * varied(0.3, ten)
		}, false},
		{"rare", 4, func(_ time.Time, _, ten float64) float64 { return 0.05 * varied(0.5, ten) }, true},
	}
}

// sim is a sender under way.
type sim struct {
	pace
	rng    *rand.Rand
	at     time.Time
	weeks  weeks
	last   [60]int64 // by minute modulo
	known  rhythm
	deaf   bool // nobody asks how it is
	chance struct {
		hour, ten     float64
		ofHour, ofTen int64
	}
}

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func newSim(p pace, seed uint64) *sim {
	s := &sim{pace: p, rng: rand.New(rand.NewPCG(seed, 7)), at: monday}
	s.deaf = true
	for range p.weeks * weekHours * 60 {
		s.minute(1)
	}
	s.deaf = false
	return s
}

// minute lets one minute pass in which so much of the usual comes, and returns what the condition says after it.
func (s *sim) minute(of float64) string {
	now := s.at
	if h := now.Unix() / 3600; h != s.chance.ofHour {
		s.chance.ofHour, s.chance.hour = h, s.rng.NormFloat64()
	}
	if t := now.Unix() / 600; t != s.chance.ofTen {
		s.chance.ofTen, s.chance.ten = t, s.rng.NormFloat64()
	}
	n := poisson(s.rng, of*s.rate(now, s.chance.hour, s.chance.ten))
	s.weeks.add(now.Unix()/3600, n)
	s.last[now.Unix()/60%60] = n
	s.at = now.Add(time.Minute)
	if s.deaf || s.at.Minute()%5 != 0 {
		return ""
	}
	hour := s.at.Unix() / 3600
	if s.known.hour != hour {
		s.known = s.weeks.rhythmAt(hour, func(int64) bool { return true })
	}
	var sixty int64
	for _, v := range s.last {
		sixty += v
	}
	code, _ := s.known.judge(s.at, sixty, int64(s.weeks.at(hour-1)))
	return code
}

func poisson(rng *rand.Rand, mean float64) int64 {
	if mean > 50 {
		return max(0, int64(math.Round(mean+math.Sqrt(mean)*rng.NormFloat64())))
	}
	n, limit := int64(0), math.Exp(-mean)
	for p := rng.Float64(); p > limit; p *= rng.Float64() {
		n++
	}
	return n
}

// alarms counts how often a sender that sends as ever is called odd, in so many weeks.
func (s *sim) alarms(weeks int) (drops, bursts int) {
	before := ""
	for range weeks * weekHours * 60 {
		code := s.minute(1)
		if s.at.Minute()%5 != 0 {
			continue
		}
		if code != before {
			switch code {
			case CodeDrop:
				drops++
			case CodeBurst:
				bursts++
			}
		}
		before = code
	}
	return drops, bursts
}

// finds lets a sender send another share of the usual from a random moment on, and tells after how many minutes that is told; at most a day.
func (s *sim) finds(of float64, code string) (minutes int, found bool) {
	s.deaf = true
	for range s.rng.IntN(3 * 24 * 60) {
		s.minute(1)
	}
	s.deaf = false
	for m := 1; m <= 24*60; m++ {
		if s.minute(of) == code {
			return m, true
		}
	}
	return 0, false
}

// TestRhythmsAreJudgedByThemselves tells how often senders that do as ever are called odd, and how soon a change is told. The figures are
// those of the simulated senders above, with a fixed seed.
func TestRhythmsAreJudgedByThemselves(t *testing.T) {
	t.Parallel()
	const senders, weeks, tries = 4, 3, 8
	for _, p := range paces() {
		drops, bursts := 0, 0
		for i := range uint64(senders) {
			d, b := newSim(p, i).alarms(weeks)
			drops, bursts = drops+d, bursts+b
		}
		line := fmt.Sprintf("%-32s false alarms in %d source-weeks: %d drops, %d bursts;", p.name, senders*weeks, drops, bursts)
		if drops > 1 || bursts > 1 {
			t.Errorf("%s: %d drops and %d bursts where nothing changed", p.name, drops, bursts)
		}
		for _, c := range []struct {
			of   float64
			code string
		}{{0, CodeDrop}, {0.2, CodeDrop}, {0.4, CodeDrop}, {8, CodeBurst}} {
			var after []int
			for i := range uint64(tries) {
				if m, ok := newSim(p, 100+i).finds(c.of, c.code); ok {
					after = append(after, m)
				}
			}
			slices.Sort(after)
			if len(after) == 0 {
				line += fmt.Sprintf(" ×%v never;", c.of)
			} else {
				line += fmt.Sprintf(" ×%v %d/%d, after %d min;", c.of, len(after), tries, after[len(after)/2])
			}
			if !p.blind && c.of <= 0.2 && len(after) < tries {
				t.Errorf("%s: a fall to %v of the usual is told %d times of %d", p.name, c.of, len(after), tries)
			}
		}
		t.Log(line)
	}
}

func TestWithoutTwoWeeksNothingIsSaidOfVolume(t *testing.T) {
	t.Parallel()
	s := newSim(paces()[0], 1)
	s.pace.weeks = 0
	fresh := &sim{pace: s.pace, rng: s.rng, at: monday}
	for range (2*weekHours - 2) * 60 {
		if code := fresh.minute(float64(fresh.at.Hour() % 2)); code != "" { // very odd, had one known better
			t.Fatalf("%s after %v", code, fresh.at.Sub(monday))
		}
	}
}

func TestAnOutageIsNoHabit(t *testing.T) {
	t.Parallel()
	s := newSim(paces()[0], 1)
	for range 30 * 60 { // thirty hours without a record
		s.minute(0)
	}
	for range 12 * 60 {
		s.minute(1)
	}
	if minutes, ok := s.finds(0.1, CodeDrop); !ok || minutes > 90 {
		t.Errorf("the next outage is told after %d minutes, %v", minutes, ok)
	}
}

func TestHoursNobodyListenedSayNothing(t *testing.T) {
	t.Parallel()
	var w weeks
	start := monday.Unix() / 3600
	stopped := func(h int64) bool { return (h-start)%weekHours < 60 && h-start > weekHours } // every week but the first
	for h := start; h < start+4*weekHours; h++ {
		if !stopped(h) {
			w.add(h, 1000)
		}
	}
	r := w.rhythmAt(start+4*weekHours+100, func(h int64) bool { return !stopped(h) })
	if !r.known || math.Abs(r.now.records()-1000) > 1 {
		t.Errorf("%+v", r)
	}
	if r = w.rhythmAt(start+4*weekHours+10, func(h int64) bool { return !stopped(h) }); r.known {
		t.Errorf("judged by one week: %+v", r)
	}
}

func TestUnderstandingIsJudgedByHabit(t *testing.T) {
	t.Parallel()
	var u understoodDays
	for day := range 10 {
		unparsed := int64(10)
		if day == 4 {
			unparsed = 600 // one poor day is no habit
		}
		u.add(noon.AddDate(0, 0, day), 1000, unparsed)
	}
	usual, poorest, known := u.habit(noon.AddDate(0, 0, 10))
	if !known || usual != 0.99 || poorest != 0.99 {
		t.Fatalf("%v %v %v", usual, poorest, known)
	}
	if _, _, known := u.habit(noon.AddDate(0, 0, 30)); known {
		t.Error("what was weeks ago is still a habit")
	}
	for _, c := range []struct {
		share float64
		n     int64
		want  bool
	}{{0.98, 1000, false}, {0.9, 1000, true}, {0.9, 30, false}, {0.94, 50, false}, {0, 1000, true}} {
		if got := worse(c.share, c.n, usual, poorest); got != c.want {
			t.Errorf("%v of %d understood: worse is %v", c.share, c.n, got)
		}
	}
}

func TestConditionTellsAFallAndWorseUnderstanding(t *testing.T) {
	t.Parallel()
	l := newLedger()
	for h := range int64(4 * weekHours) {
		at := noon.Add(-time.Duration(h+1) * time.Hour)
		l.hours[at.Unix()] = Point{At: at, Records: 600, Processed: 600, Unparsed: 6}
	}
	l.activity = []Activity{{Source: "web", Tenant: l.source.Tenant, LastSeen: noon.Add(-time.Second), Records: 1}}
	c := newClocked(t, l, noon)
	for range 61 {
		c.send(t, 10, 0, time.Second)
		c.pass(time.Minute)
	}
	if k := c.condition(); k.State != Healthy || k.UsualHour != 600 {
		t.Fatalf("as ever: %s %v, %v usual", k.State, k.Reasons, k.UsualHour)
	}
	for range 60 {
		c.send(t, 2, 0, time.Second)
		c.pass(time.Minute)
	}
	if k := c.condition(); k.State != Degraded || !slices.Equal(codes(k), []string{CodeDrop}) || k.Reasons[0] != (Reason{CodeDrop, k.Reasons[0].Value, 600}) {
		t.Fatalf("a fifth: %s %v", k.State, k.Reasons)
	}
	if again := newClocked(t, l, c.at.Add(time.Minute)); !slices.Equal(codes(again.condition()), []string{CodeDrop}) {
		t.Errorf("a start forgets it: %v", again.condition().Reasons)
	}
	if late := newClocked(t, l, c.at.Add(20*time.Minute)); len(late.condition().Reasons) != 0 {
		t.Errorf("what was not listened to is called few: %v", late.condition().Reasons)
	}
	for range 60 {
		c.send(t, 10, 4, time.Second)
		c.pass(time.Minute)
	}
	if k := c.condition(); !slices.Equal(codes(k), []string{CodeWorse}) || math.Abs(k.Reasons[0].Limit-0.01) > 1e-9 {
		t.Fatalf("less understood: %v", k.Reasons)
	}
	for range 60 {
		c.send(t, 100, 1, time.Second)
		c.pass(time.Minute)
	}
	if k := c.condition(); !slices.Equal(codes(k), []string{CodeBurst}) {
		t.Fatalf("ten times: %v", k.Reasons)
	}
}

// BenchmarkRhythm is what a source costs once an hour.
func BenchmarkRhythm(b *testing.B) {
	s := newSim(paces()[1], 1)
	hour := s.at.Unix() / 3600
	b.ReportAllocs()
	for b.Loop() {
		s.weeks.rhythmAt(hour, func(int64) bool { return true })
	}
}
