package learn

import (
	"slices"
	"strconv"
	"strings"
)

// titled gives the chooser the names that a header of the columns tells.
func (c *chooser) titled(d *dialect) {
	for _, st := range c.stats {
		st.slot = st.name
	}
	if d.header == nil {
		return
	}
	c.named, c.header = true, true
	for _, st := range c.stats {
		if i, err := strconv.Atoi(strings.TrimPrefix(st.name, "c")); err == nil && i <= len(d.header) {
			st.name = d.header[i-1]
		}
	}
}

// columns says how the format's lines are cut: how many values they have and what these must be.
func (f *Format) columns(g *group, rows []row, st []*stat) {
	var s scratch
	f.Recipe.Least, f.Recipe.Most = 0, 0
	for i := range rows {
		n := len(g.dialect.split(&s, rows[i].text))
		if f.Recipe.Least == 0 || n < f.Recipe.Least {
			f.Recipe.Least = n
		}
		f.Recipe.Most = max(f.Recipe.Most, n)
	}
	f.Recipe.Columns = make([]string, min(f.Recipe.Most, maxFields))
	for i := range f.Recipe.Columns {
		f.Recipe.Columns[i] = slotName("c", i)
	}
	for _, one := range st {
		check := ""
		switch {
		case one.told < 3 || one.told < one.present:
		case one.share(tIP) == 1:
			check = "ip"
		case one.share(tInteger) == 1 && one.told >= 8:
			check = "int"
		}
		if check != "" && len(f.Recipe.Check) < 16 {
			if f.Recipe.Check == nil {
				f.Recipe.Check = map[string]string{}
			}
			f.Recipe.Check[one.slot] = check
		}
	}
}

// heading looks for a header of columns among the lines of a group, and takes it out of them: the rare line of nothing but names,
// where the other lines have values of other kinds.
func (g *group) heading() {
	if g.dialect.structure != Columns || g.dialect.header != nil {
		return
	}
	typed := map[string]int{}
	for i := range g.rows {
		for _, f := range g.rows[i].fields {
			switch kindOf(f.Value) {
			case tWord, tText, tDomain:
			default:
				typed[f.Name]++
			}
		}
	}
	var head []string
	var rest []row
	for i := range g.rows {
		r := &g.rows[i]
		if names := titles(r, typed, len(g.rows)); names != nil && (head == nil || slices.Equal(head, names)) {
			head = names
			continue
		}
		rest = append(rest, *r)
	}
	if head != nil && len(rest)*10 >= len(g.rows)*9 {
		g.dialect.header, g.rows = head, rest
	}
}

// declared are the names of columns that a line "#Fields: date time c-ip" tells, nil where it is none.
func declared(text string) []string {
	rest, ok := strings.CutPrefix(text, "#Fields:")
	if !ok {
		return nil
	}
	var out []string
	for _, c := range strings.Fields(rest) {
		name := label(clean(c))
		for slices.Contains(out, name) {
			name += "_"
		}
		if out = append(out, name); len(out) > maxFields {
			return nil
		}
	}
	if len(out) < 4 {
		return nil
	}
	return out
}

// titles are the names that a line of columns gives, nil where it is no header.
func titles(r *row, typed map[string]int, lines int) []string {
	var out []string
	differ, seen := 0, map[string]bool{}
	var s scratch
	d := dialect{structure: Columns, recipe: r.recipe}
	cells := d.split(&s, strings.TrimPrefix(r.text, "#"))
	for i, c := range cells {
		if c == "" || len(c) > 48 || kindOf(c) != tWord && kindOf(c) != tText && kindOf(c) != tDomain || !lettered(c) || c[0] >= '0' && c[0] <= '9' || strings.Count(c, " ") > 3 || seen[c] {
			return nil
		}
		seen[c] = true
		name := label(clean(strings.TrimSpace(c)))
		for slices.Contains(out, name) {
			name += "_"
		}
		out = append(out, name)
		if typed[slotName("c", i)]*2 > lines {
			differ++
		}
	}
	if differ < 2 || len(out) < 4 {
		return nil
	}
	return out
}

// label makes a cleaned name one that a step of a pack may give a value.
func label(name string) string {
	name = strings.Trim(name, "@_-.")
	if name == "" || name == "message" {
		return "field_" + name
	}
	return clip(name, 48)
}
