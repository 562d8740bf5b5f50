package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/isoc-project/isoc/internal/fault"
)

// Bounds of passwords. Length is what counts; no character classes are demanded.
const (
	MinPasswordRunes = 10
	MaxPasswordBytes = 1024
)

// hashCost is the work of one argon2id hash.
type hashCost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// standardCost is the second of OWASP's equivalent recommendations: 19 MiB, 2 passes, 1 thread.
func standardCost() hashCost { return hashCost{memory: 19 << 10, passes: 2, threads: 1} }

const (
	saltBytes = 16
	keyBytes  = 32
)

// hasher hashes passwords, a bounded number at a time: each takes 19 MiB for some 20 ms.
type hasher struct {
	cost  hashCost
	slots chan struct{}
	miss  string // hash of nothing anyone knows, checked where there is no user
}

func newHasher(cost hashCost) *hasher {
	h := &hasher{cost: cost, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.miss = h.derive(randomText(keyBytes))
	return h
}

// hash returns the password's hash as a PHC string. It waits for a free slot as long as ctx lasts.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	return h.derive(password), nil
}

// matches reports whether the password has the hash. An empty hash stands for no user: it takes the same time and never matches.
func (h *hasher) matches(ctx context.Context, phc, password string) (bool, error) {
	known := phc != ""
	if !known {
		phc = h.miss
	}
	cost, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	got := argon2.IDKey([]byte(password), salt, cost.passes, cost.memory, cost.threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func (h *hasher) acquire(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to check password: %w", context.Cause(ctx))
	}
}

func (h *hasher) release() { <-h.slots }

func (h *hasher) derive(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, h.cost.passes, h.cost.memory, h.cost.threads, keyBytes)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.cost.memory, h.cost.passes, h.cost.threads,
		enc.EncodeToString(salt), enc.EncodeToString(key))
}

// parsePHC reads "$argon2id$v=19$m=…,t=…,p=…$salt$key" and refuses costs that would stall the process.
func parsePHC(phc string) (cost hashCost, salt, key []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, fmt.Errorf("password hash is not argon2id version %d", argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.memory, &cost.passes, &cost.threads); err != nil {
		return cost, nil, nil, fmt.Errorf("password hash: costs: %w", err)
	}
	if cost.memory < 8 || cost.memory > 1<<20 || cost.passes < 1 || cost.passes > 64 || cost.threads < 1 {
		return cost, nil, nil, fmt.Errorf("password hash: costs %q out of bounds", parts[3])
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return cost, nil, nil, fmt.Errorf("password hash: salt: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return cost, nil, nil, fmt.Errorf("password hash: key: %w", err)
	}
	if len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64 {
		return cost, nil, nil, fmt.Errorf("password hash: salt of %d and key of %d bytes", len(salt), len(key))
	}
	return cost, salt, key, nil
}

// checkPassword refuses passwords that are too short, too long, or the username itself.
func checkPassword(password, username string) error {
	switch {
	case !utf8.ValidString(password):
		return fault.NewInvalid("password", "user.password.encoding", "must be valid UTF-8")
	case utf8.RuneCountInString(password) < MinPasswordRunes:
		return fault.NewInvalid("password", "user.password.short", "must have at least 10 characters")
	case len(password) > MaxPasswordBytes:
		return fault.NewInvalid("password", "user.password.long", "must have at most 1024 bytes")
	case strings.EqualFold(password, username):
		return fault.NewInvalid("password", "user.password.username", "must not be the username")
	}
	return nil
}

// randomText returns n random bytes as URL-safe text.
func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
