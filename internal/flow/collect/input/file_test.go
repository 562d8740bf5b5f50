package input_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// tailed is a directory of logs, and what reads it.
type tailed struct {
	*world
	t        *testing.T
	dir      string
	patterns []input.FilePattern
	files    *input.Files
	stop     func()
}

func newTailed(t *testing.T, pattern string, change ...func(*input.FilePattern)) *tailed {
	t.Helper()
	w := newWorld(t, collect.Source{ID: "files", Tenant: acme, Name: "Files"})
	dir := t.TempDir()
	p := input.FilePattern{Path: filepath.Join(dir, pattern), Named: "acme/Files", Source: func() (*collect.Source, bool) { return w.registry.Named(acme, "Files") }}
	for _, c := range change {
		c(&p)
	}
	return &tailed{world: w, t: t, dir: dir, patterns: []input.FilePattern{p}}
}

func (d *tailed) start() {
	d.t.Helper()
	d.files = input.NewFiles(input.FilesOptions{
		Patterns: d.patterns, Intake: d.intake, Marks: d.shelf, Host: "box", Rescan: 5 * time.Millisecond, Poll: time.Millisecond,
		Linger: 200 * time.Millisecond, JoinWait: 50 * time.Millisecond,
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.files.Run(ctx) }()
	d.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Error(err)
		}
	})
	d.t.Cleanup(d.stop)
}

func (d *tailed) path(name string) string { return filepath.Join(d.dir, name) }

func (d *tailed) append(name, text string) {
	d.t.Helper()
	f, err := os.OpenFile(d.path(name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		d.t.Fatal(err)
	}
}

func (d *tailed) rename(from, to string) {
	d.t.Helper()
	if err := os.Rename(d.path(from), d.path(to)); err != nil {
		d.t.Fatal(err)
	}
}

// copyTruncate rotates as logrotate does for programs that keep their file open.
func (d *tailed) copyTruncate(from, to string) {
	d.t.Helper()
	text, err := os.ReadFile(d.path(from))
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(d.path(to), text, 0o600); err != nil {
		d.t.Fatal(err)
	}
	if err := os.Truncate(d.path(from), 0); err != nil {
		d.t.Fatal(err)
	}
}

// holds waits until exactly these lines are stored, in any order between files.
func (d *tailed) holds(want ...string) {
	d.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		var got []string
		for _, r := range d.records() {
			got = append(got, string(r.Raw))
		}
		slices.Sort(got)
		sorted := slices.Sorted(slices.Values(want))
		if slices.Equal(got, sorted) {
			return
		}
		if len(got) > len(want) || time.Now().After(deadline) {
			d.t.Fatalf("%d records of %d: %s\n%+v", len(got), len(want), differing(sorted, got), d.files.State())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// differing names a few lines that are there too rarely or too often.
func differing(want, got []string) string {
	counts := map[string]int{}
	for _, s := range want {
		counts[s]--
	}
	for _, s := range got {
		counts[s]++
	}
	var list []string
	for s, n := range counts {
		if n != 0 {
			list = append(list, fmt.Sprintf("%+d %.60q", n, s))
		}
	}
	slices.Sort(list)
	return fmt.Sprintf("%d differ: %s", len(list), strings.Join(list[:min(len(list), 20)], ", "))
}

func numbered(from, to int) (list []string) {
	for i := from; i < to; i++ {
		list = append(list, fmt.Sprintf("line %d of the program", i))
	}
	return list
}

func lined(list []string) string { return strings.Join(list, "\n") + "\n" }

func TestFilesAreReadAsTheyGrow(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "*.log")
	d.append("a.log", "one\r\n\n  \ntw")
	d.start()
	d.holds("one")
	d.append("a.log", "o\nthree")
	d.append("b.log", "four\n")
	d.holds("one", "two", "four")
	d.append("a.log", "\n")
	d.holds("one", "two", "three", "four")
	r := d.records()[0]
	fields := fmt.Sprint(r.Fields)
	if r.Tenant != acme || r.Source != "files" || r.Input != "file" || !strings.Contains(fields, "{log.file.path "+d.path("a.log")+"}") ||
		!strings.Contains(fields, "{log.offset 0}") || !strings.Contains(fields, "{host.name box}") {
		t.Errorf("%+v", r)
	}
	if s := d.files.State(); s.Files != 2 || s.Behind != 0 || len(s.Problems) != 0 {
		t.Errorf("%+v", s)
	}
}

func TestAStopNeitherLosesNorDoublesLines(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log")
	all := numbered(0, 5000)
	for i := 0; i < len(all); i += 1000 {
		d.start()
		d.append("a.log", lined(all[i:i+700])+all[i+700][:6])
		d.stop() // wherever it is
		d.append("a.log", all[i+700][6:]+"\n"+lined(all[i+701:i+1000]))
	}
	d.start()
	d.holds(all...)
}

func TestRotationUnderLoad(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"app.log", "app.log*"} {
		for _, how := range []string{"rename", "copytruncate"} {
			t.Run(pattern+" "+how, func(t *testing.T) {
				t.Parallel()
				d := newTailed(t, pattern)
				d.start()
				all := numbered(0, 6000)
				rnd := rand.New(rand.NewPCG(1, 2))
				for i, since, round := 0, 0, 0; i < len(all); round++ {
					n := min(1+rnd.IntN(400), len(all)-i)
					d.append("app.log", lined(all[i:i+n]))
					i += n
					if round%3 != 2 {
						continue
					}
					// Nobody can tell of a file that came and went unseen.
					waitFor(t, "the file to be seen", func() bool { return slices.Contains(d.raws(), "files:"+all[since]) })
					since = i
					if how == "rename" {
						d.rename("app.log", fmt.Sprintf("app.log.%d", round))
					} else {
						d.copyTruncate("app.log", fmt.Sprintf("app.log.%d", round))
					}
					if round%2 == 0 {
						d.stop()
						d.start()
					}
				}
				d.holds(all...)
			})
		}
	}
}

func TestRotationWhileNobodyLooks(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"app.log", "app*.log*"} {
		for name, rotate := range map[string]func(d *tailed){
			"renamed":          func(d *tailed) { d.rename("app.log", "app.log.1") },
			"renamed in front": func(d *tailed) { d.rename("app.log", "app-20260101.log") },
			"cut off":          func(d *tailed) { d.copyTruncate("app.log", "app.log.1") },
		} {
			t.Run(pattern+" "+name, func(t *testing.T) {
				t.Parallel()
				d := newTailed(t, pattern)
				all := numbered(0, 400)
				d.append("app.log", lined(all[:100]))
				d.start()
				d.holds(all[:100]...)
				d.stop()
				d.append("app.log", lined(all[100:200]))
				rotate(d)
				d.append("app.log", lined(all[200:400])) // longer than it was
				d.start()
				d.holds(all...)
				d.stop()
				d.start()
				d.append("app.log", "the end\n")
				d.holds(append(all, "the end")...)
			})
		}
	}
}

func TestPackedFilesAreNotRead(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "*")
	d.append("app.log", lined(numbered(0, 10)))
	d.start()
	d.holds(numbered(0, 10)...)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = io.WriteString(zip, lined(numbered(0, 10)))
	_ = zip.Close()
	for _, name := range []string{"app.log.1.gz", "app.log.2"} {
		if err := os.WriteFile(d.path(name), packed.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(d.path("app.log")); err != nil {
		t.Fatal(err)
	}
	d.append("app.log", "after\n")
	d.holds(append(numbered(0, 10), "after")...)
	waitFor(t, "one file", func() bool { return d.files.State().Files == 1 })
}

func TestADeletedFileIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log")
	d.append("a.log", "one\n")
	d.start()
	d.holds("one")
	d.refuse(fault.ErrUnavailable)
	d.append("a.log", "two\nthree without an end")
	if err := os.Remove(d.path("a.log")); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a file not there", func() bool { return len(d.files.State().Problems) == 1 })
	d.refuse(nil)
	d.holds("one", "two", "three without an end")
	waitFor(t, "nothing remembered", func() bool { return d.files.State().Files == 0 && len(d.Marks("file/")) == 0 })
}

func TestARefusingQueueLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log")
	d.start()
	all := numbered(0, 3000)
	for i := 0; i < len(all); i += 300 {
		d.refuse(fault.ErrUnavailable)
		d.append("a.log", lined(all[i:i+300]))
		waitFor(t, "bytes behind", func() bool { return d.files.State().Behind > 0 })
		d.refuse(nil)
	}
	d.holds(all...)
}

func TestSuspendedCustomersFilesWait(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log")
	d.standing.set(acme, collect.Standing{Suspended: true})
	d.append("a.log", "one\n")
	d.start()
	waitFor(t, "a refusal", func() bool { return d.intake.Refused()["suspended"] > 0 })
	d.stop()
	d.standing.set(acme, collect.Standing{})
	d.start()
	d.holds("one")
}

func TestLongLinesAreCut(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log", func(p *input.FilePattern) { p.Join = true })
	long := strings.Repeat("x", 3*record.MaxRawBytes)
	d.append("a.log", "before\n"+long)
	d.start()
	d.holds("before")
	d.append("a.log", long+"\nafter\n"+strings.Repeat("\x00", 200_000)+"hole\n")
	d.holds("before", long[:record.MaxRawBytes], "after", "hole")
	if r := d.records()[1]; !strings.Contains(fmt.Sprint(r.Fields), "isoc.truncated true") {
		t.Errorf("%v", r.Fields)
	}
}

const trace = "2026-03-04 05:06:07 ERROR Order failed\njava.lang.IllegalStateException: no stock\n\tat com.shop.Order.place(Order.java:17)\n\tat com.shop.Main.main(Main.java:3)\nCaused by: java.io.IOException: closed\n\t... 2 more"

func TestLinesThatGoOnAreJoined(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log", func(p *input.FilePattern) { p.Join = true })
	d.start()
	head, rest, _ := strings.Cut(trace, "\n")
	for _, piece := range []string{"plain\n" + trace[:120], trace[120:] + "\nnext\n"} {
		d.append("a.log", piece)
	}
	d.holds("plain", head, rest, "next")
}

func TestFilesOfUTF16(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log", func(p *input.FilePattern) { p.Join = true })
	wide := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteByte(byte(r))
			b.WriteByte(byte(r >> 8))
		}
		return b.String()
	}
	d.append("a.log", "\xff\xfe"+wide("源一\r\n  two\r\n"))
	d.start()
	d.append("a.log", wide("\r\n上海"))
	d.append("a.log", wide(" 三\r\n"))
	d.holds("\xff\xfe"+wide("源一\r\n  two"), "\xff\xfe"+wide("上海 三"))
}

func TestOldLinesCanBeSkipped(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "*.log", func(p *input.FilePattern) { p.SkipOld = true })
	d.append("a.log", "old\n")
	d.start()
	waitFor(t, "the file", func() bool { return d.files.State().Files == 1 })
	d.stop()
	d.append("a.log", "new\n")
	d.append("b.log", "all of it\n")
	d.start()
	d.holds("new", "all of it")
}

func TestFilesWaitForTheirSource(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "a.log", func(p *input.FilePattern) { p.Named = "acme/Later" })
	d.patterns[0].Source = func() (*collect.Source, bool) { return d.registry.Named(acme, "Later") }
	d.append("a.log", "one\n")
	d.start()
	waitFor(t, "a problem", func() bool {
		p := d.files.State().Problems
		return len(p) == 1 && p[0].Code == "source" && strings.Contains(p[0].Detail, "acme/Later")
	})
	d.sources.set(collect.Source{ID: "later", Tenant: acme, Name: "Later"})
	if err := d.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.holds("one")
	waitFor(t, "no problem", func() bool { return len(d.files.State().Problems) == 0 })
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	t.Parallel()
	d := newTailed(t, "*.log")
	if err := os.Mkdir(d.path("dir.log"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.start()
	d.append("b.log", "one\n")
	d.holds("one")
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	d.append("a.log", "secret\n")
	if err := os.Chmod(d.path("a.log"), 0); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "a problem", func() bool {
		p := d.files.State().Problems
		return len(p) == 1 && p[0].Code == "unreadable"
	})
}
