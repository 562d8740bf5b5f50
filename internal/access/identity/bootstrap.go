package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// FirstAdmin is the username of the user made at the first start.
const FirstAdmin = "admin"

// Bootstrap makes the first provider admin where there is no user yet. An empty password means a random one, which is
// returned for the operator to see once; made reports whether a user was made. Of several processes that start at once, one
// makes the user.
func (s *Service) Bootstrap(ctx context.Context, password string) (generated string, made bool, err error) {
	ctx = tenant.WithScope(ctx, tenant.All())
	users, err := s.repo.Users(ctx)
	if err != nil {
		return "", false, fmt.Errorf("make first admin: %w", err)
	}
	if len(users) > 0 {
		return "", false, nil
	}
	if password == "" {
		generated = rand.Text() // letters and digits alone: it is copied by hand, and a leading dash gets lost
		password = generated
	}
	u, err := s.CreateUser(ctx, UserDraft{Username: FirstAdmin, Name: "Administrator", Password: password, Provider: ProviderAdmin})
	var taken *fault.Taken
	if errors.As(err, &taken) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("make first admin: %w", err)
	}
	if generated != "" && s.notes != nil {
		if err := s.notes.PutSetting(ctx, firstPasswordSetting, firstPassword(u)); err != nil {
			return "", false, fmt.Errorf("remember whose password was made up: %w", err)
		}
	}
	return generated, true, nil
}

// firstPasswordSetting keeps whose password the first start made up, and when.
const firstPasswordSetting = "identity.first_password"

// Settings keeps small things of the platform; what was never put is fault.ErrNotFound.
type Settings interface {
	Setting(ctx context.Context, name string) (string, error)
	PutSetting(ctx context.Context, name, value string) error
}

// FirstPassword reports whether the password that the first start made up, and showed in a terminal, still opens an account.
func (s *Service) FirstPassword(ctx context.Context) (bool, error) {
	if s.notes == nil {
		return false, nil
	}
	note, err := s.notes.Setting(ctx, firstPasswordSetting)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("whose password was made up: %w", err)
	}
	id, _, _ := strings.Cut(note, " ")
	u, err := s.repo.User(ctx, id)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("whose password was made up: %w", err)
	}
	return !u.Disabled && firstPassword(u) == note, nil
}

func firstPassword(u User) string { return fmt.Sprintf("%s %d", u.ID, u.CredentialsAt.UnixMicro()) }
