package packfile

import (
	"archive/zip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

// Write packs a folder, signs it, and returns the manifest. The folder's own pack.json says what the pack is; its files, format and, where it
// has none, time are filled in here. Hidden files are left out; links are refused.
func Write(w io.Writer, fsys fs.FS, key ed25519.PrivateKey, now time.Time) (*Manifest, error) {
	text, err := fs.ReadFile(fsys, manifestName)
	if err != nil {
		return nil, err
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	m.Format, m.Files = format, nil
	if m.Created.IsZero() {
		m.Created = now.UTC().Truncate(time.Second)
	}
	var files []File
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir(), name == manifestName, name == signatureName:
			return nil
		case !d.Type().IsRegular():
			return refuse(name, "content.file.link", "is neither a file nor a folder")
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		m.Files = append(m.Files, Entry{Path: name, Kind: kindOf(name), Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])})
		files = append(files, File{Path: name, Data: data})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, m.write(w, files, key)
}

func kindOf(name string) Kind {
	lower := strings.ToLower(name)
	switch {
	case isRuleFile(name):
		return KindRule
	case strings.HasSuffix(lower, ".samples.yml"), strings.HasSuffix(lower, ".samples.yaml"):
		return KindSamples
	}
	return KindDocument
}

func (m *Manifest) write(w io.Writer, files []File, key ed25519.PrivateKey) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return errors.New("is no ed25519 key")
	}
	seal, err := json.Marshal(signature{Algorithm: algorithm, Key: KeyID(public), Signature: ed25519.Sign(key, text)})
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	for _, f := range append([]File{{manifestName, text}, {signatureName, append(seal, '\n')}}, files...) {
		// No time but the manifest's, so that the same folder at the same time gives the same bytes.
		out, err := z.CreateHeader(&zip.FileHeader{Name: f.Path, Method: zip.Deflate, Modified: m.Created})
		if err == nil {
			_, err = out.Write(f.Data)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}
