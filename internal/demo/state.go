package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Phase is where a demonstration stands.
type Phase string

// The phases. One that a stop of the process cut off is interrupted: it is not taken up again, but may be removed and begun anew.
const (
	Absent      Phase = "absent"
	Running     Phase = "running"
	Finished    Phase = "finished"
	Stopped     Phase = "stopped" // by somebody
	Interrupted Phase = "interrupted"
	Failed      Phase = "failed" // the listeners did not take its records
	Removing    Phase = "removing"
)

// State is a demonstration as it is kept.
type State struct {
	Phase     Phase             `json:"phase"`
	Seed      uint64            `json:"seed"`
	From      time.Time         `json:"from"` // what the first record tells of
	StartedAt time.Time         `json:"started_at"`
	StartedBy string            `json:"started_by"`
	EndedAt   time.Time         `json:"ended_at,omitzero"`
	Tenants   map[Key]tenant.ID `json:"tenants"`
	Minute    int               `json:"minute"` // of [Minutes], sent so far
	Sent      int               `json:"sent"`   // records that the listeners took
	Total     int               `json:"total"`
}

// settingName is where the state is kept.
const settingName = "demo"

// Settings keeps small things of the platform; what was never put is fault.ErrNotFound.
type Settings interface {
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
}

// Tenants makes and deletes customers.
type Tenants interface {
	// Create takes on a customer marked as the demonstration's, by its slug or one alike that is free.
	Create(ctx context.Context, slug, name string) (tenant.ID, error)
	// Delete removes a customer with everything but its audit chain; one that is gone already is no error.
	Delete(ctx context.Context, id tenant.ID) error
	// Marked lists the customers that a demonstration made.
	Marked(ctx context.Context) ([]tenant.ID, error)
}

// Sources makes sources and returns their tokens.
type Sources interface {
	Create(ctx context.Context, id tenant.ID, s Source, name string) (token string, err error)
}

// Auditor records a change in the open transaction; its error undoes the change.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Transactor opens the transaction that a change and its audit entry share.
type Transactor interface {
	Platform(ctx context.Context, fn func(ctx context.Context) error) error
}

// Load reads what an earlier process left: a demonstration it was sending is interrupted, and so is one it had half made or half removed.
func (s *Service) Load(ctx context.Context) error {
	st := State{Phase: Absent}
	text, err := s.d.Settings.Setting(ctx, settingName)
	switch {
	case errors.Is(err, fault.ErrNotFound):
	case err != nil:
		return fmt.Errorf("load demonstration: %w", err)
	default:
		if err := json.Unmarshal([]byte(text), &st); err != nil {
			return fmt.Errorf("load demonstration: %w", err)
		}
	}
	marked, err := s.d.Tenants.Marked(ctx)
	if err != nil {
		return fmt.Errorf("load demonstration: %w", err)
	}
	switch {
	case len(marked) == 0:
		st = State{Phase: Absent} // removed, if by hand
	case st.Phase == Absent || st.Phase == Running || st.Phase == Removing:
		st.Phase = Interrupted
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = st
	return nil
}

// keep writes the state down.
func (s *Service) keep(ctx context.Context, st State) error {
	text, err := json.Marshal(st)
	if err != nil {
		return err
	}
	return s.d.Settings.PutSetting(ctx, settingName, string(text))
}

// enter moves to a phase: kept and audited in one transaction, then true for everybody.
func (s *Service) enter(ctx context.Context, action string, change func(*State)) error {
	st := s.current()
	change(&st)
	err := s.d.Transactor.Platform(ctx, func(ctx context.Context) error {
		if err := s.keep(ctx, st); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, tenant.Provider, action, "demo", nil, st.audited(), "")
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = st
	return nil
}

// audited is what the audit trail shows of a demonstration.
func (st State) audited() map[string]any {
	ids := make([]string, 0, len(st.Tenants))
	for _, id := range st.Tenants {
		ids = append(ids, id.String())
	}
	slices.Sort(ids)
	return map[string]any{"phase": st.Phase, "tenants": ids, "sent": st.Sent, "total": st.Total}
}

// Phase says where the demonstration stands.
func (s *Service) Phase() Phase { return s.current().Phase }

func (s *Service) current() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}
