package learned

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/flow/parse/learn"
	"github.com/isoc-project/isoc/internal/tenant"
)

// maxMining bounds the sources whose templates are in memory; those of the others are on disk.
const maxMining = 512

// mining is the templates of one source.
type mining struct {
	tenant  tenant.ID
	miner   learn.Miner
	all     map[string]*mined
	total   float64 // messages
	written map[string]bool
	last    time.Time
}

// mined is a template with its figures.
type mined struct {
	Template
	count float64
	dirty bool
}

// mine assigns the messages of a source to templates.
func (s *Service) mine(ctx context.Context, k Kept) error {
	if len(k.messages) == 0 {
		return nil
	}
	m, err := s.miningOf(ctx, k)
	if err != nil {
		return err
	}
	s.worker.mu.Lock()
	defer s.worker.mu.Unlock()
	m.last = k.Last
	for _, one := range k.messages {
		if strings.TrimSpace(one.text) == "" {
			continue
		}
		id, _ := m.miner.Add(one.text, one.at)
		if id == "" {
			continue
		}
		t := m.all[id]
		if t == nil {
			t = &mined{Template: Template{ID: id, After: int64(m.total), First: one.at, Sample: clean(one.text)}}
			m.all[id] = t
		}
		t.count += k.perSample
		t.dirty = true
		if one.at.After(t.Last) {
			t.Last = one.at
		}
		m.total += k.perSample
	}
	return nil
}

// miningOf finds the templates of a source, and reads them where they are not in memory.
func (s *Service) miningOf(ctx context.Context, k Kept) (*mining, error) {
	s.worker.mu.Lock()
	m := s.worker.mining[k.Source]
	s.worker.mu.Unlock()
	if m != nil {
		return m, nil
	}
	stored, err := s.d.Repository.TemplatesOf(ctx, k.Tenant, k.Source)
	if err != nil {
		return nil, fmt.Errorf("templates of a source: %w", err)
	}
	m = &mining{tenant: k.Tenant, all: map[string]*mined{}, written: map[string]bool{}}
	for _, t := range stored {
		m.written[t.ID] = true
		m.total += float64(t.Count)
		id, _ := m.miner.Add(t.Sample, t.First)
		old := t.ID
		t.ID = id
		m.join(id, &mined{Template: t, count: float64(t.Count), dirty: old != id})
	}
	s.worker.mu.Lock()
	s.worker.mining[k.Source] = m
	s.worker.mu.Unlock()
	return m, nil
}

// Save writes the templates that changed, and lets go of sources that have been quiet.
func (s *Service) Save(ctx context.Context) error {
	s.worker.mu.Lock()
	type due struct {
		source string
		last   time.Time
	}
	var order []due
	for source, m := range s.worker.mining {
		order = append(order, due{source, m.last})
	}
	s.worker.mu.Unlock()
	slices.SortFunc(order, func(x, y due) int { return cmp.Or(y.last.Compare(x.last), cmp.Compare(x.source, y.source)) })
	var errs []error
	for i, o := range order {
		id, changed, gone := s.worker.changes(o.source)
		if len(changed)+len(gone) > 0 {
			if err := s.d.Repository.PutTemplates(ctx, id, o.source, changed, gone); err != nil {
				errs = append(errs, fmt.Errorf("keep templates of source %s: %w", o.source, err))
				continue
			}
			s.worker.wrote(o.source, changed, gone)
		}
		if i >= maxMining {
			s.worker.forget(o.source)
		}
	}
	return errors.Join(errs...)
}

// changes are the templates of a source to be written, and the ids of those to be removed.
func (w *worker) changes(source string) (id tenant.ID, changed []Template, gone []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.mining[source]
	if m == nil {
		return "", nil, nil
	}
	m.follow()
	for _, t := range m.all {
		if t.dirty {
			t.Count = int64(math.Round(t.count))
			changed = append(changed, t.Template)
		}
	}
	for old := range m.written {
		if m.all[old] == nil {
			gone = append(gone, old)
		}
	}
	return m.tenant, changed, gone
}

// follow takes over the texts that templates have by now, and lets go of those that the miner let go of.
func (m *mining) follow() {
	now := make(map[string]string, len(m.all))
	for _, t := range m.miner.Templates() {
		now[t.ID] = t.Text
	}
	var gone []*mined
	for id, t := range m.all {
		text, there := now[id]
		if !there {
			delete(m.all, id)
			gone = append(gone, t)
			continue
		}
		if text = clean(text); t.Text != text {
			t.Text, t.dirty = text, true
		}
	}
	if len(now) >= learn.MaxTemplates {
		return // they made room for others
	}
	for _, t := range gone { // they are one with others now
		into, _ := m.miner.Add(t.Sample, t.Last)
		m.join(into, t)
	}
}

// join counts what followed one template under another.
func (m *mining) join(into string, t *mined) {
	other := m.all[into]
	if other == nil {
		t.dirty = t.dirty || t.ID != into
		t.ID = into
		m.all[into] = t
		return
	}
	other.count += t.count
	other.After, other.dirty = min(other.After, t.After), true
	if t.First.Before(other.First) {
		other.First = t.First
	}
	if t.Last.After(other.Last) {
		other.Last = t.Last
	}
}

func (w *worker) wrote(source string, changed []Template, gone []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.mining[source]
	if m == nil {
		return
	}
	for _, t := range changed {
		m.written[t.ID] = true
		if now := m.all[t.ID]; now != nil && int64(math.Round(now.count)) == t.Count {
			now.dirty = false
		}
	}
	for _, id := range gone {
		delete(m.written, id)
	}
}

// templates lists those of a source, the most frequent first; false where they are not in memory.
func (w *worker) templates(source string) ([]Template, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	m := w.mining[source]
	if m == nil {
		return nil, false
	}
	m.follow()
	list := make([]Template, 0, len(m.all))
	for _, t := range m.all {
		t.Count = int64(math.Round(t.count))
		list = append(list, t.Template)
	}
	slices.SortFunc(list, func(x, y Template) int { return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.ID, y.ID)) })
	return list, true
}

// forget lets go of a source.
func (w *worker) forget(source string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.mining, source)
	delete(w.again, source)
}

// clean is a text as every store can keep it.
func clean(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", "")
}
