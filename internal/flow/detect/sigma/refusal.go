package sigma

import "strings"

// Refusal says which rule could not be used, which part of it is wrong, and why.
type Refusal struct {
	File   string `json:"file,omitempty"`
	Rule   string `json:"rule,omitempty"` // id as written
	Title  string `json:"title,omitempty"`
	Field  string `json:"field,omitempty"` // "detection.selection.Image|foo"
	Reason string `json:"reason"`
	// Foreign says that the document is no Sigma document at all: it has neither log source nor detection nor correlation
	// nor filter. Folders of rules hold such files too.
	Foreign bool `json:"-"`
}

// Error returns "FILE: rule ID: FIELD: REASON", leaving out what is not known.
func (r Refusal) Error() string {
	parts := make([]string, 0, 4)
	if r.File != "" {
		parts = append(parts, r.File)
	}
	if r.Rule != "" {
		parts = append(parts, "rule "+r.Rule)
	}
	if r.Field != "" {
		parts = append(parts, r.Field)
	}
	return strings.Join(append(parts, r.Reason), ": ")
}

// problem is a fault at a place within a rule; the path grows from the inside out.
type problem struct {
	path    string
	reason  string
	foreign bool
}

func fail(path, reason string) *problem { return &problem{path: path, reason: reason} }

// in puts the problem under an outer key. It may be called on nil.
func (p *problem) in(key string) *problem {
	if p == nil {
		return nil
	}
	if p.path != "" {
		key += "." + p.path
	}
	return &problem{path: key, reason: p.reason, foreign: p.foreign}
}

func (p *problem) refusal(file string, m *Meta) Refusal {
	r := Refusal{File: file, Field: p.path, Reason: p.reason, Foreign: p.foreign}
	if m != nil {
		r.Rule, r.Title = m.ID, m.Title
	}
	return r
}

var _ error = Refusal{}
