package logsource

import (
	"slices"
	"strings"
)

// Source is the log source a rule asks for; an empty part asks for nothing. Values are lower-case.
type Source struct {
	Product  string `json:"product,omitempty"`
	Category string `json:"category,omitempty"`
	Service  string `json:"service,omitempty"`
}

// Profile is what an event is: one product, and the categories and services it belongs to.
type Profile struct {
	Product    string
	Categories []string
	Services   []string
}

// Accepts reports whether an event of the profile is of the source: each part the source states must be met.
func (p *Profile) Accepts(s Source) bool {
	return (s.Product == "" || s.Product == p.Product) &&
		(s.Category == "" || slices.Contains(p.Categories, s.Category)) &&
		(s.Service == "" || slices.Contains(p.Services, s.Service))
}

// String is "product/category,…/service,…", for messages.
func (p *Profile) String() string {
	return p.Product + "/" + strings.Join(p.Categories, ",") + "/" + strings.Join(p.Services, ",")
}
