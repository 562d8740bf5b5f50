// Package textdiff compares texts line by line.
package textdiff

import "strings"

// Op is what became of a line.
type Op string

// The ops.
const (
	Same Op = "same"
	Add  Op = "add"
	Drop Op = "drop"
)

// Line is a line of a difference. Old and New are its numbers from 1, 0 where it is not in that text.
type Line struct {
	Op       Op
	Old, New int
	Text     string
}

// maxEdits bounds the search for the shortest difference; texts further apart are shown as one replaced by the other.
const maxEdits = 1000

// Diff returns every line of two texts with what became of it, by the least number of lines added and dropped.
func Diff(from, to string) []Line {
	a, b := lines(from), lines(to)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []Line
	x, y := 0, 0
	keep := func(n int) {
		for range n {
			out = append(out, Line{Same, x + 1, y + 1, a[x]})
			x, y = x+1, y+1
		}
	}
	keep(head)
	for _, op := range edits(a[head:len(a)-tail], b[head:len(b)-tail]) {
		switch op {
		case Same:
			keep(1)
		case Drop:
			out = append(out, Line{Drop, x + 1, 0, a[x]})
			x++
		case Add:
			out = append(out, Line{Add, 0, y + 1, b[y]})
			y++
		}
	}
	keep(tail)
	return out
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// edits is Myers' greedy search: reach[d][k] is how far into a one comes on diagonal k with d lines added or dropped.
func edits(a, b []string) []Op {
	limit := min(len(a)+len(b), maxEdits)
	at := limit + 1
	reach := make([]int, 2*at+1)
	var trace [][]int
	for d := 0; d <= limit; d++ {
		trace = append(trace, append([]int(nil), reach[at-d:at+d+1]...))
		for k := -d; k <= d; k += 2 {
			x := reach[at+k-1] + 1
			if k == -d || k != d && reach[at+k-1] < reach[at+k+1] {
				x = reach[at+k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			if reach[at+k] = x; x >= len(a) && x-k >= len(b) {
				return walk(trace, len(a), len(b))
			}
		}
	}
	ops := make([]Op, 0, len(a)+len(b))
	for range a {
		ops = append(ops, Drop)
	}
	for range b {
		ops = append(ops, Add)
	}
	return ops
}

// walk goes back over the search. trace[d] holds diagonals -d to d as they were before step d.
func walk(trace [][]int, x, y int) []Op {
	var back []Op
	for d := len(trace) - 1; d > 0; d-- {
		reach := func(k int) int { return trace[d][k+d] }
		k := x - y
		from := k - 1
		if k == -d || k != d && reach(k-1) < reach(k+1) {
			from = k + 1
		}
		px := reach(from)
		py := px - from
		for x > px && y > py {
			back = append(back, Same)
			x, y = x-1, y-1
		}
		if from == k+1 {
			back = append(back, Add)
			y--
		} else {
			back = append(back, Drop)
			x--
		}
	}
	for range x { // what was alike at the beginning
		back = append(back, Same)
	}
	ops := make([]Op, len(back))
	for i, op := range back {
		ops[len(back)-1-i] = op
	}
	return ops
}

// Clash reports whether two texts changed the same or neighbouring lines of what they both began as.
func Clash(base, one, other string) bool {
	touched := changedLines(base, one)
	for line := range changedLines(base, other) {
		if touched[line] {
			return one != other
		}
	}
	return false
}

// changedLines are the lines of the base that were dropped, and those on both sides of where lines were added.
func changedLines(base, text string) map[int]bool {
	changed := make(map[int]bool)
	last := 0
	for _, l := range Diff(base, text) {
		switch l.Op {
		case Drop:
			changed[l.Old] = true
			last = l.Old
		case Add:
			changed[last], changed[last+1] = true, true
		case Same:
			last = l.Old
		}
	}
	return changed
}

// Hunks are the lines that changed with so many around each; what lies close together is one hunk.
func Hunks(all []Line, around int) [][]Line {
	var hunks [][]Line
	end := 0 // of the last hunk
	for i, l := range all {
		if l.Op == Same {
			continue
		}
		from, to := max(i-around, end), min(i+around+1, len(all))
		if from > end || len(hunks) == 0 {
			hunks = append(hunks, nil)
		}
		if to > end {
			last := len(hunks) - 1
			hunks[last] = append(hunks[last], all[from:to]...)
			end = to
		}
	}
	return hunks
}
