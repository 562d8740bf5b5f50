package learn

import (
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// document writes the formats as a pack. Formats of one structure that is taken apart in one way share the step that does so; where there
// are several, each format takes the record apart itself and then looks whether it is its own.
func document(id string, d Device, formats []Format) *pack.Document {
	doc := &pack.Document{ID: id, Vendor: line(d.Vendor), Product: line(d.Product), Kind: d.Kind, Dataset: dataset(id, d), Bound: true, Strict: true, Set: map[string]pack.List{"event.kind": {"event"}}}
	if doc.Vendor == "" {
		doc.Vendor = "Own"
	}
	if doc.Product == "" {
		doc.Product = strings.TrimPrefix(id, "own-")
	}
	if doc.Kind == "" {
		doc.Kind = "application"
	}
	ordered := slices.Clone(formats)
	slices.SortStableFunc(ordered, func(a, b Format) int { return a.rank() - b.rank() })
	shared := sharedStep(ordered)
	if shared != nil {
		shared.Optional = slices.ContainsFunc(ordered, func(f Format) bool { return f.Structure == Text })
		doc.Steps = []pack.Step{*shared}
	}
	for i := range ordered {
		f := &ordered[i]
		out := pack.Format{ID: f.ID, Map: f.targets(), Except: f.decided()}
		own := shared == nil || f.Structure == Text
		if own {
			out.Steps = append(out.Steps, f.step())
		}
		if f.Structure != Text {
			h := &pack.Have{Of: f.Recipe.Have, Least: f.Recipe.HaveLeast}
			if f.Structure == Columns {
				h.Check = f.checks()
			}
			if len(f.Recipe.Is) > 0 {
				is := map[string]pack.List{f.name(f.Recipe.By): f.Recipe.Is}
				if own {
					h.Is = is
				} else {
					out.Is = is
				}
			}
			if len(h.Of)+len(h.Check)+len(h.Is) > 0 {
				out.Steps = append(out.Steps, pack.Step{Have: h})
			}
		}
		f.fallbacks(doc, formats)
		for name, v := range f.Set {
			if out.Set == nil {
				out.Set = map[string]pack.List{}
			}
			out.Set[name] = pack.List{v}
		}
		doc.Formats = append(doc.Formats, out)
		for _, names := range f.times() {
			if !slices.ContainsFunc(doc.Times, func(o pack.List) bool { return slices.Equal(o, names) }) && len(doc.Times) < 64 {
				doc.Times = append(doc.Times, names)
			}
		}
	}
	return doc
}

// line makes a name one line.
func line(s string) string { return clip(strings.Join(strings.Fields(s), " "), 80) }

// rank is the place of a format among those that are tried: what tells itself by more comes first, the rest of a structure last.
func (f *Format) rank() int {
	n := map[string]int{JSON: 0, Columns: 2, KV: 4, Colon: 6, Text: 8}[f.Structure]
	if f.Structure != Text && len(f.Recipe.Is) == 0 {
		n++
	}
	return n
}

// sharedStep is the step that all formats but those of text have in common, nil where they have none.
func sharedStep(formats []Format) *pack.Step {
	var first *Format
	for i := range formats {
		f := &formats[i]
		switch {
		case f.Structure == Text:
		case first == nil:
			first = f
		case f.Structure != first.Structure, f.Structure == Columns, f.Recipe.Pairs != first.Recipe.Pairs, f.Recipe.Assign != first.Recipe.Assign:
			return nil
		}
	}
	if first == nil {
		return nil
	}
	s := first.step()
	return &s
}

// step takes a record of the format apart.
func (f *Format) step() pack.Step {
	r := &f.Recipe
	switch f.Structure {
	case JSON:
		return pack.Step{JSON: &pack.JSON{}}
	case Colon:
		return pack.Step{KV: &pack.KV{Colon: true, Only: true}}
	case Columns:
		c := &pack.CSV{Separator: r.Separator, Least: r.Least, Most: r.Most}
		if !r.Quoted {
			c.Quoted = &r.Quoted
		}
		for _, slot := range r.Columns {
			c.Columns = append(c.Columns, f.name(slot))
		}
		return pack.Step{CSV: c}
	case Text:
		var patterns pack.List
		for _, p := range r.Patterns {
			patterns = append(patterns, f.named(p))
		}
		return pack.Step{Dissect: patterns}
	}
	kv := &pack.KV{Pairs: r.Pairs, Assign: r.Assign, Only: true}
	if r.Pairs != "" {
		kv.Trim = trimmed
	}
	return pack.Step{KV: kv}
}

// name is the field's name that a slot has: its own where no field is of it.
func (f *Format) name(slot string) string {
	for i := range f.Fields {
		if f.Fields[i].Slot == slot && slot != "" {
			return f.Fields[i].Name
		}
	}
	return slot
}

// named puts names into a pattern of slots.
func (f *Format) named(pattern string) string {
	for i := len(f.Fields) - 1; i >= 0; i-- {
		if s := f.Fields[i].Slot; s != "" {
			pattern = strings.ReplaceAll(pattern, "%{"+s+"}", "%{"+f.Fields[i].Name+"}")
			pattern = strings.ReplaceAll(pattern, "%{"+s+":", "%{"+f.Fields[i].Name+":")
		}
	}
	return pattern
}

func (f *Format) checks() map[string]string {
	out := make(map[string]string, len(f.Recipe.Check))
	for slot, kind := range f.Recipe.Check {
		out[f.name(slot)] = kind
	}
	return out
}

// targets are the places of the format's values.
func (f *Format) targets() map[string]pack.Targets {
	out := map[string]pack.Targets{}
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Target == "" || one.Part != "" || one.Fallback || !mappable(one.Name) {
			continue
		}
		out[one.Name] = one.mapping()
	}
	return out
}

// decided are the format's names that the automatic parser would give a meaning: what was proposed and approved of them is all they have.
// Names that are new are its own to read, as they were before there was a pack.
func (f *Format) decided() pack.List {
	var out pack.List
	for i := range f.Fields {
		if name := f.Fields[i].Name; alias.Resolve(name).Form != ecs.None && f.Fields[i].Part == "" {
			out = append(out, name)
		}
	}
	return out
}

// mapping is the field's target as a pack has it.
func (one *Field) mapping() pack.Targets {
	t := pack.Target{To: pack.List{one.Target}, As: one.As}
	if len(one.Table) > 0 {
		t.Values = one.Table
		if one.Target == event.Severity && lettersIn(one.Table) {
			t.Other = "drop"
		}
	}
	return pack.Targets{t}
}

// fallbacks writes the fields that give way to others of their format into the map of the whole pack, which comes after the formats' own;
// but not where another format has a field of the name that it leaves without a target.
func (f *Format) fallbacks(doc *pack.Document, formats []Format) {
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Target == "" || !one.Fallback || one.Part != "" || !mappable(one.Name) || doc.Map[one.Name] != nil {
			continue
		}
		if slices.ContainsFunc(formats, func(o Format) bool {
			other := o.field(one.Name)
			return other != nil && (other.Target == "" || other.Fallback && other.Target != one.Target)
		}) {
			continue
		}
		if doc.Map == nil {
			doc.Map = map[string]pack.Targets{}
		}
		doc.Map[one.Name] = one.mapping()
	}
}

func lettersIn(table map[string]string) bool {
	for v := range table {
		if !digits(v) {
			return true
		}
	}
	return false
}

// times are the fields that together tell the time.
func (f *Format) times() []pack.List {
	parts := map[string]string{}
	for i := range f.Fields {
		if one := &f.Fields[i]; one.Target == event.Timestamp && one.Part != "" && mappable(one.Name) {
			parts[one.Part] = one.Name
		}
	}
	date, clock, zone := parts[partDate], parts[partClock], parts[partZone]
	switch {
	case date == "" || clock == "":
		return nil
	case zone != "":
		return []pack.List{{date, clock, zone}, {date, clock}}
	}
	return []pack.List{{date, clock}}
}
