package sigma

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/isoc-project/isoc/internal/flow/detect"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

// Options tell how rules are compiled.
type Options struct {
	// Placeholders are the values of %name% under the expand modifier, by name. A rule with one that is not here is refused.
	Placeholders map[string][]string
}

// Set is rules compiled. It is immutable to its users and safe for concurrent use; each goroutine matches through a
// [Matcher] of its own. The part for a log source is compiled when its first event comes, once.
type Set struct {
	rules []*compiledRule

	mu       sync.Mutex
	programs map[string]*program // by the rules in it
	all      *program
}

// compiledRule is a rule of a set with its logic.
type compiledRule struct {
	rule *Rule
	info detect.RuleInfo
	root *node
}

// Compile makes a set of the rules that can be used and says of every other why not. Rules are not changed and must not
// be changed afterwards. Two rules of one id cannot be in a set: the later is refused.
func Compile(rules []*Rule, opts Options) (*Set, []Refusal) {
	s := &Set{programs: map[string]*program{}}
	var refused []Refusal
	seen := make(map[string]*Rule, len(rules))
	for _, r := range rules {
		if first := seen[r.ID]; first != nil {
			p := fail("id", fmt.Sprintf("is also that of %q%s", first.Title, inFile(first)))
			refused = append(refused, p.refusal(r.File, &r.Meta))
			continue
		}
		root, p := lowerRule(r, opts.Placeholders)
		if p != nil {
			refused = append(refused, p.refusal(r.File, &r.Meta))
			continue
		}
		seen[r.ID] = r
		s.rules = append(s.rules, &compiledRule{rule: r, info: r.Info(), root: root})
	}
	return s, refused
}

func inFile(r *Rule) string {
	if r.File == "" {
		return ""
	}
	return " in " + r.File
}

// Check says of each rule that could not be compiled why, without compiling.
func Check(rules []*Rule, opts Options) []Refusal {
	_, refused := Compile(rules, opts)
	return refused
}

// Len is the number of rules in the set.
func (s *Set) Len() int { return len(s.rules) }

// Rules calls fn for each rule, in the order they were given.
func (s *Set) Rules(fn func(*Rule)) {
	for _, r := range s.rules {
		fn(r.rule)
	}
}

// programFor returns the program of the rules that events of the profile can fire.
func (s *Set) programFor(p logsource.Profile) *program {
	var picked []int32
	for i, r := range s.rules {
		if p.Accepts(r.rule.LogSource) {
			picked = append(picked, int32(i))
		}
	}
	key := make([]byte, 0, 4*len(picked))
	for _, i := range picked {
		key = binary.LittleEndian.AppendUint32(key, uint32(i))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if prog, ok := s.programs[string(key)]; ok {
		return prog
	}
	prog := buildProgram(s.rules, picked)
	s.programs[string(key)] = prog
	return prog
}

// wholeProgram returns the program of every rule.
func (s *Set) wholeProgram() *program {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		picked := make([]int32, len(s.rules))
		for i := range picked {
			picked[i] = int32(i)
		}
		s.all = buildProgram(s.rules, picked)
	}
	return s.all
}
