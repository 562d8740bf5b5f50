package content_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// matching is of a match what an entry of the lists of kinds may use; a single value reads as a list of one.
type matching struct {
	Program, CEF, LEEF texts
	Prefix, Contains   texts
	JSON               struct {
		Keys   texts
		Values map[string]texts
	}
}

type texts []string

func (t *texts) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = texts{n.Value}
		return nil
	}
	return n.Decode((*[]string)(t))
}

type matchings []matching

func (m *matchings) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]matching)(m))
	}
	*m = make(matchings, 1)
	return n.Decode(&(*m)[0])
}

type kind struct {
	Vendor, Product, Kind, Dataset, System string
	Match                                  matchings
}

// kinds reads the lists of devices that are recognised without a pack.
func kinds(t *testing.T) []kind {
	t.Helper()
	files, err := fs.Glob(content.Parsers, "parsers/kinds*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all []kind
	for _, name := range files {
		text, err := fs.ReadFile(content.Parsers, name)
		if err != nil {
			t.Fatal(err)
		}
		var list []kind
		if err := yaml.Unmarshal(text, &list); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, list...)
	}
	return all
}

// TestKindsAreNoPacks holds that a kind is named once, and that what recognises it is neither another's nor a pack's.
func TestKindsAreNoPacks(t *testing.T) {
	t.Parallel()
	set, err := pack.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	whose := map[string]string{}
	for _, doc := range set.Packs() {
		for _, m := range doc.Match {
			for form, list := range map[string][]string{"program": m.Program, "cef": m.CEF, "leef": m.LEEF} {
				for _, s := range list {
					whose[form+" "+strings.ToLower(s)] = "pack " + doc.ID
				}
			}
		}
	}
	names := map[string]bool{}
	for _, k := range kinds(t) {
		name := k.Vendor + " " + k.Product
		if names[name] {
			t.Errorf("%s is there twice", name)
		}
		names[name] = true
		for _, m := range k.Match {
			for form, list := range map[string][]string{"program": m.Program, "cef": m.CEF, "leef": m.LEEF} {
				for _, s := range list {
					key := form + " " + strings.ToLower(s)
					vendor, _, _ := strings.Cut(key, "|")
					if other := whose[key] + whose[vendor+"|*"]; other != "" && !strings.HasSuffix(key, "|*") {
						t.Errorf("%s: %s is that of %s", name, key, other)
					} else if whose[key] != "" {
						t.Errorf("%s: %s is that of %s", name, key, other)
					}
					if !strings.HasSuffix(key, "|*") {
						whose[key] = name
					}
				}
			}
		}
	}
}

// TestKinds gives every kind a record for each thing that recognises it.
func TestKinds(t *testing.T) {
	t.Parallel()
	set, err := pack.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	parser := parse.New(parse.Options{Packs: pack.NewShelf(set)})
	for _, k := range kinds(t) {
		if k.Kind == "" || len(k.Match) == 0 {
			t.Errorf("%s %s: no kind or nothing to recognise it by", k.Vendor, k.Product)
		}
		for _, m := range k.Match {
			for _, raw := range records(m) {
				if err := recognised(parser, &k, raw); err != nil {
					t.Errorf("%s %s: %v\n%s", k.Vendor, k.Product, err, raw)
				}
			}
		}
	}
}

// records makes the least record that a match takes, for each of its alternatives.
func records(m matching) []string {
	var out []string
	for _, p := range m.Program {
		out = append(out, "<30>Jun 15 01:02:03 host-a "+p+"[12]: state of link checked, srcip=192.0.2.1 srcport=5060")
	}
	for _, p := range m.CEF {
		vendor, product, _ := strings.Cut(p, "|")
		out = append(out, fmt.Sprintf("<30>Jun 15 01:02:03 host-a CEF:0|%s|%s|1.0|100|state of link|3|src=192.0.2.1 spt=5060", vendor, strings.ReplaceAll(product, "*", "Z")))
	}
	for _, p := range m.LEEF {
		vendor, product, _ := strings.Cut(p, "|")
		out = append(out, fmt.Sprintf("<30>Jun 15 01:02:03 host-a LEEF:1.0|%s|%s|1.0|100|src=192.0.2.1\tsrcPort=5060", vendor, strings.ReplaceAll(product, "*", "Z")))
	}
	return append(out, tokens(m)...)
}

// tokens makes a record of the fixed texts or of the JSON members of a match.
func tokens(m matching) []string {
	if len(m.Program) > 0 {
		return nil // the texts narrow a program
	}
	const head, addresses = "<30>Jun 15 01:02:03 host-a ", " srcip=192.0.2.1 srcport=5060"
	var out []string
	rest := strings.Join(m.Contains, " a ")
	for _, p := range m.Prefix {
		out = append(out, head+p+" "+rest+addresses)
	}
	if len(m.Prefix) == 0 && rest != "" {
		out = append(out, head+"state "+rest+addresses)
	}
	if len(m.JSON.Keys)+len(m.JSON.Values) > 0 {
		members := map[string]any{"srcip": "192.0.2.1", "srcport": "5060"}
		put := func(name, value string) {
			at := members
			parts := strings.Split(name, ".")
			for _, part := range parts[:len(parts)-1] {
				in, ok := at[part].(map[string]any)
				if !ok {
					in = map[string]any{}
					at[part] = in
				}
				at = in
			}
			at[parts[len(parts)-1]] = value
		}
		for _, k := range m.JSON.Keys {
			put(k, "a1")
		}
		most := 1
		for _, values := range m.JSON.Values {
			most = max(most, len(values))
		}
		for i := range most {
			for k, values := range m.JSON.Values {
				put(k, values[min(i, len(values)-1)])
			}
			text, err := json.Marshal(members)
			if err != nil {
				panic(err)
			}
			out = append(out, head+string(text))
		}
	}
	return out
}

func recognised(parser *parse.Parser, k *kind, raw string) error {
	rec := record.Record{Source: "sample", Received: time.Date(2024, 6, 15, 1, 2, 3, 0, time.UTC), Raw: []byte(raw)}
	var ev event.Event
	parser.Parse(&rec, &ev)
	want := map[string]string{"source.ip": "192.0.2.1", "source.port": "5060", "host.name": "host-a"}
	if !slices.Contains([]string{"host", "application", "database", "web", "cloud", "container"}, k.Kind) {
		want["observer.type"] = k.Kind
	}
	if strings.Contains(raw, "EF:") {
		vendor, product, _ := strings.Cut(raw[strings.Index(raw, "|")+1:], "|")
		product, _, _ = strings.Cut(product, "|")
		want["observer.vendor"], want["observer.product"] = vendor, product // as the record itself says
	} else if want["observer.type"] != "" {
		want["observer.vendor"], want["observer.product"] = k.Vendor, k.Product
	}
	if k.System != "" {
		want["host.os.type"] = k.System
	}
	want["event.dataset"] = k.Dataset
	if device := strings.Contains(raw, "EF:"); device {
		delete(want, "event.dataset") // the header's vendor and product make it
		if dataset, _ := ev.Get("event.dataset"); strings.HasSuffix(dataset, ".other") || strings.Count(dataset, ".") != 1 {
			return fmt.Errorf("event.dataset is %q", dataset)
		}
	} else if k.Dataset == "" {
		want["event.dataset"] = word(k.Vendor) + "." + word(k.Product)
	}
	for name, value := range want {
		if got, _ := ev.Get(name); got != value {
			return fmt.Errorf("%s is %q, not %q", name, got, value)
		}
	}
	return nil
}

var noWord = regexp.MustCompile(`[^a-z0-9]+`)

// word is a name as a part of a dataset.
func word(name string) string {
	s := strings.TrimLeft(noWord.ReplaceAllString(strings.ToLower(name), "_"), "_")
	return strings.Trim(s[:min(len(s), 31)], "_")
}
