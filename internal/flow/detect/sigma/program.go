package sigma

import (
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/literal"
)

// program is the rules of one log source made ready to run. It is immutable once built.
//
// Each distinct question to an event is one predicate. Each rule names a few predicates of which one must hold if the
// rule is to: its watch. Watched predicates are text, found for all rules at once by an index per field; only rules whose
// watch was touched are evaluated, and other predicates only when such a rule asks.
type program struct {
	names    map[string][]binding // event field → the slots it fills
	slots    []slot
	preds    []predicate
	watchers []watchers // by predicate
	always   []int32    // rules that nothing can wake
	rules    []programRule

	wholeEvent  bool // slot 0, every field, is asked for
	sharesWhole bool // its index also looks for texts of other slots
	timestamp   []binding
}

// watchers are what a watched predicate that holds sets off: the rules it wakes, and the [opAnyText] predicates it belongs to.
type watchers struct {
	rules  []int32
	groups []int32
}

// slot is one field as rules see it: the first of several event fields that the event has. Slot 0 is the whole event.
type slot struct {
	index   *literal.Index // watched literals; nil if there are none
	present int32          // the watched predicate that the field is there, or -1
}

// binding says that an event field fills a slot, unless one of lower rank does.
type binding struct {
	slot int32
	rank int32
}

type programRule struct {
	compiled *compiledRule
	root     *step
}

// step is a [node] over predicate numbers.
type step struct {
	pred int32 // of a leaf
	neg  bool
	need int32
	kids []*step // nil at a leaf
}

// predicate is a [test] over a slot.
type predicate struct {
	test    *test
	slot    int32
	ref     int32          // the other slot of opRef
	any     *literal.Index // of opAnyText
	watched bool           // the index has decided it before any rule is evaluated
}

// opAnyText is a list of texts on one field, decided together.
const opAnyText operator = 100
