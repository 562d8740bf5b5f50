package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
)

// openAPI is as much of the served document as the tests look at.
type openAPI struct {
	OpenAPI string                                 `json:"openapi"`
	Paths   map[string]map[string]openAPIOperation `json:"paths"`

	Components struct {
		Schemas map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

// Schema returns the JSON of one schema.
func (d openAPI) Schema(t *testing.T, name string) json.RawMessage {
	t.Helper()
	s, ok := d.Components.Schemas[name]
	if !ok {
		t.Fatalf("no schema %s", name)
	}
	return s
}

type openAPIOperation struct {
	OperationID string      `json:"operationId"`
	Parameters  []parameter `json:"parameters"`
	Concern     string      `json:"x-isoc-concern"`
	Permission  string      `json:"x-isoc-permission"`
}

type parameter struct {
	In   string `json:"in"`
	Name string `json:"name"`
}

// document reads the OpenAPI document as a client gets it.
func document(t *testing.T) openAPI {
	t.Helper()
	a, err := api.New(api.Deps{}, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	a.Register(mux)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	var doc openAPI
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		t.Fatalf("GET /openapi.json: %d: %v", rec.Code, err)
	}
	if doc.OpenAPI != "3.1.0" || len(doc.Paths) == 0 {
		t.Fatalf("openapi %q with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	return doc
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func placeholders(path string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(path, -1) {
		names = append(names, m[1])
	}
	return names
}
