package pack

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/draft"
)

// device is one that is recognised without a pack: the automatic parser reads it.
type device struct {
	Vendor    string    `yaml:"vendor"`
	VendorZH  string    `yaml:"vendor_zh"`
	Product   string    `yaml:"product"`
	ProductZH string    `yaml:"product_zh"`
	Kind      string    `yaml:"kind"`
	System    string    `yaml:"system"`
	Dataset   string    `yaml:"dataset"`
	Match     oneOrMore `yaml:"match"`
}

// oneOrMore is a match or a list of them.
type oneOrMore []Match

// Identity is who sent a record, where a pack or the list of kinds knows.
type Identity struct {
	Vendor, Product, Kind string
	System, Dataset       string
}

// Tell adds the identity to an event.
func (i *Identity) Tell(d *draft.Draft) {
	identify(d, i.Vendor, i.Product, i.Kind)
	d.SetIfAbsent("host.os.type", i.System)
}

// Set is the packs and devices in force. It is immutable and safe for concurrent use.
type Set struct {
	packs   []*Pack
	bound   []*Pack // without a match: they are tried in order, after those that are found
	devices []*device
	index   *index // nil where nothing is found by it
}

// NewSet joins packs. Two packs of one id are an error.
func NewSet(packs []*Pack) (*Set, error) {
	s, err := join(packs)
	if err != nil {
		return nil, err
	}
	s.index.seal()
	return s, nil
}

// join is NewSet before the index is sealed.
func join(packs []*Pack) (*Set, error) {
	s := &Set{packs: slices.Clone(packs)}
	seen := make(map[string]bool, len(packs))
	for _, p := range packs {
		if seen[p.doc.ID] {
			return nil, fmt.Errorf("pack %s: there are two", p.doc.ID)
		}
		seen[p.doc.ID] = true
		if len(p.entries) == 0 {
			s.bound = append(s.bound, p)
			continue
		}
		s.needIndex()
		for _, e := range p.entries {
			bound := *e
			bound.pack = p
			s.index.add(&bound)
		}
	}
	return s, nil
}

// needIndex makes the index. A set of nothing but bound packs, of which there is one for many a source, goes without its memory.
func (s *Set) needIndex() {
	if s.index == nil {
		s.index = newIndex()
	}
}

// Load reads the packs below dir, a folder each, and the lists of kinds there, kinds*.yml. Samples are not run.
func Load(files fs.FS, dir string) (*Set, error) {
	folders, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil, fmt.Errorf("parser packs: %w", err)
	}
	var packs []*Pack
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		p, err := LoadOne(files, path.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		packs = append(packs, p)
	}
	s, err := join(packs)
	if err != nil {
		return nil, err
	}
	lists, err := fs.Glob(files, path.Join(dir, "kinds*.yml"))
	if err != nil {
		return nil, fmt.Errorf("kinds: %w", err)
	}
	for _, name := range lists {
		if err := s.loadDevices(files, name); err != nil {
			return nil, err
		}
	}
	s.index.seal()
	return s, nil
}

// LoadOne reads and compiles the pack of one folder.
func LoadOne(files fs.FS, dir string) (*Pack, error) {
	text, err := fs.ReadFile(files, path.Join(dir, "pack.yml"))
	if err != nil {
		return nil, fmt.Errorf("parser pack: %w", err)
	}
	doc, err := Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s/pack.yml: %w", dir, err)
	}
	if doc.ID != path.Base(dir) {
		return nil, fmt.Errorf("%s/pack.yml: its id is %q, its folder is not", dir, doc.ID)
	}
	p, err := Compile(doc)
	if err != nil {
		return nil, fmt.Errorf("%s/pack.yml: %w", dir, err)
	}
	return p, nil
}

func (s *Set) loadDevices(files fs.FS, name string) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("kinds: %w", err)
	}
	var list []*device
	if err := decode(text, &list); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, d := range list {
		if d.Vendor == "" || d.Product == "" || !slices.Contains(Kinds, d.Kind) {
			return fmt.Errorf("%s: %d (%s %s): vendor, product and a kind are wanted", name, i+1, d.Vendor, d.Product)
		}
		if d.Dataset == "" {
			d.Dataset = slug(d.Vendor) + "." + slug(d.Product)
		}
		if !datasetForm.MatchString(d.Dataset) {
			return fmt.Errorf("%s: %d (%s %s): dataset %q", name, i+1, d.Vendor, d.Product, d.Dataset)
		}
		es, err := entries(d.Match)
		if err != nil {
			return fmt.Errorf("%s: %d (%s %s): %w", name, i+1, d.Vendor, d.Product, err)
		}
		s.needIndex()
		for _, e := range es {
			e.device = d
			s.index.add(e)
		}
	}
	s.devices = append(s.devices, list...)
	return nil
}

// slug makes a name one word of small letters, digits and _.
func slug(name string) string {
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name) && len(out) < 31; i++ {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			out = append(out, c|0x20)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != '_':
			out = append(out, '_')
		}
	}
	return strings.Trim(string(out), "_")
}

// Outcome is what the packs made of a record.
type Outcome struct {
	Pack     string   // that read it; "" where none did
	Format   string   // of the pack, where one holds
	Identity Identity // who sent it, where it was not read but recognised
	Why      string   // the step at which the first pack failed
}

// Apply finds the packs a record may be of and lets them read it, the most specific first.
func (s *Set) Apply(h Host, sight *Sighting) (out Outcome) {
	var f found
	if s.index != nil {
		s.index.find(sight, &f)
	}
	for _, e := range f.list[:f.n] {
		if e.device != nil {
			if out.Identity.Vendor == "" {
				out.Identity = Identity{e.device.Vendor, e.device.Product, e.device.Kind, e.device.System, e.device.Dataset}
			}
			continue
		}
		var ok bool
		var why string
		if sight.Dataset != "" {
			out.Format, why, ok = e.pack.Amend(h, sight.Message)
		} else {
			out.Format, why, ok = e.pack.Apply(h, sight.Message)
		}
		if out.Why == "" {
			out.Why = why
		}
		if ok {
			out.Pack = e.pack.doc.ID
			return out
		}
		if doc := e.pack.doc; out.Identity.Vendor == "" && !doc.Strict {
			out.Identity = Identity{doc.Vendor, doc.Product, doc.Kind, doc.System, doc.Dataset}
		}
	}
	for _, p := range s.bound {
		if sight.Object != nil && !p.objects {
			continue // pairs within an object's texts are not the record's
		}
		format, why, ok := p.Apply(h, sight.Message)
		if ok {
			return Outcome{Pack: p.doc.ID, Format: format}
		}
		if out.Why == "" {
			out.Why = why
		}
	}
	return out
}

// Packs returns the documents of the packs, by id.
func (s *Set) Packs() []*Document {
	out := make([]*Document, len(s.packs))
	for i, p := range s.packs {
		out[i] = p.doc
	}
	slices.SortFunc(out, func(a, b *Document) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Counts says how many kinds of device are read, how many formats they have together, and how many more are recognised only.
func (s *Set) Counts() (kinds, formats, recognised int) {
	for _, p := range s.packs {
		formats += len(p.formats)
	}
	return len(s.packs), formats, len(s.devices)
}
