package imported

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/tenant"
)

const (
	// MaxRules is how many rules the devices of one customer may have; what goes beyond is folded into [OtherID].
	MaxRules = 1000
	// OtherID is the rule of a customer's verdicts whose own rules found no room. No device can name one so.
	OtherID = "device:other"
	// OtherTitle and OtherTitleZH are what it is called.
	OtherTitle   = "Other alerts of devices"
	OtherTitleZH = "设备的其他告警"
	// keptDays is how long a rule has its place without a verdict.
	keptDays = 90
)

// Shelf keeps which rules the devices of customers have. Days are counted from the Unix epoch.
type Shelf interface {
	// DeviceRules calls fn with every rule that had a verdict on the day or later, and on which day the last. The scope of ctx must be all.
	DeviceRules(ctx context.Context, since int64, fn func(of tenant.ID, rule string, last int64)) error
	// PutDeviceRules keeps the rules as they are named now.
	PutDeviceRules(ctx context.Context, of tenant.ID, day int64, rules []detect.RuleInfo) error
	// ForgetDeviceRules removes the customer's rules without a verdict since the day, unless somebody decided about them.
	ForgetDeviceRules(ctx context.Context, of tenant.ID, since int64) error
}

// Register bounds how many rules the devices of a customer have: their names are written by whoever can send. Safe for concurrent use.
type Register struct {
	shelf  Shelf
	now    func() time.Time
	max    int
	folded atomic.Int64

	mu sync.RWMutex
	of map[tenant.ID]*customer
}

type customer struct {
	day   int64            // on which what is too old was last forgotten
	rules map[string]int64 // the last day kept of each; 0 before it is kept
}

// OpenRegister reads what the shelf has. A nil now is the wall clock; max of 0 is [MaxRules].
func OpenRegister(ctx context.Context, shelf Shelf, max int, now func() time.Time) (*Register, error) {
	if now == nil {
		now = time.Now
	}
	if max == 0 {
		max = MaxRules
	}
	r := &Register{shelf: shelf, now: now, max: max, of: make(map[tenant.ID]*customer)}
	err := shelf.DeviceRules(tenant.WithScope(ctx, tenant.All()), r.today()-keptDays, func(of tenant.ID, rule string, last int64) {
		if rule != OtherID {
			r.customer(of).rules[rule] = last
		}
	})
	if err != nil {
		return nil, fmt.Errorf("rules of devices: %w", err)
	}
	return r, nil
}

func (r *Register) today() int64 { return r.now().Unix() / (24 * 60 * 60) }

func (r *Register) customer(of tenant.ID) *customer {
	c := r.of[of]
	if c == nil {
		c = &customer{rules: make(map[string]int64)}
		r.of[of] = c
	}
	return c
}

// Admit gives the finding's rule a place among those of its customer, or, where there is none left, makes the finding one of [OtherID]
// that tells among its matches which rule it was.
func (r *Register) Admit(f *detect.Finding) {
	r.mu.RLock()
	c := r.of[f.Tenant]
	known := false
	if c != nil {
		_, known = c.rules[f.Rule.ID]
	}
	r.mu.RUnlock()
	if known || r.enter(f.Tenant, f.Rule.ID) {
		return
	}
	r.folded.Add(1)
	f.Matches = append(f.Matches, detect.Match{Selection: Selection, Field: "rule.id", Value: f.Rule.ID}, detect.Match{Selection: Selection, Field: "rule.name", Value: f.Rule.Title})
	f.Rule = detect.RuleInfo{ID: OtherID, Title: OtherTitle, Level: f.Rule.Level}
}

func (r *Register) enter(of tenant.ID, rule string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.customer(of)
	if _, known := c.rules[rule]; known {
		return true
	}
	if len(c.rules) >= r.max {
		return false
	}
	c.rules[rule] = 0
	return true
}

// Folded counts the findings that became [OtherID] since the start.
func (r *Register) Folded() int64 { return r.folded.Load() }

// Note keeps the rules of a customer's findings that are verdicts of devices: each once a day.
func (r *Register) Note(ctx context.Context, of tenant.ID, findings []detect.Finding) error {
	today := r.today()
	fresh := r.fresh(of, today, findings)
	if len(fresh) == 0 {
		return nil
	}
	if err := r.shelf.PutDeviceRules(ctx, of, today, fresh); err != nil {
		return fmt.Errorf("keep rules of devices: %w", err)
	}
	r.mu.Lock()
	c := r.customer(of)
	for _, rule := range fresh {
		if rule.ID != OtherID {
			c.rules[rule.ID] = today
		}
	}
	tidy := c.day != today
	if tidy {
		for rule, last := range c.rules {
			if last != 0 && last < today-keptDays {
				delete(c.rules, rule)
			}
		}
		c.day = today
	}
	r.mu.Unlock()
	if !tidy {
		return nil
	}
	if err := r.shelf.ForgetDeviceRules(ctx, of, today-keptDays); err != nil {
		return fmt.Errorf("forget rules of devices: %w", err)
	}
	return nil
}

// fresh are the rules of findings that are not kept as of today, each once, as the last finding names it.
func (r *Register) fresh(of tenant.ID, today int64, findings []detect.Finding) []detect.RuleInfo {
	at := make(map[string]int)
	var rules []detect.RuleInfo
	for i := range findings {
		f := &findings[i]
		if !f.Device {
			continue
		}
		if n, again := at[f.Rule.ID]; again {
			rules[n] = f.Rule
		} else if !r.keptOn(of, f.Rule.ID, today) {
			at[f.Rule.ID] = len(rules)
			rules = append(rules, f.Rule)
		}
	}
	return rules
}

func (r *Register) keptOn(of tenant.ID, rule string, day int64) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	c := r.of[of]
	return c != nil && c.rules[rule] == day
}
