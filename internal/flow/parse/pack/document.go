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
	maxSteps   = 64
	maxMatches = 64
	maxDepth   = 12 // of nested YAML
)

// Document is a pack as it is written: pack.yml. See docs/reference/parser-packs.md for what each part means.
type Document struct {
	ID         string             `yaml:"id"`
	Vendor     string             `yaml:"vendor"`
	VendorZH   string             `yaml:"vendor_zh"`
	Product    string             `yaml:"product"`
	ProductZH  string             `yaml:"product_zh"`
	Kind       string             `yaml:"kind"`
	System     string             `yaml:"system"`
	Versions   []string           `yaml:"versions"`
	References []string           `yaml:"references"`
	Dataset    string             `yaml:"dataset"`
	Prefix     *string            `yaml:"prefix"`
	Strict     bool               `yaml:"strict"`
	Match      []Match            `yaml:"match"`
	Steps      []Step             `yaml:"steps"`
	Formats    []Format           `yaml:"formats"`
	Map        map[string]Targets `yaml:"map"`
	Times      []list             `yaml:"times"`
	Layouts    []string           `yaml:"layouts"`
	Set        map[string]list    `yaml:"set"`
	Aliases    *bool              `yaml:"aliases"`
}

// Match is one way a record is recognised; everything in it must hold.
type Match struct {
	Program    list       `yaml:"program"`
	Prefix     list       `yaml:"prefix"`
	Contains   list       `yaml:"contains"`
	CEF        list       `yaml:"cef"`
	LEEF       list       `yaml:"leef"`
	JSON       *MatchJSON `yaml:"json"`
	Structured list       `yaml:"structured"`
	MsgID      list       `yaml:"msgid"`
	Dataset    list       `yaml:"dataset"` // what a format written in Go found it to be: the pack adds to it
}

// MatchJSON names members that an object has at its top.
type MatchJSON struct {
	Keys   list            `yaml:"keys"`
	Values map[string]list `yaml:"values"`
}

// Format is one message id or template of the device.
type Format struct {
	ID      string             `yaml:"id"`
	About   Text               `yaml:"about"`
	Is      map[string]list    `yaml:"is"`
	When    string             `yaml:"when"`
	Steps   []Step             `yaml:"steps"`
	Map     map[string]Targets `yaml:"map"`
	Set     map[string]list    `yaml:"set"`
	Dataset string             `yaml:"dataset"`
}

// Text is a line for people in both languages. As a single string it is the same in both.
type Text struct {
	EN string `yaml:"en"`
	ZH string `yaml:"zh"`
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
	Dissect    list            `yaml:"dissect"`
	KV         *KV             `yaml:"kv"`
	JSON       *JSON           `yaml:"json"`
	CSV        *CSV            `yaml:"csv"`
	CEF        *Bare           `yaml:"cef"`
	LEEF       *Bare           `yaml:"leef"`
	XML        *Bare           `yaml:"xml"`
	Header     *Bare           `yaml:"header"`
	Stamp      *Bare           `yaml:"stamp"`
	Structured *Bare           `yaml:"structured"`
	Auto       *Bare           `yaml:"auto"`
	RE2        string          `yaml:"re2"`
	Literal    string          `yaml:"literal"`
	Native     string          `yaml:"native"`
	Set        map[string]list `yaml:"set"`

	From     string          `yaml:"from"`
	Is       map[string]list `yaml:"is"`
	When     string          `yaml:"when"`
	Optional bool            `yaml:"optional"`
}

// Bare are the options of a verb that has none of its own.
type Bare struct {
	From string `yaml:"from"`
}

// KV are the options of the kv step.
type KV struct {
	From   string `yaml:"from"`
	Pairs  string `yaml:"pairs"`
	Assign string `yaml:"assign"`
	Colon  bool   `yaml:"colon"`
	Trim   string `yaml:"trim"`
	Only   bool   `yaml:"only"`
}

// JSON are the options of the json step.
type JSON struct {
	From  string `yaml:"from"`
	Under string `yaml:"under"`
}

// CSV are the options of the csv step.
type CSV struct {
	From      string   `yaml:"from"`
	Columns   []string `yaml:"columns"`
	Separator string   `yaml:"separator"`
	Quoted    *bool    `yaml:"quoted"`
	Least     int      `yaml:"least"`
	By        *struct {
		Field   string              `yaml:"field"`
		At      *int                `yaml:"at"`
		Columns map[string][]string `yaml:"columns"`
	} `yaml:"by"`
}

// Target says where a vendor's value goes. A string or a list of them is To alone.
type Target struct {
	To     list              `yaml:"to"`
	As     string            `yaml:"as"`
	Values map[string]string `yaml:"values"`
	Other  string            `yaml:"other"`
	Unit   string            `yaml:"unit"`
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
