package tenant

import (
	"context"
	"maps"
	"slices"
)

// Scope is the set of customers a caller may touch. The zero Scope allows none, so that
// a forgotten assignment refuses instead of leaking.
type Scope struct {
	all bool
	ids map[ID]struct{}
}

// All returns the provider's scope: every customer, present and future.
func All() Scope { return Scope{all: true} }

// Only returns a scope of exactly the given customers.
func Only(ids ...ID) Scope {
	m := make(map[ID]struct{}, len(ids))
	for _, id := range ids {
		m[id] = struct{}{}
	}
	return Scope{ids: m}
}

// Allows reports whether id lies in the scope. Invalid ids are never allowed, not even by [All].
func (s Scope) Allows(id ID) bool {
	if !id.Valid() {
		return false
	}
	if s.all {
		return true
	}
	_, ok := s.ids[id]
	return ok
}

// IsAll reports whether the scope is the provider's.
func (s Scope) IsAll() bool { return s.all }

// IDs returns the listed customers, sorted; it is nil for [All].
func (s Scope) IDs() []ID {
	if s.all {
		return nil
	}
	return slices.Sorted(maps.Keys(s.ids))
}

type scopeKey struct{}

// WithScope returns a context that carries s to stores and archive.
func WithScope(ctx context.Context, s Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// ScopeFrom returns the scope carried by ctx. Where none is carried it returns the zero Scope,
// which allows nothing.
func ScopeFrom(ctx context.Context) Scope {
	s, _ := ctx.Value(scopeKey{}).(Scope)
	return s
}
