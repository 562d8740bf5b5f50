package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/isoc-project/isoc/internal/flow/detect/attack"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/query"
)

// advice is what a document is warned of.
type advice struct {
	outline  *sigma.Outline
	document *Document
	meta     *sigma.Meta
	text     *sigma.Documents // all of the text
	known    InForce
	issues   []Issue
}

func (a *advice) warn(path, code, reason string, args ...string) {
	p, _ := a.outline.Find(path)
	p.Line += a.document.Line - 1
	a.issues = append(a.issues, Issue{Severity: Warning, Code: code, Args: args, Path: path, Reason: reason, Place: p})
}

func (a *advice) has(path string) bool {
	_, ok := a.outline.Find(path)
	return ok
}

func (a *advice) all() []Issue {
	a.id()
	switch d := a.document; {
	case d.Rule != nil:
		a.head()
		a.source()
		a.fields()
		a.cost()
	case d.Correlation != nil:
		a.head()
		a.references("correlation", d.Correlation.Rules)
	default:
		a.source()
		a.references("filter", d.Filter.Rules)
	}
	return a.issues
}

func (a *advice) id() {
	if _, err := uuid.Parse(a.meta.ID); err != nil || !a.has("id") {
		a.warn("id", "id", "is no UUID: without one of its own the rule loses its history when its title changes")
	}
}

// references asks whether the rules that are named are there.
func (a *advice) references(key string, refs []string) {
	for i, ref := range refs {
		if a.named(ref) {
			continue
		}
		if a.known != nil {
			if _, ok := a.known(ref); ok {
				continue
			}
		}
		a.warn(fmt.Sprintf("%s.rules.%d", key, i), "reference", "is neither in this text nor in force: nothing comes of it", ref)
	}
}

// named reports whether a document of the text goes by the reference.
func (a *advice) named(ref string) bool {
	is := func(m *sigma.Meta) bool { return m.ID == ref || m.Name == ref }
	return slices.ContainsFunc(a.text.Rules, func(r *sigma.Rule) bool { return is(&r.Meta) }) ||
		slices.ContainsFunc(a.text.Correlations, func(c *sigma.Correlation) bool { return is(&c.Meta) })
}

// head asks for what a reader of an alert relies on. Of a part of a correlation, which raises none, less is asked.
func (a *advice) head() {
	part := a.part()
	for _, c := range []struct{ path, code, reason string }{
		{"level", "level", "is missing: the rule counts as medium"},
		{"description", "description", "is missing: say what happened and why it matters"},
		{"falsepositives", "falsepositives", "are missing: say what harmless things look the same"},
		{"isoc.title_zh", "title_zh", "is missing: Chinese readers see the English title"},
	} {
		if !a.has(c.path) && !(part && c.path == "falsepositives") {
			a.warn(c.path, c.code, c.reason)
		}
	}
	if !part || len(a.meta.Tags) > 0 {
		a.tags()
	}
}

// part reports whether the document's firings only feed correlations of the text.
func (a *advice) part() bool {
	found := false
	for _, c := range a.text.Correlations {
		if slices.ContainsFunc(append([]string{c.Until}, c.Rules...), func(ref string) bool { return ref != "" && (ref == a.meta.ID || ref == a.meta.Name) }) {
			if c.Generate {
				return false
			}
			found = true
		}
	}
	return found
}

// tags asks for a place in ATT&CK, and that it be one.
func (a *advice) tags() {
	techniques := 0
	var tactics []string
	for _, tag := range a.meta.Tags {
		if _, tactic := attack.ReadTag(tag); tactic != "" {
			tactics = append(tactics, tactic)
		}
	}
	for i, tag := range a.meta.Tags {
		path := fmt.Sprintf("tags.%d", i)
		id, tactic := attack.ReadTag(tag)
		name, ofAttack := strings.CutPrefix(strings.ToLower(tag), "attack.")
		switch {
		case !ofAttack || tactic != "":
		case id == "" && len(name) > 1 && (name[0] == 'g' || name[0] == 's') && name[1] >= '0' && name[1] <= '9': // groups and software
		case id == "":
			a.warn(path, "tag.unknown", "is neither tactic nor technique of ATT&CK "+attack.Version, tag)
		case attack.Retired(id):
			a.warn(path, "tag.retired", "is a technique that ATT&CK has withdrawn", id)
			techniques++
		default:
			techniques++
			t, known := attack.Find(id)
			if !known {
				a.warn(path, "tag.unknown", "is neither tactic nor technique of ATT&CK "+attack.Version, tag)
			} else if len(tactics) > 0 && !slices.ContainsFunc(t.Tactics, func(of string) bool { return slices.Contains(tactics, of) }) {
				a.warn(path, "tag.tactic", "belongs to none of the tactics that are tagged", id, strings.Join(t.Tactics, ", "))
			}
		}
	}
	if techniques == 0 {
		a.warn("tags", "tag.none", "name no technique of ATT&CK: the matrix does not show the rule")
	}
}

// source asks whether an event can be of the log source at all.
func (a *advice) source() {
	s := a.meta.LogSource
	if s.Category != "" && !slices.Contains(logsource.Categories(), s.Category) {
		a.warn("logsource.category", "logsource.category", "is of no event that iSOC knows: the rule never fires", s.Category, nearest(s.Category, logsource.Categories()))
	}
	// Vendors of datasets are products too, so any other may be right.
	if near := nearest(s.Product, logsource.Products()); s.Product != "" && near != "" && near != s.Product {
		a.warn("logsource.product", "logsource.product", "is no product that iSOC knows by name", s.Product, near)
	}
}

// fields asks whether events of the log source have what the rule looks at.
func (a *advice) fields() {
	names, closed := logsource.Vocabulary(a.meta.LogSource)
	if !closed {
		return
	}
	told := map[string]bool{}
	for _, s := range a.document.Rule.Detection.Searches {
		for i, g := range s.Groups {
			for _, item := range g {
				// Names with dots are those of events, ours and vendors'.
				if item.Field == "" || told[item.Field] || strings.Contains(item.Field, ".") || slices.Contains(names, item.Field) {
					continue
				}
				told[item.Field] = true
				a.warn(pathOf(s, i, item), "field.unknown", "is no field of this log source", item.Field, nearest(item.Field, names))
			}
		}
	}
}

func pathOf(s sigma.Search, group int, item sigma.Item) string {
	path := "detection." + s.Name
	if len(s.Groups) > 1 {
		path += fmt.Sprintf(".%d", group)
	}
	return path + "." + strings.Join(append([]string{item.Field}, item.Modifiers...), "|")
}

// cost tells what makes the rule dear.
func (a *advice) cost() {
	c, err := sigma.CostOf(a.document.Rule, sigma.Options{})
	if err != nil {
		return // told as a refusal
	}
	switch {
	case c.Always:
		a.warn("detection.condition", "cost.always", "needs no text to be there: the rule is asked of every event of its log source")
	case len(c.Fields) > 0:
		a.warn("detection.condition", "cost.field", "needs no text, only a field: the rule is asked of every event that has it", strings.Join(c.Fields, ", "))
	}
	for _, path := range c.Expressions {
		a.warn(path, "cost.expression", "has no text that every match holds: the expression is run over every value")
	}
}

// nearest returns the name that was probably meant, or "".
func nearest(name string, names []string) string {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n
		}
	}
	if found := query.Near(name, names); len(found) > 0 {
		return found[0]
	}
	return ""
}
