package tenant

import (
	"github.com/oklog/ulid/v2"
)

// ID names one customer. It is a ULID in its canonical 26-character form, never reused.
// The zero value names nobody and is refused by every store and archive.
type ID string

// Provider is the reserved ID under which the provider's own records stand (its audit chain,
// platform-wide settings). It is never a customer and never holds customer data.
const Provider ID = "provider"

// NewID returns a fresh ID that sorts after all earlier ones of the same process.
func NewID() ID { return ID(ulid.Make().String()) }

// Valid reports whether the ID names a customer: a well-formed ULID, not [Provider] and not empty.
func (id ID) Valid() bool {
	_, err := ulid.ParseStrict(string(id))
	return err == nil
}

// String returns the ID as text.
func (id ID) String() string { return string(id) }
