package local

import (
	"container/heap"
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
)

const (
	firstWindow  = int64(time.Second) // the newest stretch of time looked at first
	windowGrowth = 4
	maxWindow    = 50_000 // keys read from one window; a denser one is narrowed
	minWindow    = int64(time.Millisecond)
	maxWidth     = int64(4000 * day)
	maxRounds    = 50 // pages of keys tried while filters behind the pipes leave the page short
)

// pager finds the newest events of a query, or the oldest, a page at a time. It looks first for the keys (time and id)
// of the page in windows that widen into the past, and then fetches those events alone.
type pager struct {
	*reading
	query  *query.Query
	limit  int
	oldest bool // oldest first
	after  *key // where the page before ended
	left   int  // events the query's own limit allows, from here on; 0 where it has none
}

// key is the place of an event in newest-first order.
type key struct {
	at int64
	id string
}

// older reports whether k comes after other in newest-first order.
func (k key) older(other key) bool {
	return k.at < other.at || k.at == other.at && k.id < other.id
}

// page fills the result with up to limit events and the cursor behind them.
func (p *pager) page(ctx context.Context, result *archive.Result) error {
	for range maxRounds {
		keys, more, err := p.keys(ctx, p.limit-len(result.Events))
		if err != nil || len(keys) == 0 {
			result.Cursor = ""
			return err
		}
		events, err := p.fetch(ctx, keys)
		if err != nil {
			return err
		}
		result.Events = append(result.Events, events...)
		p.after = &keys[len(keys)-1]
		result.Cursor = p.cursor(more, len(result.Events))
		if !more || len(result.Events) >= p.limit {
			return nil
		}
	}
	return nil
}

// cursor returns the place behind a page of n events, empty where the search ends there.
func (p *pager) cursor(more bool, n int) string {
	if !more || p.left > 0 && p.left <= n {
		return ""
	}
	c := archive.Cursor{Time: time.Unix(0, p.after.at).UTC(), ID: p.after.id}
	if p.left > 0 {
		c.Left = uint32(p.left - n)
	}
	return c.String()
}

// keys returns the next n keys, newest first, and whether more follow.
func (p *pager) keys(ctx context.Context, n int) ([]key, bool, error) {
	from, to := p.bounds()
	if p.after != nil && p.oldest {
		from = max(from, p.after.at)
	} else if p.after != nil {
		to = min(to, p.after.at)
	}
	found := &keyHeap{max: n + 1, oldest: p.oldest}
	width, growth := firstWindow, int64(windowGrowth)
	if p.query.Subqueries() { // each window runs them again
		width, growth = int64(time.Hour), windowGrowth*windowGrowth*windowGrowth
	}
	for from <= to {
		lo, hi := max(from, to-width+1), to
		if p.oldest {
			lo, hi = from, min(to, from+width-1)
		}
		complete, err := p.window(ctx, lo, hi, found)
		if err != nil {
			return nil, false, err
		}
		if !complete {
			width = max(minWindow, width/growth/growth)
			continue
		}
		if len(found.keys) > n {
			break
		}
		if p.oldest {
			from = hi + 1
		} else {
			to = lo - 1
		}
		width = min(width*growth, maxWidth)
	}
	keys := found.inOrder()
	if len(keys) > n {
		return keys[:n], true, nil
	}
	return keys, false, nil
}

// bounds narrows the times asked for to those the archive holds.
func (p *pager) bounds() (int64, int64) {
	from, to := p.to, p.from
	for _, k := range p.classes() {
		oldest, newest := k.span()
		from, to = min(from, oldest), max(to, newest)
	}
	return max(p.from, from), min(p.to, to)
}

// span returns the least and greatest time of the class's rows, or somewhat less and more.
func (k *class) span() (oldest, newest int64) {
	days := k.storage.PartitionList() // in order
	if len(days) == 0 {
		return math.MaxInt64, math.MinInt64
	}
	first, err1 := time.Parse(partitionName, days[0])
	last, err2 := time.Parse(partitionName, days[len(days)-1])
	if err1 != nil || err2 != nil {
		return 0, math.MaxInt64
	}
	oldest, newest = first.UnixNano(), last.Add(day).UnixNano()-1
	var s logstorage.StorageStats
	k.storage.UpdateStats(&s)
	if s.MaxTimestamp > last.UnixNano() && s.MaxTimestamp < newest && s.PendingRows == 0 {
		newest = s.MaxTimestamp // else the youngest partition is empty, or rows are not counted yet
	}
	return oldest, newest
}

// window adds the keys between lo and hi. It reports false, having added nothing, where the window
// holds too many to read and can be narrowed.
func (p *pager) window(ctx context.Context, lo, hi int64, found *keyHeap) (bool, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := windowKeys{after: p.after, narrow: hi-lo+1 > minWindow, best: keyHeap{max: found.max, oldest: found.oldest}, tooMany: func() { stop(errTooMany) }}
	err := p.run(ctx, p.query.Base()+" | fields "+engineTime+", "+event.EventID, lo, hi, w.add)
	if errors.Is(context.Cause(ctx), errTooMany) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, k := range w.best.keys {
		found.offer(k)
	}
	return true, nil
}

var errTooMany = errors.New("too many keys in one window")

// windowKeys takes the keys of one window.
type windowKeys struct {
	after   *key
	narrow  bool
	tooMany func()

	mu   sync.Mutex
	seen int
	best keyHeap
	buf  []int64
}

func (w *windowKeys) add(_ uint, db *logstorage.DataBlock) {
	w.mu.Lock()
	defer w.mu.Unlock()
	times, ok := db.GetTimestamps(w.buf[:0])
	w.buf = times
	if !ok {
		return
	}
	w.seen += len(times)
	if w.narrow && w.seen > maxWindow {
		w.tooMany()
		return
	}
	ids := db.GetColumnByName(event.EventID)
	for i, at := range times {
		k := key{at: at}
		if ids != nil {
			k.id = ids.Values[i]
		}
		if w.after != nil && !w.best.behind(k, *w.after) {
			continue
		}
		if w.best.takes(k) {
			k.id = strings.Clone(k.id)
			w.best.offer(k)
		}
	}
}

// fetch returns the events under the keys, after the query's pipes.
func (p *pager) fetch(ctx context.Context, keys []key) ([]event.Event, error) {
	var text strings.Builder
	text.WriteString(p.query.Base())
	text.WriteString(" | filter " + event.EventID + ":in(")
	for i, k := range keys {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString(strconv.Quote(k.id))
	}
	text.WriteByte(')')
	tail := p.query.Tail()
	lo, hi, order := keys[len(keys)-1].at, keys[0].at, " desc"
	if p.oldest {
		lo, hi, order = hi, lo, ""
	}
	if tail != "" {
		text.WriteString(" | sort by (" + engineTime + order + ") | " + tail)
	}
	c := collector{max: 2 * len(keys)} // ids are unique unless a replay went wrong; then show both
	if err := p.run(ctx, text.String(), lo, hi, c.add); err != nil {
		return nil, err
	}
	if tail == "" {
		newestFirst(c.events)
		if p.oldest {
			slices.Reverse(c.events)
		}
	}
	return c.events, nil
}

// keyHeap keeps the first max keys of newest-first order, or of oldest-first; the last of them is on top.
type keyHeap struct {
	max    int
	oldest bool
	keys   []key
}

// behind reports whether a comes after b in the order.
func (h *keyHeap) behind(a, b key) bool {
	if h.oldest {
		return b.older(a)
	}
	return a.older(b)
}

func (h *keyHeap) Len() int           { return len(h.keys) }
func (h *keyHeap) Less(i, j int) bool { return h.behind(h.keys[i], h.keys[j]) }
func (h *keyHeap) Swap(i, j int)      { h.keys[i], h.keys[j] = h.keys[j], h.keys[i] }

// Push adds a key; use offer.
func (h *keyHeap) Push(x any) { h.keys = append(h.keys, x.(key)) }

// Pop removes the last key; use inOrder.
func (h *keyHeap) Pop() any {
	k := h.keys[len(h.keys)-1]
	h.keys = h.keys[:len(h.keys)-1]
	return k
}

// takes reports whether the key would be kept.
func (h *keyHeap) takes(k key) bool { return len(h.keys) < h.max || h.behind(h.keys[0], k) }

func (h *keyHeap) offer(k key) {
	if len(h.keys) < h.max {
		heap.Push(h, k)
	} else if h.behind(h.keys[0], k) {
		h.keys[0] = k
		heap.Fix(h, 0)
	}
}

// inOrder empties the heap.
func (h *keyHeap) inOrder() []key {
	keys := make([]key, len(h.keys))
	for i := len(keys) - 1; i >= 0; i-- {
		keys[i] = heap.Pop(h).(key)
	}
	return keys
}

var _ heap.Interface = (*keyHeap)(nil)
