package i18n_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/isoc-project/isoc/internal/api/i18n"
	"github.com/isoc-project/isoc/internal/query"
)

// Whatever the query language says in English, people are to read in Chinese, with as many arguments.
func TestEveryTextOfTheQueryLanguageIsWorded(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	known := c.QueryFormats()
	said := formats(t, "../../query")
	verb := regexp.MustCompile(`%(\[\d])?[a-z]`)
	for format, at := range said {
		if !slices.Contains(known, format) {
			t.Errorf("%s: %q has no text in query.zh-CN.json", at.where, format)
			continue
		}
		if n := len(verb.FindAllString(format, -1)); n != at.args {
			t.Errorf("%s: %q takes %d arguments and is given %d", at.where, format, n, at.args)
		}
		args := make([]any, at.args)
		for i := range args {
			args[i] = 7
			if !strings.Contains(format, "%d") {
				args[i] = "ä" + strconv.Itoa(i)
			}
		}
		zh := c.Query(i18n.Chinese, query.Text{Format: format, Args: args})
		if strings.Contains(zh, "%!") || strings.Count(zh, "ä") != strings.Count(query.Text{Format: format, Args: args}.String(), "ä") {
			t.Errorf("%q becomes %q: the languages take different arguments", format, zh)
		}
		if format != `"%s"` && !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q becomes %q, which is no Chinese", format, zh)
		}
	}
	for _, format := range known {
		if _, ok := said[format]; !ok {
			t.Errorf("nobody says %q any more", format)
		}
	}
}

func TestPartsOfAQueryErrorAreWordedToo(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	for text, want := range map[string][2]string{
		"error | statz count()":             {"没有管道“statz”", "是否想写 stats？如需过滤结果行，请写 | filter statz"},
		"* | unpack x":                      {"没有管道“unpack”", "是否想写 unpack_json、unpack_logfmt、unpack_syslog？如需过滤结果行，请写 | filter unpack"},
		"* |":                               {"语句结尾之前缺少管道", "请去掉“|”，或写上管道名，如 stats、sort、fields"},
		"x:range[1 2]":                      {"range 的下界之后应为“,”，实际为“2”", ""},
		"user.name:":                        {"字段“user.name”缺少取值", "如需匹配任意取值，请写 user.name:*"},
		"failed | stats by (x) nosuch(y) z": {"无法解析：", ""}, // the engine's own words follow
	} {
		_, err := query.Parse(text)
		var e *query.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		message, hint := c.Query(i18n.Chinese, e.Message), c.Query(i18n.Chinese, e.Advice)
		if !strings.HasPrefix(message, want[0]) || hint != want[1] {
			t.Errorf("%q: %q, hint %q, want %q", text, message, hint, want)
		}
		if c.Query(i18n.English, e.Message) != e.Msg || c.Query(i18n.English, e.Advice) != e.Hint {
			t.Errorf("%q: English differs from what the query says itself", text)
		}
	}
}

// spot is where a format stands and how many arguments it is given.
type spot struct {
	where string
	args  int
}

// formats finds the formats of texts in the source: say(format, …) and errorAt(pos, advice, format, …).
func formats(t *testing.T, dir string) map[string]spot {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]spot)
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || call.Ellipsis.IsValid() { // errorAt itself passes its format on
				return true
			}
			fun, _ := call.Fun.(*ast.Ident)
			at := map[string]int{"say": 1, "errorAt": 3}[ident(fun)]
			if at == 0 {
				return true
			}
			lit, ok := call.Args[at-1].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: the format is no literal", fset.Position(call.Pos()))
				return true
			}
			format, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[format] = spot{fset.Position(call.Pos()).String(), len(call.Args) - at}
			return true
		})
	}
	if len(found) < 50 {
		t.Fatalf("found only %d formats: the search is broken", len(found))
	}
	return found
}

func ident(id *ast.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}
