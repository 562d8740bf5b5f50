package packfile

import (
	"archive/zip"
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
)

// Bounds on what one archive may bring. SigmaHQ's whole repository is 8,000 files and 18 MiB.
const (
	MaxZIPBytes  = 64 << 20  // the archive itself
	MaxFiles     = 20_000    // entries, folders and ignored ones included
	MaxFileBytes = 1 << 20   // one file, unpacked
	MaxAllBytes  = 256 << 20 // all files that are read, unpacked

	maxManifestBytes  = 8 << 20
	maxSignatureBytes = 4 << 10
	maxPathBytes      = 512
)

// The names of what makes an archive a signed pack.
const (
	manifestName  = "pack.json"
	signatureName = "pack.sig"
)

// File is one file of a pack.
type File struct {
	Path string
	Data []byte
}

// Pack is everything an archive or a folder brings.
type Pack struct {
	Files   []File // rule files, by path
	Samples []File // the samples beside them, by path
	Ignored int    // other files
	// Manifest is what the signed manifest says, or nil where the archive is not signed.
	Manifest *Manifest
	Signer   string // id of the key that signed, or empty
	// Release is the version the archive tells of itself: the manifest's, or SigmaHQ's date. It may be empty.
	Release string
	// Known is the name of a well-known archive that is recognised by its layout ("sigmahq"), or empty.
	Known string

	bytes int64
}

// Keys returns the public key of an id, or the reason why nothing it signed is taken.
type Keys func(id string) (ed25519.PublicKey, error)

// Read reads an archive into memory; nothing is unpacked to disk. An archive with a manifest must be whole: signed by a key
// that keys gives, and holding exactly the files that the manifest lists. Of any other archive the rule files are read, and the caller
// decides whether to take what nobody signed. What is wrong is a [fault.Invalid] that names file and reason. Sizes an archive states
// are not believed: what comes out is counted.
func Read(r io.ReaderAt, size int64, keys Keys) (*Pack, error) {
	entries, err := index(r, size)
	if err != nil {
		return nil, err
	}
	manifest, signature := entries.named(manifestName), entries.named(signatureName)
	switch {
	case manifest != nil && signature != nil:
		return entries.signed(manifest, signature, keys)
	case manifest != nil:
		return nil, refuse(signatureName, "content.signature.missing", "is missing: the archive has a manifest that nobody signed")
	case signature != nil:
		return nil, refuse(manifestName, "content.manifest.missing", "is missing: the archive has a signature of nothing")
	}
	return entries.unsigned()
}

// entries are the regular files of an archive, by path.
type entries []*zip.File

// index checks every name before anything is unpacked.
func index(r io.ReaderAt, size int64) (entries, error) {
	if size > MaxZIPBytes {
		return nil, refuse("zip", "content.zip.large", fmt.Sprintf("is larger than %d MiB", MaxZIPBytes>>20))
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, refuse("zip", "content.zip.unreadable", "is not a readable ZIP archive")
	}
	if len(z.File) > MaxFiles {
		return nil, refuse("files", "content.files.many", fmt.Sprintf("are more than %d", MaxFiles))
	}
	var all entries
	seen := make(map[string]string, len(z.File)) // path in lower case → path
	for _, f := range z.File {
		name, err := safePath(f.Name)
		if err != nil {
			return nil, err
		}
		folder := f.Mode().IsDir()
		if before, twice := seen[strings.ToLower(name)]; twice {
			switch {
			case folder && before == name+"/":
				continue
			case strings.TrimSuffix(before, "/") == name:
				return nil, refuse(name, "content.file.twice", "is in the archive twice")
			}
			return nil, refuse(name, "content.file.case", "differs from "+strings.TrimSuffix(before, "/")+" only in upper and lower case")
		}
		if folder {
			seen[strings.ToLower(name)] = name + "/"
			continue
		}
		seen[strings.ToLower(name)] = name
		if !f.Mode().IsRegular() {
			return nil, refuse(name, "content.file.link", "is neither a file nor a folder")
		}
		if isRead(name) && f.UncompressedSize64 > bound(name) {
			return nil, refuse(name, "content.file.large", fmt.Sprintf("is larger than %d MiB", bound(name)>>20))
		}
		f.Name = name
		all = append(all, f)
	}
	slices.SortFunc(all, func(x, y *zip.File) int { return cmp.Compare(x.Name, y.Name) })
	return all, nil
}

func (e entries) named(name string) *zip.File {
	i, ok := slices.BinarySearchFunc(e, name, func(f *zip.File, name string) int { return cmp.Compare(f.Name, name) })
	if !ok {
		return nil
	}
	return e[i]
}

func isRead(name string) bool {
	return isRuleFile(name) || isSamples(name) || name == manifestName || name == signatureName
}

func bound(name string) uint64 {
	switch name {
	case manifestName:
		return maxManifestBytes
	case signatureName:
		return maxSignatureBytes
	}
	return MaxFileBytes
}

// unsigned reads what looks like a rule and counts the rest.
func (e entries) unsigned() (*Pack, error) {
	p := &Pack{}
	for _, f := range e {
		if !isRead(f.Name) {
			p.Ignored++
			continue
		}
		data, err := unpack(f, MaxFileBytes)
		if err != nil {
			return nil, err
		}
		if err := p.add(File{Path: f.Name, Data: data}); err != nil {
			return nil, err
		}
	}
	p.Known, p.Release = e.recognise(p.Files)
	return p, nil
}

// add puts a file where it belongs.
func (p *Pack) add(f File) error {
	if p.bytes += int64(len(f.Data)); p.bytes > MaxAllBytes {
		return refuse("files", "content.files.large", fmt.Sprintf("are more than %d MiB unpacked", MaxAllBytes>>20))
	}
	switch {
	case isRuleFile(f.Path):
		p.Files = append(p.Files, f)
	case isSamples(f.Path):
		p.Samples = append(p.Samples, f)
	default:
		p.Ignored++
	}
	return nil
}

func unpack(f *zip.File, limit int64) ([]byte, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, refuse(f.Name, "content.file.unreadable", "cannot be read")
	}
	return readAll(f.Name, rc, limit)
}

// readAll reads at most limit bytes and closes.
func readAll(name string, rc io.ReadCloser, limit int64) ([]byte, error) {
	defer func() { _ = rc.Close() }()
	data, err := io.ReadAll(io.LimitReader(rc, limit+1))
	if err != nil {
		return nil, refuse(name, "content.file.unreadable", "cannot be read: the archive is damaged")
	}
	if int64(len(data)) > limit {
		return nil, refuse(name, "content.file.large", fmt.Sprintf("is larger than %d KiB", limit>>10))
	}
	return data, nil
}

// ReadFS reads the rule files of a folder, which nobody signed. Links are ignored, so that a folder cannot reach outside itself.
func ReadFS(fsys fs.FS) (*Pack, error) {
	p := &Pack{}
	seen := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read folder: %w", err)
		}
		if seen++; seen > MaxFiles {
			return refuse("files", "content.files.many", fmt.Sprintf("are more than %d", MaxFiles))
		}
		if d.IsDir() {
			return nil
		}
		if !d.Type().IsRegular() || !isRead(name) || name == manifestName || name == signatureName {
			p.Ignored++
			return nil
		}
		f, err := fsys.Open(name)
		if err != nil {
			return refuse(name, "content.file.unreadable", "cannot be read")
		}
		data, err := readAll(name, f, MaxFileBytes)
		if err != nil {
			return err
		}
		return p.add(File{Path: name, Data: data})
	})
	if err != nil {
		return nil, err
	}
	for _, files := range [][]File{p.Files, p.Samples} {
		slices.SortFunc(files, func(x, y File) int { return cmp.Compare(x.Path, y.Path) })
	}
	return p, nil
}

// safePath refuses entries that would climb out of a folder they were unpacked into. We do not unpack; an archive that
// tries is not one to take rules from.
func safePath(name string) (string, error) {
	clean := path.Clean(name)
	if name == "" || len(name) > maxPathBytes || strings.ContainsAny(name, "\\\x00") || path.IsAbs(name) || clean == "." || clean == ".." ||
		strings.HasPrefix(clean, "../") || (len(name) > 1 && name[1] == ':') {
		return "", refuse(fmt.Sprintf("%.200q", name), "content.file.path", "is not a path inside the archive")
	}
	return clean, nil
}

// isRuleFile reports whether a file holds rules: YAML, neither hidden nor below a hidden folder, and no samples of a rule.
func isRuleFile(name string) bool {
	return isYAML(name) && !isSamples(name)
}

// isSamples reports whether a file holds samples of the rule beside it.
func isSamples(name string) bool {
	lower := strings.ToLower(name)
	return isYAML(name) && (strings.HasSuffix(lower, ".samples.yml") || strings.HasSuffix(lower, ".samples.yaml"))
}

func isYAML(name string) bool {
	lower := strings.ToLower(name)
	if !strings.HasSuffix(lower, ".yml") && !strings.HasSuffix(lower, ".yaml") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return false
		}
	}
	return true
}

// refuse is the error that refuses a whole pack because of one file or of the archive itself.
func refuse(field, code, reason string) error { return fault.NewInvalid(field, code, reason) }
