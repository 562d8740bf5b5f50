package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// stopper is one thing to undo, by name.
type stopper struct {
	name string
	stop func(context.Context) error
}

// lifecycle is the stack of what was opened. It is unwound last-in first-out, once, whether opening failed half-way
// or the process ends in order.
type lifecycle struct {
	log   *slog.Logger
	stack []stopper
}

// push remembers how to undo what was just opened.
func (l *lifecycle) push(name string, stop func(context.Context) error) {
	l.stack = append(l.stack, stopper{name, stop})
}

// unwind stops everything, last opened first. A part that does not stop before ctx ends is named and left behind;
// the others still get their turn.
func (l *lifecycle) unwind(ctx context.Context) error {
	var errs []error
	for len(l.stack) > 0 {
		s := l.stack[len(l.stack)-1]
		l.stack = l.stack[:len(l.stack)-1]
		start := time.Now()
		if err := bounded(ctx, s.stop); err != nil {
			errs = append(errs, fmt.Errorf("stop %s: %w", s.name, err))
			continue
		}
		l.log.Debug("stopped", "part", s.name, "took", time.Since(start))
	}
	return errors.Join(errs...)
}

func bounded(ctx context.Context, stop func(context.Context) error) error {
	done := make(chan error, 1)
	go func() { done <- stop(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
