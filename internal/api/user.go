package api

import (
	"net/http"
	"time"

	"github.com/isoc-project/isoc/internal/access/identity"
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
	CreatedAt time.Time    `json:"created_at"`
	UpdatedAt time.Time    `json:"updated_at"`
	Version   int64        `json:"version"`
}

// UserTenant is a role that a user has at one customer.
type UserTenant struct {
	ID   string `json:"id" maxLength:"64" doc:"Id of the customer; slugs are understood on input."`
	Role string `json:"role" enum:"customer_viewer"`
}

// UserDraft is a user to be made: of the provider (role) or of customers (tenants), never both.
type UserDraft struct {
	Username string       `json:"username" minLength:"1" maxLength:"64"`
	Name     string       `json:"name,omitempty" maxLength:"200"`
	Password string       `json:"password" minLength:"1" maxLength:"1024"`
	Role     string       `json:"role,omitempty" enum:",provider_admin,provider_analyst"`
	Tenants  []UserTenant `json:"tenants,omitempty" maxItems:"1000" nullable:"false"`
	Locale   string       `json:"locale,omitempty" enum:"zh-CN,en" default:"zh-CN"`
}

// UserPatch changes a user. Absent fields stay; tenants replace all memberships.
type UserPatch struct {
	Name     *string       `json:"name,omitempty" maxLength:"200"`
	Password *string       `json:"password,omitempty" minLength:"1" maxLength:"1024" doc:"Sets a new password and ends the user's sessions and tokens."`
	Role     *string       `json:"role,omitempty" enum:",provider_admin,provider_analyst"`
	Tenants  *[]UserTenant `json:"tenants,omitempty" maxItems:"1000" nullable:"false"`
	Locale   *string       `json:"locale,omitempty" enum:"zh-CN,en"`
	Disabled *bool         `json:"disabled,omitempty"`
	Version  int64         `json:"version" minimum:"1" doc:"The version the change was made on."`
}

func (a *API) declareUsers() {
	register(a, operation{
		id: "listUsers", method: http.MethodGet, path: "/api/v1/users", tag: "user",
		summary: "All users",
	}, provider(identity.ManageUsers), pending[none, reply[List[User]]])
	register(a, operation{
		id: "createUser", method: http.MethodPost, path: "/api/v1/users", tag: "user",
		summary: "Make a user", status: http.StatusCreated,
	}, provider(identity.ManageUsers), pending[struct{ Body UserDraft }, reply[User]])
	register(a, operation{
		id: "updateUser", method: http.MethodPatch, path: "/api/v1/users/{user}", tag: "user",
		summary: "Change a user",
	}, provider(identity.ManageUsers), pending[struct {
		User string `path:"user" maxLength:"64"`
		Body UserPatch
	}, reply[User]])
}
