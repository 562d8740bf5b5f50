package identity

import (
	"container/list"
	"sync"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

// How failed log-ins slow down. One username from one address may fail freeFailures times; after that each further
// failure doubles the wait. Failures of one address over all usernames are counted too, more leniently, against guessing
// one password for everybody. A wait never touches the same username from another address, so nobody can lock another out.
const (
	freeFailures        = 5
	freeAddressFailures = 50
	firstWait           = time.Second
	longestWait         = 15 * time.Minute
	forgetAfter         = 30 * time.Minute
	maxTracked          = 10_000 // keys remembered; beyond it the one longest quiet is forgotten
)

type backoffKey struct{ username, remote string } // username empty: the address as a whole

type failures struct {
	key   backoffKey
	count int
	last  time.Time
}

// backoff counts failed log-ins in memory.
type backoff struct {
	mu    sync.Mutex
	order *list.List // of *failures, longest quiet first
	index map[backoffKey]*list.Element
}

func newBackoff() *backoff {
	return &backoff{order: list.New(), index: make(map[backoffKey]*list.Element)}
}

// check returns a *fault.Quota while the username from the address, or the address, has to wait.
func (b *backoff) check(username, remote string, now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := max(b.wait(backoffKey{username, remote}, freeFailures, now), b.wait(backoffKey{"", remote}, freeAddressFailures, now))
	if wait <= 0 {
		return nil
	}
	return &fault.Quota{What: "failed log-ins", RetryAfter: wait}
}

func (b *backoff) wait(k backoffKey, free int, now time.Time) time.Duration {
	e, ok := b.index[k]
	if !ok {
		return 0
	}
	f := e.Value.(*failures)
	if f.count < free || now.Sub(f.last) >= forgetAfter {
		return 0
	}
	pause := longestWait
	if doublings := f.count - free; doublings < 10 {
		pause = min(pause, firstWait<<doublings)
	}
	return pause - now.Sub(f.last)
}

// waiting returns the usernames that have to wait somewhere, with the end of the longest wait of each.
func (b *backoff) waiting(now time.Time) map[string]time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := map[string]time.Time{}
	for k := range b.index {
		if k.username == "" {
			continue
		}
		if wait := b.wait(k, freeFailures, now); wait > 0 && now.Add(wait).After(all[k.username]) {
			all[k.username] = now.Add(wait)
		}
	}
	return all
}

// failed counts a failure.
func (b *backoff) failed(username, remote string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(backoffKey{username, remote}, now)
	b.count(backoffKey{"", remote}, now)
}

func (b *backoff) count(k backoffKey, now time.Time) {
	e, ok := b.index[k]
	if !ok {
		e = b.order.PushBack(&failures{key: k})
		b.index[k] = e
	}
	f := e.Value.(*failures)
	if now.Sub(f.last) >= forgetAfter {
		f.count = 0
	}
	f.count, f.last = f.count+1, now
	b.order.MoveToBack(e)
	if b.order.Len() > maxTracked {
		quiet := b.order.Front()
		delete(b.index, quiet.Value.(*failures).key)
		b.order.Remove(quiet)
	}
}

// succeeded forgets the failures of the username from the address; those of the address as a whole stand.
func (b *backoff) succeeded(username, remote string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e, ok := b.index[backoffKey{username, remote}]; ok {
		delete(b.index, e.Value.(*failures).key)
		b.order.Remove(e)
	}
}
