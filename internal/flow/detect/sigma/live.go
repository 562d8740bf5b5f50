package sigma

import (
	"sync/atomic"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect"
)

// Live holds the set in force. Swapping it does not stop matching: an event is matched against the set in force when
// its match began.
type Live struct {
	set atomic.Pointer[Set]
}

// NewLive returns a holder of the set.
func NewLive(s *Set) *Live {
	l := &Live{}
	l.set.Store(s)
	return l
}

// Set returns the set in force.
func (l *Live) Set() *Set { return l.set.Load() }

// Swap puts a set in force and returns the one before.
func (l *Live) Swap(s *Set) *Set { return l.set.Swap(s) }

// Matcher returns a matcher that follows the holder. It serves one goroutine.
func (l *Live) Matcher() *LiveMatcher { return &LiveMatcher{live: l} }

// LiveMatcher is a [Matcher] of whatever set is in force.
type LiveMatcher struct {
	live    *Live
	matcher *Matcher
}

// Match is [Matcher.Match] against the set in force now.
func (m *LiveMatcher) Match(ev *event.Event, fn func(detect.Finding)) {
	if s := m.live.set.Load(); m.matcher == nil || m.matcher.set != s {
		m.matcher = s.Matcher()
	}
	m.matcher.Match(ev, fn)
}
