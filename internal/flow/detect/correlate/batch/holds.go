package batch

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

// holds returns the members of the window that make the correlation hold, or nil.
func holds(d *sigma.Correlation, window []*member) []*member {
	has := map[string]bool{}
	values := map[string]bool{}
	var numbers []float64
	sum := 0.0
	for _, m := range window {
		for _, r := range m.fired {
			has[r] = true
		}
		values[m.value] = true
		n, _ := strconv.ParseFloat(strings.TrimSuffix(m.value, "|"), 64)
		numbers = append(numbers, n)
		sum += n
	}
	ok := false
	switch d.Type {
	case sigma.EventCount:
		ok = d.Within(float64(len(window)))
	case sigma.ValueCount:
		ok = d.Within(float64(len(values)))
	case sigma.ValueSum:
		ok = d.Within(sum)
	case sigma.ValueAvg:
		ok = d.Within(sum / float64(len(window)))
	case sigma.ValuePercentile, sigma.ValueMedian:
		sort.Float64s(numbers)
		rank := int(math.Ceil(d.Percentile * float64(len(numbers)) / 100))
		ok = d.Within(numbers[max(rank, 1)-1])
	case sigma.Temporal:
		ok = meets(d, has)
	case sigma.TemporalOrdered:
		return ordered(d, window)
	}
	if !ok {
		return nil
	}
	return window
}

func meets(d *sigma.Correlation, has map[string]bool) bool {
	n := 0
	for _, r := range d.Rules {
		if has[r] {
			n++
		}
	}
	if d.Expr != nil {
		return d.Expr.Holds(func(name string) bool { return has[name] })
	}
	if len(d.Bounds) > 0 {
		return d.Within(float64(n))
	}
	return n == len(d.Rules)
}

// ordered tries every choice of steps that the condition allows and every way to place them, the last one on the last member. Of all
// ways the one that begins latest tells what had part in it.
func ordered(d *sigma.Correlation, window []*member) []*member {
	best := -1
	var least []int
	for choice := 1; choice < 1<<len(d.Rules); choice++ {
		if slices.ContainsFunc(least, func(l int) bool { return l&choice == l }) {
			continue // a smaller choice will do
		}
		var steps []string
		has := map[string]bool{}
		for k, r := range d.Rules {
			if choice&(1<<k) != 0 {
				steps = append(steps, r)
				has[r] = true
			}
		}
		if d.Expr == nil && len(d.Bounds) == 0 && len(steps) < len(d.Rules) || !meets(d, has) && (d.Expr != nil || len(d.Bounds) > 0) {
			continue
		}
		least = append(least, choice)
		for begin := range window {
			if begin > best && place(d, steps, window, begin) {
				best = begin
			}
		}
	}
	if best < 0 {
		return nil
	}
	return window[best:]
}

// place reports whether the steps can stand in order on members of the window: the first on the one at begin, the last on the last.
func place(d *sigma.Correlation, steps []string, window []*member, begin int) bool {
	var try func(step, at int) bool
	try = func(step, at int) bool {
		if at >= len(window) || !slices.Contains(window[at].fired, steps[step]) {
			return false
		}
		if step > 0 && d.Until != "" && slices.Contains(window[at].fired, d.Until) {
			return false
		}
		if step == len(steps)-1 {
			return at == len(window)-1
		}
		for next := at + 1; next < len(window); next++ {
			if try(step+1, next) {
				return true
			}
			if d.Until != "" && slices.Contains(window[next].fired, d.Until) {
				return false
			}
		}
		return false
	}
	return try(0, begin)
}
