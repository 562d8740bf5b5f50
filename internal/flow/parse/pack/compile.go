package pack

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
)

// Kinds are what a device may be.
var Kinds = []string{
	"firewall", "waf", "ids", "edr", "antivirus", "vpn", "proxy", "switch", "router", "wireless", "loadbalancer", "antiddos", "dlp", "sandbox", "ndr", "siem", "audit",
	"bastion", "identity", "mail", "dns", "dhcp", "web", "database", "host", "application", "cloud", "container", "virtualization", "storage", "iot", "ot",
}

// observes reports whether a device of the kind tells of others, and so is an observer.
func observes(kind string) bool {
	switch kind {
	case "host", "application", "database", "web", "cloud", "container":
		return false
	}
	return true
}

// Pack is a compiled parser pack. It is immutable and safe for concurrent use.
type Pack struct {
	doc     *Document
	prefix  string
	entries []*entry
	names   map[string]word  // by the vendor's names that the pack speaks of
	ids     map[string]int32 // by full name: numbers from 1 of the fields that the pack maps or fills
	rules   [][]*rule        // of the pack, by number
	steps   []step
	formats []*format
	objects bool // it reads JSON
	decodes bool // its steps take the structure of a record apart
	choose  string
	chosen  map[string][]*format // formats by the value of field choose, in order
	rest    []*format            // those for any value
	after   aftermath            // where no format holds
	aliases bool
}

// format is a compiled Format.
type format struct {
	id      string
	about   Text
	dataset string
	guard   guard
	steps   []step
	after   aftermath
}

// aftermath is what is done with the fields when all steps have run.
type aftermath struct {
	own   map[int32][]*rule // of the format, in place of the pack's for these fields; they are mapped first
	times []moment
	set   assignments

	except map[string]bool // names of the vendor that the automatic parser does not look at
}

// moment names fields that together tell the event's time.
type moment struct {
	names   []string
	layouts []string
}

// step is a compiled Step.
type step struct {
	verb     string
	from     string // full name of a field; "" is the message
	guard    guard
	optional bool
	action   action
}

type action interface {
	// apply reports whether the text was of its form; why is in the run otherwise.
	apply(r *run, text string) bool
}

var (
	idForm      = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,63}$`)
	datasetForm = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	prefixForm  = regexp.MustCompile(`^([a-z0-9_]+\.)*$`)
)

// Compile checks a pack and makes it ready. Its error names the part that is wrong.
func Compile(doc *Document) (*Pack, error) {
	p := &Pack{doc: doc, names: make(map[string]word), ids: make(map[string]int32), aliases: doc.Aliases == nil || *doc.Aliases}
	if err := p.head(); err != nil {
		return nil, err
	}
	var err error
	if !doc.Bound || len(doc.Match) > 0 {
		if p.entries, err = entries(doc.Match); err != nil {
			return nil, err
		}
	}
	if p.steps, err = p.compileSteps(doc.Steps); err != nil {
		return nil, err
	}
	p.decodes = slices.ContainsFunc(doc.Steps, func(s Step) bool {
		return s.KV != nil || s.JSON != nil || s.CSV != nil || s.CEF != nil || s.LEEF != nil || s.XML != nil || s.Structured != nil || s.Auto != nil || s.Native != ""
	})
	p.objects = readsObjects(doc.Steps) || slices.ContainsFunc(doc.Formats, func(f Format) bool { return readsObjects(f.Steps) })
	general, err := p.compileRules(doc.Map)
	if err != nil {
		return nil, err
	}
	if p.after, err = p.aftermath(&Format{}); err != nil {
		return nil, err
	}
	written := doc.Formats
	if len(written) == 0 {
		written = []Format{{ID: "all"}}
	}
	if len(written) > maxFormats {
		return nil, fmt.Errorf("formats: more than %d", maxFormats)
	}
	seen := make(map[string]bool, len(written))
	for i := range written {
		f := &written[i]
		if f.ID == "" || len(f.ID) > 128 || seen[f.ID] {
			return nil, fmt.Errorf("formats: %d: id %q is empty, too long or there already", i+1, f.ID)
		}
		seen[f.ID] = true
		c, err := p.format(f)
		if err != nil {
			return nil, fmt.Errorf("format %s: %w", f.ID, err)
		}
		p.formats = append(p.formats, c)
	}
	p.rules = make([][]*rule, len(p.ids)+1)
	for id, rules := range general {
		p.rules[id] = rules
	}
	for name, w := range p.names {
		p.names[name] = word{w.full, p.ids[w.full]}
	}
	p.dispatch()
	return p, nil
}

func readsObjects(list []Step) bool {
	return slices.ContainsFunc(list, func(s Step) bool { return s.JSON != nil })
}

// head checks what says who the device is.
func (p *Pack) head() error {
	d := p.doc
	switch {
	case !idForm.MatchString(d.ID):
		return fmt.Errorf("id %q: small letters, digits and dashes are wanted", d.ID)
	case d.Vendor == "" || d.Product == "":
		return errors.New("vendor and product are wanted")
	case !slices.Contains(Kinds, d.Kind):
		return fmt.Errorf("kind %q is none of %s", d.Kind, strings.Join(Kinds, ", "))
	case d.System != "" && d.System != "linux" && d.System != "windows" && d.System != "macos":
		return fmt.Errorf("system %q: linux, windows or macos is wanted", d.System)
	case !datasetForm.MatchString(d.Dataset) || strings.HasPrefix(d.Dataset, "isoc"):
		return fmt.Errorf("dataset %q: vendor.product in small letters, digits and _ is wanted", d.Dataset)
	}
	p.prefix = d.Dataset + "."
	if d.Prefix != nil {
		p.prefix = *d.Prefix
	}
	if !prefixForm.MatchString(p.prefix) || p.prefix == "isoc." || strings.HasPrefix(p.prefix, "isoc.") {
		return fmt.Errorf("prefix %q: words of small letters, digits and _, each with a dot after it, are wanted", p.prefix)
	}
	return nil
}

func (p *Pack) format(f *Format) (*format, error) {
	c := &format{id: f.ID, about: f.About, dataset: f.Dataset}
	if f.Dataset != "" && !datasetForm.MatchString(f.Dataset) {
		return nil, fmt.Errorf("dataset %q", f.Dataset)
	}
	var err error
	if c.guard, err = p.guard(f.Is, f.When); err != nil {
		return nil, err
	}
	if c.steps, err = p.compileSteps(f.Steps); err != nil {
		return nil, err
	}
	if len(f.Except) > maxExcept {
		return nil, fmt.Errorf("except: more than %d names", maxExcept)
	}
	c.after, err = p.aftermath(f)
	if len(f.Except) > 0 {
		c.after.except = make(map[string]bool, len(f.Except))
		for _, n := range f.Except {
			c.after.except[n] = true
		}
	}
	return c, err
}

// aftermath joins what a format says of fields with what the pack says: the format's words count first.
func (p *Pack) aftermath(f *Format) (aftermath, error) {
	var a aftermath
	var err error
	if a.own, err = p.compileRules(f.Map); err != nil {
		return a, err
	}
	for _, names := range slices.Concat(f.Times, p.doc.Times) {
		m := moment{layouts: slices.Concat(f.Layouts, p.doc.Layouts)}
		for _, n := range names {
			m.names = append(m.names, p.full(n))
			p.know(n)
		}
		a.times = append(a.times, m)
	}
	all := make(map[string]list)
	for name, v := range p.doc.Set {
		all[name] = v
	}
	for name, v := range f.Set {
		all[name] = v
	}
	a.set, err = p.assignments(all)
	return a, err
}

func (p *Pack) compileRules(m map[string]Targets) (map[int32][]*rule, error) {
	out := make(map[int32][]*rule, len(m))
	for name, targets := range m {
		id := p.number(p.full(name))
		for _, t := range targets {
			r, err := p.rule(t)
			if err != nil {
				return nil, fmt.Errorf("map: %s: %w", name, err)
			}
			out[id] = append(out[id], r)
		}
		p.know(name)
	}
	return out, nil
}

// number returns the number of a field.
func (p *Pack) number(full string) int32 {
	id, ok := p.ids[full]
	if !ok {
		id = int32(len(p.ids) + 1)
		p.ids[full] = id
	}
	return id
}

// know remembers the full name of a field that the record itself names, so that it need not be made anew.
func (p *Pack) know(name string) {
	if full := p.full(name); fieldName(full) == nil {
		p.names[name] = word{full: full}
	}
}

// dispatch finds the field that most formats ask, so that these are found by its value.
func (p *Pack) dispatch() {
	count := make(map[string]int)
	for _, f := range p.formats {
		for _, e := range f.guard.is {
			if !e.any {
				count[e.name]++
			}
		}
	}
	for name, n := range count {
		if n > count[p.choose] || n == count[p.choose] && name < p.choose {
			p.choose = name
		}
	}
	p.chosen = make(map[string][]*format)
	asks := func(f *format) *equality {
		for i := range f.guard.is {
			if e := &f.guard.is[i]; e.name == p.choose && !e.any {
				return e
			}
		}
		return nil
	}
	for _, f := range p.formats {
		if e := asks(f); e != nil {
			for v := range e.values {
				p.chosen[v] = nil
			}
			continue
		}
		p.rest = append(p.rest, f)
	}
	for v := range p.chosen {
		for _, f := range p.formats {
			if e := asks(f); e == nil || e.values[v] {
				p.chosen[v] = append(p.chosen[v], f)
			}
		}
	}
}

func (p *Pack) compileSteps(list []Step) ([]step, error) {
	if len(list) > maxSteps {
		return nil, fmt.Errorf("more than %d steps", maxSteps)
	}
	var out []step
	for i := range list {
		s, err := p.step(&list[i])
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", i+1, err)
		}
		out = append(out, s)
	}
	return out, nil
}

func (p *Pack) step(w *Step) (step, error) {
	s := step{optional: w.Optional}
	from := w.From
	take := func(verb, inner string, a action, err error) error {
		if err != nil {
			return err
		}
		if s.action != nil {
			return fmt.Errorf("%s and %s are two steps", s.verb, verb)
		}
		s.verb, s.action = verb, a
		if inner != "" {
			from = inner
		}
		return nil
	}
	if err := p.verbs(w, take); err != nil {
		return s, err
	}
	if s.action == nil {
		return s, errors.New("no verb: dissect, kv, json, csv, cef, leef, xml, header, stamp, structured, auto, re2, native, have or set is wanted")
	}
	if from != "" && from != event.Message {
		s.from = p.full(from)
	}
	var err error
	s.guard, err = p.guard(w.Is, w.When)
	return s, err
}

func (p *Pack) verbs(w *Step, take func(verb, inner string, a action, err error) error) error {
	var errs []error
	if w.Dissect != nil {
		a, err := p.dissect(w.Dissect)
		errs = append(errs, take("dissect", "", a, err))
	}
	if w.KV != nil {
		a, err := p.pairs(*w.KV)
		errs = append(errs, take("kv", w.KV.From, a, err))
	}
	if w.JSON != nil {
		prefix := p.prefix
		if w.JSON.Under != "" {
			prefix += w.JSON.Under + "."
		}
		errs = append(errs, take("json", w.JSON.From, &object{prefix: prefix}, nil))
	}
	if w.CSV != nil {
		a, err := p.columns(*w.CSV)
		errs = append(errs, take("csv", w.CSV.From, a, err))
	}
	if w.RE2 != "" {
		a, err := p.expression(w.RE2, w.Literal)
		errs = append(errs, take("re2", "", a, err))
	}
	if w.Have != nil {
		a, err := p.have(w.Have)
		errs = append(errs, take("have", "", a, err))
	}
	if w.Set != nil {
		a, err := p.assignments(w.Set)
		errs = append(errs, take("set", "", a, err))
	}
	if w.Unset != nil {
		a, err := unsets(w.Unset)
		errs = append(errs, take("unset", "", a, err))
	}
	if w.Native != "" {
		errs = append(errs, take("native "+w.Native, "", native{name: w.Native}, nil))
	}
	for verb, b := range map[string]struct {
		bare *Bare
		a    action
	}{"cef": {w.CEF, native{"cef"}}, "leef": {w.LEEF, native{"leef"}}, "xml": {w.XML, elements{}}, "header": {w.Header, header{}}, "stamp": {w.Stamp, stamp{}}, "structured": {w.Structured, structured{}}, "auto": {w.Auto, automatic{}}} {
		if b.bare != nil {
			errs = append(errs, take(verb, b.bare.From, b.a, nil))
		}
	}
	return errors.Join(errs...)
}
