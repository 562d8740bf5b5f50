package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/access/tenancy"
	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/learned"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/wire/charset"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

// parserUseSpan is how far back the use of parsers is counted.
const parserUseSpan = 7 * 24 * time.Hour

// ParserCatalogue is every parser that is loaded, and what it does at this site.
type ParserCatalogue struct {
	Items  []Parser     `json:"items" nullable:"false" doc:"Parser packs by id, then devices that are only recognised."`
	Totals ParserTotals `json:"totals"`
	Use    ParserShares `json:"use"`
	Own    []OwnParser  `json:"own" nullable:"false" doc:"Sources' own parsers in force."`
}

// OwnParser is a source's own parser in force.
type OwnParser struct {
	ID      string         `json:"id" doc:"What stands under isoc.parser."`
	Tenant  string         `json:"tenant" doc:"Id of the customer."`
	Source  ProposalSource `json:"source"`
	Version int64          `json:"version"`
	Since   time.Time      `json:"since"`
	Use     ParserUse      `json:"use"`
}

// ParserTotals are counted from what is loaded.
type ParserTotals struct {
	Kinds      int `json:"kinds" doc:"Kinds of device with a parser pack."`
	Formats    int `json:"formats" doc:"Formats of these packs."`
	Samples    int `json:"samples" doc:"Samples that prove them."`
	Recognised int `json:"recognised" doc:"Further kinds of device that are recognised and left to the automatic parser."`
	Vendors    int `json:"vendors" doc:"Vendors of both."`
	InUse      int `json:"in_use" doc:"Of both, those that events came from."`
	Own        int `json:"own" doc:"Sources' own parsers in force."`
}

// ParserShares says who read the events of the last seven days.
type ParserShares struct {
	Since     time.Time `json:"since"`
	Events    uint64    `json:"events"`
	Packs     uint64    `json:"packs" doc:"Read by parser packs, sources' own included."`
	Own       uint64    `json:"own" doc:"Of these, read by sources' own."`
	Automatic uint64    `json:"automatic" doc:"Read by the automatic parser and by the product's own."`
	Unparsed  uint64    `json:"unparsed" doc:"Read by none, or as a syslog header and no more."`
	Partial   bool      `json:"partial" doc:"There are more combinations of parser, dataset and source than are counted; the rarest are missing."`
}

// Parser is a kind of device and what is known of it.
type Parser struct {
	ID        string    `json:"id" doc:"Empty where the device is only recognised."`
	Vendor    string    `json:"vendor"`
	VendorZH  string    `json:"vendor_zh"`
	Product   string    `json:"product"`
	ProductZH string    `json:"product_zh"`
	Kind      string    `json:"kind"`
	Versions  []string  `json:"versions" nullable:"false"`
	Dataset   string    `json:"dataset"`
	Formats   int       `json:"formats"`
	Samples   int       `json:"samples"`
	Use       ParserUse `json:"use"`
}

// ParserUse is what came in the last seven days.
type ParserUse struct {
	Events  uint64     `json:"events"`
	Sources int        `json:"sources"`
	LastAt  *time.Time `json:"last_at,omitempty"`
}

// ParserDetail is a parser pack with all that is in it.
type ParserDetail struct {
	Parser
	Source     string           `json:"source" doc:"pack.yml as written."`
	References []string         `json:"references" nullable:"false" doc:"Where the format is told."`
	List       []ParserFormat   `json:"format_list" nullable:"false"`
	Unmatched  uint64           `json:"unmatched" doc:"Events the pack read while none of its formats holds."`
	Proofs     []ParserSample   `json:"sample_list" nullable:"false"`
	Senders    []ParserSentFrom `json:"sources" nullable:"false" doc:"Sources whose events it read, most first."`
}

// ParserFormat is one message id or template of the device.
type ParserFormat struct {
	ID      string     `json:"id"`
	About   string     `json:"about"`
	AboutZH string     `json:"about_zh"`
	Events  uint64     `json:"events"`
	LastAt  *time.Time `json:"last_at,omitempty"`
}

// ParserSample is a record and what comes of it.
type ParserSample struct {
	About    string        `json:"about"`
	Format   string        `json:"format"`
	Raw      string        `json:"raw"`
	Encoding string        `json:"encoding" doc:"What the record is written in; the text here is UTF-8."`
	Zone     string        `json:"zone"`
	Want     []SampleField `json:"want" nullable:"false" doc:"Fields the event has."`
	Absent   []string      `json:"absent" nullable:"false" doc:"Fields it has not."`
}

// SampleField is a field with all its values.
type SampleField struct {
	Name   string   `json:"name"`
	Values []string `json:"values" nullable:"false"`
}

// ParserSentFrom is a source whose events a parser read.
type ParserSentFrom struct {
	ID     string     `json:"id"`
	Name   string     `json:"name" doc:"Empty where the source is no more."`
	Tenant string     `json:"tenant" doc:"Id of the customer; empty where the source is no more."`
	Events uint64     `json:"events"`
	LastAt *time.Time `json:"last_at,omitempty"`
}

// ParserWish narrows the use of parsers to a customer.
type ParserWish struct {
	Tenant string `query:"tenant" maxLength:"64" doc:"Slug or id; absent means all the caller may see."`
}

func (a *API) declareParsers() {
	register(a, operation{
		id: "listParsers", method: http.MethodGet, path: "/api/v1/parsers", tag: "source",
		summary: "Parsers that are loaded, and their use in the last seven days", timeout: searchTimeout,
	}, named(identity.ReadSources), a.listParsers)
	register(a, operation{
		id: "getParser", method: http.MethodGet, path: "/api/v1/parsers/{id}", tag: "source",
		summary: "A parser pack: its text, formats, samples and use", timeout: searchTimeout,
	}, named(identity.ReadSources), a.getParser)
}

func (a *API) listParsers(ctx context.Context, in *ParserWish) (*reply[ParserCatalogue], error) {
	written, err := pack.ShippedSources()
	if err != nil {
		return nil, err
	}
	set := pack.ShippedShelf().Set()
	out := ParserCatalogue{Items: []Parser{}, Use: ParserShares{Since: a.opts.Now().UTC().Add(-parserUseSpan)}}
	byPack, byDataset, bySource := map[string]*parserTally{}, map[string]*parserTally{}, map[string]*parserTally{}
	for _, d := range set.Packs() {
		out.Items = append(out.Items, parserBody(d, written[d.ID]))
		out.Totals.Samples += len(written[d.ID].Samples)
		byPack[d.ID] = &parserTally{}
	}
	for _, d := range set.Recognised() {
		out.Items = append(out.Items, Parser{
			Vendor: d.Vendor, VendorZH: d.VendorZH, Product: d.Product, ProductZH: d.ProductZH, Kind: d.Kind, Versions: []string{}, Dataset: d.Dataset,
		})
		byDataset[d.Dataset] = &parserTally{}
	}
	of, rows, err := a.parserRows(ctx, in.Tenant, query.All(), event.IsocParser, event.Dataset)
	if err != nil {
		return nil, err
	}
	out.Use.Partial = len(rows) == archive.MaxRows
	for _, row := range rows {
		n := wholeNumber(row.Value("isoc_hits"))
		out.Use.Events += n
		parser := row.Value(event.IsocParser)
		tally := byPack[parser]
		switch {
		case tally != nil:
			out.Use.Packs += n
		case strings.HasPrefix(parser, learned.Prefix):
			out.Use.Packs += n
			out.Use.Own += n
			tally = tallyOf(bySource, row.Value(event.IsocSource))
		case parser == "none" || parser == "syslog":
			out.Use.Unparsed += n
		default:
			out.Use.Automatic += n
		}
		if tally == nil {
			tally = byDataset[row.Value(event.Dataset)]
		}
		tally.add(row)
	}
	vendors := map[string]bool{}
	for i := range out.Items {
		p := &out.Items[i]
		if p.ID != "" {
			p.Use = byPack[p.ID].body()
		} else {
			p.Use = byDataset[p.Dataset].body()
		}
		if p.Use.Events > 0 {
			out.Totals.InUse++
		}
		vendors[p.Vendor] = true
	}
	out.Own = a.ownParsers(of, bySource)
	out.Totals.Vendors, out.Totals.Own = len(vendors), len(out.Own)
	out.Totals.Kinds, out.Totals.Formats, out.Totals.Recognised = set.Counts()
	return answer(out), a.auditRead(ctx, ids(of), "source.parsers", "event")
}

func (a *API) getParser(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
	ParserWish
}) (*reply[ParserDetail], error) {
	written, err := pack.ShippedSources()
	if err != nil {
		return nil, err
	}
	of, err := a.tenants(ctx, identity.ReadSources, listOf(in.Tenant)) // a foreign customer is refused before a pack is
	if err != nil {
		return nil, err
	}
	all := pack.ShippedShelf().Set().Packs()
	at := slices.IndexFunc(all, func(d *pack.Document) bool { return d.ID == in.ID })
	if at < 0 {
		return nil, fault.ErrNotFound
	}
	doc, src := all[at], written[in.ID]
	asked, err := query.Parse(query.Exactly(event.IsocParser, doc.ID))
	if err != nil {
		return nil, fmt.Errorf("query of a parser: %w", err)
	}
	_, rows, err := a.parserRows(ctx, in.Tenant, asked, event.IsocFormat)
	if err != nil {
		return nil, err
	}
	out := ParserDetail{Parser: parserBody(doc, src), Source: src.Text, References: append([]string{}, doc.References...), Proofs: each(src.Samples, sampleProof)}
	var whole parserTally
	formats, senders := map[string]*parserTally{}, map[string]*parserTally{}
	for _, row := range rows {
		whole.add(row)
		tallyOf(formats, row.Value(event.IsocFormat)).add(row)
		tallyOf(senders, row.Value(event.IsocSource)).add(row)
	}
	out.Use = whole.body()
	out.Unmatched = whole.events
	out.List = each(formatsOf(doc), func(f ParserFormat) ParserFormat {
		use := tallyOf(formats, f.ID).body()
		f.Events, f.LastAt = use.Events, use.LastAt
		out.Unmatched -= use.Events
		return f
	})
	if out.Senders, err = a.sentFrom(ctx, of, senders); err != nil {
		return nil, err
	}
	return answer(out), a.auditRead(ctx, ids(of), "source.parsers", "parser/"+doc.ID)
}

// parserRows counts the events of the last seven days by the fields and by source, the most frequent first.
func (a *API) parserRows(ctx context.Context, ref string, asked *query.Query, by ...string) ([]tenancy.Tenant, []event.Event, error) {
	of, err := a.tenants(ctx, identity.ReadSources, listOf(ref))
	if err != nil || len(of) == 0 {
		return of, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, shapeTimeout)
	defer cancel()
	names := ""
	for _, name := range by {
		names += name + ", "
	}
	q := question{tenants: of, query: asked, from: a.opts.Now().Add(-parserUseSpan)}
	found, err := a.rows(ctx, q, fmt.Sprintf("stats by (%s%s) count() as isoc_hits, max(@timestamp) as isoc_last | sort by (isoc_hits desc) limit %d", names, event.IsocSource, archive.MaxRows))
	if err != nil {
		return nil, nil, fmt.Errorf("use of parsers: %w", err)
	}
	return of, found.Events, nil
}

// ownParsers lists sources' own parsers in force at the customers.
func (a *API) ownParsers(of []tenancy.Tenant, use map[string]*parserTally) []OwnParser {
	all := a.deps.Learning.InForce(func(id tenant.ID) bool {
		return slices.ContainsFunc(of, func(t tenancy.Tenant) bool { return t.ID == id })
	})
	slices.SortFunc(all, func(x, y learned.Ref) int { return cmp.Or(cmp.Compare(x.ID, y.ID), cmp.Compare(x.Source, y.Source)) })
	return each(all, func(r learned.Ref) OwnParser {
		p := OwnParser{
			ID: r.ID, Tenant: string(r.Tenant), Source: ProposalSource{ID: r.Source}, Version: r.Version, Since: r.Since.UTC(), Use: tallyOf(use, r.Source).body(),
		}
		if src, ok := a.deps.Names.ByID(r.Source); ok {
			p.Source.Name = src.Name
		}
		return p
	})
}

// sentFrom names the sources that were counted.
func (a *API) sentFrom(ctx context.Context, of []tenancy.Tenant, counted map[string]*parserTally) ([]ParserSentFrom, error) {
	out := make([]ParserSentFrom, 0, len(counted))
	for _, t := range of {
		if len(counted) == 0 {
			break
		}
		known, err := a.deps.Sources.List(ctx, t.ID)
		if err != nil {
			return nil, err
		}
		for i := range known {
			if tally := counted[known[i].ID]; tally != nil {
				use := tally.body()
				out = append(out, ParserSentFrom{ID: known[i].ID, Name: known[i].Name, Tenant: string(t.ID), Events: use.Events, LastAt: use.LastAt})
				delete(counted, known[i].ID)
			}
		}
	}
	for id, tally := range counted {
		use := tally.body()
		out = append(out, ParserSentFrom{ID: id, Events: use.Events, LastAt: use.LastAt})
	}
	slices.SortFunc(out, func(x, y ParserSentFrom) int { return cmp.Or(cmp.Compare(y.Events, x.Events), cmp.Compare(x.ID, y.ID)) })
	return out, nil
}

// parserTally adds up rows.
type parserTally struct {
	events  uint64
	sources map[string]bool
	last    time.Time
}

func tallyOf(all map[string]*parserTally, key string) *parserTally {
	if all[key] == nil {
		all[key] = &parserTally{}
	}
	return all[key]
}

// add adds a row; a nil tally is nobody's.
func (t *parserTally) add(row event.Event) {
	if t == nil {
		return
	}
	if t.sources == nil {
		t.sources = map[string]bool{}
	}
	t.events += wholeNumber(row.Value("isoc_hits"))
	t.sources[row.Value(event.IsocSource)] = true
	if at := engineMoment(row.Value("isoc_last")); at.After(t.last) {
		t.last = at
	}
}

func (t *parserTally) body() ParserUse {
	return ParserUse{Events: t.events, Sources: len(t.sources), LastAt: moment(t.last)}
}

func parserBody(d *pack.Document, src pack.Source) Parser {
	return Parser{
		ID: d.ID, Vendor: d.Vendor, VendorZH: d.VendorZH, Product: d.Product, ProductZH: d.ProductZH, Kind: d.Kind,
		Versions: append([]string{}, d.Versions...), Dataset: d.Dataset, Formats: len(formatsOf(d)), Samples: len(src.Samples),
	}
}

// formatsOf lists the formats of a pack; one that tells none apart has one.
func formatsOf(d *pack.Document) []ParserFormat {
	if len(d.Formats) == 0 {
		return []ParserFormat{{ID: "all"}}
	}
	return each(d.Formats, func(f pack.Format) ParserFormat {
		return ParserFormat{ID: f.ID, About: f.About.EN, AboutZH: f.About.ZH}
	})
}

func sampleProof(s pack.Sample) ParserSample {
	text, encoding := charset.Decode(s.Bytes(), s.Encoding)
	out := ParserSample{About: s.About, Format: s.Format, Raw: text, Encoding: encoding, Zone: s.Zone, Want: []SampleField{}, Absent: append([]string{}, s.Absent...)}
	for name, values := range s.Want {
		out.Want = append(out.Want, SampleField{Name: name, Values: values})
	}
	slices.SortFunc(out.Want, func(x, y SampleField) int { return cmp.Compare(x.Name, y.Name) })
	return out
}
