package view

import (
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of a view.
const (
	maxName   = 80   // runes
	maxSearch = 8192 // bytes
	maxViews  = 200  // of one person at one side
)

// View is the filters of a page under a name.
type View struct {
	ID        string
	Side      tenant.ID // the customer whose people see it when it is shared; tenant.Provider for the provider's staff
	UserID    string    // whose it is
	Owner     string    // the same by name, as it was when the view was made
	Page      string    // "alerts", "search", …: a name the browser side gives its pages
	Name      string    // 1–80 printable characters, unique for an owner and a page
	Search    string    // the address's query without "?", at most 8 KiB; empty for the page without filters
	Shared    bool      // visible to everybody of the side
	CreatedAt time.Time
	UpdatedAt time.Time
	UpdatedBy string
	Version   int64
}

// Default is the view that a person opens a page with.
type Default struct {
	Side   tenant.ID
	UserID string
	Page   string
	View   string
}

var pageName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (v View) validate() error {
	var all fault.InvalidAll
	if !pageName.MatchString(v.Page) {
		all = append(all, fault.NewInvalid("page", "view.page", "must be the name of a page"))
	}
	if n := utf8.RuneCountInString(v.Name); n < 1 || n > maxName || !printable(v.Name) || strings.TrimSpace(v.Name) != v.Name {
		all = append(all, fault.NewInvalid("name", "view.name", "must be 1–80 printable characters without blanks around"))
	}
	if !addressQuery(v.Search) {
		all = append(all, fault.NewInvalid("search", "view.search", "must be the query of an address, at most 8 KiB"))
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

func printable(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func addressQuery(s string) bool {
	if len(s) > maxSearch || !printable(s) || strings.ContainsAny(s, "?# ") {
		return false
	}
	_, err := url.ParseQuery(s)
	return err == nil
}

// audited is what the audit keeps of a view.
func (v View) audited() map[string]any {
	return map[string]any{"page": v.Page, "name": v.Name, "search": v.Search, "shared": v.Shared, "owner": v.Owner}
}
