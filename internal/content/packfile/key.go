package packfile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// signature is what pack.sig holds: which key signed the exact bytes of pack.json.
type signature struct {
	Algorithm string `json:"algorithm"`
	Key       string `json:"key"`
	Signature []byte `json:"signature"` // base64
}

const algorithm = "ed25519"

var keyPattern = regexp.MustCompile(`^[0-9a-f]{16}$`)

func parseSignature(text []byte) (signature, error) {
	var s signature
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, refuse(signatureName, "content.signature.unreadable", "cannot be read")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) || s.Algorithm != algorithm || !keyPattern.MatchString(s.Key) || len(s.Signature) != ed25519.SignatureSize {
		return s, refuse(signatureName, "content.signature.unreadable", "cannot be read")
	}
	return s, nil
}

// KeyID names a public key: the first 16 hex digits of its SHA-256. It finds the key; what is trusted is the key itself.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// GenerateKey makes a pair of keys, both as PEM: PKCS #8 and PKIX, which openssl reads too.
func GenerateKey() (private, public []byte, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	public, err = EncodePublicKey(pub)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), public, err
}

// EncodePublicKey returns a public key as PEM.
func EncodePublicKey(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// ParsePrivateKey reads what [GenerateKey] made.
func ParsePrivateKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, errors.New("is no private key in PEM")
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("is no private key: %w", err)
	}
	key, ok := any.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("is no ed25519 key")
	}
	return key, nil
}

// ParsePublicKey reads a public key in PEM. What is wrong is a fault.Invalid of the field public_key.
func ParsePublicKey(text []byte) (ed25519.PublicKey, error) {
	block, rest := pem.Decode(text)
	if block != nil && block.Type == "PUBLIC KEY" && len(bytes.TrimSpace(rest)) == 0 {
		if any, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
			if key, ok := any.(ed25519.PublicKey); ok {
				return key, nil
			}
		}
	}
	return nil, refuse("public_key", "content.key.unreadable", "is no ed25519 public key in PEM")
}
