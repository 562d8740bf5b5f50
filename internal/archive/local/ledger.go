package local

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
)

// ledger is the durable list of accounts and the retention classes that ever held events of theirs. The
// engine's own index of tenants may lag behind its rows after a crash; an entry stands here before the
// first row is given away.
type ledger struct {
	mu    sync.Mutex
	file  *os.File
	known map[entry]struct{}
}

type entry struct {
	account uint32
	days    int
}

func openLedger(path string) (*ledger, error) {
	l := &ledger{known: map[entry]struct{}{}}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read ledger of accounts: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		var e entry
		if n, err := fmt.Sscanf(line, "%d %d.", &e.account, &e.days); n == 2 && err == nil {
			l.known[e] = struct{}{} // a torn line lacks the dot; its rows were never given away
		}
	}
	if l.file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640); err != nil {
		return nil, fmt.Errorf("open ledger of accounts: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		err = errors.Join(dir.Sync(), dir.Close())
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sync archive folder: %w", err), l.file.Close())
		}
	}
	return l, nil
}

// add makes the entry durable in the list.
func (l *ledger) add(e entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.known[e]; ok {
		return nil
	}
	if _, err := fmt.Fprintf(l.file, "\n%d %d.\n", e.account, e.days); err != nil { // a torn line before ends here
		return fmt.Errorf("write ledger of accounts: %w", err)
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("sync ledger of accounts: %w", err)
	}
	l.known[e] = struct{}{}
	return nil
}

// all returns every account that may have rows, sorted.
func (l *ledger) all() []logstorage.TenantID {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make([]logstorage.TenantID, 0, len(l.known))
	for e := range l.known {
		ids = append(ids, engineTenant(e.account))
	}
	slices.SortFunc(ids, func(a, b logstorage.TenantID) int { return cmp.Compare(a.AccountID, b.AccountID) })
	return slices.Compact(ids)
}

// holds reports whether the class may have rows of one of the tenants.
func (l *ledger) holds(days int, tenants []logstorage.TenantID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range tenants {
		if _, ok := l.known[entry{t.AccountID, days}]; ok {
			return true
		}
	}
	return false
}

func (l *ledger) close() error { return l.file.Close() }

// dataClassEvents is the engine's project for events; further kinds of data get their own.
const dataClassEvents = 0

func engineTenant(account uint32) logstorage.TenantID {
	return logstorage.TenantID{AccountID: account, ProjectID: dataClassEvents}
}
