package cputime_test

import (
	"runtime"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/detect/cputime"
)

func TestThreadTimeGrowsWithWork(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start, n := cputime.Thread(), 0
	for cputime.Thread() == start {
		for i := range 1_000_000 {
			n += i * i
		}
	}
	if cputime.Thread() < start || n == 0 {
		t.Errorf("time runs backwards from %v", start)
	}
}
