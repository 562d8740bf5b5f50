package learn

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// Bounds of what tells formats apart.
const (
	maxKinds   = 120 // values of a discriminator
	maxTokens  = 400 // names whose presence is compared
	leastGain  = 0.35
	alikeNames = 0.85 // formats with this share of names in common are one
	maxHave    = 12
)

// split divides the rows of a structure into formats by the field whose values tell best which names there are.
func split(g *group, budget int) []Format {
	key := discriminator(g)
	if key == "" || budget < 2 {
		return []Format{g.format(g.rows, "", nil)}
	}
	made, rest := g.kinds(key, budget-1)
	if len(rest) == 0 {
		return made
	}
	if len(rest) == len(g.rows) {
		return []Format{g.format(g.rows, "", nil)}
	}
	return append(made, split(&group{g.dialect, rest}, budget-len(made))...)
}

// kinds makes formats by the values of a field, of which those with the same names are one. It returns the rows that are of none.
func (g *group) kinds(key string, budget int) (made []Format, rest []row) {
	by := map[string][]row{}
	for _, r := range g.rows {
		v := r.value(key)
		by[v] = append(by[v], r)
	}
	type kind struct {
		values []string
		rows   []row
		names  map[string]bool
	}
	var kinds []*kind
	values := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(by[b]), len(by[a])), strings.Compare(a, b))
	})
	least := max(2, len(g.rows)/200)
	for _, v := range values {
		rows := by[v]
		often := frequent(rows)
		i := slices.IndexFunc(kinds, func(k *kind) bool { return alike(k.names, often) >= alikeNames })
		switch {
		case v == "":
			rest = append(rest, rows...)
		case i >= 0:
			kinds[i].values, kinds[i].rows = append(kinds[i].values, v), append(kinds[i].rows, rows...)
		case len(rows) < least || len(kinds) >= budget:
			rest = append(rest, rows...)
		default:
			kinds = append(kinds, &kind{[]string{v}, rows, often})
		}
	}
	if len(kinds) == 1 && len(rest)*20 < len(g.rows) {
		return nil, g.rows
	}
	for _, k := range kinds {
		slices.Sort(k.values)
		made = append(made, g.format(k.rows, key, k.values))
	}
	return made, rest
}

// frequent are the names that most of the rows have.
func frequent(rows []row) map[string]bool {
	count := map[string]int{}
	for _, r := range rows {
		for t := range tokens(&r) {
			count[t]++
		}
	}
	out := map[string]bool{}
	for t, n := range count {
		if n*2 >= len(rows) {
			out[t] = true
		}
	}
	return out
}

func alike(a, b map[string]bool) float64 {
	both := 0
	for t := range a {
		if b[t] {
			both++
		}
	}
	return float64(both) / float64(max(1, len(a)+len(b)-both))
}

// tokens are what tells of the shape of a row: names, and of columns places with the kind of their values.
func tokens(r *row) map[string]bool {
	out := make(map[string]bool, len(r.fields))
	for _, f := range r.fields {
		if r.structure == Columns {
			k := kindOf(f.Value)
			switch {
			case ecs.Empty(f.Value):
				continue
			case k == tText, k == tDomain:
				k = tWord
			case k == tNumber:
				k = tInteger
			}
			out[f.Name+" "+k] = true
			continue
		}
		out[f.Name] = true
	}
	return out
}

// discriminator is the field whose value tells most about which names a line has, "" where lines do not differ or nothing tells.
func discriminator(g *group) string {
	if len(g.rows) < 8 {
		return ""
	}
	shapes := make([]map[string]bool, len(g.rows))
	count := map[string]int{}
	values := map[string]map[string]int{}
	for i := range g.rows {
		r := &g.rows[i]
		shapes[i] = tokens(r)
		for t := range shapes[i] {
			count[t]++
		}
		seen := map[string]bool{}
		for _, f := range r.fields {
			if seen[f.Name] || len(f.Value) > 64 {
				continue
			}
			seen[f.Name] = true
			if values[f.Name] == nil {
				values[f.Name] = map[string]int{}
			}
			if m := values[f.Name]; len(m) <= maxKinds {
				m[f.Value]++
			}
		}
	}
	all := float64(len(g.rows))
	uneven := map[string]bool{}
	total := 0.0
	for _, t := range slices.Sorted(maps.Keys(count)) {
		p := float64(count[t]) / all
		if len(uneven) < maxTokens && p*(1-p) > 0.02 {
			uneven[t] = true
			total += p * (1 - p)
		}
	}
	if total < 0.03*float64(len(count)) {
		return ""
	}
	best, top := "", leastGain
	for _, name := range slices.Sorted(maps.Keys(values)) {
		vs := values[name]
		n := 0
		for _, c := range vs {
			n += c
		}
		if !mappable(name) || len(vs) > maxKinds || len(vs)*3 > n || float64(n) < 0.4*all || len(vs) == 1 && float64(n) > 0.95*all || !tells(name, vs) {
			continue
		}
		gain := 1 - unevenness(g.rows, shapes, uneven, name)/total
		if telling(name) {
			gain += 0.1
		}
		if gain -= 0.004 * float64(len(vs)); gain > top {
			best, top = name, gain
		}
	}
	return best
}

// unevenness is what remains unknown of the names of a line where the value of a field is known.
func unevenness(rows []row, shapes []map[string]bool, uneven map[string]bool, name string) float64 {
	per := map[string]map[string]int{}
	size := map[string]int{}
	for i := range rows {
		v := rows[i].value(name)
		size[v]++
		m := per[v]
		if m == nil {
			m = map[string]int{}
			per[v] = m
		}
		for t := range shapes[i] {
			if uneven[t] {
				m[t]++
			}
		}
	}
	left := 0.0
	for v, m := range per {
		n := float64(size[v])
		for _, c := range m {
			p := float64(c) / n
			left += n / float64(len(rows)) * p * (1 - p)
		}
	}
	return left
}

// tells reports whether a field may name kinds of records: no users, addresses, times or fractions.
func tells(name string, values map[string]int) bool {
	switch m := alias.Resolve(name); m.Form {
	case ecs.None, ecs.Verb, ecs.Result, ecs.Service, ecs.Severity:
	case ecs.Plain:
		if !strings.HasPrefix(m.Name, "rule.") {
			return false
		}
	default:
		return false // who, where and when tell nothing of the kind
	}
	named := telling(name)
	for v := range values {
		if !named && (digits(v) || len(v) > 32 || strings.Count(v, " ") > 3) {
			return false
		}
		switch kindOf(v) {
		case tIP, tEndpoint, tTime, tMAC, tNumber, tEmail, tHash:
			return false
		}
		if strings.HasSuffix(v, "*") {
			return false // a star means any in a pack
		}
	}
	return true
}

// telling reports whether a name is one that tells kinds of records apart.
func telling(name string) bool {
	n := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	for _, end := range []string{"type", "msgid", "messageid", "eventid", "eventname", "logtype", "logid", "subtype", "category", "event", "kind", "class", "module", "action", "类型", "日志类型", "事件类型", "模块", "消息类型"} {
		if strings.HasSuffix(n, end) {
			return true
		}
	}
	return false
}

// format makes the format of some rows of the structure.
func (g *group) format(rows []row, key string, values []string) Format {
	f := Format{Structure: g.dialect.structure, Lines: len(rows), Recipe: g.dialect.recipe}
	f.Recipe.By, f.Recipe.Is = key, values
	f.ID = identity(f.Structure, key, values)
	st := stats(rows)
	c := chooser{rows: rows, stats: st, named: f.Structure != Columns}
	if f.Structure == Columns {
		c.titled(&g.dialect)
		f.columns(g, rows, st)
	}
	f.Fields = c.fields()
	f.have(st, len(rows))
	f.Samples = samples(rows)
	f.Pattern = f.pattern()
	return f
}

// identity is the id of a format: from its structure and what tells it.
func identity(structure, key string, values []string) string {
	if key == "" {
		return structure
	}
	id := structure + "-" + plainID(key) + "-" + plainID(values[0])
	if len(values) > 1 {
		id += fmt.Sprintf("-and-%d", len(values)-1)
	}
	return id
}

// plainID makes a text one word of small letters, digits, Chinese characters and dashes.
func plainID(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(s) {
		if allowed(r) && r != '@' && r != '.' && r != '_' && r != '-' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		} else {
			dash = true
		}
		if b.Len() > 40 {
			break
		}
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}

// samples are lines of a format as they came: the first ones that are not long, spread over the rows.
func samples(rows []row) []string {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	step := max(1, len(rows)/maxSamples)
	slices.SortStableFunc(order, func(a, b int) int {
		long := func(i int) int { return min(len(rows[i].raw)/1024, 3) }
		return cmp.Or(cmp.Compare(long(a), long(b)), cmp.Compare(a%step, b%step))
	})
	var out []string
	for _, i := range order {
		if len(out) == maxSamples {
			break
		}
		if !slices.Contains(out, rows[i].raw) {
			out = append(out, rows[i].raw)
		}
	}
	return out
}

// have says which names are in the format's records: those that all of them had.
func (f *Format) have(st []*stat, lines int) {
	if f.Structure == Columns {
		return
	}
	pick := func(share float64) []string {
		var out []string
		for _, s := range st {
			if float64(s.present) >= share*float64(lines) && mappable(s.name) && s.name != f.Recipe.By && len(out) < maxHave {
				out = append(out, s.name)
			}
		}
		return out
	}
	if f.Recipe.Have = pick(0.98); len(f.Recipe.Have) >= 2 {
		f.Recipe.HaveLeast = (len(f.Recipe.Have) + 1) / 2
		return
	}
	f.Recipe.Have = pick(0.25)
	f.Recipe.HaveLeast = min(len(f.Recipe.Have), 1)
}

// pattern is the format for people.
func (f *Format) pattern() string {
	var names []string
	for i := range f.Fields {
		if len(names) == 12 {
			names = append(names, "…")
			break
		}
		names = append(names, f.Fields[i].Name)
	}
	switch {
	case f.Structure == Columns:
		return strings.Join(names, " "+f.Recipe.Separator+" ")
	case f.Recipe.By != "":
		return f.Recipe.By + " = " + clip(strings.Join(f.Recipe.Is, " | "), 200)
	}
	return strings.Join(names, ", ")
}
