package alert

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// MaxReasonRunes bounds the reason given with a move.
const MaxReasonRunes = 4000

// Move is what a person asks of an alert: another state, another assignee, or both. Version is the alert's as the person saw it.
type Move struct {
	To       State   // empty leaves the state
	Verdict  Verdict // demanded when To is Closed, refused otherwise
	Reason   string  // demanded when To is Closed
	Assignee *string // username; empty releases, nil leaves it to the move
	Actor    string  // username
	Version  int64
}

// Moves lists the states an alert may go to from where it stands.
func (a Alert) Moves() []State { return moves(a.State) }

// Transition moves an alert and returns it as it then is. Whoever acknowledges or investigates an alert that nobody holds becomes
// its assignee, unless the move names one. An alert changed by a person since Version was read is a *fault.Conflict naming who and
// when; new firings alone do not conflict.
func (s *Service) Transition(ctx context.Context, id string, m Move) (Alert, error) {
	if err := m.check(); err != nil {
		return Alert{}, err
	}
	t, err := s.shelf.Locate(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	var moved Alert
	err = s.telling(ctx, t, func(ctx context.Context, tell func(Change)) error {
		moved, err = s.moveOne(ctx, t, id, m, tell)
		return err
	})
	return moved, err
}

// moveOne moves one alert inside the transaction of the context. Its refusals come before anything is written.
func (s *Service) moveOne(ctx context.Context, t tenant.ID, id string, m Move, tell func(Change)) (Alert, error) {
	if err := s.shelf.Hold(ctx, t, id); err != nil {
		return Alert{}, err
	}
	a, err := s.shelf.Alert(ctx, t, id)
	if err != nil {
		return Alert{}, err
	}
	if err := m.checkOn(a); err != nil {
		return Alert{}, err
	}
	return s.move(ctx, a, m, tell)
}

// check refuses what is wrong with the move whatever the alert.
func (m Move) check() error {
	reason := strings.TrimSpace(m.Reason)
	switch {
	case m.To == "" && m.Assignee == nil:
		return &fault.Invalid{Field: "to", Code: "alert.move.none", Reason: "asks for nothing: name a state or an assignee"}
	case m.To != "" && !m.To.valid():
		return &fault.Invalid{Field: "to", Code: "alert.move", Reason: fmt.Sprintf("an alert cannot go to %q", string(m.To))}
	case !utf8.ValidString(reason) || strings.ContainsRune(reason, 0):
		return &fault.Invalid{Field: "reason", Code: "alert.reason.text", Reason: "must be text"}
	case utf8.RuneCountInString(reason) > MaxReasonRunes:
		return &fault.Invalid{Field: "reason", Code: "alert.reason.long", Reason: fmt.Sprintf("must have at most %d characters", MaxReasonRunes)}
	case m.To == Closed && !m.Verdict.Valid():
		return &fault.Invalid{Field: "verdict", Code: "alert.verdict", Reason: "closing demands a verdict: one of true_positive_impact, true_positive_no_impact, benign_positive, false_positive, duplicate, undetermined"}
	case m.To == Closed && reason == "":
		return &fault.Invalid{Field: "reason", Code: "alert.reason", Reason: "closing demands a reason"}
	case m.To != Closed && m.Verdict != "":
		return &fault.Invalid{Field: "verdict", Code: "alert.verdict.early", Reason: "a verdict is given only when closing"}
	}
	return nil
}

// checkOn refuses what cannot be done to this alert.
func (m Move) checkOn(a Alert) error {
	switch {
	case changedSince(a, m.Version):
		return &fault.Conflict{By: a.UpdatedBy, At: a.UpdatedAt, Version: a.Version}
	case m.To != "" && !Allowed(a.State, m.To):
		return &fault.Invalid{Field: "to", Code: "alert.move",
			Reason: fmt.Sprintf("an alert in state %s cannot go to %q", a.State, string(m.To))}
	case m.To == "" && a.State == Closed:
		return &fault.Invalid{Field: "assignee", Code: "alert.assign.closed", Reason: "a closed alert is not given to anybody: reopen it"}
	}
	return nil
}

// changedSince reports whether somebody moved the alert after the version the caller saw. Firings raise the
// version too but leave UpdatedBy at "system" or at the last person, so moves carry the version they made.
func changedSince(a Alert, seen int64) bool {
	if seen == a.Version {
		return false
	}
	return seen > a.Version || seen < a.MovedVersion
}

func (s *Service) move(ctx context.Context, a Alert, m Move, tell func(Change)) (Alert, error) {
	before := a
	now := s.now().UTC()
	m.Reason = strings.TrimSpace(m.Reason)
	a.apply(m)
	if a.State == before.State && a.Assignee == before.Assignee {
		return before, nil // given to who has it
	}
	a.UpdatedAt, a.UpdatedBy = now, m.Actor
	a.Version++
	a.MovedVersion = a.Version
	if err := s.shelf.Save(ctx, a); err != nil {
		return Alert{}, err
	}
	if m.To == "" {
		tell(changeOf(a, Assigned))
		return a, s.record(ctx, "alert.assign", before, a, m.Reason)
	}
	t := Transition{At: now, Actor: m.Actor, From: before.State, To: m.To, Verdict: m.Verdict, Reason: m.Reason}
	if err := s.shelf.AddTransition(ctx, a.Tenant, a.ID, t); err != nil {
		return Alert{}, err
	}
	tell(changeOf(a, Moved))
	return a, s.record(ctx, "alert."+string(m.To), before, a, m.Reason)
}

// apply changes the alert as the move, found allowed, asks.
func (a *Alert) apply(m Move) {
	if m.To != "" {
		a.State, a.Verdict, a.Reason = m.To, m.Verdict, m.Reason
	}
	switch {
	case m.Assignee != nil:
		a.Assignee = *m.Assignee
	case m.To == New:
		a.Assignee = ""
	case a.Assignee == "" && (m.To == Acknowledged || m.To == Investigating):
		a.Assignee = m.Actor
	}
}

func (s *Service) record(ctx context.Context, action string, before, after Alert, reason string) error {
	return s.audit.Record(ctx, after.Tenant, action, "alert/"+after.ID, standing(before), standing(after), reason)
}

// standing is what the audit trail keeps of an alert before and after a move.
func standing(a Alert) map[string]any {
	return map[string]any{"state": a.State, "verdict": a.Verdict, "assignee": a.Assignee, "version": a.Version}
}

// ChangeKind says what happened to an alert.
type ChangeKind string

// The kinds.
const (
	Raised   ChangeKind = "raised"
	Fired    ChangeKind = "fired" // again, or its risk changed by what was raised beside it
	Moved    ChangeKind = "moved"
	Assigned ChangeKind = "assigned"
)

// Change tells an [Observer] what happened to an alert, and how it then stood.
type Change struct {
	Tenant  tenant.ID
	ID      string
	Kind    ChangeKind
	Level   string
	State   State
	Version int64
	Risk    int
	LastAt  time.Time
}

// Observer learns what happened to alerts once it is stored for good. It must not block.
type Observer interface {
	Observe(changes []Change)
}

func changeOf(a Alert, kind ChangeKind) Change {
	return Change{Tenant: a.Tenant, ID: a.ID, Kind: kind, Level: a.Rule.Level, State: a.State, Version: a.Version, Risk: a.Risk, LastAt: a.LastAt}
}

// telling runs fn in a transaction on the tenant's tables, and tells the observer what fn told once that is stored.
func (s *Service) telling(ctx context.Context, id tenant.ID, fn func(ctx context.Context, tell func(Change)) error) error {
	var changes []Change
	err := s.door.InTenant(ctx, id, func(ctx context.Context) error {
		changes = nil
		return fn(ctx, func(c Change) { changes = append(changes, c) })
	})
	if err == nil && len(changes) > 0 && s.observer != nil {
		s.observer.Observe(changes)
	}
	return err
}
