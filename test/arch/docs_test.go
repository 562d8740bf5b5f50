package arch

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func text(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	seen := 0
	root, files := tracked(t, "*.md")
	for _, name := range files {
		for _, m := range link.FindAllStringSubmatch(text(t, root, name), -1) {
			target, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: link %q: %v", name, m[1], err)
				continue
			}
			if target.Scheme != "" || target.Path == "" {
				continue
			}
			seen++
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(name), target.Path)); err != nil {
				t.Errorf("%s: nothing at %s", name, m[1])
			}
		}
	}
	if seen == 0 {
		t.Error("no link found: the test looks in the wrong place")
	}
}

// TestOperatingGuideIsWhole holds docs/how-to/operate.md to the code: every code of the health page and every metric is explained.
func TestOperatingGuideIsWhole(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	guide := text(t, root, "docs/how-to/operate.md")
	lacks := func(what string, names []string) {
		t.Helper()
		if len(names) == 0 {
			t.Errorf("no %s found: the test looks in the wrong place", what)
		}
		for _, name := range names {
			if !strings.Contains(guide, "`"+name) {
				t.Errorf("the guide lacks the %s %s", what, name)
			}
		}
	}
	lacks("health code", found(`"((?:store|queue|inbox|archive|pipeline|rules|syslog|files|kafka|capture)\.[a-z]+)"`, "", text(t, root, "internal/app/health.go")))
	lacks("metric", found(`"([a-z_]+_(?:total|seconds))"`, "isoc_flow_", text(t, root, "internal/flow/metrics.go")))
	for _, file := range []string{"flow/collect/metrics.go", "flow/collect/input/syslog.go", "flow/collect/input/file.go", "flow/queue/metrics.go", "api/metrics.go"} {
		lacks("metric", found(`Name: "(isoc_[a-z_]+)"`, "", text(t, root, "internal", file)))
	}
}

func found(pattern, prefix, source string) []string {
	var names []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(source, -1) {
		names = append(names, prefix+m[1])
	}
	return names
}
