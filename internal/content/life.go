package content

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/oklog/ulid/v2"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds on what people write of a change.
const (
	maxReason = 2000 // bytes
	maxBulk   = 500
)

// RuleState is the state of a rule with where it may go, and who has it otherwise.
type RuleState struct {
	Standing
	Moves []Move
	// UsedBy are the correlations that run and are made of it, directly or through others; Parts what it is made of, if it is one.
	UsedBy    []Rule
	Parts     []Reference
	Overrides []Override
}

// Move is a state a rule may go to, or why it may not.
type Move struct {
	To      State
	Reasons fault.InvalidAll // empty where it may
}

// Changed is what came of one row of a change of many.
type Changed struct {
	Rule    string
	Changed bool // false also where it was so already
	Err     error
}

// knownRule is a rule in force with everything a decision about it looks at.
type knownRule struct {
	Rule
	source   string
	runs     bool // for anybody
	standing Standing
	others   []Override
}

// known reads a rule. It is [fault.ErrNotFound] where there is none; one that is in no active pack is in state [Off].
func (s *Service) known(ctx context.Context, id string) (knownRule, error) {
	now, err := s.look(ctx)
	if err != nil {
		return knownRule{}, err
	}
	return s.knownIn(ctx, now, id)
}

// written is known of rules that have a text here.
func (s *Service) written(ctx context.Context, id string) (knownRule, error) {
	k, err := s.known(ctx, id)
	if err == nil && k.Origin == OfDevice {
		err = fault.ErrNotFound
	}
	return k, err
}

func (s *Service) knownIn(ctx context.Context, now view, id string) (knownRule, error) {
	r, source, err := s.text(ctx, id)
	if err != nil {
		return knownRule{}, err
	}
	now.stand(&r)
	k := knownRule{Rule: r, source: source, standing: now.Platform[id], others: now.others[id]}
	k.standing.State = k.State
	k.runs = k.inForce() && (k.State.Runs() || slices.ContainsFunc(k.others, func(o Override) bool { return o.State.Runs() }))
	return k, nil
}

// pass refuses what may not stand in a state: a draft may be anything, what is tested must be a rule that the engine takes, and what
// runs must do on its samples what they expect; one written here needs samples of both kinds.
func (s *Service) pass(ctx context.Context, r knownRule, to State) error {
	if to == Draft || to == Deprecated || r.Origin == OfDevice {
		return nil
	}
	id, err := s.deps.Checker.Check(r.Path, []byte(r.source))
	if err != nil {
		return fault.InvalidAll{refusedText(err)}
	}
	if id != r.ID {
		return fault.InvalidAll{fault.NewInvalid("source", "content.rule.id", "has another id than the rule")}
	}
	if !to.Runs() || r.Kind == KindFilter || s.deps.Sampler == nil {
		return nil // a filter fires on nothing
	}
	samples, err := s.samples(ctx, r.ID)
	if err != nil {
		return err
	}
	var bad fault.InvalidAll
	if r.Origin == OfOwn && !slices.ContainsFunc(samples, func(x Sample) bool { return x.Fires }) {
		bad = append(bad, fault.NewInvalid("samples", "content.samples.positive", "hold none that it must fire on"))
	}
	if r.Origin == OfOwn && !slices.ContainsFunc(samples, func(x Sample) bool { return !x.Fires }) {
		bad = append(bad, fault.NewInvalid("samples", "content.samples.negative", "hold no near miss that it must not fire on"))
	}
	outcomes, err := s.try(ctx, r, samples)
	if one := (*fault.Invalid)(nil); errors.As(err, &one) {
		return append(bad, one)
	}
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		at := fmt.Sprintf("samples[%d]", i)
		switch o.Fault {
		case "":
		case "silent":
			bad = append(bad, fault.NewInvalid(at, "content.samples.silent", "should make it fire and does not"))
		case "fires":
			bad = append(bad, fault.NewInvalid(at, "content.samples.fires", "should not make it fire and does"))
		default:
			bad = append(bad, fault.NewInvalid(at, "content.samples.unread", "is understood by no parser and so proves nothing"))
		}
	}
	return bad.ErrOrNil()
}

// State returns a rule's state, where it may go from there, and which of the given customers have it otherwise.
func (s *Service) State(ctx context.Context, id string, of func(tenant.ID) bool) (RuleState, error) {
	k, err := s.known(ctx, id)
	if err != nil {
		return RuleState{}, fmt.Errorf("state of rule %s: %w", id, err)
	}
	out := RuleState{Standing: k.standing}
	for _, o := range k.others {
		if of(o.Tenant) {
			out.Overrides = append(out.Overrides, o)
		}
	}
	if !k.inForce() {
		return out, nil
	}
	now, err := s.look(ctx)
	if err != nil {
		return RuleState{}, fmt.Errorf("state of rule %s: %w", id, err)
	}
	if out.UsedBy, err = s.usedBy(ctx, now, id, nil); err != nil {
		return RuleState{}, fmt.Errorf("correlations of rule %s: %w", id, err)
	}
	if out.Parts, err = s.partsOf(ctx, now, k); err != nil {
		return RuleState{}, fmt.Errorf("parts of rule %s: %w", id, err)
	}
	for _, to := range movesOf(&k.Rule) {
		m := Move{To: to}
		if err := s.pass(ctx, k, to); err != nil && !errors.As(err, &m.Reasons) {
			return RuleState{}, fmt.Errorf("state of rule %s: %w", id, err)
		}
		out.Moves = append(out.Moves, m)
	}
	return out, nil
}

// SetState moves a rule for every customer that does not have it otherwise. It is fault.Invalid where the move is none of those there
// are, or the rule may not stand there; reasons name what is wrong. It is fault.Unconfirmed where correlations that run would lose a part of theirs,
// unless that is confirmed.
func (s *Service) SetState(ctx context.Context, id string, to State, reason string, confirmed bool) error {
	err := s.decide(ctx, func(ctx context.Context) error {
		now, err := s.look(ctx)
		if err == nil {
			_, err = s.setState(ctx, now, id, to, reason, confirmed)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("state of rule %s: %w", id, err)
	}
	return nil
}

// SetStates moves at most 500 rules, each by itself: what is refused costs no other.
func (s *Service) SetStates(ctx context.Context, ids []string, to State, reason string, confirmed bool) ([]Changed, error) {
	if len(ids) == 0 || len(ids) > maxBulk {
		return nil, fault.NewInvalid("ids", "content.rule.bulk", "must be 1–500 rules")
	}
	if err := checkDecision(to, reason); err != nil {
		return nil, err
	}
	out := make([]Changed, len(ids))
	err := s.decide(ctx, func(ctx context.Context) error {
		now, err := s.look(ctx)
		if err != nil {
			return err
		}
		for i, id := range ids {
			out[i].Rule = id
			out[i].Changed, out[i].Err = s.setState(ctx, now, id, to, reason, confirmed)
			if out[i].Err != nil && !errors.Is(out[i].Err, fault.ErrInvalid) && !errors.Is(out[i].Err, fault.ErrConflict) && !errors.Is(out[i].Err, fault.ErrNotFound) {
				return out[i].Err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("states of rules: %w", err)
	}
	return out, nil
}

func (s *Service) setState(ctx context.Context, now view, id string, to State, reason string, confirmed bool) (bool, error) {
	if err := checkDecision(to, reason); err != nil {
		return false, err
	}
	k, err := s.knownIn(ctx, now, id)
	if err != nil {
		return false, err
	}
	switch {
	case !k.inForce():
		return false, fault.NewInvalid("state", "content.rule.off", "cannot change: the rule is in no active pack")
	case k.State == to:
		return false, nil
	case !slices.Contains(movesOf(&k.Rule), to):
		return false, fault.NewInvalid("state", "content.rule.move", fmt.Sprintf("cannot become %s from %s", to, k.State))
	}
	if err := s.pass(ctx, k, to); err != nil {
		return false, err
	}
	if k.State.Runs() && !confirmed {
		if err := s.spare(ctx, now, id, k.State, to); err != nil {
			return false, err
		}
	}
	st := s.standing(ctx, to, reason)
	if err := s.deps.Repository.PutState(ctx, id, st); err != nil {
		return false, err
	}
	now.Platform[id] = st // the same id may come again
	return true, s.note(ctx, "rule.state", id, map[string]State{"state": k.State}, map[string]State{"state": to}, reason)
}

// SetOverride makes a customer have a rule otherwise than the platform: [Shadow], [Enabled], [Off], or again as the platform with
// [Inherit]. What runs nowhere else then runs for this customer alone. It asks to be confirmed as [Service.SetState] does.
func (s *Service) SetOverride(ctx context.Context, of tenant.ID, id string, to State, reason string, confirmed bool) error {
	if !slices.Contains([]State{Shadow, Enabled, Off, Inherit}, to) {
		return fault.NewInvalid("state", "content.override.state", "must be enabled, shadow, off or inherit")
	}
	if len(reason) > maxReason {
		return tooLong()
	}
	err := s.decide(ctx, func(ctx context.Context) error {
		k, err := s.known(ctx, id)
		if err != nil {
			return err
		}
		if !k.inForce() {
			return fault.NewInvalid("state", "content.rule.off", "cannot change: the rule is in no active pack")
		}
		if k.Kind == KindFilter && to != Inherit {
			return fault.NewInvalid("state", "content.override.filter", "cannot differ between customers: the engine applies a filter to everyone; make an exception at the customer")
		}
		if to.Runs() && k.State == Draft {
			return fault.NewInvalid("state", "content.override.draft", "cannot run: the rule is a draft")
		}
		if to.Runs() {
			if err := s.pass(ctx, k, to); err != nil {
				return err
			}
		}
		before := Inherit
		if i := slices.IndexFunc(k.others, func(o Override) bool { return o.Tenant == of }); i >= 0 {
			before = k.others[i].State
		}
		if before == to {
			return nil
		}
		was, will := before, to
		if was == Inherit {
			was = k.State
		}
		if will == Inherit {
			will = k.State
		}
		if was.Runs() && !confirmed {
			now, err := s.look(ctx)
			if err != nil {
				return err
			}
			if err := s.spare(ctx, now, id, was, will); err != nil {
				return err
			}
		}
		if err := s.deps.Repository.PutOverride(ctx, Override{Tenant: of, Rule: id, Standing: s.standing(ctx, to, reason)}); err != nil {
			return err
		}
		return s.noteAt(ctx, of, "rule.override", id, map[string]State{"state": before}, map[string]State{"state": to}, reason)
	})
	if err != nil {
		return fmt.Errorf("rule %s at customer %s: %w", id, of, err)
	}
	return nil
}

func checkDecision(to State, reason string) error {
	if !slices.Contains(lively(), to) {
		return fault.NewInvalid("state", "content.rule.state", "must be draft, testing, shadow, enabled or deprecated")
	}
	if len(reason) > maxReason {
		return tooLong()
	}
	return nil
}

func tooLong() error {
	return fault.NewInvalid("reason", "content.rule.reason", fmt.Sprintf("must be at most %d bytes", maxReason))
}

func (s *Service) standing(ctx context.Context, to State, reason string) Standing {
	return Standing{State: to, Reason: reason, By: s.deps.Actor(ctx), At: s.deps.Now().UTC()}
}

// decide runs one change of rules as a transaction, and has the engine follow.
func (s *Service) decide(ctx context.Context, fn func(context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.deps.Door.Platform(ctx, func(ctx context.Context) error {
		if err := fn(ctx); err != nil {
			return err
		}
		return s.deps.Repository.SetEdition(ctx, ulid.Make().String())
	})
	if err == nil {
		s.changed(ctx)
	}
	return err
}

func (s *Service) note(ctx context.Context, action, rule string, before, after any, reason string) error {
	return s.noteAt(ctx, tenant.Provider, action, rule, before, after, reason)
}

func (s *Service) noteAt(ctx context.Context, chain tenant.ID, action, rule string, before, after any, reason string) error {
	if s.deps.Auditor == nil {
		return nil
	}
	return s.deps.Auditor.Record(ctx, chain, action, "rule/"+rule, before, after, reason)
}
