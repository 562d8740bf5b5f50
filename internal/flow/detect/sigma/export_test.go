package sigma

// Programs is how many programs the set has compiled.
func (s *Set) Programs() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.programs)
}
