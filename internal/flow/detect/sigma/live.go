package sigma

import "sync/atomic"

// Live holds the set in force for those who ask about it. Matching goes by the set that its batch began with.
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
