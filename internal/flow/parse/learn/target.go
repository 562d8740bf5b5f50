package learn

import (
	"slices"
	"strings"
	"unicode"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/alias"
	"github.com/isoc-project/isoc/internal/flow/parse/draft"
	"github.com/isoc-project/isoc/internal/flow/parse/ecs"
)

// guess is a target that a field may have.
type guess struct {
	target, as string
	confidence float64
	why        []string
	table      map[string]string
}

// How sure a find is. What the name says and the values are is surest.
const (
	sureName   = 0.95
	likelyName = 0.86
	guessName  = 0.66
	lastName   = 0.45
	sureWords  = 0.84
	byPlace    = 0.66
	byValue    = 0.62
	agreement  = 0.03
)

var byRank = [...]float64{sureName, likelyName, guessName, lastName}

// chooser proposes the targets of one format's fields.
type chooser struct {
	rows   []row
	stats  []*stat
	header bool // names of columns are of a header
	named  bool // the fields have names of the vendor's
}

// fields proposes the fields of a format.
func (c *chooser) fields() []Field {
	guesses := make([][]guess, len(c.stats))
	for i, st := range c.stats {
		guesses[i] = c.guesses(st, i)
	}
	c.peers(guesses)
	out := make([]Field, len(c.stats))
	for i, st := range c.stats {
		out[i] = st.field(len(c.rows))
	}
	c.settle(out, guesses)
	return out
}

// guesses are what one field by itself may be, the surest first.
func (c *chooser) guesses(st *stat, at int) []guess {
	var out []guess
	if st.told == 0 {
		return nil
	}
	if c.named && mappable(st.name) {
		m := alias.Resolve(st.name)
		if m.Form != ecs.None && int(m.Rank) < len(byRank) {
			for _, g := range st.meant(m) {
				g.confidence = byRank[m.Rank]
				g.why = []string{WhyName}
				out = append(out, g)
			}
		}
		for key, n := range st.from {
			target, way, _ := strings.Cut(key, "\x00")
			g := guess{target: target, confidence: map[string]float64{"": sureName, "likely": likelyName, "guess": guessName}[way], why: []string{WhyName}}
			if n*2 < st.told || g.confidence == 0 || !c.mayStand(st, target) {
				continue
			}
			out = append(out, g)
		}
	}
	if st.hint != "" { // the word before a slot: less than a name
		m := alias.Resolve(st.hint)
		if m.Form != ecs.None && m.Rank <= 1 {
			for _, g := range st.meant(m) {
				g.confidence = byRank[m.Rank] - 0.1
				g.why = []string{WhyWords}
				out = append(out, g)
			}
		}
	}
	out = append(out, st.valued(c)...)
	for i := range out {
		if c.header && out[i].why[0] == WhyName {
			out[i].why = []string{WhyHeader}
		}
		c.weigh(&out[i], st)
	}
	return strongest(out)
}

// mayStand reports whether a target the automatic parser made of a field is the whole of it, and not a part beside another.
func (c *chooser) mayStand(st *stat, target string) bool {
	switch target {
	case "user.email", "user.domain", "file.name", "process.name", "observer.vendor":
		return false // set beside user.name, file.path, process.executable
	case "source.port", "destination.port":
		return st.share(tEndpoint) < 0.1
	case "source.ip", "destination.ip":
		return st.share(tEndpoint, tWord, tDomain) < 0.1
	case "user.name":
		return true
	}
	return true
}

// strongest orders guesses and leaves one of a target.
func strongest(list []guess) []guess {
	slices.SortStableFunc(list, func(a, b guess) int {
		switch {
		case a.confidence > b.confidence:
			return -1
		case a.confidence < b.confidence:
			return 1
		}
		return strings.Compare(a.target, b.target)
	})
	var out []guess
	for _, g := range list {
		if i := slices.IndexFunc(out, func(o guess) bool { return o.target == g.target && o.as == g.as }); i >= 0 {
			for _, w := range g.why {
				if !slices.Contains(out[i].why, w) {
					out[i].why = append(out[i].why, w)
					out[i].confidence = min(0.99, out[i].confidence+agreement)
				}
			}
			continue
		}
		if g.confidence > 0.2 {
			out = append(out, g)
		}
	}
	return out
}

// weigh compares a guess with the values: those that do not become one lower it.
func (c *chooser) weigh(g *guess, st *stat) {
	good, all, changed := 0, 0, false
	table := map[string]string{}
	tabled := g.target == event.Action || g.target == "event.outcome" || g.target == event.Severity
	for i, v := range st.top {
		if i >= 200 {
			break
		}
		all += v.Count
		to := through(g, v.Value)
		if to == "" {
			continue
		}
		good += v.Count
		if tabled && len(table) < maxTable && !strings.ContainsFunc(v.Value, unicode.IsControl) {
			table[v.Value] = to
			changed = changed || to != v.Value
		}
	}
	if all == 0 {
		g.confidence = 0
		return
	}
	if tabled && changed && len(st.top) <= maxTable {
		g.table = table
	} else if tabled && g.target == "event.outcome" {
		g.table = table
	}
	if g.target == event.Timestamp && st.part() != "" {
		g.confidence *= 0.65 // half a time
	}
	switch share := float64(good) / float64(all); {
	case share >= mostly:
		if st.told >= 3 && strict(g.target) && !slices.Contains(g.why, WhyValue) {
			g.confidence = min(0.99, g.confidence+agreement)
			g.why = append(g.why, WhyValue)
		}
	case share >= 0.5:
		g.confidence *= 0.8 + 0.2*share
	default:
		g.confidence *= share
	}
}

// strict reports whether a value alone can show that it is none of the target's.
func strict(target string) bool {
	return strings.HasSuffix(target, ".ip") || strings.HasSuffix(target, ".port") || target == event.Timestamp || target == "http.request.method" || target == "http.response.status_code" ||
		target == "event.outcome" || target == "network.transport" || strings.Contains(target, ".hash.")
}

// through is what becomes of a value in a target, "" for nothing.
func through(g *guess, v string) string {
	if ecs.Empty(v) {
		return ""
	}
	var t ecs.Target
	field := g.target
	switch {
	case g.target == event.Timestamp:
		if isTime(v) || kindOf(v) == tTime || partOf(v) != "" {
			return v
		}
		return ""
	case g.as == "endpoint":
		t, field = ecs.Target{Form: ecs.Endpoint, Name: g.target}, g.target+".ip"
	case g.as == "host":
		if ecs.IP(v) != "" {
			return v
		}
		t, field = ecs.Target{Form: ecs.Host, Name: g.target}, g.target+".domain"
	case g.as == "hashes":
		return v
	case g.target == event.Action:
		t = ecs.Target{Form: ecs.Verb, Name: g.target}
	case g.target == "event.outcome":
		t = ecs.Target{Form: ecs.Result}
	case g.target == event.Severity:
		t = ecs.Target{Form: ecs.Severity, Name: g.target}
	case g.target == event.HostName:
		t = ecs.Target{Form: ecs.Machine, Name: g.target}
	case g.target == "http.request.method":
		t = ecs.Target{Form: ecs.Method, Name: g.target}
	case g.target == event.UserName:
		t = ecs.Target{Form: ecs.Login, Name: "user"}
		if digits(v) {
			return ""
		}
	case strings.HasSuffix(g.target, ".domain"):
		if ecs.IP(v) != "" || digits(v) {
			return ""
		}
		t = ecs.FormOf(g.target)
	default:
		t = ecs.FormOf(g.target)
	}
	var ev event.Event
	var d draft.Draft
	d.Reset(&ev)
	t.Put(&d, v)
	return ev.Value(field)
}

// mappable reports whether a pack can speak of a name.
func mappable(name string) bool {
	if name == event.Timestamp {
		return true
	}
	return name != "" && len(name) <= 88 && name[0] != '@' && name[0] != '?' && name != "_" && name != event.Message && !strings.HasPrefix(name, "cef.") && !strings.HasPrefix(name, "leef.")
}

// meant turns the meaning of a name into targets as a pack names them, by what the values are.
func (st *stat) meant(m alias.Meaning) []guess {
	one := func(target, as string) []guess { return []guess{{target: target, as: as}} }
	slashed := st.slashed()
	switch m.Form {
	case ecs.Peer, ecs.Endpoint, ecs.Host:
		switch {
		case st.share(tEndpoint) > 0.05 && st.share(tIP, tEndpoint) >= 0.8:
			return one(m.Name, "endpoint")
		case st.share(tIP) >= 0.98:
			return one(m.Name+".ip", "")
		case st.share(tIP) == 0 && (st.share(tDomain) >= 0.5 || m.Form == ecs.Host && st.share(tDomain, tWord) >= mostly):
			return one(m.Name+".domain", "")
		case st.share(tIP) == 0:
			return nil
		case st.share(tIP) > 0.02:
			return one(m.Name, "host")
		}
		return one(m.Name+".ip", "")
	case ecs.Address:
		if st.share(tEndpoint) > 0.05 {
			if side, ok := strings.CutSuffix(m.Name, ".ip"); ok && (side == "source" || side == "destination") {
				return one(side, "endpoint")
			}
		}
		return one(m.Name, "")
	case ecs.Executable:
		if slashed {
			return one(m.Name+".executable", "")
		}
		return one(m.Name+".name", "")
	case ecs.Path:
		return one("file.path", "")
	case ecs.FileName:
		if slashed {
			return one("file.path", "")
		}
		return one("file.name", "")
	case ecs.WebOrFile:
		if st.share(tURL) > 0.5 || strings.Contains(st.top[0].Value, "?") {
			return one("url.original", "")
		}
		return one("file.path", "")
	case ecs.Account:
		return one(m.Name+".name", "")
	case ecs.UserID:
		if st.share(tWord, tEmail) >= mostly && st.longest() <= 24 && !st.numbered() {
			return append(one(m.Name+".name", ""), guess{target: m.Name + ".id"})
		}
		return one(m.Name+".id", "")
	case ecs.Email:
		return one(m.Name+".name", "")
	case ecs.Login:
		if st.share(tIP) >= mostly {
			return one(event.SourceIP, "")
		}
		return one(event.UserName, "")
	case ecs.Hashes:
		return one(m.Name, "hashes")
	case ecs.Digest:
		switch {
		case st.longest() == 32:
			return one(m.Name+".hash.md5", "")
		case st.longest() == 40:
			return one(m.Name+".hash.sha1", "")
		}
		return one(m.Name+".hash.sha256", "")
	case ecs.Protocol:
		return one("network.transport", "")
	case ecs.Outcome:
		return one("event.outcome", "")
	case ecs.Result:
		return append(one("event.outcome", ""), guess{target: event.Action})
	case ecs.URL:
		return one("url.original", "")
	case ecs.Time:
		return one(event.Timestamp, "")
	case ecs.Verb:
		return one(event.Action, "")
	case ecs.Severity:
		return one(event.Severity, "")
	case ecs.Machine:
		return one(event.HostName, "")
	case ecs.Service:
		if st.share(tInteger) >= mostly {
			return one(event.DestinationPort, "")
		}
		return one("network.protocol", "")
	case ecs.Lower:
		if ecs.FormOf(m.Name).Form == ecs.Lower {
			return one(m.Name, "")
		}
		return one(m.Name, "lower")
	case ecs.Upper:
		return one(m.Name, "upper")
	case ecs.Plain, ecs.Number, ecs.Port, ecs.Status, ecs.Method, ecs.Domain:
		if m.Name == "rule.name" && st.share(tInteger) >= mostly {
			return one("rule.id", "")
		}
		if m.Name != "" {
			return one(m.Name, "")
		}
	}
	return nil
}

func (st *stat) slashed() bool {
	n := 0
	for _, v := range st.top {
		if strings.ContainsAny(v.Value, `\/`) {
			n += v.Count
		}
	}
	return n*2 > st.told
}

// numbered reports whether most values have more digits than letters: an identifier rather than a name.
func (st *stat) numbered() bool {
	n := 0
	for _, v := range st.top {
		d := 0
		for i := 0; i < len(v.Value); i++ {
			if c := v.Value[i]; c >= '0' && c <= '9' {
				d++
			}
		}
		if d*3 > len(v.Value) {
			n += v.Count
		}
	}
	return n*2 > st.told
}
