package identity

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/fault"
)

// quick is the least argon2id can do, for tests of what stands around it.
func quick() hashCost { return hashCost{memory: 8, passes: 1, threads: 1} }

func TestPasswordMatchesOnlyItsOwnHash(t *testing.T) {
	t.Parallel()
	h := newHasher(quick())
	one, err := h.hash(t.Context(), "口令 one")
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.hash(t.Context(), "口令 one")
	if err != nil {
		t.Fatal(err)
	}
	if one == again {
		t.Error("two hashes of one password are alike: no salt")
	}
	for password, want := range map[string]bool{"口令 one": true, "口令 On": false, "": false, one: false} {
		if got, err := h.matches(t.Context(), one, password); err != nil || got != want {
			t.Errorf("%q: %v, %v", password, got, err)
		}
	}
}

func TestStandardHashIsArgon2idInPHCFormat(t *testing.T) {
	t.Parallel()
	phc, err := newHasher(standardCost()).hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash = %s", phc)
	}
}

func TestNoUserTakesTheWorkOfAUser(t *testing.T) {
	t.Parallel()
	h := newHasher(standardCost())
	known, err := h.hash(t.Context(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	costOf := func(phc string) hashCost {
		cost, salt, key, err := parsePHC(phc)
		if err != nil || len(salt) != saltBytes || len(key) != keyBytes {
			t.Fatalf("%s: salt %d, key %d bytes, %v", phc, len(salt), len(key), err)
		}
		return cost
	}
	if user, nobody := costOf(known), costOf(h.miss); user != nobody {
		t.Errorf("a user costs %+v, nobody %+v", user, nobody)
	}
	begin := time.Now()
	if ok, err := h.matches(t.Context(), "", "guess"); ok || err != nil {
		t.Fatalf("matches = %v, %v", ok, err)
	}
	if took := time.Since(begin); took < 2*time.Millisecond { // 38 MiB cannot be written faster by the fastest machine
		t.Errorf("nobody's password was checked in %v: no work was done", took)
	}
	if ok, err := h.matches(t.Context(), "", ""); ok || err != nil {
		t.Errorf("nobody's empty password: %v, %v", ok, err)
	}
}

func TestDamagedHashesAreRefused(t *testing.T) {
	t.Parallel()
	h := newHasher(quick())
	good := h.derive("x")
	for name, phc := range map[string]string{
		"not PHC":          "x",
		"another function": strings.Replace(good, "argon2id", "argon2i", 1),
		"another version":  strings.Replace(good, "v=19", "v=16", 1),
		"no costs":         strings.Replace(good, "m=8,t=1,p=1", "", 1),
		"too much memory":  strings.Replace(good, "m=8,", "m=4000000,", 1),
		"no passes":        strings.Replace(good, "t=1", "t=0", 1),
		"no threads":       strings.Replace(good, "p=1", "p=0", 1),
		"short salt":       "$argon2id$v=19$m=8,t=1,p=1$AAAA$" + strings.Repeat("A", 43),
		"no key":           good[:strings.LastIndex(good, "$")+1],
	} {
		if ok, err := h.matches(t.Context(), phc, "x"); ok || err == nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
}

func TestHashingWaitsForASlotOnlyAsLongAsTheCaller(t *testing.T) {
	t.Parallel()
	h := newHasher(quick())
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	gone := errors.New("caller left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if _, err := h.hash(ctx, "x"); !errors.Is(err, gone) {
		t.Errorf("hash: %v", err)
	}
	if _, err := h.matches(ctx, "", "x"); !errors.Is(err, gone) {
		t.Errorf("matches: %v", err)
	}
}

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for password, ok := range map[string]bool{
		"ninechars": false, "ten  chars": true, "一二三四五六七八九十": true, "administrator": false, "AdministratoR": false,
		"": false, "bad \xff utf-8": false, strings.Repeat("x", 1024): true, strings.Repeat("x", 1025): false,
	} {
		if err := checkPassword(password, "administrator"); (err == nil) != ok || !ok && !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(newHasher(quick()).derive("x"))
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, phc string) {
		cost, salt, key, err := parsePHC(phc)
		if err == nil && (cost.memory > 1<<20 || cost.passes == 0 || cost.threads == 0 || len(salt) == 0 || len(key) == 0) {
			t.Errorf("%q: accepted %+v with salt %d, key %d", phc, cost, len(salt), len(key))
		}
	})
}
