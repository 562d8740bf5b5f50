package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"syscall"

	"github.com/isoc-project/isoc/internal/api/i18n"
	"github.com/isoc-project/isoc/internal/app"
	"github.com/isoc-project/isoc/internal/config"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/store"
)

// describe tells an error in the user's language where it is one people meet; others stay as they are.
func (e environment) describe(err error) string {
	var inUse *app.InUseError
	var setting *config.Error
	var database *store.UnreachableError
	var listen *net.OpError
	var path *fs.PathError
	var invalid *fault.Invalid
	switch {
	case errors.As(err, &inUse):
		pid := inUse.PID
		if pid == "" {
			pid = "?"
		}
		return e.text("in use", inUse.Dir, pid)
	case errors.As(err, &setting):
		return e.setting(setting)
	case errors.As(err, &database):
		return e.text("database", database.Server, e.cause(database.Err))
	case errors.Is(err, store.ErrDSN):
		return e.text("dsn")
	case errors.As(err, &listen) && listen.Op == "listen":
		return e.listening(listen)
	case errors.As(err, &path) && e.lang == "zh-CN":
		return e.text("path", path.Path, e.cause(path.Err))
	case errors.As(err, &invalid) && e.lang == "zh-CN":
		return e.text("invalid", invalid.Field, reason(invalid))
	}
	return e.misused(err)
}

// setting tells a mistake in the settings; the English is what config says itself.
func (e environment) setting(s *config.Error) string {
	format, ok := chineseSettings()[s.Code]
	if !ok || e.lang != "zh-CN" {
		return s.Error()
	}
	args := []any{s.Subject}
	for _, a := range s.Args {
		if err, ok := a.(error); ok {
			a = e.describeFile(err)
		}
		args = append(args, a)
	}
	text := fmt.Sprintf(format, args...)
	if s.Excerpt != "" {
		text += "\n" + s.Excerpt
	}
	return text
}

// describeFile is [environment.cause], with the path where the error has one.
func (e environment) describeFile(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return e.text("path", path.Path, e.cause(path.Err))
	}
	return e.cause(err)
}

// listening tells why an address cannot be listened on.
func (e environment) listening(err *net.OpError) string {
	addr := ""
	if err.Addr != nil {
		addr = err.Net + " " + err.Addr.String()
	}
	switch {
	case addr == "":
		return e.text("address", err.Err)
	case errors.Is(err, syscall.EADDRINUSE):
		return e.text("address in use", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return e.text("address elsewhere", addr)
	case errors.Is(err, syscall.EACCES):
		return e.text("address denied", addr)
	}
	return e.text("listen", addr, e.cause(err.Err))
}

// causes lists the errors of the system that people meet at a start, and the key of what they are called.
func causes() []struct {
	err error
	key string
} {
	return []struct {
		err error
		key string
	}{
		{fs.ErrNotExist, "cause.missing"},
		{fs.ErrPermission, "cause.denied"},
		{syscall.EISDIR, "cause.directory"},
		{syscall.ENOTDIR, "cause.no directory"},
		{syscall.ENOSPC, "cause.full"},
		{syscall.EROFS, "cause.read-only"},
		{syscall.ECONNREFUSED, "cause.refused"},
		{syscall.EHOSTUNREACH, "cause.unreachable"},
		{syscall.ENETUNREACH, "cause.unreachable"},
		{context.DeadlineExceeded, "cause.timeout"},
		{syscall.ETIMEDOUT, "cause.timeout"},
	}
}

// cause tells an error of the system or of the database server; in English it is told as it is, which says more.
func (e environment) cause(err error) string {
	if e.lang != "zh-CN" {
		return err.Error()
	}
	var server interface{ SQLState() string }
	if errors.As(err, &server) {
		switch server.SQLState() {
		case "28P01", "28000":
			return e.text("cause.login")
		case "3D000":
			return e.text("cause.no database")
		}
	}
	var name *net.DNSError
	if errors.As(err, &name) {
		return e.text("cause.name")
	}
	for _, c := range causes() {
		if errors.Is(err, c.err) {
			return e.text(c.key)
		}
	}
	return err.Error()
}

// reason words in Chinese why a value was refused, as the API does.
func reason(f *fault.Invalid) string {
	c, err := i18n.New()
	if err != nil {
		return f.Reason
	}
	return c.Reason(i18n.Chinese, f.Code, f.Reason)
}

// misused tells what package flag says about a command line; other errors stay as they are.
func (e environment) misused(err error) string {
	for _, p := range []struct{ pattern, key string }{
		{`^flag provided but not defined: -(.+)$`, "flag unknown"},
		{`^flag needs an argument: -(.+)$`, "flag bare"},
		{`(?s)^invalid (?:boolean )?value (".*") for (?:flag )?-(\S+): `, "flag value"},
		{`^bad flag syntax: (.*)$`, "flag syntax"},
	} {
		m := regexp.MustCompile(p.pattern).FindStringSubmatch(err.Error())
		if m == nil {
			continue
		}
		args := make([]any, len(m)-1)
		for i, a := range m[1:] {
			args[i] = a
		}
		return e.text(p.key, args...)
	}
	return err.Error()
}
