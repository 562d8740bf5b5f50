package live

import (
	"slices"

	"github.com/isoc-project/isoc/internal/response/alert"
)

// Stream is what one reader has not been told yet. A reader that takes rarely is told less, never later: changes of the same alert
// become one.
type Stream struct {
	hub    *Hub
	caller string
	wake   chan struct{} // holds a value where there may be news
	done   chan struct{} // closed at the end

	// The hub's lock guards what follows.
	sight   Sight
	pending map[string]alert.Change
	order   []string // ids in pending, as they came
	lost    bool
	health  string
}

// News is what a stream has to tell.
type News struct {
	Alerts []alert.Change // one an alert
	Health string         // empty where it did not change
	Lost   bool           // more happened than the stream could hold: the reader reads anew what it shows
}

// Empty reports whether there is nothing to tell.
func (n News) Empty() bool { return len(n.Alerts) == 0 && n.Health == "" && !n.Lost }

// Wake receives a value when there may be news.
func (s *Stream) Wake() <-chan struct{} { return s.wake }

// Done is closed when the hub or [Stream.Close] ended the stream.
func (s *Stream) Done() <-chan struct{} { return s.done }

// Take returns the news and forgets them.
func (s *Stream) Take() News {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	n := News{Health: s.health, Lost: s.lost}
	for _, id := range s.order {
		n.Alerts = append(n.Alerts, s.pending[id])
	}
	clear(s.pending)
	s.order, s.lost, s.health = nil, false, ""
	return n
}

// Look changes what the stream may tell. News that the reader may no longer see are forgotten untold.
func (s *Stream) Look(sight Sight) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.sight = sight
	s.order = slices.DeleteFunc(s.order, func(id string) bool {
		if s.sees(s.pending[id]) {
			return false
		}
		delete(s.pending, id)
		return true
	})
	if !sight.Health {
		s.health = ""
	}
}

// Close ends the stream. It may be called again.
func (s *Stream) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.drop(s)
}

func (s *Stream) sees(c alert.Change) bool {
	return s.sight.Tenants != nil && s.sight.Tenants(c.Tenant)
}

// add keeps the changes that the reader may see. The hub is locked.
func (s *Stream) add(changes []alert.Change) {
	news := false
	for _, c := range changes {
		if !s.sees(c) {
			continue
		}
		news = true
		if s.lost {
			continue
		}
		before, again := s.pending[c.ID]
		switch {
		case again && before.Kind == alert.Raised:
			c.Kind = alert.Raised // new to the reader, whatever happened since
		case !again && len(s.order) >= maxPending:
			clear(s.pending)
			s.order, s.lost = nil, true
			continue
		case !again:
			s.order = append(s.order, c.ID)
		}
		s.pending[c.ID] = c
	}
	if news {
		s.nudge()
	}
}

// tell keeps the health for the reader who may see it. The hub is locked.
func (s *Stream) tell(health string) {
	if s.sight.Health {
		s.health = health
		s.nudge()
	}
}

func (s *Stream) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
