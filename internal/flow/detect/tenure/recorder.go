package tenure

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// State is how a rule stood. The empty State of a rule means that it was never there.
type State string

// The states.
const (
	On      State = "on"
	Shadow  State = "shadow"  // it matched and raised nothing
	Off     State = "off"     // it was there and did not run
	Refused State = "refused" // it was to run, and the engine could not take it
)

// Standing is a state of a rule and of which text.
type Standing struct {
	State  State
	Text   string // a name for its text; texts that fire alike may have the same
	Reason string // why it is refused
}

// Ruling is how all rules stand at one moment: for everyone, and what customers have otherwise. It never changes.
type Ruling struct {
	Rules   map[string]Standing
	Tenants map[tenant.ID]map[string]State
}

// Edition is the place from which a ruling counts: the first batch judged by it.
type Edition struct {
	Number   int64
	Epoch    uint32 // of the queue
	Sequence uint64
	At       time.Time // when that batch was received
}

// Change is what an edition brought.
type Change struct {
	Edition
	Rules map[string]Standing
	// Tenants have in it what changed of theirs: the empty State where a rule is again as for everyone.
	Tenants map[tenant.ID]map[string]State
	// Starts are the sequences from which the edition counts for customers whose alerts are ahead of the others'.
	Starts map[tenant.ID]uint64
}

// Repository keeps changes.
type Repository interface {
	// Last is the last edition and how all rules stand since; without any it is fault.ErrNotFound.
	Last(ctx context.Context) (Edition, Ruling, error)
	// Ahead tells how far alerts are applied, of customers whose are at or beyond the sequence.
	Ahead(ctx context.Context, epoch uint32, sequence uint64) (map[tenant.ID]uint64, error)
	// Add keeps a change as one.
	Add(ctx context.Context, c Change) error
	// History is everything kept about one rule at one customer.
	History(ctx context.Context, id tenant.ID, rule string) (History, error)
}

// Recorder writes down from which batch on rulings count. One goroutine calls it, before anything a batch raises is kept: what it
// wrote is then at least as new as what was raised.
type Recorder struct {
	repository Repository
	known      func(tenant.ID) bool

	read bool // what the repository has
	last Edition
	now  *Ruling
}

// NewRecorder returns a recorder that goes on where the repository ends. Nothing is written of customers that known denies.
func NewRecorder(r Repository, known func(tenant.ID) bool) *Recorder {
	return &Recorder{repository: r, known: known}
}

// InForce tells that batches from the sequence on are judged by the ruling. It costs nothing while the ruling is the one before. After
// a start it may name a sequence before the last: batches that were judged already and come again are judged anew, but for customers
// whose alerts had them.
func (r *Recorder) InForce(ctx context.Context, now *Ruling, epoch uint32, sequence uint64, at time.Time) error {
	if now == r.now {
		return nil
	}
	if !r.read {
		last, ruling, err := r.repository.Last(ctx)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return fmt.Errorf("read which rules were in force: %w", err)
		}
		r.read, r.last, r.now = true, last, &ruling
	}
	c := diff(r.now, now)
	maps.DeleteFunc(c.Tenants, func(id tenant.ID, _ map[string]State) bool { return !r.known(id) })
	again := epoch != r.last.Epoch || sequence < r.last.Sequence
	if len(c.Rules) == 0 && len(c.Tenants) == 0 && !again && r.last.Number > 0 {
		r.now = now
		return nil
	}
	c.Edition = Edition{Number: r.last.Number + 1, Epoch: epoch, Sequence: sequence, At: at}
	ahead, err := r.repository.Ahead(ctx, epoch, sequence)
	if err != nil {
		return fmt.Errorf("read how far alerts are: %w", err)
	}
	c.Starts = make(map[tenant.ID]uint64, len(ahead))
	for id, upto := range ahead {
		if r.known(id) {
			c.Starts[id] = upto + 1
		}
	}
	if err := r.repository.Add(ctx, c); err != nil {
		r.read, r.now = false, nil // it may have been kept all the same
		return fmt.Errorf("keep which rules are in force: %w", err)
	}
	r.last, r.now = c.Edition, now
	return nil
}

// diff is what changed from one ruling to another.
func diff(was, is *Ruling) Change {
	c := Change{Rules: map[string]Standing{}, Tenants: map[tenant.ID]map[string]State{}}
	for rule, st := range is.Rules {
		if was.Rules[rule] != st {
			c.Rules[rule] = st
		}
	}
	for rule, st := range was.Rules {
		if _, there := is.Rules[rule]; !there && st.State != Off {
			c.Rules[rule] = Standing{State: Off, Text: st.Text}
		}
	}
	put := func(id tenant.ID, rule string, st State) {
		if c.Tenants[id] == nil {
			c.Tenants[id] = map[string]State{}
		}
		c.Tenants[id][rule] = st
	}
	for id, rules := range is.Tenants {
		for rule, st := range rules {
			if was.Tenants[id][rule] != st {
				put(id, rule, st)
			}
		}
	}
	for id, rules := range was.Tenants {
		for rule, st := range rules {
			if _, there := is.Tenants[id][rule]; !there && st != "" {
				put(id, rule, "")
			}
		}
	}
	return c
}
