package pack

import "sync/atomic"

// Shelf holds the set that is in force. Every parser that shares it sees another set from its next record on.
type Shelf struct{ set atomic.Pointer[Set] }

// NewShelf returns a shelf with a set, which may be nil for none.
func NewShelf(set *Set) *Shelf {
	s := &Shelf{}
	s.set.Store(set)
	return s
}

// ShippedShelf returns a shelf with the packs that come with the product. That these can be read is tested before they ship.
func ShippedShelf() *Shelf {
	set, err := Shipped()
	if err != nil {
		panic("parser packs that ship cannot be read: " + err.Error())
	}
	return NewShelf(set)
}

// Set returns the set in force, nil for none.
func (s *Shelf) Set() *Set { return s.set.Load() }

// Put puts another set in force.
func (s *Shelf) Put(set *Set) { s.set.Store(set) }
