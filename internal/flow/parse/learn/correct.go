package learn

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// Correction is what a person changes of a proposal. Format is a format's id. With Drop and no Field the whole format is left out, with Drop
// and a field that field has no target. What is nil stays as it is; a Table that is not nil replaces the field's, an empty one removes it.
type Correction struct {
	Format string            `json:"format"`
	Field  string            `json:"field,omitempty"` // by its name as proposed
	Name   *string           `json:"name,omitempty"`  // of a column or slot: names that the record itself has cannot be changed
	Target *string           `json:"target,omitempty"`
	As     *string           `json:"as,omitempty"`
	Table  map[string]string `json:"table,omitempty"`
	Drop   bool              `json:"drop,omitempty"`
}

// maxCorrections bounds the corrections of one proposal.
const maxCorrections = 4096

// Correct returns the proposal as corrected and leaves p as it is. Its error names format, field and reason of every correction that cannot
// be: an unknown field of ECS, a second field for a target that has one, a name that is taken.
func (p *Proposal) Correct(list []Correction) (*Proposal, error) {
	if len(list) > maxCorrections {
		return nil, fmt.Errorf("more than %d corrections", maxCorrections)
	}
	out := p.clone()
	var errs []error
	renamed := map[[2]string]string{} // names as proposed → as corrected
	for i := range list {
		if err := out.correct(&list[i], renamed); err != nil {
			errs = append(errs, err)
		}
	}
	for i := range out.Formats {
		errs = append(errs, out.Formats[i].conflicts()...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return out, nil
}

func (p *Proposal) correct(c *Correction, renamed map[[2]string]string) error {
	f := p.format(c.Format)
	if f == nil {
		return fmt.Errorf("format %q: the proposal has none of that name", c.Format)
	}
	if c.Field == "" {
		if !c.Drop {
			return fmt.Errorf("format %q: a field is wanted, or drop", c.Format)
		}
		p.Formats = slices.DeleteFunc(p.Formats, func(o Format) bool { return o.ID == c.Format })
		return nil
	}
	name := c.Field
	if to, ok := renamed[[2]string{c.Format, name}]; ok {
		name = to
	}
	one := f.field(name)
	if one == nil {
		return fmt.Errorf("format %q: field %q: the format has none of that name", c.Format, c.Field)
	}
	if err := f.change(one, c); err != nil {
		return fmt.Errorf("format %q: field %q: %w", c.Format, c.Field, err)
	}
	if c.Name != nil {
		renamed[[2]string{c.Format, c.Field}] = one.Name
	}
	return nil
}

func (f *Format) change(one *Field, c *Correction) error {
	if c.Name != nil && *c.Name != one.Name {
		if err := f.rename(one, *c.Name); err != nil {
			return err
		}
	}
	next := *one
	if c.Target != nil && *c.Target != one.Target {
		next.Target, next.As, next.Table, next.Part, next.Fallback = *c.Target, "", nil, "", false
		next.Table = next.proposedTable()
	}
	if c.As != nil {
		next.As = *c.As
	}
	if c.Table != nil {
		next.Table = c.Table
		if len(c.Table) == 0 {
			next.Table = nil
		}
	}
	if c.Drop {
		next.Target, next.As, next.Table, next.Part, next.Fallback = "", "", nil, "", false
	}
	if next.Target != "" {
		if err := next.allowed(); err != nil {
			return err
		}
	}
	if next.Target != one.Target || next.As != one.As || !maps.Equal(next.Table, one.Table) {
		next.Confidence, next.Why = 1, []string{}
	}
	next.Decided = true
	*one = next
	return nil
}

// proposedTable translates the values that were seen for a target that needs it.
func (one *Field) proposedTable() map[string]string {
	if one.Target != event.Action && one.Target != "event.outcome" && one.Target != event.Severity {
		return nil
	}
	table, changed := map[string]string{}, one.Target == "event.outcome"
	for _, v := range one.Values {
		if to := through(&guess{target: one.Target}, v.Value); to != "" {
			table[v.Value] = to
			changed = changed || to != v.Value
		}
	}
	if !changed || len(table) == 0 {
		return nil
	}
	return table
}

// rename gives a column or slot another name.
func (f *Format) rename(one *Field, name string) error {
	switch {
	case one.Slot == "":
		return errors.New("name: the record itself has it, it cannot be changed")
	case name == "" || len(name) > 64 || !utf8.ValidString(name) || clean(name) != name || label(name) != name:
		return fmt.Errorf("name %q: letters, digits, Chinese characters and _ . - are wanted, 64 bytes at most, and not %q", name, event.Message)
	}
	for i := range f.Fields {
		if o := &f.Fields[i]; o != one && (o.Name == name || o.Slot == name) {
			return fmt.Errorf("name %q: another field of the format has it", name)
		}
	}
	one.Name = name
	return nil
}

// allowed asks the packs whether they take the target.
func (one *Field) allowed() error {
	if len(one.Table) > 1000 {
		return errors.New("table: more than 1000 values")
	}
	if !mappable(one.Name) {
		return errors.New("target: a field of this name cannot have one")
	}
	no := false
	t := pack.Target{To: pack.List{one.Target}, As: one.As, Values: one.Table}
	doc := &pack.Document{ID: "own-trial", Vendor: "Own", Product: "Trial", Kind: "application", Dataset: "own.trial", Bound: true, Aliases: &no, Steps: []pack.Step{{JSON: &pack.JSON{}}},
		Map: map[string]pack.Targets{one.Name: {t}}}
	if _, err := pack.Compile(doc); err != nil {
		return errors.New(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "map: "+one.Name+": "), "map: "))
	}
	return nil
}

// conflicts names the targets that two fields of a line have, but for fields that are never in one line together or
// were proposed so.
func (f *Format) conflicts() []error {
	var errs []error
	holder := map[string]*Field{}
	for i := range f.Fields {
		one := &f.Fields[i]
		if one.Target == "" || one.Part != "" || one.Fallback {
			continue
		}
		for _, t := range (&guess{target: one.Target, as: one.As}).fills() {
			o := holder[t]
			if o == nil {
				holder[t] = one
				continue
			}
			if !one.Decided && !o.Decided || o.Present+one.Present <= f.Lines {
				continue
			}
			errs = append(errs, fmt.Errorf("format %q: field %q: target %s is that of field %q already; take it from one of them", f.ID, one.Name, t, o.Name))
		}
	}
	return errs
}
