package replay_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect/replay"
)

// zipped packs files in order; one whose name ends in ".stored" is not compressed and has its sizes before it.
func zipped(tb testing.TB, files ...string) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		name, text := files[i], files[i+1]
		var w io.Writer
		var err error
		if strings.HasSuffix(name, ".stored") {
			h := &zip.FileHeader{Name: name, Method: zip.Store, CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text)), CRC32: sum(text)}
			w, err = z.CreateRaw(h)
		} else {
			w, err = z.Create(name)
		}
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func sum(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }

func play(tb testing.TB, dir string, events []byte) (hits []string, result replay.Result, err error) {
	tb.Helper()
	var out bytes.Buffer
	result, err = replay.Run(context.Background(), replay.Options{RuleDirs: []string{dir}, Events: onlyReader{bytes.NewReader(events)}, Out: &out})
	for line := range strings.Lines(out.String()) {
		var h struct {
			File  string
			Event int
		}
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			tb.Fatal(err)
		}
		hits = append(hits, h.File+":"+string(rune('0'+h.Event)))
	}
	return hits, result, err
}

// onlyReader cannot seek, as a pipe.
type onlyReader struct{ io.Reader }

func TestArchivesAreReadFileByFile(t *testing.T) {
	t.Parallel()
	one := strings.Split(shapes, "\n")[0]
	packed := zipped(t, "logs/", "", "logs/a.json", shapes, "__MACOSX/a.json", shapes, "b.stored", "\n"+one+"\n", "empty.json", "", "c.json", one)
	hits, result, err := play(t, folder(t), packed)
	want := []string{"logs/a.json:0", "logs/a.json:1", "logs/a.json:3", "logs/a.json:5", "logs/a.json:6", "logs/a.json:7", "b.stored:1", "c.json:0"}
	if err != nil || !slices.Equal(hits, want) {
		t.Errorf("hits %v, %v", hits, err)
	}
	if result.Events != 9 || result.EventsMalformed != 1 {
		t.Errorf("counted %+v", result)
	}
	if hits, _, err := play(t, folder(t), zipped(t)); err != nil || len(hits) != 0 {
		t.Errorf("an empty archive: %v, %v", hits, err)
	}
}

func TestArchivesThatAreDamagedAreRefused(t *testing.T) {
	t.Parallel()
	dir, whole := folder(t), zipped(t, "a.json", shapes)
	for name, c := range map[string]struct {
		events []byte
		reason string
	}{
		"cut off":             {whole[:len(whole)/3], "unexpected EOF"},
		"nothing but a PK":    {[]byte("PK"), "cut off"},
		"another checksum":    {bytes.Replace(zipped(t, "a.stored", shapes), []byte("whoami.exe"), []byte("whoareyou!"), 1), "checksum"},
		"encrypted":           {append([]byte("PK\x03\x04\x14\x00\x01\x00"), whole[8:]...), "encrypted"},
		"packed as bzip2":     {append([]byte("PK\x03\x04\x14\x00\x00\x00\x0c\x00"), whole[10:]...), "method 12"},
		"no entry":            {append([]byte("PKxx"), whole[4:]...), "no entry"},
		"far beyond its size": {zipped(t, "a.json", strings.Repeat(strings.Repeat(" ", 1<<10)+"\n", 40<<10)), "more than 250 times"},
	} {
		if _, _, err := play(t, dir, c.events); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzArchive(f *testing.F) {
	dir := folder(f)
	f.Add(zipped(f, "a.json", shapes, "b.stored", shapes))
	f.Fuzz(func(t *testing.T, events []byte) {
		_, _, _ = play(t, dir, append([]byte("PK"), events...))
	})
}
