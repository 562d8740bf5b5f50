package sigma

import (
	"maps"
	"slices"
)

// Modifiers returns the modifiers that a field may have, in order.
func Modifiers() []string { return slices.Sorted(maps.Keys(modifiers)) }

// CorrelationTypes returns the types of correlations, in the order of the specification.
func CorrelationTypes() []CorrelationType { return slices.Clone(correlationTypes) }
