package local_test

import (
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/archivetest"
	"github.com/isoc-project/isoc/internal/archive/local"
)

func open(t *testing.T, dir string, d archive.Directory) archive.Archive {
	t.Helper()
	a, err := local.Open(local.Options{Dir: dir, Directory: d, FlushInterval: time.Second, MemoryBytes: 256 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestConformance(t *testing.T) {
	t.Parallel()
	archivetest.Run(t, open)
}
