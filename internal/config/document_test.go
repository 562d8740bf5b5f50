package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestTheTableOfSettingsIsTrue compares the tables in the documentation with the code: the guide's has every flag, no table
// has one that does not exist, and variable, YAML key and default stand as they are.
func TestTheTableOfSettingsIsTrue(t *testing.T) {
	t.Parallel()
	want := settings(t)
	const guide = "docs/how-to/configure.md"
	for _, doc := range []string{guide, "README.md", "README.zh-CN.md"} {
		rows := documented(t, filepath.Join("..", "..", doc))
		for name, row := range rows {
			if want[name] != row {
				t.Errorf("%s has %s, the code %s", doc, row, want[name])
			}
		}
		for name, row := range want {
			if _, ok := rows[name]; !ok && doc == guide {
				t.Errorf("%s lacks %s", doc, row)
			}
		}
	}
}

// settings returns the row of each flag: which key it is in YAML is found by setting the flag and looking what changed.
func settings(t *testing.T) map[string]string {
	t.Helper()
	rows := make(map[string]string)
	usual := Default()
	for _, b := range bindings(&usual) {
		c := Default()
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		for _, each := range bindings(&c) {
			each.bind(fs, each.flag, each.usage)
		}
		for _, other := range []string{"/logs/*=acme/web", "7s", "7", "true"} {
			if fs.Set(b.flag, other) == nil {
				break
			}
		}
		key, value := changed(reflect.ValueOf(Default()), reflect.ValueOf(c), "")
		if key == "" {
			t.Fatalf("flag --%s sets nothing", b.flag)
		}
		if value = strings.TrimSpace(value); value != "" {
			value = "`" + value + "`"
		}
		rows["--"+b.flag] = row("`--"+b.flag+"`", "`"+variable(b.flag)+"`", "`"+key+"`", value)
	}
	return rows
}

// changed returns the YAML path and the former value of the first field in which the two differ.
func changed(from, to reflect.Value, path string) (key, former string) {
	for i := range from.NumField() {
		name := strings.Trim(path+"."+from.Type().Field(i).Tag.Get("yaml"), ".")
		a, b := from.Field(i), to.Field(i)
		switch {
		case reflect.DeepEqual(a.Interface(), b.Interface()):
		case a.Kind() == reflect.Struct:
			return changed(a, b, name)
		case a.Kind() == reflect.Slice:
			return name, "" // none
		default:
			return name, fmt.Sprint(a.Interface())
		}
	}
	return "", ""
}

// documented returns the rows of a document that begin with a flag.
func documented(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 6 || !strings.HasPrefix(line, "| `--") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows[strings.Trim(cells[1], "`")] = row(cells[1:5]...)
	}
	return rows
}

func row(cells ...string) string { return strings.Join(cells, " | ") }
