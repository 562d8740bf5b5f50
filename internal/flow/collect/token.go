package collect

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"
)

// TokenPrefix starts every source token, so that people and secret scanners recognise one.
const TokenPrefix = "src_"

const (
	tokenBytes = 32 // of randomness
	hintLength = 8
)

// token is a fresh secret with what is kept of it.
type token struct{ secret, hash, hint string }

func newToken() token {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the process instead
	secret := TokenPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
	return token{secret: secret, hash: HashToken(secret), hint: secret[:hintLength]}
}

// HashToken returns what a source keeps of its token: the hex SHA-256. A plain hash is enough for 256 random bits.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
