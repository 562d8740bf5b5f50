package learn

import (
	"slices"
	"strconv"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// Propose learns from lines of one source, oldest first, how those that nothing claims may be read. The settings are the source's; a nil
// shelf means the packs that ship. Where nothing can be learned the proposal has no formats. It takes some ten microseconds a line.
func Propose(lines []Line, settings parse.Settings, shelf *pack.Shelf) *Proposal {
	return propose(lines, settings, parse.Options{Packs: shelf, Sources: func(string) (parse.Settings, bool) { return settings, true }})
}

func propose(lines []Line, settings parse.Settings, options parse.Options) *Proposal {
	lines = newest(lines)
	p := &Proposal{Lines: len(lines), Device: Device{Kind: "application"}, Formats: []Format{}, Zone: settings.TimeZone}
	for _, l := range lines {
		if l.Received.After(p.Received) {
			p.Received = l.Received
		}
	}
	p.Received = p.Received.UTC()
	list := gather(parse.New(options), lines, settings)
	p.Unclaimed = len(list)
	if len(list) < 3 {
		return p
	}
	var s scratch
	groups, rest := sorted(list, &s)
	left := maxFormats
	for i := range groups {
		g := &groups[i]
		g.heading()
		if len(g.rows) == 0 {
			continue
		}
		made := split(g, max(2, left-len(groups)+i+1))
		left -= len(made)
		p.Formats = append(p.Formats, made...)
	}
	if left > 0 {
		p.Formats = append(p.Formats, texts(rest, left, len(list))...)
	}
	p.unique()
	p.proven(lines, settings, options)
	p.Device = p.guessed(list)
	return p
}

// guessed says who may write the records: the program of their headers, where they have one in common, and what their fields are of. Who
// made it is not told by records.
func (p *Proposal) guessed(list []*entry) Device {
	d := Device{Kind: "application"}
	count := map[string]int{}
	for _, e := range list {
		count[e.program]++
	}
	for name, n := range count {
		if name != "" && n*10 >= len(list)*8 {
			d.Product = clip(name, 64)
		}
	}
	lines := map[string]int{} // that have a field
	all := 0
	for i := range p.Formats {
		f := &p.Formats[i]
		all += f.Lines
		for j := range f.Fields {
			for _, target := range (&guess{target: f.Fields[j].Target, as: f.Fields[j].As}).fills() {
				lines[target] += f.Fields[j].Present
			}
		}
	}
	most := func(targets ...string) bool {
		return all > 0 && !slices.ContainsFunc(targets, func(t string) bool { return lines[t]*2 < all })
	}
	switch {
	case most("dns.question.name"):
		d.Kind = "dns"
	case most("url.original", event.SourceIP, event.DestinationIP, event.Action):
		d.Kind = "waf"
	case most(event.SourceIP, event.DestinationIP, event.DestinationPort, event.Action):
		d.Kind = "firewall"
	}
	return d
}

// unique gives formats that share an id others.
func (p *Proposal) unique() {
	seen := map[string]bool{}
	for i := range p.Formats {
		f := &p.Formats[i]
		id := f.ID
		for n := 2; seen[f.ID]; n++ {
			f.ID = id + "-" + strconv.Itoa(n)
		}
		seen[f.ID] = true
	}
}

// proven compiles the proposal and leaves out the formats that read none of their own samples; what the rest reads is counted.
func (p *Proposal) proven(lines []Line, settings parse.Settings, options parse.Options) {
	if len(p.Formats) == 0 {
		return
	}
	built, err := p.compile("own-trial", Device{Vendor: "Own", Product: "Trial", Kind: "application"}, options)
	if err != nil {
		p.Formats = []Format{}
		return
	}
	p.Formats = slices.DeleteFunc(p.Formats, func(f Format) bool { return !built.reads[f.ID] })
	c := cover(built.pack, lines, options)
	p.Covered = c.Covered
}
