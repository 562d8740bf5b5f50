package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"
)

// Bounds of a pack as written.
const (
	MaxBytes   = 256 << 10 // of one file
	maxFormats = 400
	maxExcept  = 512 // names of one format
	maxSteps   = 64
	maxMatches = 64
	maxDepth   = 12 // of nested YAML
)

// Document is a pack as it is written: pack.yml. See docs/reference/parser-packs.md for what each part means.
type Document struct {
	ID         string             `yaml:"id,omitempty"`
	Vendor     string             `yaml:"vendor,omitempty"`
	VendorZH   string             `yaml:"vendor_zh,omitempty"`
	Product    string             `yaml:"product,omitempty"`
	ProductZH  string             `yaml:"product_zh,omitempty"`
	Kind       string             `yaml:"kind,omitempty"`
	System     string             `yaml:"system,omitempty"`
	Versions   []string           `yaml:"versions,omitempty"`
	References []string           `yaml:"references,omitempty"`
	Dataset    string             `yaml:"dataset,omitempty"`
	Prefix     *string            `yaml:"prefix,omitempty"`
	Strict     bool               `yaml:"strict,omitempty"`
	Bound      bool               `yaml:"bound,omitempty"` // to a source: it needs no match
	Match      []Match            `yaml:"match,omitempty"`
	Steps      []Step             `yaml:"steps,omitempty"`
	Formats    []Format           `yaml:"formats,omitempty"`
	Map        map[string]Targets `yaml:"map,omitempty"`
	Times      []list             `yaml:"times,omitempty"`
	Layouts    []string           `yaml:"layouts,omitempty"`
	Set        map[string]list    `yaml:"set,omitempty"`
	Aliases    *bool              `yaml:"aliases,omitempty"`
}

// Match is one way a record is recognised; everything in it must hold.
type Match struct {
	Program    list       `yaml:"program,omitempty"`
	Prefix     list       `yaml:"prefix,omitempty"`
	Contains   list       `yaml:"contains,omitempty"`
	CEF        list       `yaml:"cef,omitempty"`
	LEEF       list       `yaml:"leef,omitempty"`
	JSON       *MatchJSON `yaml:"json,omitempty"`
	Structured list       `yaml:"structured,omitempty"`
	MsgID      list       `yaml:"msgid,omitempty"`
	Dataset    list       `yaml:"dataset,omitempty"` // what a format written in Go found it to be: the pack adds to it
}

// MatchJSON names members that an object has at its top.
type MatchJSON struct {
	Keys   list            `yaml:"keys,omitempty"`
	Values map[string]list `yaml:"values,omitempty"`
}

// Format is one message id or template of the device.
type Format struct {
	ID      string             `yaml:"id,omitempty"`
	About   Text               `yaml:"about,omitempty"`
	Is      map[string]list    `yaml:"is,omitempty"`
	When    string             `yaml:"when,omitempty"`
	Steps   []Step             `yaml:"steps,omitempty"`
	Map     map[string]Targets `yaml:"map,omitempty"`
	Times   []list             `yaml:"times,omitempty"`
	Layouts []string           `yaml:"layouts,omitempty"`
	Set     map[string]list    `yaml:"set,omitempty"`
	Dataset string             `yaml:"dataset,omitempty"`
	Except  list               `yaml:"except,omitempty"` // names that the automatic parser does not look at
}

// Text is a line for people in both languages. As a single string it is the same in both.
type Text struct {
	EN string `yaml:"en,omitempty"`
	ZH string `yaml:"zh,omitempty"`
}

// UnmarshalYAML reads a string or {en, zh}.
func (t *Text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		t.EN, t.ZH = n.Value, n.Value
		return nil
	}
	type plain Text
	return n.Decode((*plain)(t))
}

// Step is one thing done to a text. Exactly one of its verbs is given.
type Step struct {
	Dissect    list            `yaml:"dissect,omitempty"`
	KV         *KV             `yaml:"kv,omitempty"`
	JSON       *JSON           `yaml:"json,omitempty"`
	CSV        *CSV            `yaml:"csv,omitempty"`
	CEF        *Bare           `yaml:"cef,omitempty"`
	LEEF       *Bare           `yaml:"leef,omitempty"`
	XML        *Bare           `yaml:"xml,omitempty"`
	Header     *Bare           `yaml:"header,omitempty"`
	Stamp      *Bare           `yaml:"stamp,omitempty"`
	Structured *Bare           `yaml:"structured,omitempty"`
	Auto       *Bare           `yaml:"auto,omitempty"`
	RE2        string          `yaml:"re2,omitempty"`
	Literal    string          `yaml:"literal,omitempty"`
	Native     string          `yaml:"native,omitempty"`
	Have       *Have           `yaml:"have,omitempty"`
	Set        map[string]list `yaml:"set,omitempty"`
	Unset      list            `yaml:"unset,omitempty"`

	From     string          `yaml:"from,omitempty"`
	Is       map[string]list `yaml:"is,omitempty"`
	When     string          `yaml:"when,omitempty"`
	Optional bool            `yaml:"optional,omitempty"`
}

// Bare are the options of a verb that has none of its own.
type Bare struct {
	From string `yaml:"from,omitempty"`
}

// KV are the options of the kv step.
type KV struct {
	From   string `yaml:"from,omitempty"`
	Pairs  string `yaml:"pairs,omitempty"`
	Assign string `yaml:"assign,omitempty"`
	Colon  bool   `yaml:"colon,omitempty"`
	Trim   string `yaml:"trim,omitempty"`
	Only   bool   `yaml:"only,omitempty"`
}

// JSON are the options of the json step.
type JSON struct {
	From  string `yaml:"from,omitempty"`
	Under string `yaml:"under,omitempty"`
}

// CSV are the options of the csv step.
type CSV struct {
	From      string   `yaml:"from,omitempty"`
	Columns   []string `yaml:"columns,omitempty"`
	Separator string   `yaml:"separator,omitempty"`
	Quoted    *bool    `yaml:"quoted,omitempty"`
	Least     int      `yaml:"least,omitempty"`
	Most      int      `yaml:"most,omitempty"`
	By        *struct {
		Field   string              `yaml:"field,omitempty"`
		At      *int                `yaml:"at,omitempty"`
		Columns map[string][]string `yaml:"columns,omitempty"`
	} `yaml:"by,omitempty"`
}

// Have are the options of the have step.
type Have struct {
	Of    list              `yaml:"of,omitempty"`
	Least int               `yaml:"least,omitempty"`
	Is    map[string]list   `yaml:"is,omitempty"`
	Check map[string]string `yaml:"check,omitempty"`
}

// Target says where a vendor's value goes. A string or a list of them is To alone.
type Target struct {
	To     list              `yaml:"to,omitempty"`
	As     string            `yaml:"as,omitempty"`
	Values map[string]string `yaml:"values,omitempty"`
	Other  string            `yaml:"other,omitempty"`
	Unit   string            `yaml:"unit,omitempty"`
}

// UnmarshalYAML reads a target in any of its spellings.
func (t *Target) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return t.To.UnmarshalYAML(n)
	}
	type plain Target
	return strict(n, (*plain)(t))
}

// Targets are the places one value goes to: a target, or a list of targets and names.
type Targets []Target

// UnmarshalYAML reads one target or a sequence in which at least one is a mapping.
func (t *Targets) UnmarshalYAML(n *yaml.Node) error {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, c := range items {
		var one Target
		if err := one.UnmarshalYAML(c); err != nil {
			return err
		}
		*t = append(*t, one)
	}
	return nil
}

// list is one text or several.
type list []string

// UnmarshalYAML reads a scalar or a sequence of scalars.
func (l *list) UnmarshalYAML(n *yaml.Node) error {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, c := range items {
		if c.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: a text is wanted here, or a list of them", c.Line)
		}
		*l = append(*l, c.Value)
	}
	return nil
}

// strict decodes a mapping and refuses names that v does not have: a node's own Decode would let them pass.
func strict(n *yaml.Node, v any) error {
	text, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return nil
}

// Read reads pack.yml. Its errors name the line.
func Read(data []byte) (*Document, error) {
	var doc Document
	if err := decode(data, &doc); err != nil {
		return nil, err
	}
	return &doc, nil
}

// decode reads one YAML document within bounds: no alias, no deep nesting, nothing unknown.
func decode(data []byte, into any) error {
	if len(data) > MaxBytes {
		return fmt.Errorf("more than %d KiB", MaxBytes>>10)
	}
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		return err
	}
	if err := plainTree(&n, maxDepth); err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("one YAML document is wanted")
	}
	return nil
}

func plainTree(n *yaml.Node, left int) error {
	if left == 0 {
		return fmt.Errorf("line %d: nested too deeply", n.Line)
	}
	if n.Kind == yaml.AliasNode {
		return fmt.Errorf("line %d: YAML aliases are not read", n.Line)
	}
	for _, c := range n.Content {
		if err := plainTree(c, left-1); err != nil {
			return err
		}
	}
	return nil
}

// UnmarshalYAML reads a mapping or a sequence of them.
func (m *oneOrMore) UnmarshalYAML(n *yaml.Node) error {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, c := range items {
		var one Match
		if err := strict(c, &one); err != nil {
			return err
		}
		*m = append(*m, one)
	}
	return nil
}
