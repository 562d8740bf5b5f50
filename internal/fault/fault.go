package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The sentinels every capability returns, wrapped with what was attempted. The edge maps each to one status.
var (
	// ErrNotFound says that the thing does not exist, or that the caller may not know that it does.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that the thing changed or exists already; see [Conflict] and [Taken].
	ErrConflict = errors.New("conflict")
	// ErrForbidden says that the caller is known and lacks the permission.
	ErrForbidden = errors.New("forbidden")
	// ErrUnauthenticated says that the caller is not known: no credential, or a wrong, expired or revoked one.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrQuota says that the caller must slow down; see [Quota].
	ErrQuota = errors.New("over quota")
	// ErrUnavailable says that the service cannot do it now (full disk, queue full, shutting down) and nothing was done.
	ErrUnavailable = errors.New("unavailable")
	// ErrInvalid says that the request itself is wrong; see [Invalid].
	ErrInvalid = errors.New("invalid")
)

// Invalid names the field that is wrong and why. It is [ErrInvalid] to [errors.Is].
type Invalid struct {
	Field  string // as the API names it: "slug", "senders[2]"
	Reason string // English, a short clause: "must be 1–200 characters"
	Code   string // i18n key of the reason: "tenant.slug.format"
}

// NewInvalid returns an [Invalid] for one field.
func NewInvalid(field, code, reason string) *Invalid {
	return &Invalid{Field: field, Reason: reason, Code: code}
}

// Error returns "invalid FIELD: REASON".
func (e *Invalid) Error() string { return "invalid " + e.Field + ": " + e.Reason }

// Is makes every Invalid an [ErrInvalid].
func (e *Invalid) Is(target error) bool { return target == ErrInvalid }

// InvalidAll collects several wrong fields of one request. It unwraps to each of them.
type InvalidAll []*Invalid

// Error joins the reasons of all fields.
func (e InvalidAll) Error() string {
	texts := make([]string, len(e))
	for i, f := range e {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

// Is makes every InvalidAll an [ErrInvalid].
func (e InvalidAll) Is(target error) bool { return target == ErrInvalid }

// Unwrap returns the single faults, so that errors.As finds the first.
func (e InvalidAll) Unwrap() []error {
	errs := make([]error, len(e))
	for i, f := range e {
		errs[i] = f
	}
	return errs
}

// ErrOrNil returns e as an error, or nil where it holds no fault.
func (e InvalidAll) ErrOrNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// Conflict says who changed the thing meanwhile, and when. It is [ErrConflict] to [errors.Is].
type Conflict struct {
	By      string    // username of the last writer
	At      time.Time // when that write happened
	Version int64     // the version that stands now; 0 where unknown
}

// Error names the writer and the time.
func (e *Conflict) Error() string {
	if e.By == "" {
		return "conflict: changed by someone else meanwhile"
	}
	return fmt.Sprintf("conflict: changed by %s at %s", e.By, e.At.UTC().Format(time.RFC3339))
}

// Is makes every Conflict an [ErrConflict].
func (e *Conflict) Is(target error) bool { return target == ErrConflict }

// Unconfirmed says what a change would harm, which must be confirmed. It is [ErrConflict] to [errors.Is].
type Unconfirmed struct {
	Names []string // of what it would harm, as people know it
}

// Error names what would be harmed.
func (e *Unconfirmed) Error() string {
	return "conflict: must be confirmed, for it takes a part from " + strings.Join(e.Names, ", ")
}

// Is makes every Unconfirmed an [ErrConflict].
func (e *Unconfirmed) Is(target error) bool { return target == ErrConflict }

// Taken says that a value that must be unique is in use. It is [ErrConflict] to [errors.Is].
type Taken struct {
	Field string // "slug", "username", "port"
	Value string
}

// Error names the field and the value.
func (e *Taken) Error() string { return fmt.Sprintf("conflict: %s %q is in use", e.Field, e.Value) }

// Is makes every Taken an [ErrConflict].
func (e *Taken) Is(target error) bool { return target == ErrConflict }

// Quota says after which pause the caller may try again. It is [ErrQuota] to [errors.Is].
type Quota struct {
	What       string // what ran out: "events per second", "log-in attempts"
	RetryAfter time.Duration
}

// Error names what ran out and the pause.
func (e *Quota) Error() string {
	return fmt.Sprintf("over quota: %s; retry after %s", e.What, e.RetryAfter.Round(time.Millisecond))
}

// Is makes every Quota an [ErrQuota].
func (e *Quota) Is(target error) bool { return target == ErrQuota }
