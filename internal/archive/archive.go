package archive

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of one request.
const (
	DefaultLimit = 100
	MaxLimit     = 1000   // events of a page, values of a field
	MaxRows      = 10_000 // rows of a query that counts or reorders
	MaxBuckets   = 2000
)

// TimeOriginal holds an event's own claimed time where it lay outside the tenant's retention, so
// that the event is stored under the time it was received instead of being dropped.
const TimeOriginal = "isoc.time.original"

// Cut says that values of an event were shortened, or fields folded, to what the engine can hold.
const Cut = "isoc.cut"

// Archive keeps events and finds them again. Implementations pass archivetest.Run.
//
// Every read names its tenants beside the query. A tenant that the scope carried by ctx
// (tenant.ScopeFrom) does not allow is fault.ErrNotFound, an empty list fault.ErrInvalid: no call
// ever falls back to "everything".
type Archive interface {
	Writer
	Reader
	Scanner
	Keeper
}

// Writer takes events in the order of the queue.
type Writer interface {
	// Append stores events; their event.sequence (from the field, or else from the id) must not
	// descend within a call and must lie above those of all calls before (and of Advance), since
	// Durable speaks of whole sequences: all events of one stand in one call. It
	// either takes all events or none and returns before they are durable; they become searchable
	// within about a second. Every event keeps event.original; an event the engine could not hold
	// as it is, or whose time lies outside the retention, is fitted and counted in [Stats], never
	// dropped. Errors: fault.ErrUnavailable (disk nearly full, closing), fault.ErrNotFound (a
	// tenant without a place), fault.ErrInvalid (no id or sequence).
	Append(ctx context.Context, events []event.Event) error
	// Advance tells that everything up to seq was appended or needs no appending, so that Durable
	// can pass batches that left no events.
	Advance(seq uint64)
	// Durable returns the highest sequence up to which everything handed over is on disk and
	// survives the death of the process. It starts at 0 and never falls.
	Durable() uint64
	// Flush makes everything appended before the call searchable and durable.
	Flush(ctx context.Context) error
	// Seen returns the ids of stored events of one queue, whose epoch begins the id, with a sequence
	// above afterSeq, of all tenants. Asked after opening and before the first Append it holds
	// everything of that queue on disk: what a replay must skip. Events of an earlier queue, whose
	// sequences mean nothing to this one, are not read into memory.
	Seen(ctx context.Context, epoch uint32, afterSeq uint64) (map[string]struct{}, error)
}

// Reader finds events.
type Reader interface {
	// Search returns a page of events, newest first unless asked otherwise, or the rows of a query that counts or reorders.
	Search(ctx context.Context, s Search) (Result, error)
	// Histogram counts the events over time; missing buckets are filled with zero.
	Histogram(ctx context.Context, h HistogramQuery) (Histogram, error)
	// FieldNames returns the names of the fields of matching events, most frequent first. The counts
	// are estimates and never too low: an engine may count whole blocks that hold the field.
	FieldNames(ctx context.Context, s Selection) ([]Hits, error)
	// FieldValues returns the most frequent values of one field; limit is at most [MaxLimit].
	FieldValues(ctx context.Context, s Selection, field string, limit int) ([]Hits, error)
}

// Scanner reads much of what is stored, from the oldest on.
type Scanner interface {
	// Scan hands all events of a selection, whose times must be set and whose query must have no pipes, to fn: in one piece after the
	// other, each the events before until that no piece before held, ordered by time and id. Pieces hold some ten thousand events at
	// most; empty ones tell of time without events. It takes turns with searches, and ends with the first error of fn.
	Scan(ctx context.Context, s Selection, fn func(until time.Time, events []event.Event) error) error
}

// Keeper looks after what is stored.
type Keeper interface {
	// DeleteTenant removes every event of one tenant and returns when no search can find any. It
	// needs a scope that allows all tenants. Nothing may be appended for the tenant meanwhile.
	DeleteTenant(ctx context.Context, id tenant.ID) error
	// Stats tells the state of the archive as a whole.
	Stats(ctx context.Context) (Stats, error)
	// Close flushes and releases everything. Further calls return fault.ErrUnavailable.
	Close() error
}

// Placement says where a tenant's events stand.
type Placement struct {
	Account       uint32 // the tenant's number in the engine, never 0, never reused
	RetentionDays int    // chooses the retention class
}

// Directory knows the place of every tenant. Place is called for every batch and must answer from
// memory; it must be safe for concurrent use.
type Directory interface {
	Place(id tenant.ID) (Placement, bool)
}

// Selection names the events a read is about.
type Selection struct {
	Tenants []tenant.ID
	Query   *query.Query // nil means everything; pipes behind the filter matter to Search alone
	From    time.Time    // inclusive; zero means the oldest
	To      time.Time    // exclusive; zero means the newest
}

// Search asks for a page.
type Search struct {
	Tenants []tenant.ID
	Query   *query.Query
	From    time.Time
	To      time.Time
	Limit   int    // 0 means [DefaultLimit], at most [MaxLimit]; for rows at most [MaxRows]
	Cursor  string // from the page before, with the same query, tenants, times and order
	Oldest  bool   // oldest first; a query that counts or reorders has its own order
}

// Selection returns the events the search is about.
func (s Search) Selection() Selection {
	return Selection{Tenants: s.Tenants, Query: s.Query, From: s.From, To: s.To}
}

// Result is a page. Events of a query that counts carry fields only: no tenant, id or time unless the
// query kept them.
type Result struct {
	Events []event.Event
	Cursor string // empty where nothing follows
	// Truncated says that there are more rows than given and no cursor to reach them.
	Truncated bool
	Cost      Cost
}

// Cost is what a read took.
type Cost struct {
	RowsScanned  uint64
	BytesScanned uint64
	Duration     time.Duration
}

// HistogramQuery asks for counts over time. From and To must be set.
type HistogramQuery struct {
	Tenants []tenant.ID
	Query   *query.Query
	From    time.Time
	To      time.Time
	Buckets int // how many are wanted, about; at most [MaxBuckets]
	// Split names a field by whose most frequent values the counts are split, [SplitValues] of them; empty means none.
	Split string
}

// SplitValues is how many values a histogram is split by; the rest is the difference to the whole.
const SplitValues = 5

// Histogram counts events in buckets of equal width, aligned to the width and covering [From, To).
type Histogram struct {
	Width   time.Duration
	Buckets []Bucket
	Series  []Series // of the values it is split by, the most frequent first
	Total   uint64
	Cost    Cost
}

// Series counts the events that have one value, bucket by bucket.
type Series struct {
	Value  string
	Counts []uint64 // as many as buckets
	Total  uint64
}

// Bucket counts the events of [At, At+Width).
type Bucket struct {
	At    time.Time
	Count uint64
}

// Hits is a value with the number of events that have it.
type Hits struct {
	Value string
	Count uint64
}

// Stats is the state of the archive.
type Stats struct {
	Rows         uint64 // stored, pending included
	InMemoryRows uint64 // not yet on disk
	DiskBytes    uint64
	FreeBytes    uint64
	DroppedRows  uint64 // dropped by the engine since opening; anything but 0 is an alarm
	Retimed      uint64 // events since opening stored at the time received, see [TimeOriginal]
	Fitted       uint64 // events since opening with shortened values or folded fields, see [Cut]
	ReadOnly     bool   // too little free disk: Append refuses
	Durable      uint64
	Classes      []int // retention classes in days, ascending
}
