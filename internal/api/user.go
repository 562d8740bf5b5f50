package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// User is a person who may log in.
type User struct {
	ID        string       `json:"id"`
	Username  string       `json:"username"`
	Name      string       `json:"name"`
	Role      string       `json:"role" enum:",provider_admin,provider_analyst" doc:"The provider role; empty for customers' users."`
	Tenants   []UserTenant `json:"tenants" nullable:"false" doc:"A customer's user: customers and roles."`
	Locale    string       `json:"locale"`
	Disabled  bool         `json:"disabled"`
	LastLogin *time.Time   `json:"last_login_at" nullable:"true" doc:"When the password last let the user in; null where it never did."`
	LastFrom  string       `json:"last_login_from" doc:"The address it came from."`
	Slowed    *time.Time   `json:"slowed_until" nullable:"true" doc:"After failed log-ins this name has to wait until then at some address; elsewhere it need not."`
	CreatedAt time.Time    `json:"created_at"`
	UpdatedAt time.Time    `json:"updated_at"`
	Version   int64        `json:"version"`
}

// UserTenant is a role that a user has at one customer.
type UserTenant struct {
	ID   string `json:"id" maxLength:"64" doc:"Id of the customer; slugs are understood on input."`
	Role string `json:"role,omitempty" enum:"customer_viewer" default:"customer_viewer"`
}

// UserDraft is a user to be made: of the provider (role) or of customers (tenants), never both.
type UserDraft struct {
	Username string       `json:"username" minLength:"1" maxLength:"64"`
	Name     string       `json:"name,omitempty" maxLength:"200"`
	Password string       `json:"password" minLength:"1" maxLength:"1024"`
	Role     string       `json:"role,omitempty" enum:",provider_admin,provider_analyst,customer_viewer" doc:"The provider role. customer_viewer says the same as nothing: the role stands with each of tenants."`
	Tenants  []UserTenant `json:"tenants,omitempty" maxItems:"1000" nullable:"false"`
	Locale   string       `json:"locale,omitempty" enum:"zh-CN,en" default:"zh-CN"`
}

// UserPatch changes a user. Absent fields stay; tenants replace all memberships.
type UserPatch struct {
	Name     *string       `json:"name,omitempty" maxLength:"200"`
	Password *string       `json:"password,omitempty" minLength:"1" maxLength:"1024" doc:"Sets a new password and ends the user's sessions and tokens."`
	Role     *string       `json:"role,omitempty" enum:",provider_admin,provider_analyst,customer_viewer"`
	Tenants  *[]UserTenant `json:"tenants,omitempty" maxItems:"1000" nullable:"false"`
	Locale   *string       `json:"locale,omitempty" enum:"zh-CN,en"`
	Disabled *bool         `json:"disabled,omitempty"`
	Version  int64         `json:"version" minimum:"1" doc:"The version the change was made on."`
}

// Users manages everybody's accounts. A change on an old version is a *fault.Conflict, a username in use a *fault.Taken.
type Users interface {
	Users(ctx context.Context) ([]identity.User, error)
	// Memberships counts the users of every customer that has any.
	Memberships(ctx context.Context) (map[tenant.ID]identity.Members, error)
	// Slowed tells which usernames have to wait somewhere after failed log-ins, and until when.
	Slowed() map[string]time.Time
	CreateUser(ctx context.Context, d identity.UserDraft) (identity.User, error)
	UpdateUser(ctx context.Context, id string, p identity.UserPatch) (identity.User, error)
}

func (a *API) declareUsers() {
	register(a, operation{
		id: "listUsers", method: http.MethodGet, path: "/api/v1/users", tag: "user",
		summary: "All users",
	}, provider(identity.ManageUsers), a.listUsers)
	register(a, operation{
		id: "createUser", method: http.MethodPost, path: "/api/v1/users", tag: "user",
		summary: "Make a user", status: http.StatusCreated,
	}, provider(identity.ManageUsers), a.createUser)
	register(a, operation{
		id: "updateUser", method: http.MethodPatch, path: "/api/v1/users/{user}", tag: "user",
		summary: "Change a user",
	}, provider(identity.ManageUsers), a.updateUser)
}

func (a *API) listUsers(ctx context.Context, _ *none) (*reply[List[User]], error) {
	found, err := a.deps.Users.Users(ctx)
	if err != nil {
		return nil, err
	}
	slowed := a.deps.Users.Slowed()
	return answer(List[User]{Items: each(found, func(u identity.User) User {
		body := userBody(u)
		if until, ok := slowed[u.Username]; ok {
			until = until.UTC()
			body.Slowed = &until
		}
		return body
	})}), nil
}

func (a *API) createUser(ctx context.Context, in *struct{ Body UserDraft }) (*reply[User], error) {
	d := in.Body
	roles, err := a.memberships(ctx, d.Tenants)
	if err != nil {
		return nil, err
	}
	u, err := a.deps.Users.CreateUser(ctx, identity.UserDraft{
		Username: d.Username, Name: d.Name, Password: d.Password, Provider: providerRole(d.Role), Tenants: roles, Locale: d.Locale,
	})
	if err != nil {
		return nil, err
	}
	return answer(userBody(u)), nil
}

func (a *API) updateUser(ctx context.Context, in *struct {
	User string `path:"user" maxLength:"64"`
	Body UserPatch
}) (*reply[User], error) {
	b := in.Body
	patch := identity.UserPatch{
		Name: b.Name, Password: b.Password, Locale: b.Locale, Disabled: b.Disabled, Version: b.Version,
	}
	if b.Role != nil {
		role := providerRole(*b.Role)
		patch.Provider = &role
	}
	if b.Tenants != nil {
		roles, err := a.memberships(ctx, *b.Tenants)
		if err != nil {
			return nil, err
		}
		patch.Tenants = &roles
	}
	u, err := a.deps.Users.UpdateUser(ctx, in.User, patch)
	if err != nil {
		return nil, err
	}
	return answer(userBody(u)), nil
}

// providerRole is the role that a word names at the provider: none for a role at customers.
func providerRole(word string) identity.Role {
	if role := identity.Role(word); role != identity.CustomerViewer {
		return role
	}
	return ""
}

// memberships finds the customers that a user is to belong to, by slug or id.
func (a *API) memberships(ctx context.Context, wanted []UserTenant) (map[tenant.ID]identity.Role, error) {
	roles := make(map[tenant.ID]identity.Role, len(wanted))
	for i, m := range wanted {
		t, err := a.tenant(ctx, m.ID)
		if errors.Is(err, fault.ErrNotFound) {
			return nil, fault.NewInvalid(fmt.Sprintf("tenants[%d].id", i), "user.tenants.unknown", "is no customer")
		}
		if err != nil {
			return nil, err
		}
		roles[t.ID] = identity.Role(m.Role)
	}
	return roles, nil
}

func userBody(u identity.User) User {
	tenants := make([]UserTenant, 0, len(u.Tenants))
	for _, id := range slices.Sorted(maps.Keys(u.Tenants)) {
		tenants = append(tenants, UserTenant{ID: string(id), Role: string(u.Tenants[id])})
	}
	body := User{
		ID: u.ID, Username: u.Username, Name: u.Name, Role: string(u.Provider), Tenants: tenants, Locale: u.Locale,
		Disabled: u.Disabled, CreatedAt: u.CreatedAt.UTC(), UpdatedAt: u.UpdatedAt.UTC(), Version: u.Version, LastFrom: u.LastLoginFrom,
	}
	if !u.LastLogin.IsZero() {
		at := u.LastLogin.UTC()
		body.LastLogin = &at
	}
	return body
}

var _ Users = (*identity.Service)(nil)
