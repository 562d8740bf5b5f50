package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// environment is what a command sees of the outside.
type environment struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
	lang     string // "zh-CN" or "en"
}

// misuseError says that the command line itself is wrong.
type misuseError struct{ reason string }

func (e *misuseError) Error() string { return e.reason }

// errReported ends a command whose output has told everything already.
var errReported = errors.New("reported")

// parseFlags parses args and refuses stray arguments beyond want.
func (e environment) parseFlags(fs *flag.FlagSet, args []string, want int) error {
	fs.SetOutput(io.Discard)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			e.help(fs)
			return err
		}
		return &misuseError{e.misused(err)}
	}
	if fs.NArg() != want {
		return &misuseError{e.text("arguments", want, fs.NArg())}
	}
	return nil
}

// language picks the language of messages: ISOC_LANG, else the locale.
func language(environ []string) string {
	vars := make(map[string]string)
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		vars[name] = value
	}
	for _, name := range []string{"ISOC_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := strings.ToLower(vars[name]); v != "" {
			if strings.HasPrefix(v, "zh") {
				return "zh-CN"
			}
			return "en"
		}
	}
	return "en"
}

// text returns one message in the user's language.
func (e environment) text(key string, args ...any) string {
	m, ok := messages()[key]
	if !ok {
		return key
	}
	format := m.en
	if e.lang == "zh-CN" {
		format = m.zh
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
