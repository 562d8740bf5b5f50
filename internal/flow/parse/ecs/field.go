package ecs

import (
	_ "embed" // for the list of fields
	"slices"
	"strings"
	"sync"
)

// fieldList has a field of ECS 9.4 a line with the kind of its values: s text, n number, b boolean.
//
//go:embed fields.txt
var fieldList string

var fields = sync.OnceValue(func() map[string]byte {
	m := make(map[string]byte, 2600)
	for line := range strings.Lines(fieldList) {
		if name, kind, ok := strings.Cut(strings.TrimSpace(line), " "); ok && kind != "" {
			m[name] = kind[0]
		}
	}
	return m
})

// Known reports whether name is a field of the Elastic Common Schema, or below "labels.".
func Known(name string) bool {
	_, ok := fields()[name]
	return ok || strings.HasPrefix(name, "labels.")
}

// Field is a field of the Elastic Common Schema.
type Field struct {
	Name   string
	Type   string   // text, number or boolean
	Values []string // all it may have; nil where it may have any
}

// Fields returns every field of the schema by name, for those who choose one. The slice is the caller's.
func Fields() []Field {
	types := map[byte]string{'s': "text", 'n': "number", 'b': "boolean"}
	all := make([]Field, 0, len(fields()))
	for name, kind := range fields() {
		all = append(all, Field{Name: name, Type: types[kind], Values: allowed(name)})
	}
	slices.SortFunc(all, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// allowed are the values ECS allows in its categorisation fields.
func allowed(name string) []string {
	switch name {
	case "event.kind":
		return []string{"alert", "asset", "enrichment", "event", "metric", "state", "pipeline_error", "signal"}
	case "event.category":
		return []string{"api", "authentication", "configuration", "database", "driver", "email", "file", "host", "iam", "intrusion_detection", "library", "malware", "network",
			"package", "process", "registry", "session", "threat", "vulnerability", "web"}
	case "event.type":
		return []string{"access", "admin", "allowed", "change", "connection", "creation", "deletion", "denied", "device", "end", "error", "group", "indicator", "info",
			"installation", "protocol", "start", "user"}
	case "event.outcome":
		return []string{"success", "failure", "unknown"}
	}
	return nil
}

// Allows reports whether ECS lets the field have the value; only the categorisation fields are closed.
func Allows(name, value string) bool {
	list := allowed(name)
	return list == nil || slices.Contains(list, value)
}

// FormOf returns how values become those of an ECS field.
func FormOf(name string) Target {
	switch name {
	case "@timestamp":
		return Target{Form: Time}
	case "event.outcome":
		return Target{Form: Outcome}
	case "network.transport":
		return Target{Form: Protocol}
	case "network.protocol", "network.application":
		return Target{Form: Lower, Name: name}
	case "url.original":
		return Target{Form: URL}
	case "http.response.status_code":
		return Target{Form: Status, Name: name}
	case "file.path":
		return Target{Form: Path}
	case "process.executable":
		return Target{Form: Executable, Name: "process"}
	case "process.parent.executable":
		return Target{Form: Executable, Name: "process.parent"}
	case "user.name":
		return Target{Form: Account, Name: "user"}
	}
	switch {
	case strings.HasSuffix(name, ".ip"):
		return Target{Form: Address, Name: name}
	case strings.HasSuffix(name, ".port"):
		return Target{Form: Port, Name: name}
	case strings.Contains(name, ".hash."):
		return Target{Form: Lower, Name: name}
	case fields()[name] == 'n':
		return Target{Form: Number, Name: name}
	}
	return Target{Form: Plain, Name: name}
}
