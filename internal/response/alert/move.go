package alert

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
)

// MaxReasonRunes bounds the reason given with a move.
const MaxReasonRunes = 4000

// Move is what a person asks of an alert. Version is the alert's as the person saw it.
type Move struct {
	To      State
	Verdict Verdict // demanded when To is Closed, refused otherwise
	Reason  string  // demanded when To is Closed
	Actor   string  // username
	Version int64
}

// Moves lists the states an alert may go to from where it stands.
func (a Alert) Moves() []State { return moves(a.State) }

// Transition moves an alert to another state and returns it as it then is. Whoever acknowledges or investigates
// an alert that nobody holds becomes its assignee. An alert changed by a person since Version was read is a
// *fault.Conflict naming who and when; new firings alone do not conflict.
func (s *Service) Transition(ctx context.Context, id string, m Move) (Alert, error) {
	t, err := s.shelf.Locate(ctx, id)
	if err != nil {
		return Alert{}, err
	}
	var moved Alert
	err = s.door.InTenant(ctx, t, func(ctx context.Context) error {
		if err := s.shelf.Hold(ctx, t, id); err != nil {
			return err
		}
		d, err := s.shelf.Get(ctx, t, id)
		if err != nil {
			return err
		}
		if err := m.check(d); err != nil {
			return err
		}
		moved, err = s.move(ctx, d.Alert, m)
		return err
	})
	return moved, err
}

func (m Move) check(d Detail) error {
	if changedSince(d, m.Version) {
		return &fault.Conflict{By: d.UpdatedBy, At: d.UpdatedAt, Version: d.Version}
	}
	if !Allowed(d.State, m.To) {
		return &fault.Invalid{Field: "to", Code: "alert.move",
			Reason: fmt.Sprintf("an alert in state %s cannot go to %q", d.State, string(m.To))}
	}
	reason := strings.TrimSpace(m.Reason)
	switch {
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

// changedSince reports whether somebody moved the alert after the version the caller saw. Firings raise the
// version too but leave UpdatedBy at "system" or at the last person, so moves carry the version they made.
func changedSince(d Detail, seen int64) bool {
	if seen == d.Version {
		return false
	}
	return seen > d.Version || seen < d.MovedVersion
}

func (s *Service) move(ctx context.Context, a Alert, m Move) (Alert, error) {
	before := a
	now := s.now().UTC()
	from := a.State
	a.State, a.Verdict = m.To, m.Verdict
	a.Reason = strings.TrimSpace(m.Reason)
	a.UpdatedAt, a.UpdatedBy = now, m.Actor
	a.Version++
	a.MovedVersion = a.Version
	if a.Assignee == "" && (m.To == Acknowledged || m.To == Investigating) {
		a.Assignee = m.Actor
	}
	if m.To == New {
		a.Assignee = ""
	}
	if err := s.shelf.Save(ctx, a); err != nil {
		return Alert{}, err
	}
	t := Transition{At: now, Actor: m.Actor, From: from, To: m.To, Verdict: m.Verdict, Reason: a.Reason}
	if err := s.shelf.AddTransition(ctx, a.Tenant, a.ID, t); err != nil {
		return Alert{}, err
	}
	return a, s.audit.Record(ctx, a.Tenant, "alert."+string(m.To), "alert/"+a.ID, standing(before), standing(a), a.Reason)
}

// standing is what the audit trail keeps of an alert before and after a move.
func standing(a Alert) map[string]any {
	return map[string]any{"state": a.State, "verdict": a.Verdict, "assignee": a.Assignee, "version": a.Version}
}
