package backfill

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/tenure"
	"github.com/isoc-project/isoc/internal/tenant"
)

// State is where a search stands.
type State string

// The states of a search.
const (
	Running     State = "running"
	Done        State = "done"
	Cancelled   State = "cancelled"
	Failed      State = "failed"
	Interrupted State = "interrupted" // the process ended
)

// Run is one search of a gap. It outlives the process.
type Run struct {
	Tenant     tenant.ID
	ID         string
	Rule       string
	Text       string // of the rule it was
	Epoch      uint32
	First, End uint64 // sequences; End is not searched
	From, To   time.Time
	State      State
	Early      string // which bound ended it, as in dryrun.Report
	By         string // username
	At         time.Time
	FinishedAt time.Time // zero while it runs
	Until      time.Time // event time up to which everything was searched and raised; zero before anything was
	Events     int64     // read
	Hits       int64
	Raised     int64   // firings it raised; what another run had raised it did not
	Progress   float64 // while it runs
}

// whole reports whether it searched all it was to.
func (r *Run) whole() bool { return r.State == Done && r.Early == "" }

// Repository keeps runs.
type Repository interface {
	// Add keeps a run, inside the transaction of the context.
	Add(ctx context.Context, r Run) error
	// Save writes how a run stands.
	Save(ctx context.Context, r Run) error
	// Runs are the latest 200 of a rule at a customer, the newest first.
	Runs(ctx context.Context, id tenant.ID, rule string) ([]Run, error)
}

// InForce is a rule as the engine has it.
type InForce struct {
	Rule *sigma.Rule // nil where it has none of single events under the id
	Text string      // as [tenure.Standing] names it
	// Correlates says that it is a correlation, Silent that its firings only feed some.
	Correlates, Silent bool
}

// Rules tells of rules.
type Rules interface {
	InForce(id string) InForce
	// Earlier is a rule as it once was; fault.ErrNotFound where that text is no longer kept.
	Earlier(ctx context.Context, id, text string) (*sigma.Rule, error)
}

// Raiser makes alerts of findings that are about one customer, and returns how many findings are new.
type Raiser interface {
	Raise(ctx context.Context, id tenant.ID, run, by string, findings []detect.Finding) (int, error)
}

// Gap is a gap with what was done about it.
type Gap struct {
	tenure.Gap
	// Barred says why it cannot be searched; empty where it can.
	Barred Bar
	// Filled is the run that searched it whole, by the rule as it is now; nil where none did.
	Filled *Run
}

// Bar is why a gap cannot be searched.
type Bar string

// The bars.
const (
	BarOpen        Bar = "open"        // it lasts: the rule does not raise alerts at the customer
	BarCorrelation Bar = "correlation" // correlations need all events in the order of their arrival, with what came before
	BarFeeds       Bar = "feeds"       // the rule only feeds correlations
	BarText        Bar = "text"        // what the rule then was is no longer known, so neither is what it raised
	BarSettling    Bar = "settling"    // the rule changed this moment
)

// View is since when a rule is in force at a customer, and what it missed.
type View struct {
	Spans []tenure.Span
	Gaps  []Gap
	Runs  []Run // newest first
}
