package learn

import (
	"maps"
	"slices"

	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// Drift says by how much recent lines deviate from what a source's pack was made for.
type Drift struct {
	Lines     int           `json:"lines"`     // that the pack reads or nothing claims
	Unclaimed int           `json:"unclaimed"` // of them, those that nothing claims
	Changed   int           `json:"changed"`   // read ones with names that are new, or without ones that were always there
	Share     float64       `json:"share"`     // of unclaimed and changed ones in all
	Formats   []FormatDrift `json:"formats"`   // those that deviate
}

// FormatDrift is the deviation of one format.
type FormatDrift struct {
	ID      string   `json:"id"`
	Lines   int      `json:"lines"`
	Changed int      `json:"changed"`
	New     []string `json:"new"`     // names that were never there and are in a tenth of the lines or more
	Missing []string `json:"missing"` // names that were always there and are not in a tenth of the lines or more
}

// maxDriftNames bounds the names told of one format.
const maxDriftNames = 32

// Deviation compares recent lines with the pack in force and with the proposal, as approved, that it was made of. A nil shelf means the
// packs that ship.
func Deviation(inForce *Proposal, pk *pack.Pack, lines []Line, settings parse.Settings, shelf *pack.Shelf) Drift {
	c := cover(pk, lines, parse.Options{Packs: shelf, Sources: func(string) (parse.Settings, bool) { return settings, true }})
	d := Drift{Lines: c.Covered + c.Unclaimed, Unclaimed: c.Unclaimed, Formats: []FormatDrift{}}
	for _, id := range slices.Sorted(maps.Keys(c.Formats)) {
		f := inForce.format(id)
		if f == nil || f.Structure == Text || f.Structure == Columns {
			continue // what these read has all its values
		}
		one := f.drift(c.Formats[id], c.names[id])
		d.Changed += one.Changed
		if one.Changed > 0 {
			d.Formats = append(d.Formats, one)
		}
	}
	if d.Lines > 0 {
		d.Share = round(float64(d.Unclaimed+d.Changed) / float64(d.Lines))
	}
	return d
}

func (f *Format) drift(lines int, names map[string]int) FormatDrift {
	out := FormatDrift{ID: f.ID, Lines: lines, New: []string{}, Missing: []string{}}
	tenth := max(1, lines/10)
	most := 0
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if n := names[name]; n >= tenth && f.field(name) == nil && len(f.Fields) < maxFields {
			most = max(most, n)
			if len(out.New) < maxDriftNames {
				out.New = append(out.New, name)
			}
		}
	}
	for i := range f.Fields {
		one := &f.Fields[i]
		if n := lines - names[one.Name]; one.Present >= f.Lines && f.Lines >= 20 && n >= tenth && mappable(one.Name) {
			most = max(most, n)
			if len(out.Missing) < maxDriftNames {
				out.Missing = append(out.Missing, one.Name)
			}
		}
	}
	out.Changed = most
	return out
}

// Merge joins a new proposal with the one that the pack in force was made of: what was decided there of a field stays, formats that the new
// lines do not have stay behind those they have, as long as there is room.
func Merge(inForce, fresh *Proposal) *Proposal {
	out := fresh.clone()
	out.Device = inForce.Device
	taken := map[string]bool{}
	for i := range out.Formats {
		f := &out.Formats[i]
		if old := f.ancestor(inForce, taken); old != nil {
			taken[old.ID] = true
			f.inherit(old)
		}
	}
	for i := range inForce.Formats {
		old := &inForce.Formats[i]
		if !taken[old.ID] && len(out.Formats) < maxFormats+8 {
			out.Formats = append(out.Formats, *old)
		}
	}
	out.unique()
	return out
}

// ancestor is the format in force of which f is the new form: of the same id, pattern, or with values of the discriminator in common.
func (f *Format) ancestor(p *Proposal, taken map[string]bool) *Format {
	var near *Format
	for i := range p.Formats {
		o := &p.Formats[i]
		if o.Structure != f.Structure || taken[o.ID] {
			continue
		}
		if o.ID == f.ID {
			return o
		}
		switch {
		case f.Structure == Text && slices.ContainsFunc(f.Recipe.Patterns, func(p string) bool { return slices.Contains(o.Recipe.Patterns, p) }):
			near = o
		case f.Recipe.By != "" && f.Recipe.By == o.Recipe.By && slices.ContainsFunc(f.Recipe.Is, func(v string) bool { return slices.Contains(o.Recipe.Is, v) }):
			near = o
		}
	}
	return near
}

// inherit takes over what was decided of the fields of a format in force.
func (f *Format) inherit(old *Format) {
	f.ID = old.ID
	held := map[string]string{}
	for i := range old.Fields {
		for _, t := range (&guess{target: old.Fields[i].Target, as: old.Fields[i].As}).fills() {
			held[t] = old.Fields[i].Name
		}
	}
	same := func(a, b *Field) bool {
		if a.Slot != "" || b.Slot != "" {
			return a.Slot == b.Slot && a.Type == b.Type
		}
		return a.Name == b.Name
	}
	for i := range f.Fields {
		one := &f.Fields[i]
		j := slices.IndexFunc(old.Fields, func(o Field) bool { return same(one, &o) })
		if j < 0 {
			for _, t := range (&guess{target: one.Target, as: one.As}).fills() {
				if k := slices.IndexFunc(f.Fields, func(o Field) bool { return o.Name == held[t] }); t != "" && held[t] != "" && k >= 0 && one.Part == "" {
					one.Alternatives = append([]Choice{{one.Target, one.As, one.Confidence}}, one.Alternatives...)
					one.Alternatives = one.Alternatives[:min(len(one.Alternatives), maxChoices)]
					one.Target, one.As, one.Table, one.Confidence = "", "", nil, 0
					break
				}
			}
			continue
		}
		o := &old.Fields[j]
		one.Name, one.Target, one.As, one.Part, one.Fallback, one.Confidence, one.Why, one.Decided = o.Name, o.Target, o.As, o.Part, o.Fallback, o.Confidence, []string{WhyApproved}, true
		if o.Table != nil {
			table := maps.Clone(o.Table)
			for v, to := range one.Table { // values that are new
				if _, ok := table[v]; !ok {
					table[v] = to
				}
			}
			one.Table = table
		} else {
			one.Table = nil
		}
	}
	for i := range old.Fields { // names that the new lines lack, as long as old ones may come
		o := old.Fields[i]
		if o.Slot == "" && f.field(o.Name) == nil && len(f.Fields) < maxFields {
			o.Present = 0
			f.Fields = append(f.Fields, o)
		}
	}
	for _, v := range old.Recipe.Is {
		if f.Recipe.By == old.Recipe.By && !slices.Contains(f.Recipe.Is, v) && len(f.Recipe.Is) > 0 {
			f.Recipe.Is = append(f.Recipe.Is, v)
		}
	}
}
