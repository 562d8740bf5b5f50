package demo

import (
	"slices"
	"time"
)

// Span is how much time the records tell of. An hour less than a day, so that what the screens show by default still holds all of it
// a while after the end.
const Span = 23 * time.Hour

// Minutes is how many minutes a [Day] has.
const Minutes = int(Span / time.Minute)

// Record is one record as its device writes it.
type Record struct {
	At     time.Time
	Source Key
	Text   []byte // without line end; for [Bulk] the document alone
	Step   string // the step of the story it belongs to, or empty
}

// Day is the working day of both customers. It is immutable; its minutes may be asked for in any order.
type Day struct {
	seed   uint64
	from   time.Time
	tokens map[Key]string // by source, for those that carry it in their records
	plot   [][]Record     // of the attacks, by minute
}

// NewDay returns the day that begins at from. Tokens are those of the sources by key, which syslog carries in its records.
func NewDay(seed uint64, from time.Time, tokens map[Key]string) *Day {
	d := &Day{seed: seed, from: from.UTC().Truncate(time.Second), tokens: tokens, plot: make([][]Record, Minutes)}
	p := plotter{day: d}
	for _, w := range []func(*plotter){breakIn, webShell, domainTheft, alarms} {
		w(&p)
	}
	for _, r := range p.records {
		if m := int(r.At.Sub(d.from) / time.Minute); m >= 0 && m < Minutes {
			d.plot[m] = append(d.plot[m], r)
		}
	}
	return d
}

// From is when the day begins.
func (d *Day) From() time.Time { return d.from }

// Minute writes the records of one minute, oldest first.
func (d *Day) Minute(m int) []Record {
	if m < 0 || m >= Minutes {
		return nil
	}
	w := writer{day: d, minute: m, start: d.from.Add(time.Duration(m) * time.Minute)}
	for _, produce := range []func(*writer){
		hisLinuxMinute, facLinuxMinute, auditMinute, portalMinute, shopMinute, firewallMinute, windowsMinute, dnsMinute, proxyMinute, vpnMinute, switchMinute,
	} {
		produce(&w)
	}
	w.records = append(w.records, d.plot[m]...)
	slices.SortStableFunc(w.records, func(a, b Record) int { return a.At.Compare(b.At) })
	return w.records
}

// Count says how many records the day has.
func (d *Day) Count() int {
	n := 0
	for m := range Minutes {
		n += len(d.Minute(m))
	}
	return n
}

// writer collects the records of one minute.
type writer struct {
	day     *Day
	minute  int
	start   time.Time
	records []Record
}

// times calls fn as often as something happens that happens peak times in a minute of full load, each with its moment.
func (w *writer) times(what string, peak float64, fn func(d dice, at time.Time)) {
	d := cast(w.day.seed, what, w.minute)
	for range d.poisson(peak * load(w.start)) {
		fn(d, w.start.Add(time.Duration(d.IntN(60_000))*time.Millisecond))
	}
}

// hourly calls fn where the minute is the given one of an hour of the customers' clock; jobs run like that.
func (w *writer) hourly(minute int, fn func(d dice, at time.Time)) {
	if w.start.In(local()).Minute() == minute {
		fn(cast(w.day.seed, "hourly", w.minute), w.start.Add(time.Second))
	}
}

// daily calls fn once a day, at a time of the customers' clock.
func (w *writer) daily(hour, minute int, fn func(d dice, at time.Time)) {
	if at := w.start.In(local()); at.Hour() == hour && at.Minute() == minute {
		fn(cast(w.day.seed, "daily", w.minute), w.start.Add(2*time.Second))
	}
}

func (w *writer) add(source Key, at time.Time, text []byte) {
	w.records = append(w.records, Record{At: at, Source: source, Text: text})
}
