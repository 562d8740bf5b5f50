package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// settingName is where the choice is kept.
const settingName = "setup.dismissed"

// Settings keeps small things of the platform; what was never put is fault.ErrNotFound.
type Settings interface {
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
}

// Passwords tells whether the first administrator still has the password that the first start made up.
type Passwords interface {
	FirstPassword(ctx context.Context) (bool, error)
}

// Auditor records a change in the open transaction; its error undoes the change.
type Auditor interface {
	Record(ctx context.Context, id tenant.ID, action, object string, before, after any, reason string) error
}

// Transactor opens the transaction that a change and its audit entry share.
type Transactor interface {
	Platform(ctx context.Context, fn func(ctx context.Context) error) error
}

// Deps are what a [Service] works with. All are required.
type Deps struct {
	Settings   Settings
	Passwords  Passwords
	Transactor Transactor
	Auditor    Auditor
}

// Service tells of the first run and remembers that it was put off.
type Service struct{ d Deps }

// NewService returns a service over d.
func NewService(d Deps) *Service { return &Service{d} }

// FirstPassword reports whether the generated first password still stands.
func (s *Service) FirstPassword(ctx context.Context) (bool, error) {
	return s.d.Passwords.FirstPassword(ctx)
}

// Dismissed reports whether somebody chose to do the rest of the set-up later.
func (s *Service) Dismissed(ctx context.Context) (bool, error) {
	_, err := s.d.Settings.Setting(ctx, settingName)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read set-up: %w", err)
	}
	return true, nil
}

// Dismiss remembers that the rest is done later: the first-run page does not come up by itself any more.
func (s *Service) Dismiss(ctx context.Context) error {
	err := s.d.Transactor.Platform(ctx, func(ctx context.Context) error {
		if err := s.d.Settings.PutSetting(ctx, settingName, "true"); err != nil {
			return err
		}
		return s.d.Auditor.Record(ctx, tenant.Provider, "setup.dismiss", "setup", nil, nil, "")
	})
	if err != nil {
		return fmt.Errorf("dismiss set-up: %w", err)
	}
	return nil
}
