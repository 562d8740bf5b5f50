package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"
)

// Code names one kind of mistake in the settings. It is stable, for catalogues in other languages.
type Code string

// The kinds of mistakes.
const (
	codeDirectory      Code = "directory"
	codeAddress        Code = "address"
	codeRoles          Code = "roles"
	codeChoice         Code = "choice"
	codeNeeded         Code = "needed"
	codeMinimum        Code = "minimum"
	codeNegative       Code = "negative"
	codeRange          Code = "range"
	codePasswordFile   Code = "password_file"
	codePattern        Code = "pattern"
	codeSource         Code = "source"
	codeNetwork        Code = "network"
	codeVariable       Code = "variable"
	codeVariableValue  Code = "variable.value"
	codeArgument       Code = "argument"
	codeFileUnreadable Code = "file.unreadable"
	codeFileLarge      Code = "file.large"
	codeFileUnknown    Code = "file.unknown"
	codeFileInteger    Code = "file.integer"
	codeFileBoolean    Code = "file.boolean"
	codeFileText       Code = "file.text"
	codeFileSection    Code = "file.section"
	codeFileOverflow   Code = "file.overflow"
	codeFileDuration   Code = "file.duration"
	codeFileSyntax     Code = "file.syntax"
	codeFileValue      Code = "file.value"
)

// Texts returns the English format of every code. The first verb takes [Error.Subject], the others [Error.Args].
func Texts() map[Code]string {
	return map[Code]string{
		codeDirectory:      "setting %s: must name a directory",
		codeAddress:        "setting %s: must be host:port",
		codeRoles:          `setting %s: must be "all": splitting roles over processes is not built yet`,
		codeChoice:         "setting %s: must be one of %s",
		codeNeeded:         "setting %s: must be set where %s is",
		codeMinimum:        "setting %s: must be at least %v",
		codeNegative:       "setting %s: must not be negative",
		codeRange:          "setting %s: must be between %v and %v",
		codePasswordFile:   "setting %s: %v",
		codePattern:        "setting %s: must be an absolute path or a pattern of one",
		codeSource:         "setting %s: must be TENANT/SOURCE",
		codeNetwork:        "setting %s: must be networks or addresses",
		codeVariable:       "environment variable %s: no such setting",
		codeVariableValue:  "environment variable %s: %q is no valid value",
		codeArgument:       "unexpected argument %q",
		codeFileUnreadable: "settings file %s: %v",
		codeFileLarge:      "settings file %s: larger than %d bytes",
		codeFileUnknown:    "settings file %s, line %d, column %d: no such setting: %s",
		codeFileInteger:    "settings file %s, line %d, column %d: must be a whole number",
		codeFileBoolean:    "settings file %s, line %d, column %d: must be true or false",
		codeFileText:       "settings file %s, line %d, column %d: must be a text",
		codeFileSection:    "settings file %s, line %d, column %d: must be a section of settings",
		codeFileOverflow:   "settings file %s, line %d, column %d: the number is too large",
		codeFileDuration:   "settings file %s, line %d, column %d: must be a duration such as 2s",
		codeFileSyntax:     "settings file %s, line %d, column %d: %s",
		codeFileValue:      "settings file %s: %s",
	}
}

// Error is a mistake in the settings, in the parts that a catalogue needs to word it in another language.
type Error struct {
	Code    Code
	Subject string // the setting, variable, argument or file it is about
	// Args are what the code's format shows beside the subject: numbers, durations, texts, and errors of the system.
	Args []any
	// Excerpt is the place in the settings file, several lines that are the same in every language; empty elsewhere.
	Excerpt string
}

// Error words the mistake in English.
func (e *Error) Error() string {
	text := fmt.Sprintf(Texts()[e.Code], append([]any{e.Subject}, e.Args...)...)
	if e.Excerpt != "" {
		text += "\n" + e.Excerpt
	}
	return text
}

// Unwrap returns the error of the system behind the mistake, nil where there is none.
func (e *Error) Unwrap() error {
	for _, a := range e.Args {
		if err, ok := a.(error); ok {
			return err
		}
	}
	return nil
}

func mistake(code Code, subject string, args ...any) *Error {
	return &Error{Code: code, Subject: subject, Args: args}
}

// inFile places what the decoder says about the text of a settings file.
func inFile(path string, text []byte, err error) *Error {
	var placed yaml.Error
	if !errors.As(err, &placed) || placed.GetToken() == nil {
		if e := noDuration(path, text); e != nil {
			return e
		}
		return mistake(codeFileValue, path, strings.TrimSpace(err.Error()))
	}
	at := placed.GetToken().Position
	e := mistake(codeFileSyntax, path, at.Line, at.Column)
	switch found := placed.(type) {
	case *yaml.UnknownFieldError:
		e.Code, e.Args = codeFileUnknown, append(e.Args, placed.GetToken().Value)
	case *yaml.TypeError:
		e.Code = wanted(found)
	case *yaml.OverflowError:
		e.Code = codeFileOverflow
	case *yaml.UnexpectedNodeTypeError:
		e.Code = codeFileSection
	default:
		e.Args = append(e.Args, placed.GetMessage())
	}
	e.Excerpt = excerpt(placed.GetToken())
	return e
}

// noDuration finds the setting that should be a duration and is none: the decoder does not say where it stands.
func noDuration(path string, text []byte) *Error {
	for _, key := range []string{"$.archive.flush_interval", "$.shutdown_timeout"} {
		at, err := yaml.PathString(key)
		if err != nil {
			continue
		}
		node, err := at.ReadNode(bytes.NewReader(text))
		if err != nil {
			continue // not set
		}
		found := node.GetToken()
		if _, err := time.ParseDuration(found.Value); err != nil {
			e := mistake(codeFileDuration, path, found.Position.Line, found.Position.Column)
			e.Excerpt = excerpt(found)
			return e
		}
	}
	return nil
}

func excerpt(at *token.Token) string {
	_, lines, _ := strings.Cut(strings.TrimSpace(yaml.FormatErrorWithToken("here", at, false, true)), "\n")
	return lines
}

func wanted(e *yaml.TypeError) Code {
	switch e.DstType.Kind() {
	case reflect.Int, reflect.Int64:
		return codeFileInteger
	case reflect.Bool:
		return codeFileBoolean
	case reflect.Struct, reflect.Map, reflect.Slice:
		return codeFileSection
	}
	return codeFileText
}

var _ error = (*Error)(nil)
