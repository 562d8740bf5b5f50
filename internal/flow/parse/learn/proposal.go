package learn

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// Bounds of what is looked at and proposed.
const (
	MaxLine  = 4 << 10 // bytes of a line that count; a longer one is not looked at
	MaxLines = 2000    // the newest are looked at

	maxFormats = 40  // beside the rest of a structure
	maxFields  = 160 // of a format
	maxSamples = 5
	maxValues  = 8
	maxChoices = 3
	maxTable   = 64
)

// Least is the confidence below which a field is proposed no target: the guess is an alternative then.
const Least = 0.6

// Line is a record of a source as it came.
type Line struct {
	Raw      string
	Received time.Time
}

// The structures of records.
const (
	KV      = "kv"      // key=value
	JSON    = "json"    // an object
	Colon   = "colon"   // key: value, 名称：值
	Columns = "columns" // values by their place
	Text    = "text"    // words, with values in slots
)

// Proposal is how the records of a source may be read. It stands by itself: it can be stored as JSON, read again, corrected and compiled.
type Proposal struct {
	Lines     int      `json:"lines"`     // looked at
	Unclaimed int      `json:"unclaimed"` // of them, those that no pack and no format of a known product reads
	Covered   int      `json:"covered"`   // of the unclaimed, those that the pack to be reads
	Device    Device   `json:"device"`
	Formats   []Format `json:"formats"`

	Zone     string    `json:"zone,omitempty"` // the source's, in which times without an offset of the samples are
	Received time.Time `json:"received"`       // when the newest line came: the samples' times without a year are near it
}

// Device says who writes the records. What is not known is empty; Kind is one of [pack.Kinds].
type Device struct {
	Vendor  string `json:"vendor"`
	Product string `json:"product"`
	Kind    string `json:"kind"`
}

// Format is one kind of record.
type Format struct {
	ID        string   `json:"id"`        // stable: from structure and what tells the format from others
	Structure string   `json:"structure"` // kv, json, colon, columns or text
	Pattern   string   `json:"pattern"`   // for people: template, separator with columns, or names
	Lines     int      `json:"lines"`
	Samples   []string `json:"samples"` // whole records, decoded to UTF-8
	Fields    []Field  `json:"fields"`
	Recipe    Recipe   `json:"recipe"`

	Set map[string]string `json:"set,omitempty"` // ECS fields that the words of every such line tell
}

// Recipe is how a format is told from others and taken apart. It is the learner's and not for people to change.
type Recipe struct {
	Pairs     string            `json:"pairs,omitempty"`     // between pairs, where these are split strictly
	Assign    string            `json:"assign,omitempty"`    // between name and value, with Pairs
	Separator string            `json:"separator,omitempty"` // of columns
	Quoted    bool              `json:"quoted,omitempty"`    // columns may be in quotes
	Columns   []string          `json:"columns,omitempty"`   // names by place
	Least     int               `json:"least,omitempty"`     // number of columns
	Most      int               `json:"most,omitempty"`
	Patterns  []string          `json:"patterns,omitempty"` // of dissect, with the slots' first names
	By        string            `json:"by,omitempty"`       // the field whose value tells the format
	Is        []string          `json:"is,omitempty"`       // its values; none means: the rest of the structure
	Have      []string          `json:"have,omitempty"`     // names of which HaveLeast are in every record of the format
	HaveLeast int               `json:"have_least,omitempty"`
	Check     map[string]string `json:"check,omitempty"` // what a column must be: ip, int, word
}

// Field is one value of a format.
type Field struct {
	Name         string            `json:"name"` // the vendor's; c1, c2 … of columns without names, words or s1, s2 … of slots
	Slot         string            `json:"slot,omitempty"`
	Type         string            `json:"type"`
	Present      int               `json:"present"`  // in how many lines it has a value
	Distinct     int               `json:"distinct"` // how many values it has
	Values       []Value           `json:"values"`   // the most frequent
	Target       string            `json:"target"`   // ECS field; "" for none: it is kept under the vendor's name
	As           string            `json:"as"`       // form that the target needs: endpoint, host, lower …
	Table        map[string]string `json:"table,omitempty"`
	Part         string            `json:"part,omitempty"`     // date, clock or zone, where the time stands in several fields
	Fallback     bool              `json:"fallback,omitempty"` // another field of the format has the same target; where a line has both, that one wins
	Confidence   float64           `json:"confidence"`
	Why          []string          `json:"why"`
	Alternatives []Choice          `json:"alternatives"`
	Decided      bool              `json:"decided,omitempty"` // by a person
}

// Value is a value of a field and how often it was there.
type Value struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Choice is another target a field may have.
type Choice struct {
	Target     string  `json:"target"`
	As         string  `json:"as"`
	Confidence float64 `json:"confidence"`
}

// What a target was proposed for, as Field.Why has it.
const (
	WhyName      = "name"      // the field's name says it
	WhyValue     = "value"     // its values are of the kind
	WhyNeighbour = "neighbour" // the fields beside it
	WhyHeader    = "header"    // a header of columns names it
	WhyWords     = "words"     // the words around the slot
	WhyConstant  = "constant"  // it is always the same
	WhyApproved  = "approved"  // the pack in force has it so
)

// format returns the format of an id, nil for none.
func (p *Proposal) format(id string) *Format {
	for i := range p.Formats {
		if p.Formats[i].ID == id {
			return &p.Formats[i]
		}
	}
	return nil
}

// field returns the field of a name, nil for none.
func (f *Format) field(name string) *Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	return nil
}

// Shape is a hash of what the records look like, whatever was decided about them. What is rare does not count, so that two proposals from
// different lines of a source that has not changed have the same.
func (p *Proposal) Shape() string {
	all := 0
	for i := range p.Formats {
		all += p.Formats[i].Lines
	}
	parts := map[string]bool{}
	for i := range p.Formats {
		f := &p.Formats[i]
		if f.Lines*20 < all {
			continue
		}
		if f.Structure == Text {
			parts[f.Pattern] = true
			continue
		}
		kind := f.Structure + "\x00" + f.Recipe.Separator + "\x00" + f.Recipe.By + "\x00"
		for j := range f.Fields {
			one := &f.Fields[j]
			if one.Present*7 < f.Lines {
				continue
			}
			if one.Slot != "" {
				parts[kind+one.Slot] = true
			} else {
				parts[kind+one.Name] = true
			}
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(parts)), "\x01")))
	return hex.EncodeToString(sum[:12])
}

// clone returns a copy that shares nothing that a correction changes.
func (p *Proposal) clone() *Proposal {
	c := *p
	c.Formats = slices.Clone(p.Formats)
	for i := range c.Formats {
		c.Formats[i].Fields = slices.Clone(c.Formats[i].Fields)
	}
	return &c
}
