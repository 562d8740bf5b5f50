package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// InUseError says that another process works on the data directory.
type InUseError struct {
	Dir string
	PID string // as the other process wrote it; empty if it did not
}

// Error names the directory and the other process.
func (e *InUseError) Error() string {
	if e.PID == "" {
		return fmt.Sprintf("data directory %s is in use by another isoc process", e.Dir)
	}
	return fmt.Sprintf("data directory %s is in use by another isoc process (pid %s)", e.Dir, e.PID)
}

// lockDir takes the data directory for this process alone. The lock dies with the process, so a crash leaves nothing behind.
func lockDir(dir string) (release func(context.Context) error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "isoc.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock data directory: %w", err)
		}
		text, _ := os.ReadFile(f.Name())
		return nil, &InUseError{Dir: dir, PID: strings.TrimSpace(string(text))}
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock data directory: %w", err)
	}
	return func(context.Context) error { return f.Close() }, nil
}
