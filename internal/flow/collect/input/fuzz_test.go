package input_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// fuzzBody posts any body to a path: the answer must be JSON of an expected status, and what is stored within bounds and
// as many records as the answer says.
func fuzzBody(f *testing.F, path, contentType string, accepted func(answer map[string]any, status int) int) {
	f.Fuzz(func(t *testing.T, body string) {
		w := newWorld(t)
		h := input.NewHTTP(input.HTTPOptions{Intake: w.intake, Registry: w.registry})
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+acmeToken)
		req.Header.Set("Content-Type", contentType)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != 200 && rec.Code != 400 && rec.Code != 413 {
			t.Fatalf("status %d: %s", rec.Code, rec.Body)
		}
		var answer map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
			t.Fatalf("%v: %s", err, rec.Body)
		}
		stored := w.records()
		if want := accepted(answer, rec.Code); want >= 0 && want != len(stored) {
			t.Fatalf("%d stored: %s", len(stored), rec.Body)
		}
		for _, r := range stored {
			if len(r.Raw) == 0 || len(r.Raw) > record.MaxRawBytes || r.Tenant != acme {
				t.Fatalf("%+v", r)
			}
			if _, err := record.Encode([]record.Record{r}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func number(v any) int {
	n, ok := v.(float64)
	if !ok {
		return -1
	}
	return int(n)
}

func FuzzRaw(f *testing.F) {
	f.Add("one\r\ntwo\n\n\x00\xff")
	fuzzBody(f, "/ingest/raw", "text/plain", func(a map[string]any, _ int) int { return number(a["accepted"]) })
}

func FuzzRawJSON(f *testing.F) {
	f.Add(`[{"a":"]\""},2,[3]]{"b":{}}"s" nul {`)
	f.Add(`]}[,:"\`)
	f.Add(strings.Repeat("[", 2000) + strings.Repeat("]", 2000))
	fuzzBody(f, "/ingest/raw", "application/json", func(a map[string]any, _ int) int { return number(a["accepted"]) })
}

func FuzzBulk(f *testing.F) {
	f.Add(filebeatBulk)
	f.Add(winlogbeat7Bulk)
	f.Add("{\"delete\":{}}\n{\"index\":{\"_id\":\"\\u0000\"}}\n{\"a\":[[{}]]}\n{\"create\":{}}")
	fuzzBody(f, "/x/_bulk", "application/x-ndjson", func(a map[string]any, status int) int {
		n := 0
		items, _ := a["items"].([]any)
		for _, item := range items {
			for _, v := range item.(map[string]any) {
				if number(v.(map[string]any)["status"]) == 201 {
					n++
				}
			}
		}
		if (n != len(items)) != (a["errors"] == true) && status == 200 {
			return 1 << 30 // "errors" must tell the truth
		}
		return n
	})
}

func FuzzHEC(f *testing.F) {
	f.Add(`{"time":1.5,"host":"h","event":"x\u4e2d","fields":{"a":[1],"b":null}}{"event":{"c":1}}[{"event":2}]`)
	f.Add(`{"event":"","time":-1e400}{"event":null}{"fields":{"":""},"event":"x"}`)
	fuzzBody(f, "/services/collector", "application/json", func(a map[string]any, status int) int {
		if status == 200 {
			return -1
		}
		if a["code"] == 5.0 {
			return 0
		}
		return number(a["accepted"])
	})
}
