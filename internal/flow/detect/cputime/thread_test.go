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
	before, n := cputime.Thread(), uint64(1)
	for range 20 {
		for range 1_000_000 {
			n = n*6364136223846793005 + 1442695040888963407
		}
		now := cputime.Thread()
		if now <= before {
			t.Fatalf("from %v to %v with work between (%d)", before, now, n)
		}
		before = now
	}
}
