package identity

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

func waitOf(b *backoff, username, remote string, now time.Time) time.Duration {
	var q *fault.Quota
	if errors.As(b.check(username, remote, now), &q) {
		return q.RetryAfter
	}
	return 0
}

func TestWaitDoublesWithEachFailureUpToABound(t *testing.T) {
	t.Parallel()
	b, now := newBackoff(), time.Unix(1_700_000_000, 0)
	for i, want := range []time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900} {
		b.failed("li", "a", now)
		want *= time.Second
		if got := waitOf(b, "li", "a", now); got != want {
			t.Errorf("after %d failures: %v, want %v", i+1, got, want)
		}
		now = now.Add(want)
	}
	if got := waitOf(b, "li", "a", now); got != 0 {
		t.Errorf("when the wait is over: %v", got)
	}
	if got := waitOf(b, "li", "b", now); got != 0 {
		t.Errorf("from another address: %v", got)
	}
}

func TestSuccessAndTimeForgetFailures(t *testing.T) {
	t.Parallel()
	b, now := newBackoff(), time.Unix(1_700_000_000, 0)
	for range 8 {
		b.failed("li", "a", now)
		b.failed("wu", "a", now)
	}
	b.succeeded("li", "a")
	if got := waitOf(b, "li", "a", now); got != 0 {
		t.Errorf("after success: %v", got)
	}
	if got := waitOf(b, "wu", "a", now); got == 0 {
		t.Error("the other's failures were forgotten too")
	}
	b.failed("wu", "a", now.Add(forgetAfter))
	if got := waitOf(b, "wu", "a", now.Add(forgetAfter)); got != 0 {
		t.Errorf("after a long quiet the count began anew: %v", got)
	}
}

func TestOneAddressTryingManyUsersHasToWait(t *testing.T) {
	t.Parallel()
	b, now := newBackoff(), time.Unix(1_700_000_000, 0)
	for i := range freeAddressFailures {
		if got := waitOf(b, fmt.Sprint("user", i), "a", now); got != 0 {
			t.Fatalf("failure %d: %v", i, got)
		}
		b.failed(fmt.Sprint("user", i), "a", now)
	}
	if got := waitOf(b, "anybody", "a", now); got != firstWait {
		t.Errorf("after %d failures of the address: %v", freeAddressFailures, got)
	}
}

func TestMemoryOfFailuresIsBounded(t *testing.T) {
	t.Parallel()
	b, now := newBackoff(), time.Unix(1_700_000_000, 0)
	for i := range maxTracked * 2 {
		b.failed("u", fmt.Sprint(i), now)
	}
	if len(b.index) > maxTracked || b.order.Len() != len(b.index) {
		t.Errorf("%d keys, %d in order", len(b.index), b.order.Len())
	}
}
