package packfile

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
)

var made = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func keyPair(t testing.TB) (ed25519.PrivateKey, ed25519.PublicKey) {
	t.Helper()
	private, public, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	pub, err := ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key, pub
}

func trusting(pub ed25519.PublicKey) Keys {
	return func(id string) (ed25519.PublicKey, error) {
		if id != KeyID(pub) {
			return nil, refuse("signature", "content.key.unknown", "is not trusted")
		}
		return pub, nil
	}
}

func folder() fstest.MapFS {
	return fstest.MapFS{
		"pack.json":           {Data: []byte(`{"name":"acme","version":"1.2.0","title":"Acme rules","title_zh":"规则","author":"Acme","licence":"DRL-1.1"}`)},
		"rules/a.yml":         {Data: []byte("title: a")},
		"rules/a.samples.yml": {Data: []byte("positive: []")},
		"README.md":           {Data: []byte("hello")},
		".git/config":         {Data: []byte("x")},
	}
}

func sealed(t testing.TB, fsys fs.FS, key ed25519.PrivateKey) []byte {
	t.Helper()
	var buf bytes.Buffer
	if _, err := Write(&buf, fsys, key, made); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestSignedPackIsReadBack(t *testing.T) {
	t.Parallel()
	key, pub := keyPair(t)
	data := sealed(t, folder(), key)
	if !bytes.Equal(data, sealed(t, folder(), key)) {
		t.Error("the same folder gave other bytes")
	}
	p, err := Read(bytes.NewReader(data), int64(len(data)), trusting(pub))
	if err != nil {
		t.Fatal(err)
	}
	if p.Manifest == nil || p.Manifest.Name != "acme" || p.Release != "1.2.0" || p.Signer != KeyID(pub) || !p.Manifest.Created.Equal(made) || len(p.Manifest.Files) != 3 {
		t.Errorf("pack %+v, manifest %+v", p, p.Manifest)
	}
	if len(p.Files) != 1 || p.Files[0].Path != "rules/a.yml" || len(p.Samples) != 1 || p.Ignored != 1 {
		t.Errorf("files %v, samples %v, %d ignored", p.Files, p.Samples, p.Ignored)
	}
}

// entry is one file of an archive that a test takes apart.
type entry struct {
	name string
	data []byte
	mode fs.FileMode
}

func open(t testing.TB, data []byte) []entry {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	for _, f := range z.File {
		text, err := unpack(f, maxManifestBytes)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry{name: f.Name, data: text})
	}
	return all
}

func closed(t testing.TB, all []entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range all {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(e.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// resign gives the archive another manifest that its owner signed.
func resign(t testing.TB, all []entry, key ed25519.PrivateKey, change func(*Manifest)) []entry {
	t.Helper()
	for i, e := range all {
		if e.name != manifestName {
			continue
		}
		var m Manifest
		if err := json.Unmarshal(e.data, &m); err != nil {
			t.Fatal(err)
		}
		change(&m)
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		all[i].data = text
		all = sign(t, all, key, text)
	}
	return all
}

func sign(t testing.TB, all []entry, key ed25519.PrivateKey, text []byte) []entry {
	t.Helper()
	seal, err := json.Marshal(signature{Algorithm: algorithm, Key: KeyID(key.Public().(ed25519.PublicKey)), Signature: ed25519.Sign(key, text)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].name == signatureName {
			all[i].data = seal
		}
	}
	return all
}

func without(all []entry, name string) []entry {
	var kept []entry
	for _, e := range all {
		if e.name != name {
			kept = append(kept, e)
		}
	}
	return kept
}

func TestSignedPackIsRefusedWhole(t *testing.T) {
	t.Parallel()
	key, pub := keyPair(t)
	stranger, _ := keyPair(t)
	good := sealed(t, folder(), key)
	edit := func(change func([]entry) []entry) []byte { return closed(t, change(open(t, good))) }
	manifest := func(change func(*Manifest)) []byte {
		return edit(func(all []entry) []entry { return resign(t, all, key, change) })
	}
	set := func(name, text string) []byte {
		return edit(func(all []entry) []entry {
			for i := range all {
				if all[i].name == name {
					all[i].data = []byte(text)
				}
			}
			return all
		})
	}
	for _, c := range []struct {
		name        string
		data        []byte
		field, code string
	}{
		{"manifest changed after signing", edit(func(all []entry) []entry {
			all[0].data = bytes.Replace(all[0].data, []byte("1.2.0"), []byte("9.2.0"), 1)
			return all
		}), "pack.sig", "content.signature.wrong"},
		{"signed by a stranger in the owner's name", edit(func(all []entry) []entry {
			return sign(t, all, stranger, all[0].data)
		}), "signature", "content.key.unknown"},
		{"signature of a stranger under the owner's id", edit(func(all []entry) []entry {
			all = sign(t, all, stranger, all[0].data)
			all[1].data = bytes.Replace(all[1].data, []byte(KeyID(stranger.Public().(ed25519.PublicKey))), []byte(KeyID(pub)), 1)
			return all
		}), "pack.sig", "content.signature.wrong"},
		{"signature no JSON", set(signatureName, "x"), "pack.sig", "content.signature.unreadable"},
		{"signature too short", set(signatureName, `{"algorithm":"ed25519","key":"0123456789abcdef","signature":"AAAA"}`), "pack.sig", "content.signature.unreadable"},
		{"another algorithm", set(signatureName, `{"algorithm":"none","key":"`+KeyID(pub)+`","signature":""}`), "pack.sig", "content.signature.unreadable"},
		{"signature taken off", edit(func(all []entry) []entry { return without(all, signatureName) }), "pack.sig", "content.signature.missing"},
		{"manifest taken off", edit(func(all []entry) []entry { return without(all, manifestName) }), "pack.json", "content.manifest.missing"},
		{"truncated", good[:len(good)-30], "zip", "content.zip.unreadable"},
		{"rule changed", set("rules/a.yml", "title: b"), "rules/a.yml", "content.manifest.hash"},
		{"document changed", set("README.md", "hellO"), "README.md", "content.manifest.hash"},
		{"file added", edit(func(all []entry) []entry { return append(all, entry{name: "rules/b.yml", data: []byte("title: b")}) }), "rules/b.yml", "content.manifest.unlisted"},
		{"hidden file added", edit(func(all []entry) []entry { return append(all, entry{name: ".x", data: []byte("x")}) }), ".x", "content.manifest.unlisted"},
		{"file taken out", edit(func(all []entry) []entry { return without(all, "README.md") }), "README.md", "content.manifest.absent"},
		{"file twice", edit(func(all []entry) []entry { return append(all, entry{name: "README.md", data: []byte("hello")}) }), "README.md", "content.file.twice"},
		{"manifest twice", edit(func(all []entry) []entry { return append(all, all[0]) }), "pack.json", "content.file.twice"},
		{"file in other case", edit(func(all []entry) []entry { return append(all, entry{name: "Readme.md", data: []byte("x")}) }), "Readme.md", "content.file.case"},
		{"path climbs out", edit(func(all []entry) []entry { return append(all, entry{name: "../a.yml"}) }), `"../a.yml"`, "content.file.path"},
		{"link", edit(func(all []entry) []entry {
			return append(all, entry{name: "rules/l.yml", data: []byte("/etc/passwd"), mode: fs.ModeSymlink | 0o777})
		}), "rules/l.yml", "content.file.link"},
		{"listed path climbs out", manifest(func(m *Manifest) { m.Files[0].Path = "../x.md" }), `"../x.md"`, "content.file.path"},
		{"listed path unclean", manifest(func(m *Manifest) { m.Files[0].Path = "./README.md" }), "./README.md", "content.file.path"},
		{"listed twice", manifest(func(m *Manifest) { m.Files = append(m.Files, m.Files[0]) }), "README.md", "content.file.twice"},
		{"lists itself", manifest(func(m *Manifest) { m.Files[0].Path = "pack.json" }), "pack.json", "content.manifest.self"},
		{"unknown kind", manifest(func(m *Manifest) { m.Files[0].Kind = "parser" }), "README.md", "content.manifest.kind"},
		{"rule called a document", manifest(func(m *Manifest) { m.Files[2].Kind = KindDocument }), "rules/a.yml", "content.manifest.kind"},
		{"format of tomorrow", manifest(func(m *Manifest) { m.Format = 2 }), "pack.json", "content.manifest.format"},
		{"bad name", manifest(func(m *Manifest) { m.Name = "../x" }), "pack.json", "content.manifest.field"},
		{"bad version", manifest(func(m *Manifest) { m.Version = "1" }), "pack.json", "content.manifest.field"},
		{"no files", manifest(func(m *Manifest) { m.Files = nil }), "pack.json", "content.manifest.field"},
		{"title too long", manifest(func(m *Manifest) { m.Title = strings.Repeat("x", 201) }), "pack.json", "content.manifest.field"},
		{"unknown field", edit(func(all []entry) []entry {
			all[0].data = append([]byte(`{"surprise":1,`), all[0].data[1:]...)
			return sign(t, all, key, all[0].data)
		}), "pack.json", "content.manifest.unreadable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Read(bytes.NewReader(c.data), int64(len(c.data)), trusting(pub))
			wantInvalid(t, err, c.field, c.code)
		})
	}
}

// TestTruncatedAnywhereIsRefused cuts a good pack at every byte.
func TestTruncatedAnywhereIsRefused(t *testing.T) {
	t.Parallel()
	key, pub := keyPair(t)
	good := sealed(t, folder(), key)
	for n := range good {
		if _, err := Read(bytes.NewReader(good[:n]), int64(n), trusting(pub)); !errors.Is(err, fault.ErrInvalid) {
			t.Fatalf("cut at byte %d of %d: %v", n, len(good), err)
		}
	}
}

// TestFlippedAnywhereIsRefusedOrTheSame flips one bit at every byte: whatever is still taken is exactly what was signed.
func TestFlippedAnywhereIsRefusedOrTheSame(t *testing.T) {
	t.Parallel()
	key, pub := keyPair(t)
	good := sealed(t, folder(), key)
	want, err := Read(bytes.NewReader(good), int64(len(good)), trusting(pub))
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for n := range good {
		bad := bytes.Clone(good)
		bad[n] ^= 1
		p, err := Read(bytes.NewReader(bad), int64(len(bad)), trusting(pub))
		if err != nil {
			refused++
			continue
		}
		if diff := cmp.Diff(want.Files, p.Files); diff != "" || !cmp.Equal(want.Manifest, p.Manifest) {
			t.Fatalf("bit flipped at byte %d went unnoticed:\n%s", n, diff)
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

func TestBombInASignedPackStopsAtTheBound(t *testing.T) {
	t.Parallel()
	key, pub := keyPair(t)
	all := open(t, sealed(t, folder(), key))
	zeros := bytes.Repeat([]byte{0}, MaxFileBytes+1)
	for i := range all {
		if all[i].name == "README.md" {
			all[i].data = zeros
		}
	}
	data := closed(t, all)
	_, err := Read(bytes.NewReader(data), int64(len(data)), trusting(pub))
	wantInvalid(t, err, "README.md", "content.file.large")
}

func TestLinksAndBadManifestsAreNotPacked(t *testing.T) {
	t.Parallel()
	key, _ := keyPair(t)
	link := folder()
	link["rules/l.yml"] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink}
	none := folder()
	delete(none, "pack.json")
	bad := folder()
	bad["pack.json"] = &fstest.MapFile{Data: []byte(`{"name":"acme","version":"one"}`)}
	for name, f := range map[string]fs.FS{"link": link, "no manifest": none, "bad version": bad} {
		if _, err := Write(&bytes.Buffer{}, f, key, made); err == nil {
			t.Errorf("%s: packed", name)
		}
	}
}

func TestKeysAreReadOrRefused(t *testing.T) {
	t.Parallel()
	private, public, err := GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"empty": "", "the private key": string(private), "two keys": string(public) + string(public),
		"another kind of key": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAAAA\n-----END PUBLIC KEY-----\n"} {
		if _, err := ParsePublicKey([]byte(text)); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ParsePrivateKey(public); err == nil {
		t.Error("a public key was read as a private one")
	}
}

func TestReleasesAreOrdered(t *testing.T) {
	t.Parallel()
	rising := []string{"0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0"}
	for i, a := range rising {
		for j, b := range rising {
			if got, ok := Compare(a, b); !ok || got != compareInts(i, j) {
				t.Errorf("Compare(%s, %s) = %d, %t", a, b, got, ok)
			}
		}
	}
	if got, ok := Compare("1.0.0+a", "1.0.0+b"); !ok || got != 0 {
		t.Errorf("builds differ: %d, %t", got, ok)
	}
	if got, ok := Compare("r2025-10-01", "r2025-09-30"); !ok || got != 1 {
		t.Errorf("dates: %d, %t", got, ok)
	}
	for _, bad := range []string{"", "1", "1.0", "01.0.0", "1.0.0.0", "r2025-10-01", "v1.0.0", "9999999999.0.0"} {
		if _, ok := Compare(bad, "1.0.0"); ok {
			t.Errorf("%q was compared", bad)
		}
	}
}

func compareInts(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestSigmaHQIsKnownByItsFolders(t *testing.T) {
	t.Parallel()
	release := []string{"rules/windows/a/b.yml", "x", "rules/linux/c.yml", "x", "rules-emerging-threats/2025/d.yml", "x"}
	for _, c := range []struct {
		name           string
		files          []string
		known, version string
	}{
		{"release", append([]string{"version.txt", "SigmaHQ release r2025-10-01\n"}, release...), "sigmahq", "r2025-10-01"},
		{"date alone", append([]string{"version.txt", "2025-10-01"}, release...), "sigmahq", "r2025-10-01"},
		{"without a version", release, "sigmahq", ""},
		{"repository", []string{"sigma-r2025-10-01/rules/windows/a.yml", "x", "sigma-r2025-10-01/rules/web/b.yml", "x", "sigma-r2025-10-01/other/z.yml", "x"}, "sigmahq", "r2025-10-01"},
		{"somebody's rules", []string{"rules/mine/a.yml", "x", "rules/b.yml", "x", "version.txt", "2025-10-01"}, "", ""},
		{"somebody's rules beside theirs", append([]string{"mine.yml", "x"}, release...), "", ""},
		{"nothing", []string{"a.txt", "x"}, "", ""},
	} {
		p, err := read(archive(t, c.files...))
		if err != nil || p.Known != c.known || p.Release != c.version {
			t.Errorf("%s: %q %q, %v; want %q %q", c.name, p.Known, p.Release, err, c.known, c.version)
		}
	}
}

func TestNamesThatOnlyDifferInCaseAreRefused(t *testing.T) {
	t.Parallel()
	for name, files := range map[string][]string{"files": {"a.yml", "x", "A.yml", "x"}, "folder and file": {"a/", "", "A", "x"}} {
		_, err := read(archive(t, files...))
		var inv *fault.Invalid
		if !errors.As(err, &inv) || inv.Code != "content.file.case" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(archive(t, "a/", "", "a/", "", "a/b.yml", "x")); err != nil {
		t.Errorf("a folder named twice: %v", err)
	}
	_, err := read(archive(t, "a/", "", "a", "x"))
	wantInvalid(t, err, "a", "content.file.twice")
}

// FuzzRead looks for panics, for paths that leave the archive, and for anything taken as signed that is not what was signed.
func FuzzRead(f *testing.F) {
	key, pub := keyPair(f)
	good := sealed(f, folder(), key)
	want, err := Read(bytes.NewReader(good), int64(len(good)), trusting(pub))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(archive(f, "a.yml", "title: a", "b/c.yaml", "x: y"))
	f.Add(archive(f, "../a.yml", "title: a"))
	f.Add(archive(f, "version.txt", "r2025-10-01", "rules/windows/a.yml", "x", "rules/linux/b.yml", "y"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(bytes.NewReader(data), int64(len(data)), trusting(pub))
		if err != nil {
			if !errors.Is(err, fault.ErrInvalid) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if p.Manifest != nil && fmt.Sprint(p.Files) != fmt.Sprint(want.Files) {
			t.Errorf("taken as signed: %v", p.Files)
		}
		for _, file := range append(p.Files, p.Samples...) {
			if !fs.ValidPath(file.Path) {
				t.Errorf("path %q leaves the archive", file.Path)
			}
		}
	})
}
