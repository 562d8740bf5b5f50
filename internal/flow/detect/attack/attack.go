package attack

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
)

// Version is that of ATT&CK the tables are of.
const Version = "18"

// Tactic is a column of the matrix.
type Tactic struct {
	ID   string // TA0001
	Name string // initial-access, as rules write it
}

// Technique is a technique or a sub-technique.
type Technique struct {
	ID      string // T1110 or T1110.001
	Name    string
	Tactics []string // names, in the order of the matrix
}

// Parent is the technique that a sub-technique belongs to; empty for a technique.
func (t *Technique) Parent() string { return Parent(t.ID) }

// Parent is the technique that a sub-technique's id belongs to; empty for the id of a technique.
func Parent(id string) string {
	over, _, sub := strings.Cut(id, ".")
	if !sub {
		return ""
	}
	return over
}

// Tactics returns the columns of the matrix for Enterprise in its order.
func Tactics() []Tactic {
	return []Tactic{
		{"TA0043", "reconnaissance"}, {"TA0042", "resource-development"}, {"TA0001", "initial-access"}, {"TA0002", "execution"},
		{"TA0003", "persistence"}, {"TA0004", "privilege-escalation"}, {"TA0005", "defense-evasion"}, {"TA0006", "credential-access"},
		{"TA0007", "discovery"}, {"TA0008", "lateral-movement"}, {"TA0009", "collection"}, {"TA0011", "command-and-control"},
		{"TA0010", "exfiltration"}, {"TA0040", "impact"},
	}
}

//go:embed techniques.csv
var written string

type table struct {
	techniques []Technique // by id
	retired    map[string]bool
}

var loaded = sync.OnceValue(func() table {
	t := table{retired: map[string]bool{}}
	rows, err := csv.NewReader(strings.NewReader(written)).ReadAll()
	if err != nil {
		panic("attack: techniques.csv: " + err.Error()) // part of the program
	}
	order := make([]string, 0, 14)
	for _, tactic := range Tactics() {
		order = append(order, tactic.Name)
	}
	for _, r := range rows[1:] {
		if r[4] != "0" {
			t.retired[r[0]] = true
			continue
		}
		tactics := strings.Fields(r[2])
		slices.SortFunc(tactics, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
		t.techniques = append(t.techniques, Technique{ID: r[0], Name: r[1], Tactics: tactics})
	}
	slices.SortFunc(t.techniques, func(a, b Technique) int { return strings.Compare(a.ID, b.ID) })
	return t
})

// Techniques returns all techniques and sub-techniques that are in use, by id. Callers must not change them.
func Techniques() []Technique { return loaded().techniques }

// Find returns a technique by its id.
func Find(id string) (Technique, bool) {
	all := loaded().techniques
	i, ok := slices.BinarySearchFunc(all, id, func(t Technique, id string) int { return strings.Compare(t.ID, id) })
	if !ok {
		return Technique{}, false
	}
	return all[i], true
}

// Retired reports whether an id was a technique's that MITRE has withdrawn.
func Retired(id string) bool { return loaded().retired[id] }

// ReadTag reads a rule's tag: a technique's id, or a tactic's name; both are empty for tags of other kinds.
func ReadTag(tag string) (technique, tactic string) {
	name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
	if !ok {
		return "", ""
	}
	if len(name) >= 5 && name[0] == 't' && isDigit(name[1]) {
		return strings.ToUpper(name), ""
	}
	name = strings.ReplaceAll(name, "_", "-")
	if name == "stealth" || name == "defense-impairment" { // into these ATT&CK 19 has split it
		return "", "defense-evasion"
	}
	if slices.ContainsFunc(Tactics(), func(t Tactic) bool { return t.Name == name }) {
		return "", name
	}
	return "", ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
