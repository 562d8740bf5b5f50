package packfile

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
)

// archive packs files into a ZIP; names ending in "/" are folders.
func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil && !strings.HasSuffix(files[i], "/") {
			_, err = w.Write([]byte(files[i+1]))
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

// nobody trusts no key.
func nobody(string) (ed25519.PublicKey, error) {
	return nil, refuse("signature", "content.key.unknown", "is not trusted")
}

func read(data []byte) (*Pack, error) { return Read(bytes.NewReader(data), int64(len(data)), nobody) }

func TestZIPGivesRuleFilesInOrderAndCountsTheRest(t *testing.T) {
	t.Parallel()
	b, err := read(archive(t, "rules/", "", "rules/b.yaml", "b", "rules/a.yml", "a", "README.md", "x", ".github/ci.yml", "x",
		"rules/a.samples.yml", "x", "__MACOSX/rules/a.yml", "x"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range b.Files {
		names = append(names, f.Path+"="+string(f.Data))
	}
	if diff := cmp.Diff([]string{"rules/a.yml=a", "rules/b.yaml=b"}, names); diff != "" {
		t.Errorf("files: -want +got\n%s", diff)
	}
	if b.Ignored != 3 || len(b.Samples) != 1 {
		t.Errorf("ignored %d files, want 3; samples %v", b.Ignored, b.Samples)
	}
}

func TestZIPIsRefusedWholeAndSaysWhy(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("a", MaxFileBytes+1)
	var many []string
	for i := range MaxFiles + 1 {
		many = append(many, fmt.Sprintf("f%d.txt", i), "")
	}
	for _, c := range []struct {
		name  string
		data  []byte
		field string
		code  string
	}{
		{"no archive", []byte("PK but not really"), "zip", "content.zip.unreadable"},
		{"empty", nil, "zip", "content.zip.unreadable"},
		{"climbs out", archive(t, "../../etc/x.yml", "a: 1"), `"../../etc/x.yml"`, "content.file.path"},
		{"climbs out after going in", archive(t, "rules/../../x.yml", "a: 1"), `"rules/../../x.yml"`, "content.file.path"},
		{"absolute", archive(t, "/etc/x.yml", "a: 1"), `"/etc/x.yml"`, "content.file.path"},
		{"backslashes", archive(t, `..\x.yml`, "a: 1"), `"..\\x.yml"`, "content.file.path"},
		{"drive", archive(t, `c:x.yml`, "a: 1"), `"c:x.yml"`, "content.file.path"},
		{"file too large", archive(t, "x.yml", big), "x.yml", "content.file.large"},
		{"same path twice", archive(t, "x.yml", "a: 1", "x.yml", "a: 2"), "x.yml", "content.file.twice"},
		{"too many files", archive(t, many...), "files", "content.files.many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(c.data)
			wantInvalid(t, err, c.field, c.code)
		})
	}
}

func wantInvalid(t *testing.T, err error, field, code string) {
	t.Helper()
	var inv *fault.Invalid
	if !errors.As(err, &inv) {
		t.Fatalf("error %v is no fault.Invalid", err)
	}
	if inv.Field != field || inv.Code != code {
		t.Errorf("refused %s with %s, want %s with %s", inv.Field, inv.Code, field, code)
	}
}

// TestZIPBombStopsAtTheBound has 300 entries of 1 MiB of zeros each in an archive of 300 KiB.
func TestZIPBombStopsAtTheBound(t *testing.T) {
	t.Parallel()
	packed := archive(t, "0.yml", strings.Repeat("\x00", MaxFileBytes))
	one, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := range 300 {
		entry := *one.File[0]
		entry.Name = fmt.Sprintf("%d.yml", i)
		if err := z.Copy(&entry); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = read(buf.Bytes())
	wantInvalid(t, err, "files", "content.files.large")
}

func TestZIPLargerThanTheBoundIsNotRead(t *testing.T) {
	t.Parallel()
	_, err := Read(bytes.NewReader(nil), MaxZIPBytes+1, nobody)
	wantInvalid(t, err, "zip", "content.zip.large")
}

func TestFolderIgnoresLinksAndHiddenFiles(t *testing.T) {
	t.Parallel()
	b, err := ReadFS(fstest.MapFS{
		"a.yml":      {Data: []byte("a")},
		"link.yml":   {Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink},
		".git/x.yml": {Data: []byte("x")},
		"notes.txt":  {Data: []byte("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Files) != 1 || b.Files[0].Path != "a.yml" || b.Ignored != 3 {
		t.Errorf("read %v and ignored %d, want a.yml and 3", b.Files, b.Ignored)
	}
}
