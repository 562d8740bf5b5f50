package content_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/uuid"
	"gopkg.in/yaml.v3"

	"github.com/isoc-project/isoc/internal/flow/detect/sample"
)

// written is what the lint reads of a rule beyond what the engine needs.
type written struct {
	ID             string   `yaml:"id"`
	Title          string   `yaml:"title"`
	Status         string   `yaml:"status"`
	Level          string   `yaml:"level"`
	Description    string   `yaml:"description"`
	Author         string   `yaml:"author"`
	License        string   `yaml:"license"`
	Date           string   `yaml:"date"`
	Tags           []string `yaml:"tags"`
	References     []string `yaml:"references"`
	FalsePositives []string `yaml:"falsepositives"`
	LogSource      struct {
		Product  string `yaml:"product"`
		Category string `yaml:"category"`
		Service  string `yaml:"service"`
	} `yaml:"logsource"`
	Detection   yaml.Node `yaml:"detection"`
	Correlation yaml.Node `yaml:"correlation"`
	Generate    yaml.Node `yaml:"generate"`
	Name        string    `yaml:"name"`
	ISOC        struct {
		TitleZH          string   `yaml:"title_zh"`
		DescriptionZH    string   `yaml:"description_zh"`
		Advice           string   `yaml:"advice"`
		AdviceZH         string   `yaml:"advice_zh"`
		FalsePositivesZH []string `yaml:"falsepositives_zh"`
	} `yaml:"isoc"`
}

var (
	tagPattern  = regexp.MustCompile(`^(attack\.(t[0-9]{4}(\.[0-9]{3})?|[a-z]+(-[a-z]+)*)|cve\.[0-9]{4}-[0-9]{4,})$`)
	datePattern = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	pathPattern = regexp.MustCompile(`^rules/[a-z]+/[a-z0-9_]+\.yml$`)
)

// minRules is how many rules the product ships at least, and minCorrelations how many of them are correlations.
const (
	minRules        = 64
	minCorrelations = 50
)

// TestRulesAreWellWritten checks what a reader of a rule relies on, in both languages.
func TestRulesAreWellWritten(t *testing.T) {
	t.Parallel()
	all := load(t)
	if len(all) < minRules {
		t.Errorf("%d rules ship, fewer than %d", len(all), minRules)
	}
	ids, titles, titlesZH := map[string]string{}, map[string]string{}, map[string]string{}
	for _, s := range all {
		var w written
		dec := yaml.NewDecoder(strings.NewReader(string(s.text)))
		dec.KnownFields(true)
		if err := dec.Decode(&w); err != nil {
			t.Errorf("%s: %v", s.path, err)
			continue
		}
		for _, fault := range faultsOf(s, w) {
			t.Errorf("%s: %s", s.path, fault)
		}
		unique(t, ids, w.ID, s.path)
		unique(t, titles, strings.ToLower(w.Title), s.path)
		unique(t, titlesZH, w.ISOC.TitleZH, s.path)
		if len(s.docs.Correlations) > 0 && w.Correlation.IsZero() {
			t.Errorf("%s: the correlation that the file is about must stand first", s.path)
		}
		for { // parts of a correlation
			var part written
			if err := dec.Decode(&part); err != nil {
				break
			}
			id, err := uuid.Parse(part.ID)
			if err != nil || id.Version() != 4 || part.Name == "" || len(part.Title) < 5 || !chinese(part.ISOC.TitleZH) || part.Level != "informational" && part.Correlation.IsZero() {
				t.Errorf("%s: %q needs a random UUID, a name, a title in both languages, and as a part the level informational", s.path, part.Title)
			}
			unique(t, ids, part.ID, s.path)
			unique(t, titles, strings.ToLower(part.Title), s.path)
			unique(t, titlesZH, part.ISOC.TitleZH, s.path)
			if part.Description == "" || !chinese(part.ISOC.DescriptionZH) {
				t.Errorf("%s: %q needs a description in both languages", s.path, part.Title)
			}
		}
	}
}

// TestCorrelationsAreThePointOfTheirFiles keeps everything in a correlation's file a part of it, and asks for more samples than of a rule: a
// threshold, a window, a group and an order each go wrong by themselves.
func TestCorrelationsAreThePointOfTheirFiles(t *testing.T) {
	t.Parallel()
	correlations := 0
	for _, s := range load(t) {
		if len(s.docs.Correlations) == 0 {
			continue
		}
		correlations++
		var used []string
		for _, c := range s.docs.Correlations {
			used = append(append(used, c.Rules...), c.Until)
		}
		for _, r := range s.docs.Rules {
			if !slices.Contains(used, r.Name) {
				t.Errorf("%s: no correlation of the file uses %q", s.path, r.Title)
			}
		}
		for _, c := range s.docs.Correlations[1:] {
			if !slices.Contains(used, c.Name) {
				t.Errorf("%s: a second correlation, %q, is no part of the first", s.path, c.Title)
			}
		}
		positives := 0
		for _, x := range s.samples {
			if x.Fires {
				positives++
			}
		}
		if positives < 2 || len(s.samples)-positives < 2 {
			t.Errorf("%s: a correlation needs two positives and two near misses at least", s.path)
		}
	}
	if correlations < minCorrelations {
		t.Errorf("%d correlations ship, fewer than %d", correlations, minCorrelations)
	}
}

func unique(t *testing.T, seen map[string]string, value, path string) {
	t.Helper()
	if first, twice := seen[value]; twice {
		t.Errorf("%s: %q is in %s already", path, value, first)
	}
	seen[value] = path
}

func faultsOf(s shipped, w written) []string {
	id, err := uuid.Parse(w.ID)
	checks := []struct {
		holds bool
		fault string
	}{
		{pathPattern.MatchString(s.path), "path must be rules/<area>/<name>.yml in small letters"},
		{err == nil && id.Version() == 4, "id must be a random UUID"},
		{len(w.Title) >= 10 && len(w.Title) <= 110 && !strings.HasSuffix(w.Title, "."), "title must be 10–110 characters without full stop"},
		{slices.Contains([]string{"stable", "test", "experimental"}, w.Status), "status must be stable, test or experimental"},
		{slices.Contains([]string{"informational", "low", "medium", "high", "critical"}, w.Level), "level is none of Sigma's"},
		{len(w.Description) >= 30, "description must say what happened and why it matters"},
		{w.Author == "iSOC" && w.License == "Apache-2.0", "author must be iSOC and license Apache-2.0"},
		{datePattern.MatchString(w.Date), "date must be YYYY-MM-DD"},
		{len(w.FalsePositives) > 0 && len(w.FalsePositives) == len(w.ISOC.FalsePositivesZH), "falsepositives must be given in both languages"},
		{!w.Correlation.IsZero() || w.LogSource.Product+w.LogSource.Category+w.LogSource.Service != "", "logsource is empty"},
		{len(w.ISOC.Advice) >= 10 && !strings.ContainsFunc(w.ISOC.Advice+w.Title+w.Description, isHan), "English texts must be there and English"},
		{chinese(w.ISOC.TitleZH) && chinese(w.ISOC.DescriptionZH) && chinese(w.ISOC.AdviceZH), "Chinese texts must be there and Chinese"},
		{slices.ContainsFunc(s.samples, func(x sample.Sample) bool { return x.Fires }) && slices.ContainsFunc(s.samples, nearMiss), "a positive and a negative sample must be there"},
		{!slices.ContainsFunc(s.samples, func(x sample.Sample) bool { return nearMiss(x) && x.Why == "" }), "each negative must say why it does not match"},
		{taggedWell(w.Tags), "tags must hold an ATT&CK tactic and technique and nothing unknown: " + strings.Join(w.Tags, " ")},
	}
	var faults []string
	for _, c := range checks {
		if !c.holds {
			faults = append(faults, c.fault)
		}
	}
	return faults
}

func nearMiss(s sample.Sample) bool { return !s.Fires }

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func chinese(s string) bool { return strings.ContainsFunc(s, isHan) }

func taggedWell(tags []string) bool {
	tactic, technique := false, false
	for _, tag := range tags {
		if !tagPattern.MatchString(tag) {
			return false
		}
		name := strings.TrimPrefix(tag, "attack.")
		isTechnique := len(name) > 1 && name[0] == 't' && name[1] >= '0' && name[1] <= '9'
		tactic = tactic || (name != tag && !isTechnique)
		technique = technique || (name != tag && isTechnique)
	}
	return tactic && technique
}

// TestTagsAreOfATTACK compares the tags with MITRE's list: each technique must exist, and each must belong to one of the
// tactics the rule names.
func TestTagsAreOfATTACK(t *testing.T) {
	t.Parallel()
	tactics := techniques(t)
	for _, s := range load(t) {
		for _, tag := range s.first().Tags {
			name := strings.ToUpper(strings.TrimPrefix(tag, "attack."))
			if !strings.HasPrefix(tag, "attack.t") || len(name) < 5 || name[1] < '0' || name[1] > '9' {
				continue
			}
			of, known := tactics[name]
			if !known {
				t.Errorf("%s: %s is no technique", s.path, tag)
				continue
			}
			if !slices.ContainsFunc(of, func(tactic string) bool { return slices.Contains(s.first().Tags, "attack."+tactic) }) {
				t.Errorf("%s: %s belongs to %s, none of which is tagged", s.path, tag, strings.Join(of, ", "))
			}
		}
	}
}

// techniques returns the tactics of each technique that is not deprecated.
func techniques(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "shared", "data", "attack", "techniques.csv"))
	if err != nil {
		t.Skip("shared data folder attack absent")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]string, len(rows))
	for _, r := range rows[1:] {
		if r[4] == "0" {
			out[r[0]] = strings.Fields(r[2])
		}
	}
	return out
}
