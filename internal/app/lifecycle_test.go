package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUnwindGoesBackwardsAndNamesFailures(t *testing.T) {
	t.Parallel()
	l := lifecycle{log: slog.New(slog.DiscardHandler)}
	var order []string
	note := func(name string, err error) {
		l.push(name, func(context.Context) error { order = append(order, name); return err })
	}
	note("store", nil)
	note("queue", errors.New("disk gone"))
	note("http", nil)
	err := l.unwind(t.Context())
	if d := cmp.Diff([]string{"http", "queue", "store"}, order); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
	if err == nil || !strings.Contains(err.Error(), "stop queue: disk gone") {
		t.Errorf("got %v", err)
	}
	if err := l.unwind(t.Context()); err != nil || len(order) != 3 {
		t.Errorf("second unwind did something: %v %v", err, order)
	}
}

func TestStopDoesNotWaitForThePartThatFailed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &App{log: slog.New(slog.DiscardHandler), life: &lifecycle{log: slog.New(slog.DiscardHandler)}}
		failed := make(chan error, 1)
		untilDone := func(ctx context.Context) error { <-ctx.Done(); return nil }
		a.goUntil(t.Context(), "pipeline", failed, func(context.Context) error { return errors.New("queue gone") }, untilDone)
		if err := <-failed; err == nil || !strings.Contains(err.Error(), "pipeline: queue gone") {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		if err := a.life.unwind(ctx); err != nil || time.Since(start) > 0 {
			t.Errorf("stopped after %s: %v", time.Since(start), err)
		}
	})
}

func TestUnwindIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := lifecycle{log: slog.New(slog.DiscardHandler)}
		release := make(chan struct{})
		stuck := false
		l.push("store", func(context.Context) error { stuck = true; return nil })
		l.push("stuck", func(context.Context) error { <-release; return nil })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := l.unwind(ctx)
		close(release)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "stop stuck") {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if !stuck {
			t.Error("parts behind the stuck one got no turn")
		}
	})
}
