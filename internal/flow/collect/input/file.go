package input

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/record"
)

const (
	inputFile = "file"
	// MaxFiles bounds the files followed at the same time.
	MaxFiles = 1000
	// maxFileMarks bounds the places remembered of files that are not followed any more.
	maxFileMarks = MaxFiles / 2
	// sinceMarks are set once for each pattern whose files of before are not read.
	sinceMarks = "file-since/"
)

// FilePattern is one setting: which files, and whose they are.
type FilePattern struct {
	Path string // pattern of [filepath.Match]
	// Source returns whose the files are; not ok where there is no such source now.
	Source func() (*collect.Source, bool)
	Named  string // what the setting calls the source, for messages
	Join   bool   // lines that go on with the line before are one record with it
	// SkipOld leaves out what stood in the files when the pattern was first seen.
	SkipOld bool
}

// FilesOptions configures [Files].
type FilesOptions struct {
	Patterns   []FilePattern
	Intake     *collect.Intake
	Marks      collect.Marks
	Host       string        // host.name of records that name none
	Rescan     time.Duration // how often it is looked for new files, default 1 s
	Poll       time.Duration // how soon a file that grows is looked at again, default 100 ms; one at rest every Rescan
	Linger     time.Duration // how long a file whose name is gone is still followed after its last growth, default 1 min
	JoinWait   time.Duration // after which joined lines are taken to be whole, default 1 s
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Files reads log files of this host as they grow, through rotation by renaming, by cutting off and by compression. How far each was read is
// stored with the records, so that no line is lost or doubled by any end of the process. It looks instead of being told: inotify sees nothing on
// network file systems, and would need the same looking beside it.
type Files struct {
	o       FilesOptions
	log     *slog.Logger
	metrics *fileMetrics

	mu       sync.Mutex
	follows  map[fileID]*follower
	problems map[string]FileProblem // by pattern or path
	running  sync.WaitGroup
}

// FileProblem is what keeps files from being read.
type FileProblem struct{ Code, Detail string }

// FilesState is how it stands with the files.
type FilesState struct {
	Files    int
	Behind   int64 // bytes that stand in them and are not read yet
	Problems []FileProblem
}

// NewFiles returns an input that [Files.Run] runs.
func NewFiles(o FilesOptions) *Files {
	o.Rescan, o.Poll = cmp.Or(o.Rescan, time.Second), cmp.Or(o.Poll, 100*time.Millisecond)
	o.Linger, o.JoinWait = cmp.Or(o.Linger, time.Minute), cmp.Or(o.JoinWait, time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Files{
		o: o, log: o.Logger.With("component", "files"), metrics: newFileMetrics(o.Registerer),
		follows: map[fileID]*follower{}, problems: map[string]FileProblem{},
	}
}

// Run reads until ctx ends, and returns nil.
func (fs *Files) Run(ctx context.Context) error {
	defer fs.running.Wait()
	tick := time.NewTicker(fs.o.Rescan)
	defer tick.Stop()
	for first := true; ; first = false {
		fs.scan(ctx, first)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// State tells how it stands, for the health page.
func (fs *Files) State() FilesState {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	s := FilesState{Files: len(fs.follows)}
	for _, f := range fs.follows {
		s.Behind += f.behind.Load()
	}
	for _, p := range fs.problems {
		s.Problems = append(s.Problems, p)
	}
	slices.SortFunc(s.Problems, func(a, b FileProblem) int { return cmp.Compare(a.Detail, b.Detail) })
	return s
}

// found is a file that a pattern names.
type found struct {
	path    string
	pattern *FilePattern
	info    os.FileInfo
	since   bool // what it holds now is not to be read
}

// scan looks which files there are, and follows those that are new.
func (fs *Files) scan(ctx context.Context, first bool) {
	problems := map[string]FileProblem{}
	list := fs.list(ctx, problems)
	marks := fs.o.Marks.Marks(fileMarks)
	listed := make(map[fileID]bool, len(list))
	for _, each := range list {
		listed[idOf(each.info)] = true
	}
	fs.mu.Lock()
	for id, f := range fs.follows {
		f.listed.Store(listed[id])
	}
	fs.mu.Unlock()
	// Files that are known first: by them copies are told.
	slices.SortStableFunc(list, func(a, b found) int {
		_, one := marks[idOf(a.info).key()]
		_, two := marks[idOf(b.info).key()]
		return cmp.Compare(btoi(two), btoi(one))
	})
	for _, each := range list {
		fs.consider(ctx, each, problems)
	}
	if first {
		fs.findRenamed(ctx, list)
	}
	fs.tidyMarks(marks, listed)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for where, p := range problems {
		if fs.problems[where] != p {
			fs.log.Warn("log file", "problem", p.Code, "detail", p.Detail)
		}
	}
	fs.problems = problems
	fs.metrics.files.Set(float64(len(fs.follows)))
}

// list returns the files that the patterns name. A file that several name is the first one's.
func (fs *Files) list(ctx context.Context, problems map[string]FileProblem) []found {
	var list []found
	seen := map[fileID]bool{}
	for i := range fs.o.Patterns {
		p := &fs.o.Patterns[i]
		if _, ok := p.Source(); !ok {
			problems[p.Path] = FileProblem{"source", fmt.Sprintf("%s: there is no source %s", p.Path, p.Named)}
		}
		paths, err := filepath.Glob(p.Path)
		if err != nil || len(paths) == 0 {
			problems[p.Path] = FileProblem{"none", p.Path + ": no such file"}
		}
		since := p.SkipOld && fs.firstSeen(p.Path)
		for _, path := range paths {
			info, err := os.Stat(path)
			if err != nil || !info.Mode().IsRegular() || packed(path, nil) || seen[idOf(info)] {
				continue
			}
			seen[idOf(info)] = true
			list = append(list, found{path, p, info, since})
		}
		if since {
			fs.setSince(ctx, p.Path, list)
		}
	}
	return list
}

func (fs *Files) firstSeen(pattern string) bool {
	return len(fs.o.Marks.Marks(sinceMarks+owner(pattern))) == 0
}

// setSince remembers the ends of the files there are, and that the pattern was seen.
func (fs *Files) setSince(ctx context.Context, pattern string, list []found) {
	for _, each := range list {
		if !each.since || len(fs.o.Marks.Marks(idOf(each.info).key())) > 0 {
			continue
		}
		f, info, err := openFile(each.path)
		if err != nil {
			continue
		}
		head, err := headOf(f, headBytes)
		_ = f.Close()
		if err == nil && idOf(info) == idOf(each.info) && int64(len(head)) >= min(info.Size(), headBytes) {
			fs.setMark(ctx, place{owner: owner(pattern)}.beginning(head, info.Size()).mark(idOf(info)))
		}
	}
	fs.setMark(ctx, record.Mark{Key: sinceMarks + owner(pattern), Value: "seen"})
}

func (fs *Files) setMark(ctx context.Context, m record.Mark) bool {
	err := persist(ctx, func() error { return fs.o.Marks.SetMark(ctx, m) })
	if err != nil && ctx.Err() == nil {
		fs.log.Warn("place in a file is not kept", "error", err)
	}
	return err == nil
}

// consider follows a file unless it is followed already, compressed, or a copy of one that is.
func (fs *Files) consider(ctx context.Context, each found, problems map[string]FileProblem) {
	id := idOf(each.info)
	fs.mu.Lock()
	known := fs.follows[id]
	full := len(fs.follows) >= MaxFiles
	fs.mu.Unlock()
	switch {
	case known != nil:
		known.name(each.path)
		return
	case full:
		problems[each.pattern.Path] = FileProblem{"many", fmt.Sprintf("%s: more than %d files", each.pattern.Path, MaxFiles)}
		return
	}
	f, info, err := openFile(each.path)
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			problems[each.path] = FileProblem{"unreadable", fmt.Sprintf("%s: %v", each.path, pathless(err))}
		}
		return
	}
	head := make([]byte, 8)
	n, _ := f.ReadAt(head, 0)
	if idOf(info) != id || packed("", head[:n]) {
		_ = f.Close()
		return
	}
	copied := fs.isCopy(f, info, each.path) // before it is asked for its place, which it may be given in between
	from, ok := fs.placeOf(f, id)
	if !ok && copied {
		_ = f.Close()
		return
	}
	from.owner = owner(each.pattern.Path)
	fs.follow(ctx, f, id, each.path, each.pattern, from, true)
}

// placeOf returns how far a file was read; ok is false where that is not known of what it holds now. Then the place may be that of what it held
// before. A device may have another number after the machine has started anew.
func (fs *Files) placeOf(f *os.File, id fileID) (p place, ok bool) {
	own, known := parsePlace(fs.o.Marks.Marks(id.key())[id.key()])
	if known {
		if same, err := own.holds(f); err == nil && same {
			return own, own.offset > 0
		}
	}
	for _, value := range fs.o.Marks.Marks(fmt.Sprintf("%s%d/", fileMarks, id.ino)) {
		if p, ok := parsePlace(value); ok && p.head > 0 {
			if same, err := p.holds(f); err == nil && same {
				return p, true
			}
		}
	}
	return own, false
}

// isCopy reports whether a file is a copy of one that is followed: rotation copies a file and then cuts it off. What the copy holds comes
// from the one that it was copied from; what that did not come to read is fetched from the copy when it is cut off.
func (fs *Files) isCopy(f *os.File, info os.FileInfo, path string) bool {
	for _, other := range fs.neighbours(path) {
		if other.id == idOf(info) || !related(filepath.Base(other.path()), filepath.Base(path)) {
			continue
		}
		p, begin := other.reading()
		head, err := headOf(f, max(p.head, len(begin)))
		switch {
		case err != nil || p.head == 0:
		case len(head) < len(begin) && bytes.HasPrefix(begin, head):
			return true // being copied, or nothing yet
		case len(head) < p.head || sum(head[:p.head]) != p.sum:
		case p.head < headBytes && info.Size() > max(other.size(), p.offset):
			// short, and there is more in it than ever was in the other
		default:
			return true
		}
	}
	return false
}

// neighbours are the files followed in the same directory.
func (fs *Files) neighbours(path string) []*follower {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var list []*follower
	for _, f := range fs.follows {
		if filepath.Dir(f.path()) == filepath.Dir(path) {
			list = append(list, f)
		}
	}
	return list
}

// follow begins to read a file; it closes f where it cannot.
func (fs *Files) follow(ctx context.Context, f *os.File, id fileID, path string, p *FilePattern, from place, listed bool) {
	w := &follower{fs: fs, file: f, id: id, pattern: p, at: from, named: path}
	w.listed.Store(listed)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.follows[id] != nil || len(fs.follows) >= MaxFiles || ctx.Err() != nil {
		_ = f.Close()
		return
	}
	fs.follows[id] = w
	fs.running.Go(func() {
		gone := w.run(ctx)
		_ = f.Close()
		fs.mu.Lock()
		delete(fs.follows, id)
		fs.mu.Unlock()
		if gone {
			fs.o.Marks.DropMarks(id.key())
		}
	})
}

// findRenamed looks, at the start, beside the files for such as were renamed while nobody followed them and have more in them than was read.
func (fs *Files) findRenamed(ctx context.Context, list []found) {
	owners, dirs := map[string]*FilePattern{}, map[string]bool{}
	for i := range fs.o.Patterns {
		p := &fs.o.Patterns[i]
		owners[owner(p.Path)] = p
		dirs[filepath.Dir(p.Path)] = true
	}
	for _, each := range list {
		dirs[filepath.Dir(each.path)] = true
	}
	marks := fs.o.Marks.Marks(fileMarks)
	for dir := range dirs {
		eachFile(dir, func(path string, info os.FileInfo) {
			p, ok := parsePlace(marks[idOf(info).key()])
			pattern := owners[p.owner]
			if !ok || pattern == nil || info.Size() <= p.offset || packed(path, nil) {
				return
			}
			f, info, err := openFile(path)
			if err != nil {
				return
			}
			if same, err := p.holds(f); err != nil || !same {
				_ = f.Close()
				return
			}
			fs.follow(ctx, f, idOf(info), path, pattern, p, false)
		})
	}
}

// eachFile calls fn with the regular files of a directory.
func eachFile(dir string, fn func(path string, info os.FileInfo)) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		fn(filepath.Join(dir, e.Name()), info)
	}
}

// tidyMarks forgets places in files that are not there any more, where there are many.
func (fs *Files) tidyMarks(marks map[string]string, listed map[fileID]bool) {
	fs.mu.Lock()
	for id := range fs.follows {
		delete(marks, id.key())
	}
	fs.mu.Unlock()
	for id := range listed {
		delete(marks, id.key())
	}
	over := len(marks) - maxFileMarks
	for key := range marks {
		if over--; over < 0 {
			return
		}
		fs.o.Marks.DropMarks(key)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pathless strips the path off an error, where it stands beside it already.
func pathless(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

type fileMetrics struct {
	files                  prometheus.Gauge
	cut, rotated, copyTail prometheus.Counter
}

func newFileMetrics(reg prometheus.Registerer) *fileMetrics {
	m := &fileMetrics{
		files:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "isoc_files_followed", Help: "Log files followed now."}),
		cut:      prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_files_cut_total", Help: "Lines longer than a record may be, which were cut."}),
		rotated:  prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_files_truncated_total", Help: "Files that were found cut off, and read from their start."}),
		copyTail: prometheus.NewCounter(prometheus.CounterOpts{Name: "isoc_files_copies_total", Help: "Copies of files cut off that held what had not been read."}),
	}
	if reg != nil {
		reg.MustRegister(m.files, m.cut, m.rotated, m.copyTail)
	}
	return m
}
