// Package e2e tests the real binary from outside: crashes, real log clients, and isolation of tenants.
package e2e
