package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

func TestTypedFaultsMatchTheirSentinelThroughWrapping(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		err      error
		sentinel error
		text     string
	}{
		{fault.NewInvalid("slug", "tenant.slug.format", "must not be empty"), fault.ErrInvalid, "invalid slug: must not be empty"},
		{fault.InvalidAll{fault.NewInvalid("a", "x", "r"), fault.NewInvalid("b", "y", "s")}, fault.ErrInvalid, "invalid a: r; invalid b: s"},
		{&fault.Conflict{By: "li", At: at}, fault.ErrConflict, "conflict: changed by li at 2026-01-02T03:04:05Z"},
		{&fault.Taken{Field: "slug", Value: "acme"}, fault.ErrConflict, `conflict: slug "acme" is in use`},
		{&fault.Quota{What: "log-ins", RetryAfter: time.Second}, fault.ErrQuota, "over quota: log-ins; retry after 1s"},
	} {
		wrapped := fmt.Errorf("create tenant: %w", c.err)
		if !errors.Is(wrapped, c.sentinel) {
			t.Errorf("%T is not %v", c.err, c.sentinel)
		}
		if errors.Is(wrapped, fault.ErrNotFound) {
			t.Errorf("%T is ErrNotFound", c.err)
		}
		if c.err.Error() != c.text {
			t.Errorf("text = %q, want %q", c.err.Error(), c.text)
		}
	}
}

func TestInvalidAllUnwrapsToItsFields(t *testing.T) {
	t.Parallel()
	var one *fault.Invalid
	err := fmt.Errorf("x: %w", fault.InvalidAll{fault.NewInvalid("name", "c", "r")}.ErrOrNil())
	if !errors.As(err, &one) || one.Field != "name" {
		t.Fatalf("errors.As found %v", one)
	}
	if fault.InvalidAll(nil).ErrOrNil() != nil {
		t.Fatal("no faults must be no error")
	}
}
