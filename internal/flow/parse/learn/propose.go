package learn

import (
	"slices"
	"strconv"

	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// Propose learns from lines of one source, oldest first, how those that nothing claims may be read. The settings are the source's; a nil
// shelf means the packs that ship. Where nothing can be learned the proposal has no formats. It takes about a millisecond a line.
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
	return p
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
