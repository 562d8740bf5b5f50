package store_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store"
)

func reopeningKeepsEverything(t *testing.T, b bench) {
	ctx := t.Context()
	if err := b.PutSetting(ctx, "kept", "yes"); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(ctx, b.options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := again.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	if got, err := again.Setting(ctx, "kept"); err != nil || got != "yes" {
		t.Errorf("setting = %q, %v", got, err)
	}
	if err := again.Ping(ctx); err != nil {
		t.Errorf("ping: %v", err)
	}
}

func textThatCannotBeKept(t *testing.T, b bench) {
	for _, text := range []string{"a\x00b", "a\xffb"} {
		if err := b.PutSetting(t.Context(), "text", text); err != nil && !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func newerSchemaIsRefused(t *testing.T, b bench) {
	intrude(t, b, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
	if _, err := store.Open(t.Context(), b.options); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("open on a newer schema: %v", err)
	}
}

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]store.Options{
		"nothing":       {},
		"another DSN":   {DSN: "mysql://root@localhost/isoc"},
		"a file's path": {Dir: "/dev/null/isoc"},
		"no server":     {DSN: "postgres://isoc@127.0.0.1:1/isoc?connect_timeout=2"},
	} {
		o.Logger = slog.New(slog.DiscardHandler)
		if _, err := store.Open(t.Context(), o); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestSQLiteOpensInAnyFolderAndKeepsTheFilePrivate(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, dir := range []string{"data", "./a/b", "with space", "100%25 odd?name#x&y=z", filepath.Join(folder, "数据")} {
		s, err := store.Open(t.Context(), store.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Errorf("%q: %v", dir, err)
			continue
		}
		if err := s.PutSetting(t.Context(), "x", "y"); err != nil {
			t.Errorf("%q: %v", dir, err)
		}
		for _, name := range []string{"isoc.db", "isoc.db-wal"} {
			info, err := os.Stat(filepath.Join(dir, name))
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%q: %s: %v, %v", dir, name, info, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Errorf("%q: close: %v", dir, err)
		}
	}
}

func TestExistingRefusesToMakeADatabase(t *testing.T) {
	t.Parallel()
	o := store.Options{Dir: filepath.Join(t.TempDir(), "nowhere"), Existing: true, Logger: slog.New(slog.DiscardHandler)}
	if _, err := store.Open(t.Context(), o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open: %v", err)
	}
	if _, err := os.Stat(o.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
	o.Existing = false
	openStore(t, o)
	o.Existing = true
	openStore(t, o)
}
