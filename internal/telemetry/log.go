package telemetry

import (
	"io"
	"log/slog"
)

// NewLogger returns the process's logger. Level is debug, info, warn or error and format is text or json, both
// already validated; anything else falls back to info and text.
func NewLogger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
