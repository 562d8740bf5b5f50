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
// [Matcher] of its own. The part for a log source is compiled when its first event comes, once, or before: see [Set.Warm].
type Set struct {
	rules []*compiledRule
	whole lazyProgram // every rule
	meter meter

	mu       sync.Mutex
	met      map[string]metProfile   // by the profile as text
	programs map[string]*lazyProgram // by the rules in it
}

// metProfile is a profile that an event had, and its program.
type metProfile struct {
	profile logsource.Profile
	program *program
}

// maxMet bounds the profiles that a set remembers: datasets are named from outside. Further ones are worked out again by each matcher.
const maxMet = 4096

// lazyProgram is built by the first who needs it, while others who need another go on.
type lazyProgram struct {
	once sync.Once
	made *program
}

// compiledRule is a rule of a set with its logic.
type compiledRule struct {
	rule *Rule
	info detect.RuleInfo
	root *node

	meter ruleMeter
}

// Compile makes a set of the rules that can be used and says of every other why not. Rules are not changed and must not
// be changed afterwards. Two rules of one id cannot be in a set: the later is refused.
func Compile(rules []*Rule, opts Options) (*Set, []Refusal) {
	s := &Set{met: map[string]metProfile{}, programs: map[string]*lazyProgram{}}
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

// Warm compiles what the set needs for all log sources that events matched against another set have come from. Called before a set takes
// the other's place, it spares the first events afterwards the wait.
func (s *Set) Warm(from *Set) {
	from.mu.Lock()
	profiles := make([]logsource.Profile, 0, len(from.met))
	for _, m := range from.met {
		profiles = append(profiles, m.profile)
	}
	from.mu.Unlock()
	for _, p := range profiles {
		s.programFor(p)
	}
}

// programFor returns the program of the rules that events of the profile can fire.
func (s *Set) programFor(p logsource.Profile) *program {
	name := p.String()
	s.mu.Lock()
	m, ok := s.met[name]
	s.mu.Unlock()
	if ok {
		return m.program
	}
	var picked []int32
	for i, r := range s.rules {
		if p.Accepts(r.rule.LogSource) {
			picked = append(picked, int32(i))
		}
	}
	prog := s.program(picked)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.met) < maxMet {
		s.met[name] = metProfile{p, prog}
	}
	return prog
}

// program returns the program of the picked rules; it waits where another is building it.
func (s *Set) program(picked []int32) *program {
	key := make([]byte, 0, 4*len(picked))
	for _, i := range picked {
		key = binary.LittleEndian.AppendUint32(key, uint32(i))
	}
	s.mu.Lock()
	lazy := s.programs[string(key)]
	if lazy == nil {
		lazy = &lazyProgram{}
		s.programs[string(key)] = lazy
	}
	s.mu.Unlock()
	lazy.once.Do(func() { lazy.made = buildProgram(s.rules, picked) })
	return lazy.made
}

// wholeProgram returns the program of every rule.
func (s *Set) wholeProgram() *program {
	s.whole.once.Do(func() {
		picked := make([]int32, len(s.rules))
		for i := range picked {
			picked[i] = int32(i)
		}
		s.whole.made = s.program(picked)
	})
	return s.whole.made
}
