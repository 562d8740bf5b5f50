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

// AttackRecord is how many alerts rules with the same tags of ATT&CK have.
type AttackRecord struct {
	Words     []string // "t1110.001", "credential-access": as lists of alerts are filtered by
	Day, Week int64    // last fired at or after the two moments asked for
}

// AttackRecords returns how many alerts last fired since the two moments of the query, by what their rules are tagged with. Listing alerts
// with one of the words and the same span gives the rows behind.
func (s *Service) AttackRecords(ctx context.Context, q RecordQuery) ([]AttackRecord, error) {
	return s.shelf.AttackRecords(ctx, q)
}

// Records returns what came of each rule that has alerts, by its id.
func (s *Service) Records(ctx context.Context, q RecordQuery) (map[string]RuleRecord, error) {
	return s.shelf.Records(ctx, q)
}
