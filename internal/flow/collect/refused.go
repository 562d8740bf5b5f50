package collect

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// maxRefusals bounds the senders remembered with a token that is nobody's.
const maxRefusals = 64

// Refusal is a sender that came with a token no enabled source has. The token itself is not kept: only its beginning, to recognise it by.
type Refusal struct {
	Remote string
	Hint   string
	Count  int64
	Last   time.Time
}

// refusals remembers who was refused lately. It is asked only where a sender is refused.
type refusals struct {
	mu   sync.Mutex
	list []Refusal
}

// Refuse notes that a sender was refused for its token, or for none.
func (r *Registry) Refuse(remote, token string) {
	hint := ""
	if strings.HasPrefix(token, TokenPrefix) { // anything else may be somebody's password
		hint = token[:min(hintLength, len(token))]
	}
	now := r.now().UTC()
	r.refusals.mu.Lock()
	defer r.refusals.mu.Unlock()
	list := r.refusals.list
	oldest := 0
	for i := range list {
		if list[i].Remote == remote && list[i].Hint == hint {
			list[i].Count++
			list[i].Last = now
			return
		}
		if list[i].Last.Before(list[oldest].Last) {
			oldest = i
		}
	}
	fresh := Refusal{Remote: remote, Hint: hint, Count: 1, Last: now}
	if len(list) < maxRefusals {
		r.refusals.list = append(list, fresh)
		return
	}
	list[oldest] = fresh
}

// refusedSince returns who was refused since, the latest first.
func (r *Registry) refusedSince(since time.Time) []Refusal {
	r.refusals.mu.Lock()
	defer r.refusals.mu.Unlock()
	var list []Refusal
	for _, f := range r.refusals.list {
		if !f.Last.Before(since) {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b Refusal) int { return b.Last.Compare(a.Last) })
	return list
}

// Refused lists the senders of the last hour whose token no enabled source has, the latest first.
func (b *Inbox) Refused(ctx context.Context) ([]Refusal, error) {
	if err := providerOnly(ctx); err != nil {
		return nil, err
	}
	return b.registry.refusedSince(b.registry.now().Add(-time.Hour)), nil
}
