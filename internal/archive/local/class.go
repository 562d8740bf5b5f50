package local

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
)

const (
	day           = 24 * time.Hour
	partitionName = "20060102" // the engine names partitions by their day
)

// class is one retention class: an engine of its own whose partitions fall away after days.
type class struct {
	days    int
	dir     string
	storage *logstorage.Storage
	// touched are the partitions, by name, that took rows since the last checkpoint. It is written
	// under Append's half of the gate and read under the checkpoint's.
	touched map[string]struct{}
	// lastDay spares the formatting of the name for most rows.
	lastDay int64
}

// touch notes that a row of this time goes to the class.
func (k *class) touch(at int64) {
	if n := at / int64(day); n != k.lastDay || len(k.touched) == 0 {
		k.lastDay = n
		k.touched[time.Unix(0, at).UTC().Format(partitionName)] = struct{}{}
	}
}

// classes holds the open retention classes.
type classes struct {
	opts   Options
	mu     sync.RWMutex
	opened []*class // ascending by days
}

func className(days int) string { return fmt.Sprintf("class-%04dd", days) }

func classDays(name string) (int, bool) {
	s, ok := strings.CutPrefix(name, "class-")
	if !ok {
		return 0, false
	}
	s, ok = strings.CutSuffix(s, "d")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && className(n) == name
}

// open opens the classes found in the folder.
func (c *classes) open(o Options) error {
	c.opts = o
	entries, err := os.ReadDir(o.Dir)
	if err != nil {
		return fmt.Errorf("read archive folder: %w", err)
	}
	for _, e := range entries {
		if days, ok := classDays(e.Name()); ok && e.IsDir() {
			if _, err := c.get(days); err != nil {
				return err
			}
		}
	}
	return nil
}

// get returns the class, opened where it is not.
func (c *classes) get(days int) (*class, error) {
	c.mu.RLock()
	k := c.find(days)
	c.mu.RUnlock()
	if k != nil {
		return k, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.find(days); k != nil {
		return k, nil
	}
	dir := filepath.Join(c.opts.Dir, className(days))
	k = &class{days: days, dir: dir, touched: map[string]struct{}{}, storage: logstorage.MustOpenStorage(dir, &logstorage.StorageConfig{
		Retention:             time.Duration(days) * day,
		FlushInterval:         c.opts.FlushInterval,
		FutureRetention:       (futureDays + 1) * day,
		MinFreeDiskSpaceBytes: max(0, c.opts.MinFreeBytes),
	})}
	for _, path := range k.storage.PartitionSnapshotList() { // left by a crash during a checkpoint
		if err := os.RemoveAll(path); err != nil {
			k.storage.MustClose()
			return nil, fmt.Errorf("remove stale snapshot: %w", err)
		}
	}
	c.opened = append(c.opened, k)
	slices.SortFunc(c.opened, func(a, b *class) int { return a.days - b.days })
	return k, nil
}

func (c *classes) find(days int) *class {
	for _, k := range c.opened {
		if k.days == days {
			return k
		}
	}
	return nil
}

// list returns the open classes.
func (c *classes) list() []*class {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.opened)
}

func (c *classes) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.opened {
		k.storage.MustClose()
	}
	c.opened = nil
}
