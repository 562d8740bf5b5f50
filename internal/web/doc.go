// Package web serves the browser side of iSOC, built from ui/ and embedded in the binary.
//
// The build is optional: `go build` never needs Node. What Vite leaves in ui/dist is copied to
// internal/web/dist before the Go build, which git ignores; without it a placeholder page says how to build.
package web
