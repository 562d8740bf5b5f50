package local

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"strconv"
	"sync"

	"github.com/VictoriaMetrics/VictoriaMetrics/lib/logger"
)

// engineOnce guards the settings that the engine keeps for the whole process: it registers flags on
// flag.CommandLine, logs to one global writer, and fixes its memory bound at first use. The first
// archive opened decides; commands of ours parse flag sets of their own and never see these flags.
var engineOnce sync.Once

// setUpEngine applies process-wide settings once.
func setUpEngine(memoryBytes int64, log *slog.Logger) error {
	var err error
	engineOnce.Do(func() {
		if !flag.Parsed() { // the engine panics on flags that nobody parsed
			if err = flag.CommandLine.Parse(nil); err != nil {
				return
			}
		}
		for name, value := range map[string]string{
			"memory.allowedBytes":     strconv.FormatInt(memoryBytes, 10),
			"loggerDisableTimestamps": "true",
			"loggerMaxArgLen":         "500", // it prints rows it refuses
		} {
			if err = flag.CommandLine.Set(name, value); err != nil {
				err = fmt.Errorf("set engine flag %s: %w", name, err)
				return
			}
		}
		logger.SetOutputForTests(&engineLog{log: log}) // its only way to set a writer
	})
	return err
}

// engineLog turns the engine's lines "level TAB place TAB text" into slog records. It writes before
// the engine goes on, so that the line of a fatal error is out before the process ends.
type engineLog struct{ log *slog.Logger }

// Write logs one line.
func (w *engineLog) Write(p []byte) (int, error) {
	parts := bytes.SplitN(bytes.TrimSpace(p), []byte("\t"), 3)
	if len(parts) < 3 {
		w.log.Info(string(bytes.TrimSpace(p)))
		return len(p), nil
	}
	level := slog.LevelDebug // the engine is chatty: every part and snapshot is an info line
	switch string(parts[0]) {
	case "warn":
		level = slog.LevelWarn
	case "error", "fatal", "panic":
		level = slog.LevelError
	}
	w.log.Log(context.Background(), level, string(parts[2]), "engine_level", string(parts[0]), "place", string(parts[1]))
	return len(p), nil
}
