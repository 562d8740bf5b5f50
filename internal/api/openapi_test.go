package api_test

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/api"
)

var update = flag.Bool("update", false, "write docs/openapi.yaml")

const openAPIFile = "../../docs/openapi.yaml"

func TestOpenAPIDocumentIsFresh(t *testing.T) {
	t.Parallel()
	a, err := api.New(api.Deps{}, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := a.OpenAPI()
	if *update {
		if err := os.MkdirAll("../../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(openAPIFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(openAPIFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Fatalf("docs/openapi.yaml is stale; run make generate (-file +code):\n%s", diff)
	}
}

// Path parameters that stand in the path but not in the input would never be checked.
func TestEveryPathParameterIsDeclared(t *testing.T) {
	t.Parallel()
	doc := document(t)
	for path, item := range doc.Paths {
		for method, op := range item {
			for _, name := range placeholders(path) {
				if !slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.In == "path" && p.Name == name }) {
					t.Errorf("%s %s: {%s} is not a declared parameter", method, path, name)
				}
			}
		}
	}
}

func TestTheDocumentIsServedAsYAMLToo(t *testing.T) {
	t.Parallel()
	a, err := api.New(api.Deps{}, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	a.Register(mux)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/openapi.yaml", nil))
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/openapi+yaml" || rec.Body.String() != string(a.OpenAPI()) {
		t.Fatalf("%d %s", rec.Code, rec.Header())
	}
}
