package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/VictoriaMetrics/VictoriaLogs/lib/logstorage"
)

// ledger is the durable list of accounts that ever had events. The engine's own index of tenants may
// lag behind its rows after a crash; an account stands here before its first row is given away.
type ledger struct {
	mu    sync.Mutex
	file  *os.File
	known map[uint32]struct{}
}

func openLedger(path string) (*ledger, error) {
	l := &ledger{known: map[uint32]struct{}{}}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read ledger of accounts: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if n, err := strconv.ParseUint(strings.TrimSpace(line), 10, 32); err == nil && n > 0 {
			l.known[uint32(n)] = struct{}{} // a torn last line names an account without rows: harmless
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

// add makes the account durable in the list.
func (l *ledger) add(account uint32) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.known[account]; ok {
		return nil
	}
	if _, err := fmt.Fprintf(l.file, "\n%d\n", account); err != nil { // a torn line before ends here
		return fmt.Errorf("write ledger of accounts: %w", err)
	}
	if err := l.file.Sync(); err != nil {
		return fmt.Errorf("sync ledger of accounts: %w", err)
	}
	l.known[account] = struct{}{}
	return nil
}

// all returns every account that may have rows, sorted.
func (l *ledger) all() []logstorage.TenantID {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make([]logstorage.TenantID, 0, len(l.known))
	for account := range l.known {
		ids = append(ids, engineTenant(account))
	}
	slices.SortFunc(ids, func(a, b logstorage.TenantID) int { return int(int64(a.AccountID) - int64(b.AccountID)) })
	return ids
}

func (l *ledger) close() error { return l.file.Close() }

// dataClassEvents is the engine's project for events; further kinds of data get their own.
const dataClassEvents = 0

func engineTenant(account uint32) logstorage.TenantID {
	return logstorage.TenantID{AccountID: account, ProjectID: dataClassEvents}
}
