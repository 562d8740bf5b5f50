package pack

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the JSON Schemas")

// TestSchemas holds the JSON Schemas that editors use to the types that are read.
func TestSchemas(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{"parser-pack": Document{}, "parser-samples": []Sample{}, "parser-kinds": []device{}} {
		s := schemaOf(reflect.TypeOf(v))
		s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
		if name == "parser-pack" {
			s["required"] = []string{"id", "vendor", "product", "kind", "dataset", "references", "match"}
			s["properties"].(map[string]any)["kind"] = map[string]any{"enum": Kinds}
		}
		want, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		file := "../../../../docs/reference/" + name + ".schema.json"
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what is read; run go test ./internal/flow/parse/pack -run Schemas -update", file)
		}
	}
}

func schemaOf(t reflect.Type) map[string]any {
	text := map[string]any{"type": []string{"string", "number", "boolean"}}
	switch t {
	case reflect.TypeFor[list]():
		return map[string]any{"anyOf": []any{text, map[string]any{"type": "array", "items": text}}}
	case reflect.TypeFor[Text]():
		return map[string]any{"anyOf": []any{map[string]any{"type": "string"}, structure(t)}}
	case reflect.TypeFor[Targets]():
		one := map[string]any{"anyOf": []any{map[string]any{"type": "string"}, structure(reflect.TypeFor[Target]())}}
		return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": one}}}
	case reflect.TypeFor[oneOrMore]():
		one := schemaOf(reflect.TypeFor[Match]())
		return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": one}}}
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		return structure(t)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer"}
	}
	return text
}

// structure describes a struct by its YAML names.
func structure(t reflect.Type) map[string]any {
	props := map[string]any{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
			props[name] = schemaOf(t.Field(i).Type)
		}
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": props}
}
