package query

import (
	"slices"
	"strings"
)

// Near returns up to three of the names that look most like s, best first.
func Near(s string, names []string) []string {
	s = strings.ToLower(s)
	type scored struct {
		name string
		d    int
	}
	var out []scored
	for _, n := range names {
		d := distance(s, n)
		if strings.HasPrefix(n, s) || strings.HasPrefix(s, n) {
			d = min(d, 1)
		}
		if d <= max(2, len(n)/3) {
			out = append(out, scored{n, d})
		}
	}
	slices.SortFunc(out, func(a, b scored) int {
		if a.d != b.d {
			return a.d - b.d
		}
		return strings.Compare(a.name, b.name)
	})
	found := make([]string, 0, 3)
	for _, o := range out[:min(3, len(out))] {
		found = append(found, o.name)
	}
	return found
}

// distance is the Levenshtein distance in bytes; s is cut at 64 bytes, so that it stays cheap on hostile text.
func distance(s, t string) int {
	s = s[:min(64, len(s))]
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(s) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(t) {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(t)]
}
