package input_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// What real clients send, byte for byte but for tokens and times.
const (
	filebeatBulk = `{"create":{"_index":"filebeat-8.17.0"}}
{"@timestamp":"2026-03-04T05:06:07.891Z","@metadata":{"beat":"filebeat","type":"_doc","version":"8.17.0"},"host":{"name":"web-1"},"agent":{"type":"filebeat","version":"8.17.0"},"log":{"offset":4711,"file":{"path":"/var/log/auth.log"}},"message":"Mar  4 05:06:07 web-1 sshd[811]: Failed password for root from 192.0.2.7 port 52144 ssh2","input":{"type":"filestream"},"ecs":{"version":"8.0.0"}}
{"create":{"_index":"filebeat-8.17.0"}}
{"@timestamp":"2026-03-04T05:06:08.002Z","message":"<b>\u4e2d\u6587 \"quoted\"</b>"}
`
	fluentBitBulk = `{"create":{"_index":"fluent-bit"}}
{"@timestamp":"2026-03-04T05:06:07.000Z","log":"Mar  4 05:06:07 web-1 CRON[77]: (root) CMD (run-parts /etc/cron.hourly)"}
{"create":{"_index":"fluent-bit"}}
{"@timestamp":"2026-03-04T05:06:08.000Z","cpu_p":1.5,"user_p":1.0}
`
	winlogbeat7Bulk = `{"index":{"_index":"winlogbeat-7.17.0","_type":"_doc"}}
{"@timestamp":"2026-03-04T05:06:07.891Z","winlog":{"channel":"Security","event_id":4625,"event_data":{"TargetUserName":"admin"}},"event":{"code":4625}}
`
)

func lines(source, body string, which ...int) []string {
	all := strings.Split(body, "\n")
	var out []string
	for _, n := range which {
		out = append(out, source+":"+all[n])
	}
	return out
}

func TestBulkTakesWhatFilebeatFluentBitAndWinlogbeatSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(filebeatBulk))
	_ = z.Close()
	for _, c := range []struct {
		path, body string
		headers    []string
		n          int
	}{
		{"/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status", packed.String(), []string{"Content-Encoding: gzip", "Content-Type: application/vnd.elasticsearch+json; compatible-with=8", "User-Agent: Elastic-filebeat/8.17.0"}, 2},
		{"/_bulk", fluentBitBulk, []string{"Content-Type: application/x-ndjson", "User-Agent: Fluent-Bit"}, 2},
		{"/_bulk", winlogbeat7Bulk, []string{"Content-Type: application/json; charset=UTF-8"}, 1},
	} {
		got := call(t, "POST", srv.URL+c.path, strings.NewReader(c.body), append(c.headers, bearer)...)
		v := got.decode(t)
		if got.status != 200 || v["errors"] != false || len(v["items"].([]any)) != c.n || got.head.Get("X-Elastic-Product") != "Elasticsearch" {
			t.Fatalf("%+v", got)
		}
	}
	want := lines("acme-token", filebeatBulk, 1, 3)
	want = append(want, lines("acme-token", fluentBitBulk, 1, 3)...)
	want = append(want, lines("acme-token", winlogbeat7Bulk, 1)...)
	if diff := cmp.Diff(want, w.raws()); diff != "" {
		t.Fatal(diff)
	}
	if r := w.records()[0]; r.Input != "http-bulk" || len(r.Fields) != 1 || r.Fields[0].Name != "elasticsearch.index" || r.Fields[0].Value != "filebeat-8.17.0" {
		t.Fatalf("%+v", r)
	}
}

func TestBulkAnswersItemByItemAndKeepsTheGoodOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	body := strings.Join([]string{
		`{"index":{"_index":"a\"b","_id":"7"}}`, `{"n":1}`,
		`{"create":{}}`, `{"n":2`, // no JSON
		`{"delete":{"_id":"7"}}`,
		`{"update":{"_id":"7"}}`, `{"doc":{}}`,
		`nonsense`,
		`{"create":{}}`, `[1]`, // no object
		`{"create":{}}`, `{"x":"` + strings.Repeat("y", record.MaxRawBytes) + `"}`,
		``,
		`{"create":{"_index":"other"}}`, `{"n":3}`,
		`{"create":{}}`, // no document, no line end
	}, "\n")
	got := call(t, "PUT", srv.URL+"/named/_bulk", strings.NewReader(body), bearer)
	if got.status != 200 {
		t.Fatal(got)
	}
	var reply struct {
		Took   *int
		Errors bool
		Items  []map[string]struct {
			Index  string `json:"_index"`
			ID     string `json:"_id"`
			Status int
			Result string
			Error  struct{ Type, Reason string }
		}
	}
	if err := json.Unmarshal([]byte(got.body), &reply); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	var flat []string
	for _, item := range reply.Items {
		for action, r := range item {
			flat = append(flat, fmt.Sprintf("%s %s %d %s %s", action, r.Index, r.Status, r.Result, r.Error.Type))
		}
	}
	want := []string{
		`index a"b 201 created `, "create named 400  document_parsing_exception", "delete named 400  illegal_argument_exception",
		"update named 400  illegal_argument_exception", "index named 400  illegal_argument_exception", "create named 400  document_parsing_exception",
		"create named 400  illegal_argument_exception", "create other 201 created ", "create named 400  illegal_argument_exception",
	}
	if diff := cmp.Diff(want, flat); diff != "" || !reply.Errors || reply.Took == nil || reply.Items[0]["index"].ID != "7" {
		t.Fatal(diff, got.body)
	}
	if diff := cmp.Diff([]string{`acme-token:{"n":1}`, `acme-token:{"n":3}`}, w.raws()); diff != "" {
		t.Fatal(diff)
	}
}

func TestABulkBodyWithoutAnyActionIsRefusedWhole(t *testing.T) {
	t.Parallel()
	srv := serve(t, newWorld(t), input.HTTPOptions{})
	for _, body := range []string{"", "\n\n", "hello\nworld\n", `{"index":{}, "create":{}}` + "\n", `{"index":1}` + "\n"} {
		got := call(t, "POST", srv.URL+"/_bulk", strings.NewReader(body), bearer)
		if v := got.decode(t); got.status != 400 || v["status"] != 400.0 || v["error"].(map[string]any)["type"] != "illegal_argument_exception" {
			t.Errorf("%q: %+v", body, got)
		}
	}
}

func TestBulkTellsWhichDocumentsToSendAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	after := &failAfter{shelf: w.shelf, batches: 1}
	w.swap(after)
	srv := serve(t, w, input.HTTPOptions{})
	got := call(t, "POST", srv.URL+"/_bulk", strings.NewReader(strings.Repeat("{\"create\":{}}\n{}\n", 700)), bearer)
	v := got.decode(t)
	items := v["items"].([]any)
	status := func(n int) any { return items[n].(map[string]any)["create"].(map[string]any)["status"] }
	if got.status != 200 || v["errors"] != true || len(items) != 700 || status(0) != 201.0 || status(499) != 201.0 || status(500) != 429.0 || status(699) != 429.0 {
		t.Fatalf("%d %v %v", got.status, status(499), status(500))
	}
	if n := len(w.raws()); n != 500 {
		t.Fatalf("%d stored", n)
	}
}

func TestElasticSetUpCallsAreAnswered(t *testing.T) {
	t.Parallel()
	srv := serve(t, newWorld(t), input.HTTPOptions{})
	info := call(t, "GET", srv.URL+"/", nil, "User-Agent: Elastic-filebeat/8.17.0", bearer)
	v := info.decode(t)
	if info.status != 200 || v["version"].(map[string]any)["number"] != "8.17.0" || v["tagline"] != "You Know, for Search" || info.head.Get("X-Elastic-Product") != "Elasticsearch" {
		t.Fatal(info)
	}
	for _, c := range []struct {
		method, path string
		auth         string
		status       int
	}{
		{"HEAD", "/", "", 200}, {"GET", "/", "", 200}, {"GET", "/", "Authorization: ApiKey wrong", 401},
		{"GET", "/_license", bearer, 200}, {"GET", "/_xpack", bearer, 200}, {"GET", "/_cluster/health", bearer, 200},
		{"GET", "/_nodes/http", bearer, 200}, {"HEAD", "/_template/logstash", bearer, 200}, {"PUT", "/_template/logstash", bearer, 200},
		{"GET", "/_index_template/filebeat-8.17.0", bearer, 200}, {"PUT", "/_index_template/filebeat-8.17.0", bearer, 200},
		{"PUT", "/_component_template/x", bearer, 200}, {"GET", "/_ilm/policy/filebeat", bearer, 200}, {"PUT", "/_ilm/policy/filebeat", bearer, 200},
		{"GET", "/_ingest/pipeline/p", bearer, 200}, {"PUT", "/_ingest/pipeline/p", bearer, 200}, {"GET", "/_data_stream/filebeat-8.17.0", bearer, 200},
		{"HEAD", "/_alias/filebeat", bearer, 200}, {"GET", "/_cluster/health", "", 401}, {"PUT", "/_template/x", "", 401},
	} {
		got := call(t, c.method, srv.URL+c.path, nil, c.auth)
		if got.status != c.status || got.head.Get("X-Elastic-Product") == "" {
			t.Errorf("%s %s: %+v", c.method, c.path, got)
		}
		if c.method == "PUT" && c.status == 200 && got.decode(t)["acknowledged"] != true {
			t.Errorf("%s %s: %s", c.method, c.path, got.body)
		}
	}
}
