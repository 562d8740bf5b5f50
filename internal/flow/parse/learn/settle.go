package learn

import (
	"slices"
	"strconv"
	"strings"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// valued are the guesses that the values give: what the automatic parser found where the field's value stands, and what the values are.
func (st *stat) valued(c *chooser) []guess {
	out := st.aligned(c)
	if c.named && st.name != event.Timestamp {
		return append(out, st.typed(0.5)...)
	}
	return append(out, st.typed(byValue)...)
}

// aligned finds the ECS fields which the automatic parser gave the very values of this one, line by line.
func (st *stat) aligned(c *chooser) []guess {
	if c.named {
		return nil // names tell more
	}
	type tally struct {
		both, same int
		split      bool
		table      map[string]map[string]int
	}
	found := map[string]*tally{}
	for _, i := range st.lines {
		r := &c.rows[i]
		v := r.value(st.place())
		for target, m := range r.mapped {
			t := found[target]
			if t == nil {
				t = &tally{table: map[string]map[string]int{}}
				found[target] = t
			}
			t.both++
			switch {
			case m == v, strings.EqualFold(m, v):
				t.same++
			case strings.HasSuffix(target, ".ip"):
				if ip, port := ecs.Split(v); ip == m {
					t.same++
					t.split = t.split || port != ""
				}
			case target == event.UserName && strings.HasSuffix(v, `\`+m):
				t.same++
			}
			if t.table[v] == nil {
				t.table[v] = map[string]int{}
			}
			t.table[v][m]++
		}
	}
	var out []guess
	for target, t := range found {
		if t.both*2 < st.present || t.both < 2 || !c.mayStand(st, target) && target != event.SourceIP && target != event.DestinationIP {
			continue
		}
		way := guess{target: target, confidence: sureWords, why: []string{WhyWords}}
		if c.rows[0].structure == Columns {
			way.confidence, way.why = byPlace, []string{WhyNeighbour}
		}
		if float64(t.same) >= mostly*float64(t.both) {
			if side, ok := strings.CutSuffix(target, ".ip"); ok && t.split {
				way.target, way.as = side, "endpoint"
			}
			out = append(out, way)
			continue
		}
		if g, ok := st.translated(t.table, target, t.both); ok {
			out = append(out, g)
		}
	}
	return out
}

// translated finds a word whose values say what the automatic parser made of the whole text: "Accepted" success, "Failed" failure.
func (st *stat) translated(table map[string]map[string]int, target string, both int) (guess, bool) {
	if target != "event.outcome" && target != event.Action || len(table) < 2 || len(table) > 16 || both*10 < st.present*8 {
		return guess{}, false
	}
	words, means := map[string]string{}, map[string]bool{}
	for v, to := range table {
		if len(to) != 1 || len(v) > 48 || digits(v) {
			return guess{}, false
		}
		for m := range to {
			words[v], means[m] = m, true
		}
	}
	return guess{target: target, confidence: 0.7, why: []string{WhyWords}, table: words}, len(means) > 1
}

// typed are the guesses that the kind of the values gives by itself.
func (st *stat) typed(sure float64) []guess {
	one := func(target string, c float64) []guess {
		return []guess{{target: target, confidence: c, why: []string{WhyValue}}}
	}
	switch {
	case st.told == 0:
	case st.share(tTime) >= mostly && st.share(tInteger) == 0:
		return one(event.Timestamp, sure+0.04)
	case st.share(tURL) >= mostly:
		return one("url.original", sure)
	case st.share(tHash) >= mostly && st.longest() == 64:
		return one("file.hash.sha256", sure)
	case st.share(tHash) >= mostly && st.longest() == 32:
		return one("file.hash.md5", sure)
	case st.share(tEmail) >= mostly:
		return one(event.UserName, sure-0.04)
	case len(st.top) <= 40 && st.all(method):
		return one("http.request.method", byValue+0.06)
	case len(st.top) <= 16 && st.all(transport):
		return one("network.transport", byValue+0.06)
	case len(st.top) <= 16 && len(st.top) > 1 && st.all(outcome):
		return one("event.outcome", byValue+0.02)
	case len(st.top) <= 24 && st.all(func(v string) bool { return ecs.Verdict(v) != "" && strings.Count(v, " ") < 2 }):
		return one(event.Action, sure+0.02)
	}
	return nil
}

func (st *stat) all(is func(string) bool) bool {
	for _, v := range st.top {
		if !is(v.Value) {
			return false
		}
	}
	return len(st.top) > 0
}

func method(v string) bool {
	switch strings.ToUpper(v) {
	case "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE":
		return true
	}
	return false
}

func transport(v string) bool {
	switch strings.ToLower(v) {
	case "tcp", "udp", "icmp", "icmp6", "icmpv6", "sctp", "gre", "esp", "igmp":
		return true
	}
	return false
}

func outcome(v string) bool {
	switch strings.ToLower(v) {
	case "yes", "no", "true", "false", "是", "否", "s", "f":
		return false // say so of anything
	}
	g := guess{target: "event.outcome"}
	return !digits(v) && through(&g, v) != ""
}

// place is the name under which rows have the field.
func (st *stat) place() string {
	if st.slot != "" {
		return st.slot
	}
	return st.name
}

// value is the first value of a name in the row.
func (r *row) value(name string) string {
	for _, f := range r.fields {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// peers gives addresses without a name the sides that their order tells, and the numbers behind them the ports.
func (c *chooser) peers(guesses [][]guess) {
	if c.named {
		return
	}
	taken := func(target string) bool {
		for _, list := range guesses {
			for _, g := range list {
				if (g.target == target || g.as == "endpoint" && strings.HasPrefix(target, g.target+".")) && g.confidence >= Least {
					return true
				}
			}
		}
		return false
	}
	add := func(i int, target, as string, sure float64) {
		guesses[i] = strongest(append(guesses[i], guess{target: target, as: as, confidence: sure, why: []string{WhyValue, WhyNeighbour}}))
	}
	var at []int
	for i, st := range c.stats {
		if st.share(tIP, tEndpoint) >= mostly {
			at = append(at, i)
		}
	}
	for n, i := range at {
		if n > 1 || len(guesses[i]) > 0 && guesses[i][0].confidence >= Least {
			continue
		}
		side := []string{"source", "destination"}[n]
		if taken(side + ".ip") {
			continue
		}
		if c.stats[i].share(tEndpoint) > 0.05 {
			add(i, side, "endpoint", byValue)
		} else {
			add(i, side+".ip", "", byValue)
		}
	}
	if len(at) < 2 {
		return
	}
	port := func(i int) bool {
		if i >= len(c.stats) || c.stats[i].share(tInteger) < mostly {
			return false
		}
		return c.stats[i].all(func(v string) bool { n, err := strconv.Atoi(v); return err == nil && n < 1<<16 }) && len(guesses[i]) == 0
	}
	a, b := at[0], at[1]
	switch {
	case port(a+1) && port(b+1):
		a, b = a+1, b+1
	case b == a+1 && port(b+1) && port(b+2):
		a, b = b+1, b+2
	default:
		return
	}
	if !taken(event.SourcePort) && !taken(event.DestinationPort) {
		add(a, event.SourcePort, "", byValue)
		add(b, event.DestinationPort, "", byValue)
	}
}

// fills are the single-valued fields that a target takes.
func (g *guess) fills() []string {
	switch g.as {
	case "endpoint":
		return []string{g.target + ".ip", g.target + ".port"}
	case "host":
		return []string{g.target + ".ip", g.target + ".domain"}
	}
	return []string{g.target}
}

// settle gives every field the surest target that no surer field has. Fields that are never in one line may share one.
func (c *chooser) settle(out []Field, guesses [][]guess) {
	holders := map[string][]int{}
	c.moments(out, guesses, holders)
	type claim struct{ field, guess int }
	var claims []claim
	for i, list := range guesses {
		for j := range list {
			claims = append(claims, claim{i, j})
		}
	}
	slices.SortStableFunc(claims, func(a, b claim) int {
		x, y := &guesses[a.field][a.guess], &guesses[b.field][b.guess]
		switch {
		case x.confidence > y.confidence:
			return -1
		case x.confidence < y.confidence:
			return 1
		}
		return c.order(a.field, b.field)
	})
	for _, cl := range claims {
		g := &guesses[cl.field][cl.guess]
		f := &out[cl.field]
		if f.Target != "" || g.confidence < Least || f.Part == partZone {
			continue
		}
		second := false
		if slices.ContainsFunc(g.fills(), func(t string) bool {
			first := slices.IndexFunc(holders[t], func(o int) bool { return c.together(o, cl.field) })
			if first < 0 {
				return false
			}
			second = true
			return out[holders[t][first]].Fallback || !c.lacks(holders[t][first], cl.field) || len(holders[t]) > 1
		}) {
			continue
		}
		f.Fallback = second
		f.Target, f.As, f.Confidence, f.Why, f.Table = g.target, g.as, round(g.confidence), g.why, g.table
		for _, t := range g.fills() {
			holders[t] = append(holders[t], cl.field)
		}
	}
	for i := range out {
		f := &out[i]
		if f.Type == tConstant && !slices.Contains(f.Why, WhyConstant) {
			f.Why = append(slices.Clone(f.Why), WhyConstant)
		}
		for _, g := range guesses[i] {
			if len(f.Alternatives) < maxChoices && (g.target != f.Target || g.as != f.As) {
				f.Alternatives = append(f.Alternatives, Choice{g.target, g.as, round(min(g.confidence, 0.95))})
			}
		}
		if strings.HasSuffix(f.Target, ".port") && f.Type == tInteger {
			f.Type = tPort
		}
	}
}

func round(x float64) float64 { return float64(int(x*100+0.5)) / 100 }

// order says which of two fields of equal claim comes first: the one that is there more often, then the one that stands first.
func (c *chooser) order(a, b int) int {
	if x, y := c.stats[a].present, c.stats[b].present; x*10 > y*11 || y*10 > x*11 {
		return y - x
	}
	if x, y := strings.Count(c.stats[a].name, "."), strings.Count(c.stats[b].name, "."); x != y {
		return x - y
	}
	return c.stats[a].at - c.stats[b].at
}

// lacks reports whether field a is missing in a good share of the lines that have b.
func (c *chooser) lacks(a, b int) bool {
	has := map[int]bool{}
	for _, i := range c.stats[a].lines {
		has[i] = true
	}
	n := 0
	for _, i := range c.stats[b].lines {
		if !has[i] {
			n++
		}
	}
	return n*10 >= len(c.stats[b].lines)
}

// together reports whether two fields are in one line.
func (c *chooser) together(a, b int) bool {
	x, y := c.stats[a].lines, c.stats[b].lines
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			return true
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return false
}

// timed reports whether the name of a part of a time says that it is one.
func timed(list []guess, st *stat) bool {
	if st.part() == partZone {
		return true
	}
	if slices.ContainsFunc(list, func(g guess) bool {
		return g.target == event.Timestamp && (slices.Contains(g.why, WhyName) || slices.Contains(g.why, WhyHeader))
	}) {
		return true
	}
	n := strings.ToLower(st.name)
	return strings.Contains(n, "date") || strings.Contains(n, "time") || strings.Contains(n, "day") || strings.Contains(n, "日期") || strings.Contains(n, "时间")
}

// above is the path over the last part of a name.
func above(name string) string { return name[:strings.LastIndexByte(name, '.')+1] }

// moments finds the time that stands in two fields, a date and a time of day, with a zone in a third.
func (c *chooser) moments(out []Field, guesses [][]guess, holders map[string][]int) {
	date, clock, zone := -1, -1, -1
	for i, st := range c.stats {
		if c.named && !timed(guesses[i], st) {
			continue
		}
		switch st.part() {
		case partDate:
			if date < 0 {
				date = i
			}
		case partClock:
			if clock < 0 || date >= 0 && clock < date {
				clock = i
			}
		case partZone:
			if zone < 0 {
				zone = i
			}
		}
	}
	if date < 0 || clock < 0 || c.named && above(c.stats[date].name) != above(c.stats[clock].name) || !c.named && (clock < date || clock > date+2) {
		return
	}
	for i, list := range guesses { // a whole time that the name tells is better
		if i != date && i != clock && len(list) > 0 && list[0].target == event.Timestamp && list[0].confidence >= sureName {
			return
		}
	}
	sure, why := byPlace, []string{WhyValue, WhyNeighbour}
	if c.named {
		sure, why = 0.9, []string{WhyName, WhyValue}
	}
	parts := map[int]string{date: partDate, clock: partClock}
	if zone >= 0 {
		parts[zone] = partZone
	}
	for i, part := range parts {
		out[i].Target, out[i].Part, out[i].Confidence, out[i].Why = event.Timestamp, part, sure, why
	}
	holders[event.Timestamp] = []int{date, clock}
}
