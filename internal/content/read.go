package content

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
)

// Bounds on what one import may bring. SigmaHQ's whole repository is 8,000 files and 18 MiB.
const (
	MaxZIPBytes  = 64 << 20  // the archive itself
	maxFiles     = 20_000    // entries, folders and ignored ones included
	maxFileBytes = 1 << 20   // one rule file, unpacked
	maxAllBytes  = 256 << 20 // all rule files together, unpacked
)

// file is one rule file of an import.
type file struct {
	path string
	data []byte
}

// bundle is everything an import brings, in order of path.
type bundle struct {
	files   []file
	ignored int
	seen    int
	bytes   int64
}

// readZIP reads the rule files of a ZIP archive into memory; nothing is unpacked to disk. Sizes the archive states are
// not believed: what comes out is counted.
func readZIP(r io.ReaderAt, size int64) (*bundle, error) {
	if size > MaxZIPBytes {
		return nil, refuse("zip", "content.zip.large", fmt.Sprintf("is larger than %d MiB", MaxZIPBytes>>20))
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refuse("zip", "content.zip.unreadable", "is not a readable ZIP archive")
	}
	b := &bundle{}
	for _, f := range z.File {
		name, err := safePath(f.Name)
		if err != nil {
			return nil, err
		}
		if err := b.add(name, f.Mode(), func() (io.ReadCloser, error) { return f.Open() }); err != nil {
			return nil, err
		}
	}
	return b.sorted()
}

// readFS reads the rule files of a folder. Links are ignored, so that a folder cannot reach outside itself.
func readFS(fsys fs.FS) (*bundle, error) {
	b := &bundle{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		if d.IsDir() {
			return nil
		}
		return b.add(name, d.Type(), func() (io.ReadCloser, error) { return fsys.Open(name) })
	})
	if err != nil {
		return nil, err
	}
	return b.sorted()
}

// safePath refuses entries that would climb out of a folder they were unpacked into. We do not unpack; an archive that
// tries is not one to take rules from.
func safePath(name string) (string, error) {
	clean := path.Clean(name)
	if name == "" || strings.ContainsAny(name, "\\\x00") || path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") ||
		(len(name) > 1 && name[1] == ':') {
		return "", refuse(fmt.Sprintf("%.200q", name), "content.file.path", "is not a path inside the archive")
	}
	return clean, nil
}

func (b *bundle) add(name string, mode fs.FileMode, open func() (io.ReadCloser, error)) error {
	if b.seen++; b.seen > maxFiles {
		return refuse("files", "content.files.many", fmt.Sprintf("are more than %d", maxFiles))
	}
	if mode.IsDir() {
		return nil
	}
	if !mode.IsRegular() || !isRuleFile(name) {
		b.ignored++
		return nil
	}
	data, err := readAll(name, open)
	if err != nil {
		return err
	}
	if b.bytes += int64(len(data)); b.bytes > maxAllBytes {
		return refuse("files", "content.files.large", fmt.Sprintf("are more than %d MiB unpacked", maxAllBytes>>20))
	}
	b.files = append(b.files, file{path: name, data: data})
	return nil
}

func readAll(name string, open func() (io.ReadCloser, error)) ([]byte, error) {
	rc, err := open()
	if err != nil {
		return nil, refuse(name, "content.file.unreadable", "cannot be read")
	}
	defer func() { _ = rc.Close() }()
	data, err := io.ReadAll(io.LimitReader(rc, maxFileBytes+1))
	if err != nil {
		return nil, refuse(name, "content.file.unreadable", "cannot be read: the archive is damaged")
	}
	if len(data) > maxFileBytes {
		return nil, refuse(name, "content.file.large", fmt.Sprintf("is larger than %d MiB", maxFileBytes>>20))
	}
	return data, nil
}

// isRuleFile reports whether a file is read: YAML, neither hidden nor below a hidden folder, and no samples of a rule.
func isRuleFile(name string) bool {
	lower := strings.ToLower(name)
	if !strings.HasSuffix(lower, ".yml") && !strings.HasSuffix(lower, ".yaml") {
		return false
	}
	if strings.HasSuffix(lower, ".samples.yml") || strings.HasSuffix(lower, ".samples.yaml") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return false
		}
	}
	return true
}

// sorted orders the files by path and refuses two of one path.
func (b *bundle) sorted() (*bundle, error) {
	slices.SortStableFunc(b.files, func(x, y file) int { return cmp.Compare(x.path, y.path) })
	for i := 1; i < len(b.files); i++ {
		if b.files[i].path == b.files[i-1].path {
			return nil, refuse(b.files[i].path, "content.file.twice", "is in the archive twice")
		}
	}
	return b, nil
}

// refuse is the error that refuses a whole import because of one file or of the archive itself.
func refuse(field, code, reason string) error { return fault.NewInvalid(field, code, reason) }
