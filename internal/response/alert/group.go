package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/oklog/ulid/v2"
)

// Window is the longest silence, in event time, that an open alert bridges: a firing within Window of
// the alert's first or last one is counted on it, a later one raises a new alert.
const Window = time.Hour

// MaxEntities bounds the distinct entity values an alert lists; further ones are counted only by Count.
const MaxEntities = 32

// Fingerprint names what firings have in common to stand on one alert: the model, the rule, and the
// entities that say where it happens. The host and the source address decide; the user does only where
// no source address is known, so that a password spray from one address is one alert and not one a user.
// The tenant is not part of it because fingerprints are only ever compared within one tenant.
func Fingerprint(s Signal) string {
	h := sha256.New()
	write := func(v string) {
		h.Write([]byte(v))
		h.Write([]byte{0})
	}
	write(s.Model)
	write(s.Rule.ID)
	source := entity(s.Entities, event.SourceIP)
	write(entity(s.Entities, event.HostName))
	write(source)
	if source == "" {
		write(entity(s.Entities, event.UserName))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func entity(fields []event.Field, name string) string {
	for _, f := range fields {
		if f.Name == name {
			return strings.ToLower(f.Value)
		}
	}
	return ""
}

// raise makes a fresh alert of a first firing.
func raise(s Signal, fingerprint string, now time.Time) Alert {
	return Alert{
		ID: ulid.Make().String(), Tenant: s.Tenant, Source: s.Source, Fingerprint: fingerprint, Rule: s.Rule,
		Models: []string{s.Model}, Entities: slices.Clone(s.Entities), State: New,
		Count: 1, FirstAt: s.Time, LastAt: s.Time,
		CreatedAt: now, UpdatedAt: now, UpdatedBy: "system", Version: 1,
	}
}

// near reports whether a firing at t is close enough to the alert's span to stand on it.
func (a *Alert) near(t time.Time) bool {
	return !t.Before(a.FirstAt.Add(-Window)) && !t.After(a.LastAt.Add(Window))
}

// count adds one firing to the alert's figures.
func (a *Alert) count(s Signal, now time.Time) {
	a.Count++
	if s.Time.Before(a.FirstAt) {
		a.FirstAt = s.Time
	}
	if s.Time.After(a.LastAt) {
		a.LastAt = s.Time
	}
	if !slices.Contains(a.Models, s.Model) {
		a.Models = append(a.Models, s.Model)
	}
	for _, e := range s.Entities {
		if len(a.Entities) < MaxEntities && !slices.Contains(a.Entities, e) {
			a.Entities = append(a.Entities, e)
		}
	}
	a.UpdatedAt = now
}
