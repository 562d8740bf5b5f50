//go:build !linux

package live

import (
	"errors"
	"time"
)

// Interface is none: this system is not captured on.
type Interface struct{}

// Open returns an error that says so.
func Open(string) (*Interface, error) { return nil, errors.ErrUnsupported }

// Next returns nothing.
func (*Interface) Next(time.Duration) (Frame, bool, error) {
	return Frame{}, false, errors.ErrUnsupported
}

// Dropped is nothing.
func (*Interface) Dropped() uint64 { return 0 }

// Close does nothing.
func (*Interface) Close() error { return nil }
