package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// verifyPage is how many entries are read at once, so that a chain of any length is checked in bounded memory.
const verifyPage = 1000

// Result is what checking one chain found.
type Result struct {
	Tenant    tenant.ID
	Entries   int64 // intact entries, from the first on
	OK        bool
	BrokenSeq int64  // number of the first entry that is not as it was written; 0 where all are
	Reason    string // English, why; empty where OK
}

// Verify checks a chain from its first entry to its head. It finds any entry that was edited, removed (at the end too) or
// inserted by someone who cannot also rewrite everything after it and the head. Entries appended meanwhile do no harm.
func (s *Service) Verify(ctx context.Context, id tenant.ID) (Result, error) {
	if err := reachable(ctx, id); err != nil {
		return Result{}, err
	}
	v := verifier{chain: s.repo, id: id, last: Head{Hash: Genesis}}
	res, err := v.run(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("verify audit chain %s: %w", id, err)
	}
	return res, nil
}

// VerifyAll checks every chain there is or should be: the platform has one since the first admin was made, and each tenant since
// it was. It needs the provider's scope.
func (s *Service) VerifyAll(ctx context.Context) ([]Result, error) {
	ids, err := s.repo.Chains(ctx)
	if err != nil {
		return nil, fmt.Errorf("list audit chains: %w", err)
	}
	if !slices.Contains(ids, tenant.Provider) {
		ids = append(ids, tenant.Provider)
	}
	results := make([]Result, 0, len(ids))
	for _, id := range ids {
		res, err := s.Verify(ctx, id)
		if err != nil {
			return nil, err
		}
		results = append(results, res)
	}
	return results, nil
}

// verifier walks one chain.
type verifier struct {
	chain Chain
	id    tenant.ID
	head  Head // as it stood before the walk
	last  Head // the last intact entry
}

// run reads the head first: head and entry are written together, so the entries read after it reach it at least.
func (v *verifier) run(ctx context.Context) (Result, error) {
	head, err := v.chain.Head(ctx, v.id)
	if errors.Is(err, fault.ErrNotFound) {
		return v.broken(1, "the chain has no head: it was removed, or never begun"), nil
	}
	if err != nil {
		return Result{}, err
	}
	v.head = head
	for from := int64(math.MinInt64); ; from = v.last.Seq {
		page, err := v.chain.After(ctx, v.id, from, verifyPage)
		if err != nil {
			return Result{}, err
		}
		for _, e := range page {
			if reason := v.follow(e); reason != "" {
				return v.broken(v.last.Seq+1, reason), nil
			}
		}
		if len(page) < verifyPage {
			return v.end(ctx)
		}
	}
}

// follow takes the next entry, or says what is wrong with it.
func (v *verifier) follow(e Entry) string {
	switch {
	case e.Seq < 1:
		return fmt.Sprintf("an entry numbered %d was inserted before the first", e.Seq)
	case e.Seq != v.last.Seq+1:
		return fmt.Sprintf("the entry is missing; the next one found is %d", e.Seq)
	case e.Sum() != e.Hash:
		return "the entry was edited: its content does not match its hash"
	case e.PrevHash != v.last.Hash:
		return "the entry does not follow the one before it: one of the two was replaced"
	case e.Seq == v.head.Seq && e.Hash != v.head.Hash:
		return "the entry is not the one the chain's head names"
	}
	v.last = Head{Seq: e.Seq, Hash: e.Hash}
	return ""
}

// end compares the end of the walk with the head.
func (v *verifier) end(ctx context.Context) (Result, error) {
	if v.last.Seq < v.head.Seq {
		return v.broken(v.last.Seq+1, fmt.Sprintf("the entry is missing: the chain was written up to %d", v.head.Seq)), nil
	}
	if v.last.Seq > v.head.Seq { // appended meanwhile, or inserted
		now, err := v.chain.Head(ctx, v.id)
		if err != nil && !errors.Is(err, fault.ErrNotFound) {
			return Result{}, err
		}
		if now.Seq < v.last.Seq {
			return v.broken(now.Seq+1, fmt.Sprintf("the entry was inserted: the chain was written only up to %d", now.Seq)), nil
		}
		if now.Seq == v.last.Seq && now.Hash != v.last.Hash {
			return v.broken(now.Seq, "the entry is not the one the chain's head names"), nil
		}
	}
	return Result{Tenant: v.id, Entries: v.last.Seq, OK: true}, nil
}

func (v *verifier) broken(seq int64, reason string) Result {
	return Result{Tenant: v.id, Entries: max(0, seq-1), BrokenSeq: seq, Reason: reason}
}
