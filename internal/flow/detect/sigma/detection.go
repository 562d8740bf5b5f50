package sigma

import (
	"fmt"
	"strings"
)

// maxValues bounds the values of one rule; the largest of SigmaHQ's has 2,300.
const maxValues = 20_000

func readDetection(n *yamlNode) (Detection, *problem) {
	if n.kind != yamlMap {
		return Detection{}, fail("", "must be a map of searches and a condition")
	}
	var d Detection
	values := 0
	for i, name := range n.keys {
		switch name {
		case "condition":
			continue
		case "timeframe":
			return d, fail(name, "belongs to aggregations, which correlation rules have replaced")
		}
		groups, p := readSearch(n.items[i])
		if p != nil {
			return d, p.in(name)
		}
		if values += countValues(groups); values > maxValues {
			return d, fail(name, fmt.Sprintf("the rule has more than %d values", maxValues))
		}
		d.Searches = append(d.Searches, Search{Name: name, Groups: groups})
	}
	if len(d.Searches) == 0 {
		return d, fail("", "has no search")
	}
	conditions, p := readConditions(n.get("condition"), d.Searches)
	d.Conditions, d.Written = conditions, texts(n.get("condition"))
	return d, p.in("condition")
}

func countValues(groups []Group) (n int) {
	for _, g := range groups {
		for _, item := range g {
			n += len(item.Values)
		}
	}
	return n
}

// readSearch reads a map (AND), a list of maps and keywords (OR), or one keyword.
func readSearch(n *yamlNode) ([]Group, *problem) {
	switch n.kind {
	case yamlMap:
		g, p := readGroup(n)
		return []Group{g}, p
	case yamlScalar:
		g, p := keyword(n)
		return []Group{g}, p
	}
	if len(n.items) == 0 {
		return nil, fail("", "is an empty list")
	}
	var groups []Group
	for i, item := range n.items {
		var g Group
		var p *problem
		switch item.kind {
		case yamlMap:
			g, p = readGroup(item)
		case yamlScalar:
			g, p = keyword(item)
		default:
			p = fail("", "a list within a list is not supported")
		}
		if p != nil {
			return nil, p.in(fmt.Sprint(i))
		}
		groups = append(groups, g)
	}
	return groups, nil
}

func keyword(n *yamlNode) (Group, *problem) {
	if n.scalar.Kind == Null {
		return nil, fail("", "is empty")
	}
	return Group{{Values: []Value{n.scalar}}}, nil
}

func readGroup(n *yamlNode) (Group, *problem) {
	if len(n.keys) == 0 {
		return nil, fail("", "is an empty map")
	}
	g := make(Group, 0, len(n.keys))
	for i, key := range n.keys {
		item, p := readItem(key, n.items[i])
		if p != nil {
			return nil, p.in(key)
		}
		g = append(g, item)
	}
	return g, nil
}

func readItem(key string, n *yamlNode) (Item, *problem) {
	parts := strings.Split(key, "|")
	item := Item{Field: stripBlanks(parts[0]), Modifiers: parts[1:]}
	switch n.kind {
	case yamlMap:
		return item, fail("", "the value is a map; write nested fields with dots")
	case yamlScalar:
		item.Values = []Value{n.scalar}
	default:
		if len(n.items) == 0 {
			return item, fail("", "has no value")
		}
		for _, v := range n.items {
			if v.kind != yamlScalar {
				return item, fail("", "a value is neither text, number, boolean nor null")
			}
			item.Values = append(item.Values, v.scalar)
		}
	}
	return item, nil
}

func stripBlanks(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}
