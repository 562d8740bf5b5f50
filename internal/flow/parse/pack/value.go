package pack

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// slotKind says what becomes of a value.
type slotKind uint8

const (
	skip slotKind = iota
	vendor
	mapped
	message
)

// slot is a place for a value: one of the vendor's fields, an ECS field, the message, or nothing.
type slot struct {
	kind   slotKind
	word   // a vendor's field
	target ecs.Target
	more   bool   // append to what the field has
	check  string // "ip", "int", "word": what the value must be
}

// slot compiles a name as steps write it.
func (p *Pack) slot(name string) (slot, error) {
	switch {
	case name == "" || name == "_" || name[0] == '?':
		return slot{}, nil
	case name == "message":
		return slot{kind: message}, nil
	case name[0] == '@':
		t, err := p.ecsTarget(name[1:], "")
		return slot{kind: mapped, target: t}, err
	}
	full := p.full(name)
	if err := fieldName(full); err != nil {
		return slot{}, err
	}
	return slot{kind: vendor, word: word{full, p.number(full)}}, nil
}

// full returns the name under which a field of the vendor is kept.
func (p *Pack) full(name string) string {
	if strings.HasPrefix(name, "cef.") || strings.HasPrefix(name, "leef.") {
		return name
	}
	if name != "" && name[0] == '@' && name != event.Timestamp { // the event's time is no field: a vendor's may be called that
		return name[1:]
	}
	return p.prefix + name
}

func fieldName(name string) error {
	if name == "" || len(name) > draft.MaxNameBytes {
		return fmt.Errorf("name %q: 1 to %d bytes", name, draft.MaxNameBytes)
	}
	if draft.Reserved(name) {
		return fmt.Errorf("name %q belongs to the platform", name)
	}
	if strings.ContainsAny(name, " \t\r\n\"'{}()<>,;:=%") {
		return fmt.Errorf("name %q: blanks and punctuation other than . _ - / are not allowed", name)
	}
	return nil
}

// ecsTarget compiles the place a value goes to and the form it takes there.
func (p *Pack) ecsTarget(name, as string) (ecs.Target, error) {
	if name == "@timestamp" || name == "timestamp" && as == "" {
		return ecs.Target{Form: ecs.Time}, nil
	}
	t := ecs.FormOf(name)
	switch as {
	case "":
	case "plain":
		t = ecs.Target{Form: ecs.Plain, Name: name}
	case "lower":
		t = ecs.Target{Form: ecs.Lower, Name: name}
	case "upper":
		t = ecs.Target{Form: ecs.Upper, Name: name}
	case "number":
		t = ecs.Target{Form: ecs.Number, Name: name}
	case "path":
		t = ecs.Target{Form: ecs.Path}
	case "endpoint", "host", "account", "hashes":
		form := map[string]ecs.Form{"endpoint": ecs.Endpoint, "host": ecs.Host, "account": ecs.Account, "hashes": ecs.Hashes}[as]
		return ecs.Target{Form: form, Name: name}, p.objectName(name, as)
	default:
		return t, fmt.Errorf("as %q: endpoint, host, account, hashes, lower, upper, number, path or plain is wanted", as)
	}
	if ecs.Known(name) || p.prefix != "" && strings.HasPrefix(name, p.prefix) {
		return t, fieldName(name)
	}
	return t, fmt.Errorf("%q is no field of ECS and not below %q", name, p.prefix)
}

// objectName checks the object below which a form puts several fields.
func (p *Pack) objectName(name, as string) error {
	for _, leaf := range map[string][]string{"endpoint": {".ip", ".port"}, "host": {".ip", ".domain"}, "account": {".name"}, "hashes": {".hash.md5"}}[as] {
		if !ecs.Known(name + leaf) {
			return fmt.Errorf("as %s: ECS has no %s%s", as, name, leaf)
		}
	}
	return nil
}

// put places a value; an empty one is none.
func (r *run) put(s *slot, v string) {
	if v == "" {
		return
	}
	switch s.kind {
	case vendor:
		if s.more {
			if old, ok := r.d.Event().Get(s.full); ok {
				r.d.Set(s.full, r.d.Join(old, " ", v))
				return
			}
		}
		r.add(s.word, v)
	case mapped:
		r.putECS(s.target, v)
	case message:
		r.message = v
		r.host.SetMessage(v)
	}
}

func (r *run) putECS(t ecs.Target, v string) {
	switch {
	case t.Form == ecs.Time:
		r.host.SetTime(v)
		return
	case ecs.Empty(v):
		return
	case t.Form == ecs.Executable && t.Name == "process":
		if !r.d.Has("process.executable") {
			r.outdo(headerProgram, v[strings.LastIndexAny(v, `\/`)+1:], false)
		}
	case r.settle != "" && r.overrule(t, v):
		return
	default:
		if i := slices.Index(headerNames[:], t.Name); i >= 0 {
			r.outdo(i, v, true)
		}
	}
	t.Put(r.d, v)
}

// rule is a compiled Target.
type rule struct {
	targets []ecs.Target
	values  map[string]string
	folded  map[string]string // the same by lower case
	drop    bool
	other   string
	unit    *big.Int // nanoseconds of one unit
}

func (p *Pack) rule(t Target) (*rule, error) {
	r := &rule{values: t.Values}
	if len(t.To) == 0 {
		return nil, fmt.Errorf("no target")
	}
	for _, name := range t.To {
		et, err := p.ecsTarget(name, t.As)
		if err != nil {
			return nil, err
		}
		if t.Values != nil && closed(name) {
			et = ecs.Target{Form: ecs.Plain, Name: name}
			for v, to := range t.Values {
				if !ecs.Allows(name, to) {
					return nil, fmt.Errorf("values: %s: ECS allows no %q in %s", v, to, name)
				}
			}
		}
		r.targets = append(r.targets, et)
	}
	if t.Values != nil {
		r.folded = make(map[string]string, len(t.Values))
		for k, v := range t.Values {
			r.folded[strings.ToLower(k)] = v
		}
	}
	switch t.Other {
	case "", "keep":
		// A closed field takes what the table names and nothing else.
		r.drop = t.Values != nil && closed(t.To[0])
	case "drop":
		r.drop = true
	default:
		if !ecs.Allows(t.To[0], t.Other) {
			return nil, fmt.Errorf("other: ECS allows no %q in %s", t.Other, t.To[0])
		}
		r.other = t.Other
	}
	switch t.Unit {
	case "":
	case "s", "ms", "us", "ns":
		r.unit = big.NewInt(map[string]int64{"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1}[t.Unit])
	default:
		return nil, fmt.Errorf("unit %q: s, ms, us or ns is wanted", t.Unit)
	}
	return r, nil
}

func closed(name string) bool { return !ecs.Allows(name, "") }

func (m *rule) put(r *run, v string) {
	if m.values != nil {
		to, ok := m.values[v]
		if !ok {
			to, ok = m.folded[strings.ToLower(v)]
		}
		switch {
		case ok:
			v = to
		case m.drop:
			return
		case m.other != "":
			v = m.other
		}
	}
	if m.unit != nil {
		if v = nanoseconds(v, m.unit); v == "" {
			return
		}
	}
	for i := range m.targets {
		r.putECS(m.targets[i], v)
	}
}

// nanoseconds returns a decimal number of units as a whole number of nanoseconds, or "" where it is none.
func nanoseconds(v string, unit *big.Int) string {
	if len(v) <= 9 { // whole ones, the usual case
		if n, err := strconv.ParseUint(v, 10, 32); err == nil {
			return strconv.FormatUint(n*unit.Uint64(), 10)
		}
	}
	if len(v) > 24 || strings.ContainsAny(v, "eExX/_pP") {
		return ""
	}
	n, ok := new(big.Rat).SetString(v)
	if !ok || n.Sign() < 0 {
		return ""
	}
	n.Mul(n, new(big.Rat).SetInt(unit))
	return new(big.Int).Quo(n.Num(), n.Denom()).String()
}
