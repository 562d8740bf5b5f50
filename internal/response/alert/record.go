package alert

import (
	"context"
	"time"

	"github.com/isoc-project/isoc/internal/tenant"
)

// RuleRecord is what came of one rule: how many alerts it has by when they last fired, and how those were judged that are closed.
type RuleRecord struct {
	Day, Week, Total int64 // last fired at or after the two moments asked for; all there are
	LastAt           time.Time
	Verdicts         map[Verdict]int64
}

// RecordQuery asks for the records of rules within some tenants; none means every tenant the scope allows.
type RecordQuery struct {
	Tenants   []tenant.ID
	Rule      string // of this rule alone
	Day, Week time.Time
}

// Records returns what came of each rule that has alerts, by its id.
func (s *Service) Records(ctx context.Context, q RecordQuery) (map[string]RuleRecord, error) {
	return s.shelf.Records(ctx, q)
}
