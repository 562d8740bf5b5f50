package parse

import (
	"archive/zip"
	"bufio"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// TestCapturedHostEventsAreUnderstood parses the head of every captured attack: no Windows event may lack channel, id or dataset.
func TestCapturedHostEventsAreUnderstood(t *testing.T) {
	t.Parallel()
	p := New(Options{})
	files, events := 0, 0
	err := filepath.WalkDir(shared(t, "mordor", "atomic"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".zip") {
			return err
		}
		files++
		events += parseArchive(t, p, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d events of %d captures", events, files)
}

func parseArchive(t *testing.T, p *Parser, path string) int {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	n := 0
	for _, f := range z.File {
		if !strings.HasSuffix(f.Name, ".json") && !strings.HasSuffix(f.Name, ".log") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		n += parseHead(t, p, path, io.LimitReader(r, 1<<20))
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func parseHead(t *testing.T, p *Parser, path string, r io.Reader) int {
	t.Helper()
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	var lines []string
	for s.Scan() {
		lines = append(lines, s.Text())
	}
	var ev event.Event
	for i, line := range lines[:max(len(lines)-1, 0)] { // the last may be cut
		p.Parse(&record.Record{Source: "s1", Received: received(), Raw: []byte(line)}, &ev)
		checkEvent(t, []byte(line), &ev)
		if strings.Contains(line, `"Channel"`) && (!ev.Has("winlog.channel") || !ev.Has("winlog.event_id") || !strings.HasPrefix(ev.Value(event.Dataset), "windows.")) {
			t.Errorf("%s line %d: dataset %s, channel %q", filepath.Base(path), i, ev.Value(event.Dataset), ev.Value("winlog.channel"))
			return i
		}
		if ev.Value(event.IsocParser) == parserNone {
			t.Errorf("%s line %d unparsed: %.200s", filepath.Base(path), i, line)
			return i
		}
	}
	return len(lines)
}
