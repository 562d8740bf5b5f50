package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// readsTogether is how many chains share a transaction of [Service.RecordReads]; others wait for it.
const readsTogether = 250

// system is the actor where ctx carries no caller: the program itself.
const system = "system"

// Deps are what a [Service] works with.
type Deps struct {
	Repository Repository
	// ReadEvery is how long one entry stands for repeated reads of the same thing by the same caller; 0 means 10 minutes.
	ReadEvery time.Duration
	Now       func() time.Time // nil for the wall clock
}

// Service writes and checks the chains. It is safe for concurrent use.
type Service struct {
	repo  Repository
	reads *recent
	now   func() time.Time
}

// NewService returns a service over the given repository.
func NewService(d Deps) *Service {
	if d.ReadEvery == 0 {
		d.ReadEvery = 10 * time.Minute
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Service{repo: d.Repository, reads: newRecent(d.ReadEvery), now: d.Now}
}

// Record appends one entry to the chain of the tenant, or of the platform for [tenant.Provider]. The actor comes from
// [identity.From]. Before and after are kept as JSON, nil as nothing; a state over 64 KiB is kept as its size and digest. Within
// an open transaction the entry stands or falls with it.
func (s *Service) Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error {
	e := Entry{Tenant: id, Actor: system, Action: clean(action, maxTextBytes), Object: clean(object, maxTextBytes), Reason: clean(reason, maxTextBytes)}
	if p, ok := identity.From(ctx); ok && p.Username != "" {
		e.Actor, e.ActorID, e.Provider = clean(p.Username, maxTextBytes), p.UserID, p.IsProvider()
		e.Session = clean(p.Session, maxTextBytes)
	}
	if p, ok := identity.From(ctx); ok {
		e.Remote = clean(p.Remote, maxTextBytes)
	}
	var err error
	if e.Before, err = state(before); err != nil {
		return fmt.Errorf("audit %s: state before: %w", action, err)
	}
	if e.After, err = state(after); err != nil {
		return fmt.Errorf("audit %s: state after: %w", action, err)
	}
	err = s.repo.Append(ctx, id, func(seq int64, prev string) Entry {
		e.Seq, e.PrevHash = seq, prev
		e.At = s.now().UTC().Truncate(time.Microsecond)
		e.Hash = e.Sum()
		return e
	})
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

// RecordReads is [Service.Record] for looking at data of these tenants: the same caller reading the same object of the same tenant
// again within ReadEvery is one entry, so that a list a screen polls does not flood the chain. A few hundred chains share a transaction,
// so that who looks at all customers at once does not wait for the disk once for each.
func (s *Service) RecordReads(ctx context.Context, ids []tenant.ID, action, object string) error {
	p, _ := identity.From(ctx)
	key := func(id tenant.ID) readKey {
		return readKey{tenant: id, actor: p.UserID, session: p.Session, remote: p.Remote, action: action, object: object}
	}
	var fresh []tenant.ID
	for _, id := range ids {
		if !s.reads.seen(key(id), s.now()) {
			fresh = append(fresh, id)
		}
	}
	slices.Sort(fresh) // transactions lock chains alike
	for some := range slices.Chunk(slices.Compact(fresh), readsTogether) {
		err := s.repo.Together(ctx, func(ctx context.Context) error {
			for _, id := range some {
				if err := s.Record(ctx, id, action, object, nil, nil, ""); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range some {
			s.reads.keep(key(id), s.now())
		}
	}
	return nil
}

// state returns v as JSON fit to be stored, or nothing for nil.
func state(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	if len(raw) > maxStateBytes {
		sum := sha256.Sum256(raw)
		return fmt.Sprintf(`{"bytes":%d,"sha256":%q}`, len(raw), hex.EncodeToString(sum[:])), nil
	}
	return clean(string(raw), maxStateBytes), nil
}

// Query selects entries of one chain. Empty fields select all.
type Query struct {
	Tenant tenant.ID // [tenant.Provider] for the platform's chain
	Actor  string    // username
	Action string    // an action ("alert.close") or its noun ("alert")
	Object string    // an object ("alert/01J…") or what its name begins with ("alert")
	From   time.Time // inclusive
	To     time.Time // exclusive
	Limit  int       // 1–500; 0 means 50
	Cursor string    // from an earlier page
}

const (
	defaultLimit = 50
	maxLimit     = 500
)

// List returns entries, newest first, and the cursor of the next page, empty on the last.
func (s *Service) List(ctx context.Context, q Query) ([]Entry, string, error) {
	if err := reachable(ctx, q.Tenant); err != nil {
		return nil, "", err
	}
	below := int64(math.MaxInt64)
	if q.Cursor != "" {
		n, err := strconv.ParseInt(q.Cursor, 10, 64)
		if err != nil || n < 1 {
			return nil, "", fault.NewInvalid("cursor", "paging.cursor", "is not a cursor of this list")
		}
		below = n
	}
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	page := min(q.Limit, maxLimit)
	q.Limit = page + 1 // one more tells whether there is a next page
	entries, err := s.repo.Newest(ctx, q, below)
	if err != nil {
		return nil, "", fmt.Errorf("list audit entries: %w", err)
	}
	if len(entries) <= page {
		return entries, "", nil
	}
	return entries[:page], strconv.FormatInt(entries[page-1].Seq, 10), nil
}

// reachable refuses chains outside the scope of ctx; the platform's is the provider's alone.
func reachable(ctx context.Context, id tenant.ID) error {
	scope := tenant.ScopeFrom(ctx)
	if scope.Allows(id) || id == tenant.Provider && scope.IsAll() {
		return nil
	}
	return fmt.Errorf("audit chain %q: %w", id, fault.ErrNotFound)
}
