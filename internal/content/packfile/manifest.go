package packfile

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// format is the number of the only format of packs there is.
const format = 1

// Kind says what a file of a signed pack is. A reader that does not know a kind refuses the pack: half of what somebody signed
// as a whole is not what he signed.
type Kind string

// The kinds.
const (
	KindRule     Kind = "rule"     // Sigma documents
	KindSamples  Kind = "samples"  // samples of the rule beside it; not read yet
	KindDocument Kind = "document" // read me, licence; never read
)

// Manifest says what a signed pack is and lists every file in it but the manifest and the signature.
type Manifest struct {
	Format  int    `json:"format"`
	Name    string `json:"name"`
	Version string `json:"version"` // semantic: 1.4.0
	Title   string `json:"title"`
	TitleZH string `json:"title_zh,omitempty"`
	Author  string `json:"author"`
	Licence string `json:"licence,omitempty"`
	// Created is when the pack was made.
	Created time.Time `json:"created"`
	// MinimumProduct is the oldest version of the product that may take the pack; empty means any.
	MinimumProduct string  `json:"minimum_product,omitempty"`
	Files          []Entry `json:"files"`
}

// Entry is one file of a manifest.
type Entry struct {
	Path   string `json:"path"`
	Kind   Kind   `json:"kind"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // in hex, lower case
}

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$`)

// ValidName reports whether a pack may be called so: 1–64 letters, digits, blanks, dots, dashes or underscores, of which the first is a letter or digit.
func ValidName(name string) bool { return namePattern.MatchString(name) }

// signed reads a pack with a manifest: first who signed it, then what it says, then whether that is all there is.
func (e entries) signed(manifest, signature *zip.File, keys Keys) (*Pack, error) {
	text, err := unpack(manifest, maxManifestBytes)
	if err != nil {
		return nil, err
	}
	seal, err := unpack(signature, maxSignatureBytes)
	if err != nil {
		return nil, err
	}
	signer, err := verify(text, seal, keys)
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(text)
	if err != nil {
		return nil, err
	}
	p := &Pack{Manifest: m, Signer: signer, Release: m.Version}
	listed := make(map[string]Entry, len(m.Files))
	for _, f := range m.Files {
		listed[f.Path] = f
	}
	for _, f := range e {
		if f.Name == manifestName || f.Name == signatureName {
			continue
		}
		entry, ok := listed[f.Name]
		if !ok {
			return nil, refuse(f.Name, "content.manifest.unlisted", "is not in the manifest")
		}
		delete(listed, f.Name)
		data, err := unpack(f, MaxFileBytes)
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != entry.SHA256 || int64(len(data)) != entry.Size {
			return nil, refuse(f.Name, "content.manifest.hash", "is not what the manifest says: size or SHA-256 differ")
		}
		if err := p.add(File{Path: f.Name, Data: data}); err != nil {
			return nil, err
		}
	}
	for _, f := range m.Files {
		if _, missing := listed[f.Path]; missing {
			return nil, refuse(f.Path, "content.manifest.absent", "is in the manifest and not in the archive")
		}
	}
	return p, nil
}

// parseManifest reads a manifest whose signature holds. The one who signed may still have made mistakes.
func parseManifest(text []byte) (*Manifest, error) {
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return nil, refuse(manifestName, "content.manifest.unreadable", "cannot be read: "+strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, refuse(manifestName, "content.manifest.unreadable", "cannot be read: there is something after the manifest")
	}
	return &m, m.check()
}

func (m *Manifest) check() error {
	field := func(name, reason string) error {
		return refuse(manifestName, "content.manifest.field", name+": "+reason)
	}
	switch {
	case m.Format != format:
		return refuse(manifestName, "content.manifest.format", fmt.Sprintf("is of format %d; this version of the product reads format %d", m.Format, format))
	case !ValidName(m.Name):
		return field("name", "must be 1–64 letters, digits, blanks, dots, dashes or underscores, and begin with a letter or digit")
	case !IsVersion(m.Version):
		return field("version", "must be a semantic version such as 1.4.0")
	case m.MinimumProduct != "" && !IsVersion(m.MinimumProduct):
		return field("minimum_product", "must be a semantic version such as 1.4.0")
	case len(m.Files) == 0:
		return field("files", "must list a file")
	case m.Created.IsZero():
		return field("created", "must be a time")
	}
	for name, value := range map[string]string{"title": m.Title, "title_zh": m.TitleZH, "author": m.Author, "licence": m.Licence} {
		if len(value) > 200 || !utf8.ValidString(value) {
			return field(name, "must be at most 200 bytes of text")
		}
	}
	seen := make(map[string]bool, len(m.Files))
	for _, f := range m.Files {
		clean, err := safePath(f.Path)
		switch {
		case err != nil:
			return err
		case clean != f.Path:
			return refuse(f.Path, "content.file.path", "is not a path inside the archive")
		case f.Path == manifestName || f.Path == signatureName:
			return refuse(f.Path, "content.manifest.self", "cannot list itself or its signature")
		case seen[strings.ToLower(f.Path)]:
			return refuse(f.Path, "content.file.twice", "is in the manifest twice")
		case f.Kind != kindOf(f.Path):
			return refuse(f.Path, "content.manifest.kind", fmt.Sprintf("is listed as %.40q; this version of the product knows rules and samples in YAML, and documents", f.Kind))
		}
		seen[strings.ToLower(f.Path)] = true
	}
	return nil
}

// verify returns the id of the key that signed these very bytes.
func verify(manifest, seal []byte, keys Keys) (signer string, err error) {
	s, err := parseSignature(seal)
	if err != nil {
		return "", err
	}
	key, err := keys(s.Key)
	if err != nil {
		return "", err
	}
	if !ed25519.Verify(key, manifest, s.Signature) {
		return "", refuse(signatureName, "content.signature.wrong", "does not fit the manifest: one of them was changed, or another key signed")
	}
	return s.Key, nil
}

var releaseDate = regexp.MustCompile(`\br?(20[0-9]{2}-[0-9]{2}-[0-9]{2})\b`)

// SigmaHQ is the name under which SigmaHQ's archives are known.
const SigmaHQ = "sigmahq"

// recognise knows SigmaHQ's archives by their folders: the release's (rules/, rules-emerging-threats/ …, and version.txt), and that
// of the repository, which has all in one folder that is named for the release.
func (e entries) recognise(files []File) (name, release string) {
	top := ""
	if len(files) > 0 {
		if first, _, ok := strings.Cut(files[0].Path, "/"); ok && strings.HasPrefix(first, "sigma-") {
			top = first + "/"
		}
	}
	known := 0
	for _, f := range files {
		rest, ok := strings.CutPrefix(f.Path, top)
		if !ok {
			return "", ""
		}
		folder, inner, _ := strings.Cut(rest, "/")
		if folder == "rules" || strings.HasPrefix(folder, "rules-") {
			// The category and product folders of SigmaHQ, so that just any "rules" folder is not taken for theirs.
			sub, _, deep := strings.Cut(inner, "/")
			if deep && slices.Contains([]string{"windows", "linux", "macos", "cloud", "network", "web", "application", "category"}, sub) || folder != "rules" {
				known++
			}
		} else if top == "" {
			return "", ""
		}
	}
	if known < 2 || known*2 < len(files) {
		return "", ""
	}
	for _, where := range []string{"version.txt", top + "version.txt"} {
		if f := e.named(where); f != nil {
			if text, err := unpack(f, maxSignatureBytes); err == nil {
				if found := releaseDate.FindSubmatch(text); found != nil {
					return SigmaHQ, "r" + string(found[1])
				}
			}
		}
	}
	if found := releaseDate.FindStringSubmatch(path.Clean(top)); found != nil {
		return SigmaHQ, "r" + found[1]
	}
	return SigmaHQ, ""
}
