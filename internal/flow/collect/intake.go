package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/record"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Truncated is the field set to "true" on a record that was cut at [record.MaxRawBytes].
const Truncated = "isoc.truncated"

// Publisher makes records durable. A call of at most one batch (record.MaxBatchRecords, record.MaxBatchBytes) is stored whole
// or not at all. It returns [fault.ErrUnavailable] when it cannot store now.
type Publisher interface {
	Publish(ctx context.Context, recs []record.Record) error
	PublishInbox(ctx context.Context, recs []record.Record) error
	// PublishMarked is Publish for at most one batch, stored together with a mark: both or neither.
	PublishMarked(ctx context.Context, recs []record.Record, m record.Mark) error
}

// Marks are how far inputs are that read from where nothing is pushed to us. A mark is stored with the records it stands for.
type Marks interface {
	// Marks returns those whose key begins with prefix.
	Marks(prefix string) map[string]string
	// SetMark stores one without records.
	SetMark(ctx context.Context, m record.Mark) error
	// DropMarks forgets those that nobody will ask for again.
	DropMarks(keys ...string)
}

// IntakeOptions configures an [Intake].
type IntakeOptions struct {
	Publisher  Publisher
	Registry   *Registry
	Standings  Standings
	PerSecond  int // a customer's records a second where it has no rate of its own; 0 means unlimited
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Intake is the one door from all listeners to the queue: it checks the customer's standing and quota, bounds each
// record, and counts. A record without tenant goes to the inbox. It is safe for concurrent use.
type Intake struct {
	publisher Publisher
	registry  *Registry
	standings Standings
	quotas    quotas
	log       *slog.Logger
	metrics   *metrics
	received  atomic.Int64
	rejected  atomic.Int64
	refused   map[string]*atomic.Int64 // by reason; made once
}

// NewIntake returns an intake over o.
func NewIntake(o IntakeOptions) *Intake {
	return &Intake{
		publisher: o.Publisher, registry: o.Registry, standings: o.Standings,
		quotas:  quotas{fallback: o.PerSecond, buckets: map[tenant.ID]*bucket{}},
		refused: map[string]*atomic.Int64{reasonQuota: {}, reasonSuspended: {}, reasonUnavailable: {}, reasonInvalid: {}},
		log:     o.Logger.With("component", "collect"), metrics: newMetrics(o.Registerer),
	}
}

// Admit takes n records from the customer's quota. It returns a [fault.Quota] with the pause to keep, [fault.ErrForbidden] for a
// suspended customer, or [fault.ErrNotFound] for one that does not exist. Nothing is admitted in part.
func (in *Intake) Admit(id tenant.ID, n int) error {
	s, ok := in.standings.Standing(id)
	if !ok {
		return fmt.Errorf("tenant %s: %w", id, fault.ErrNotFound)
	}
	if s.Suspended {
		in.reject(reasonSuspended, n)
		return fmt.Errorf("tenant %s is suspended: %w", id, fault.ErrForbidden)
	}
	if err := in.quotas.take(id, s.PerSecond, n, time.Now()); err != nil {
		in.reject(reasonQuota, n)
		return err
	}
	return nil
}

// Put makes admitted records durable and counts them. Records without a tenant go to the inbox, after the
// others. Its error is the publisher's; see [Publisher] for what is stored then.
func (in *Intake) Put(ctx context.Context, recs []record.Record) error {
	claimed, unclaimed := split(recs)
	if len(claimed) > 0 {
		if err := in.publish(ctx, claimed, in.publisher.Publish); err != nil {
			return err
		}
		in.count(claimed)
	}
	if len(unclaimed) > 0 {
		if err := in.publish(ctx, unclaimed, in.publisher.PublishInbox); err != nil {
			return err
		}
		in.metrics.inbox.Add(float64(len(unclaimed)))
	}
	return nil
}

// Accept admits and stores records of any customers: all of them, or none if one customer is over quota or
// suspended. It is for senders that can be made to wait.
func (in *Intake) Accept(ctx context.Context, recs []record.Record) error {
	for id, n := range perTenant(recs) {
		if err := in.Admit(id, n); err != nil {
			return err
		}
	}
	return in.Put(ctx, recs)
}

// AcceptMarked admits and stores at most one batch of one customer together with a mark: all of it or nothing. It is for inputs that read
// on from the mark after any end of the process, and so neither lose nor double a record.
func (in *Intake) AcceptMarked(ctx context.Context, recs []record.Record, m record.Mark) error {
	if len(recs) > 0 {
		if err := in.Admit(recs[0].Tenant, len(recs)); err != nil {
			return err
		}
	}
	err := in.publish(ctx, recs, func(ctx context.Context, recs []record.Record) error { return in.publisher.PublishMarked(ctx, recs, m) })
	if err != nil {
		return err
	}
	if len(recs) > 0 {
		in.count(recs)
	}
	return nil
}

// Offer is Accept for senders that cannot be made to wait: records of customers that are over quota or suspended are dropped
// and counted with their source, the others are stored.
func (in *Intake) Offer(ctx context.Context, recs []record.Record) error {
	refused := map[tenant.ID]bool{}
	for id, n := range perTenant(recs) {
		if err := in.Admit(id, n); err != nil {
			refused[id] = true
		}
	}
	if len(refused) == 0 {
		return in.Put(ctx, recs)
	}
	kept := make([]record.Record, 0, len(recs))
	for i := range recs {
		if refused[recs[i].Tenant] {
			in.registry.drop(recs[i].Source, 1)
			continue
		}
		kept = append(kept, recs[i])
	}
	return in.Put(ctx, kept)
}

// Reject counts records a listener refused because they were malformed or too large.
func (in *Intake) Reject(n int) { in.reject(reasonInvalid, n) }

// Totals returns how many records were accepted and refused since the process started.
func (in *Intake) Totals() (received, rejected int64) { return in.received.Load(), in.rejected.Load() }

// Refused returns how many records were refused since the process started, by reason: quota, suspended, unavailable, invalid.
func (in *Intake) Refused() map[string]uint64 {
	all := make(map[string]uint64, len(in.refused))
	for reason, n := range in.refused {
		all[reason] = uint64(n.Load())
	}
	return all
}

func (in *Intake) publish(ctx context.Context, recs []record.Record, to func(context.Context, []record.Record) error) error {
	for i := range recs {
		bound(&recs[i])
	}
	err := to(ctx, recs)
	if errors.Is(err, fault.ErrUnavailable) {
		in.reject(reasonUnavailable, len(recs))
	}
	return err
}

func (in *Intake) count(recs []record.Record) {
	in.received.Add(int64(len(recs)))
	first, bytes := 0, 0
	for i := range recs {
		bytes += len(recs[i].Raw)
		if i+1 == len(recs) || recs[i+1].Source != recs[i].Source || recs[i+1].Input != recs[i].Input {
			n := i + 1 - first
			in.registry.Touch(recs[i].Source, n, bytes)
			in.metrics.received.WithLabelValues(recs[i].Input).Add(float64(n))
			in.metrics.bytes.WithLabelValues(recs[i].Input).Add(float64(bytes))
			first, bytes = i+1, 0
		}
	}
}

func (in *Intake) reject(reason string, n int) {
	in.rejected.Add(int64(n))
	in.refused[reason].Add(int64(n))
	in.metrics.rejected.WithLabelValues(reason).Add(float64(n))
}

// bound brings a record inside what the queue stores: a longer one is cut and flagged.
func bound(r *record.Record) {
	cut := event.Field{Name: Truncated, Value: "true"}
	if len(r.Raw) > record.MaxRawBytes {
		r.Raw = r.Raw[:record.MaxRawBytes]
		r.Fields = append(r.Fields, cut)
	}
	if fits(r.Fields, record.MaxFields, record.MaxFieldBytes) == len(r.Fields) {
		return
	}
	n := fits(r.Fields, record.MaxFields-1, record.MaxFieldBytes-len(cut.Name)-len(cut.Value))
	r.Fields = append(r.Fields[:n:n], cut)
}

// fits returns how many of the first fields stay within a number of them and of their bytes.
func fits(fields []event.Field, most, bytes int) int {
	for i, f := range fields {
		if bytes -= len(f.Name) + len(f.Value); i == most || bytes < 0 {
			return i
		}
	}
	return len(fields)
}

func perTenant(recs []record.Record) map[tenant.ID]int {
	counts := make(map[tenant.ID]int, 1)
	for i := range recs {
		if recs[i].Tenant != "" {
			counts[recs[i].Tenant]++
		}
	}
	return counts
}

// split returns the records that have a tenant and those that do not, without copying where all are alike.
func split(recs []record.Record) (claimed, unclaimed []record.Record) {
	n := 0
	for i := range recs {
		if recs[i].Tenant != "" {
			n++
		}
	}
	switch n {
	case len(recs):
		return recs, nil
	case 0:
		return nil, recs
	}
	claimed, unclaimed = make([]record.Record, 0, n), make([]record.Record, 0, len(recs)-n)
	for i := range recs {
		if recs[i].Tenant != "" {
			claimed = append(claimed, recs[i])
		} else {
			unclaimed = append(unclaimed, recs[i])
		}
	}
	return claimed, unclaimed
}
