package local_test

import (
	"errors"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/archive/archivetest"
	"github.com/isoc-project/isoc/internal/archive/local"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

func TestRefusesBeforeTheDiskIsFull(t *testing.T) {
	t.Parallel()
	places, id := archivetest.NewPlaces(), tenant.NewID()
	places.Set(id, archive.Placement{Account: 1, RetentionDays: 7})
	a, err := local.Open(local.Options{Dir: t.TempDir(), Directory: places, MinFreeBytes: 1 << 60, MemoryBytes: 256 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	batch := archivetest.NewLoad(1, time.Now(), time.Millisecond, id).Batch(10)
	if err := a.Append(archivetest.Everyone(), batch); !errors.Is(err, fault.ErrUnavailable) {
		t.Errorf("append says %v", err)
	}
	s, err := a.Stats(archivetest.Everyone())
	if err != nil || !s.ReadOnly || s.Rows != 0 || s.FreeBytes == 0 {
		t.Errorf("stats %+v, %v", s, err)
	}
}

func TestOpenRefusesBadOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []local.Options{{}, {Dir: t.TempDir()}, {Directory: archivetest.NewPlaces()}, {Dir: "/dev/null/x", Directory: archivetest.NewPlaces()}} {
		if a, err := local.Open(o); err == nil {
			t.Errorf("%+v opens", o)
			_ = a.Close()
		}
	}
}
