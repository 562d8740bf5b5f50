package sigma_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/parse"
)

// dataFolder returns a folder of the data shared beside the repository, and skips the test where it is absent.
func dataFolder(tb testing.TB, name string) string {
	tb.Helper()
	dir := filepath.Join("..", "..", "..", "..", "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		tb.Skipf("shared data folder %s absent", name)
	}
	return dir
}

var sigmaHQ = sync.OnceValues(func() ([]*sigma.Rule, []sigma.Refusal) {
	dir := filepath.Join("..", "..", "..", "..", "..", "shared", "data", "sigma")
	var rules []*sigma.Rule
	var refused []sigma.Refusal
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		r, bad := sigma.ParseRules(filepath.Base(path), data)
		rules = append(rules, r...)
		for _, b := range bad {
			if !b.Foreign {
				refused = append(refused, b)
			}
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	return rules, refused
})

// sigmaHQRules are all rules of the shared data that compile.
func sigmaHQRules(tb testing.TB) []*sigma.Rule {
	tb.Helper()
	dataFolder(tb, "sigma")
	rules, _ := sigmaHQ()
	return rules
}

func decode(tb testing.TB, line []byte) event.Event {
	tb.Helper()
	var ev event.Event
	if err := parse.JSONEvent(line, &ev); err != nil {
		tb.Fatalf("decode %.80q: %v", line, err)
	}
	return ev
}

func eachLine(tb testing.TB, r io.Reader, fn func([]byte)) {
	tb.Helper()
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 1<<20), 1<<24)
	for s.Scan() {
		if line := bytes.TrimSpace(s.Bytes()); len(line) > 0 {
			fn(line)
		}
	}
	if err := s.Err(); err != nil {
		tb.Fatal(err)
	}
}

// attackEvents are the Windows events of attacks, one in every nth.
func attackEvents(tb testing.TB, nth int) []event.Event {
	tb.Helper()
	f, err := os.Open(filepath.Join(dataFolder(tb, "windows-events"), "evtx-to-mitre-attack.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var out []event.Event
	n := 0
	eachLine(tb, z, func(line []byte) {
		if n++; n%nth == 0 {
			out = append(out, decode(tb, line))
		}
	})
	return out
}

// mordorEvents are the captures of simulated attacks, one in every nth.
func mordorEvents(tb testing.TB, nth int) []event.Event {
	tb.Helper()
	var out []event.Event
	n := 0
	err := filepath.WalkDir(dataFolder(tb, "mordor"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".zip" {
			return err
		}
		z, err := zip.OpenReader(path)
		if err != nil {
			return err
		}
		defer z.Close()
		for _, f := range z.File {
			if filepath.Ext(f.Name) != ".json" {
				continue
			}
			r, err := f.Open()
			if err != nil {
				return err
			}
			eachLine(tb, r, func(line []byte) {
				if n++; n%nth == 0 && json.Valid(line) {
					out = append(out, decode(tb, line))
				}
			})
			r.Close()
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

type regressionCase struct {
	Test       string   `json:"test"`
	RuleIDs    []string `json:"rule_ids"`
	MatchCount *int     `json:"match_count"`
	events     []event.Event
}

func regressionCases(tb testing.TB) []regressionCase {
	tb.Helper()
	dir := dataFolder(tb, "sigma-regression")
	events := map[string][]event.Event{}
	readLines(tb, filepath.Join(dir, "events.jsonl"), func(line []byte) {
		var head struct {
			Test string `json:"test"`
		}
		if err := json.Unmarshal(line, &head); err != nil {
			tb.Fatal(err)
		}
		events[head.Test] = append(events[head.Test], decode(tb, line))
	})
	var cases []regressionCase
	readLines(tb, filepath.Join(dir, "cases.jsonl"), func(line []byte) {
		var c regressionCase
		if err := json.Unmarshal(line, &c); err != nil {
			tb.Fatal(err)
		}
		c.events = events[c.Test]
		cases = append(cases, c)
	})
	return cases
}

func readLines(tb testing.TB, path string, fn func([]byte)) {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	eachLine(tb, f, fn)
}
