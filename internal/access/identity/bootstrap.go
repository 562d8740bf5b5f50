package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

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
	_, err = s.CreateUser(ctx, UserDraft{Username: FirstAdmin, Name: "Administrator", Password: password, Provider: ProviderAdmin})
	var taken *fault.Taken
	if errors.As(err, &taken) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("make first admin: %w", err)
	}
	return generated, true, nil
}
