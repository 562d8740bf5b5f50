package input_test

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	logspb "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/collect/input"
	"github.com/isoc-project/isoc/internal/flow/record"
)

func str(s string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: s}}
}

func whole(n int64) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: n}}
}

func list(values ...*commonpb.AnyValue) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: values}}}
}

func mapped(pairs ...*commonpb.KeyValue) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_KvlistValue{KvlistValue: &commonpb.KeyValueList{Values: pairs}}}
}

func kv(key string, v *commonpb.AnyValue) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: v}
}

func logs(records ...*logspb.LogRecord) *logspb.LogsData {
	return &logspb.LogsData{ResourceLogs: []*logspb.ResourceLogs{{ScopeLogs: []*logspb.ScopeLogs{{LogRecords: records}}}}}
}

// fullLogs has one of everything.
func fullLogs() *logspb.LogsData {
	return &logspb.LogsData{ResourceLogs: []*logspb.ResourceLogs{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{kv("host.name", str("web-1")), kv("k8s.pod.name", str("shop-7f"))}},
		ScopeLogs: []*logspb.ScopeLogs{{
			Scope: &commonpb.InstrumentationScope{Name: "shop/login", Version: "1"},
			LogRecords: []*logspb.LogRecord{
				{
					TimeUnixNano: 1_772_600_767_123_456_789, SeverityNumber: logspb.SeverityNumber_SEVERITY_NUMBER_WARN, SeverityText: "Warning",
					Body: str("sshd[1]: 登录失败"), TraceId: bytes.Repeat([]byte{0xab}, 16), SpanId: bytes.Repeat([]byte{0xcd}, 8), EventName: "login",
					Attributes: []*commonpb.KeyValue{
						kv("http", mapped(kv("status", whole(-401)), kv("tls", &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}}))),
						kv("ratio", &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.5}}), kv("tags", list(str("a"), whole(2))), kv("empty", nil),
					},
				},
				{
					ObservedTimeUnixNano: 1_772_600_768_000_000_000, SeverityNumber: logspb.SeverityNumber_SEVERITY_NUMBER_FATAL4,
					Body: mapped(kv("msg", str("a \"quoted\" line")), kv("n", whole(7)), kv("in", mapped(kv("deep", list(whole(1), nil)))),
						kv("raw", &commonpb.AnyValue{Value: &commonpb.AnyValue_BytesValue{BytesValue: []byte{0, 255}}})),
				},
				{Attributes: []*commonpb.KeyValue{kv("device.state", str("up"))}},
			},
		}},
	}}}
}

// checkFull checks what became of fullLogs.
func checkFull(t *testing.T, w *world, by string) {
	t.Helper()
	want := []string{
		"acme-token:sshd[1]: 登录失败",
		`acme-token:{"msg":"a \"quoted\" line","n":7,"in":{"deep":[1,null]},"raw":"AP8="}`,
		`acme-token:{"device.state":"up"}`,
	}
	if diff := cmp.Diff(want, w.raws()); diff != "" {
		t.Fatalf("%s: %s", by, diff)
	}
	recs := w.records()
	first := map[string]string{}
	for _, f := range recs[0].Fields {
		first[f.Name] = f.Value
	}
	if diff := cmp.Diff(map[string]string{
		"host.name": "web-1", "k8s.pod.name": "shop-7f", "otel.scope.name": "shop/login", "http.status": "-401", "http.tls": "true", "ratio": "0.5", "tags": `["a",2]`,
		"log.level": "Warning", "event.severity": "13", "event.name": "login", "trace.id": strings.Repeat("ab", 16), "span.id": strings.Repeat("cd", 8),
	}, first); diff != "" {
		t.Errorf("%s: %s", by, diff)
	}
	if r := recs[0]; r.Tenant != acme || r.Input != by || r.Remote != "127.0.0.1" || r.Time.UnixNano() != 1_772_600_767_123_456_789 {
		t.Errorf("%s: %+v", by, r)
	}
	if r := recs[1]; r.Time.Unix() != 1_772_600_768 || r.Fields[0].Value != "24" || r.Fields[1].Value != "fatal" {
		t.Errorf("%s: %+v", by, r)
	}
	if !recs[2].Time.IsZero() {
		t.Errorf("%s: a record without time has %s", by, recs[2].Time)
	}
}

func packed(t testing.TB, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	asProto = "Content-Type: application/x-protobuf"
	asJSON  = "Content-Type: application/json; charset=utf-8"
)

func TestOTLPTakesProtobufAndGzip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(packed(t, fullLogs()))
	_ = z.Close()
	got := call(t, "POST", srv.URL+"/v1/logs", &zipped, bearer, asProto, "Content-Encoding: gzip")
	if got.status != 200 || got.body != "" || got.head.Get("Content-Type") != "application/x-protobuf" {
		t.Fatalf("%+v", got)
	}
	checkFull(t, w, "otlp-http")
}

func TestOTLPTakesJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	text, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(fullLogs())
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{"traceId": strings.Repeat("ab", 16), "spanId": strings.Repeat("cd", 8)} { // OTLP has them in hex
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		v.(map[string]any)["resourceLogs"].([]any)[0].(map[string]any)["scopeLogs"].([]any)[0].(map[string]any)["logRecords"].([]any)[0].(map[string]any)[name] = id
		if text, err = json.Marshal(v); err != nil {
			t.Fatal(err)
		}
	}
	// json.Marshal sorts the members of an AnyValue, of which each has one; the order of attributes is that of arrays.
	got := call(t, "POST", srv.URL+"/v1/logs", bytes.NewReader(text), bearer, asJSON)
	if got.status != 200 || got.body != "{}" || got.head.Get("Content-Type") != "application/json" {
		t.Fatalf("%+v", got)
	}
	checkFull(t, w, "otlp-http")
}

// partial reads what an ExportLogsServiceResponse says was refused.
func partial(t testing.TB, reply []byte) (n uint64, why string) {
	t.Helper()
	_, _, head := protowire.ConsumeTag(reply)
	inner, _ := protowire.ConsumeBytes(reply[max(head, 0):])
	for len(inner) > 0 {
		num, kind, head := protowire.ConsumeTag(inner)
		inner = inner[head:]
		size := 0
		if kind == protowire.VarintType {
			n, size = protowire.ConsumeVarint(inner)
		} else if why, size = protowire.ConsumeString(inner); num != 2 {
			t.Fatalf("field %d", num)
		}
		inner = inner[size:]
	}
	return n, why
}

func TestOTLPTellsWhatItRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	some := logs(&logspb.LogRecord{Body: str("good")}, &logspb.LogRecord{}, &logspb.LogRecord{Body: str(strings.Repeat("x", record.MaxRawBytes+1))},
		&logspb.LogRecord{Body: str(strings.Repeat("x", 5*record.MaxRawBytes))}, &logspb.LogRecord{Body: str("also good")})
	got := call(t, "POST", srv.URL+"/v1/logs", bytes.NewReader(packed(t, some)), bearer, asProto)
	if n, why := partial(t, []byte(got.body)); got.status != 200 || n != 3 || why != "a log record has neither body nor attributes" {
		t.Fatalf("%d %d %q", got.status, n, why)
	}
	text, _ := protojson.Marshal(some)
	got = call(t, "POST", srv.URL+"/v1/logs", bytes.NewReader(text), bearer, asJSON)
	if got.status != 200 || got.body != `{"partialSuccess":{"errorMessage":"a log record has neither body nor attributes","rejectedLogRecords":"3"}}` {
		t.Fatalf("%+v", got)
	}
	if got := w.raws(); len(got) != 4 {
		t.Fatalf("%d records", len(got))
	}
	if _, rejected := w.intake.Totals(); rejected != 6 {
		t.Fatalf("%d rejected", rejected)
	}
}

func TestOTLPRefusesInItsOwnWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{MaxBodyBytes: 1 << 20, MaxRecords: 10})
	good := string(packed(t, logs(&logspb.LogRecord{Body: str("x")})))
	eleven := &logspb.LogsData{}
	for range 11 {
		proto.Merge(eleven, logs(&logspb.LogRecord{Body: str("x")}))
	}
	for name, c := range map[string]struct {
		method, body, head, auth string
		status, code             int
	}{
		"token":        {"POST", good, asProto, "Authorization: Bearer src_wrong", 401, 16},
		"method":       {"GET", "", asProto, bearer, 405, 12},
		"content type": {"POST", good, "Content-Type: text/plain", bearer, 415, 12},
		"protobuf":     {"POST", "\x0a\xff", asProto, bearer, 400, 3},
		"JSON":         {"POST", `{"resourceLogs":[}`, asJSON, bearer, 400, 3},
		"JSON array":   {"POST", `[]`, asJSON, bearer, 400, 3},
		"deep JSON":    {"POST", `{"resourceLogs":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + "}", asJSON, bearer, 400, 3},
		"size":         {"POST", strings.Repeat("x", 2<<20), asProto, bearer, 413, 8},
		"records":      {"POST", string(packed(t, eleven)), asProto, bearer, 413, 8},
	} {
		got := call(t, c.method, srv.URL+"/v1/logs", strings.NewReader(c.body), c.auth, c.head)
		code := 0
		if c.head == asJSON {
			code = int(got.decode(t)["code"].(float64))
		} else if _, _, n := protowire.ConsumeTag([]byte(got.body)); n > 0 {
			v, _ := protowire.ConsumeVarint([]byte(got.body[n:]))
			code = int(v)
		}
		if got.status != c.status || code != c.code {
			t.Errorf("%s: %d, code %d, want %d and %d", name, got.status, code, c.status, c.code)
		}
	}
	w.refuse(fmt.Errorf("full: %w", fault.ErrUnavailable))
	if got := call(t, "POST", srv.URL+"/v1/logs", strings.NewReader(good), bearer, asProto); got.status != 503 || got.head.Get("Retry-After") == "" {
		t.Errorf("full queue: %+v", got)
	}
	w.refuse(nil)
	w.standing.set(acme, collect.Standing{PerSecond: 1})
	_ = w.intake.Admit(acme, 10_000)
	if got := call(t, "POST", srv.URL+"/v1/logs", strings.NewReader(good), bearer, asProto); got.status != 429 || got.head.Get("Retry-After") == "" {
		t.Errorf("over quota: %+v", got)
	}
	if got := w.raws(); len(got) != 0 {
		t.Fatal(got)
	}
}

func TestOTLPBoundsWhatAFewBytesCanMake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serve(t, w, input.HTTPOptions{})
	deep := str("x")
	for range 2000 {
		deep = list(deep)
	}
	nested := str("x")
	for range 200 {
		nested = mapped(kv("k", nested))
	}
	many := &logspb.LogRecord{Body: str("many")}
	for i := range 500 {
		many.Attributes = append(many.Attributes, kv(fmt.Sprintf("a%d", i), str("v")))
	}
	some := logs(&logspb.LogRecord{Body: deep}, many, &logspb.LogRecord{Body: str("nested"), Attributes: []*commonpb.KeyValue{kv("n", nested), kv(strings.Repeat("k", 300), str("v"))}},
		&logspb.LogRecord{Body: str("wide"), Attributes: []*commonpb.KeyValue{kv("w", str(strings.Repeat("w", 200<<10)))}})
	if got := call(t, "POST", srv.URL+"/v1/logs", bytes.NewReader(packed(t, some)), bearer, asProto); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	for i, r := range w.records() {
		if _, err := record.Encode([]record.Record{r}); err != nil {
			t.Errorf("record %d: %v", i, err)
		}
	}
	if r := w.records()[1]; len(r.Fields) != record.MaxFields || r.Fields[record.MaxFields-1].Name != collect.Truncated {
		t.Errorf("%d fields, not flagged", len(r.Fields))
	}
	// 60 attributes of a resource, shared by 50,000 records with one of their own, would be three million.
	resource := &resourcepb.Resource{}
	for i := range 60 {
		resource.Attributes = append(resource.Attributes, kv(fmt.Sprintf("r%d", i), str("v")))
	}
	flood := &logspb.ScopeLogs{}
	for range 50_000 {
		flood.LogRecords = append(flood.LogRecords, &logspb.LogRecord{Body: str("x"), EventName: "e"})
	}
	all := &logspb.LogsData{ResourceLogs: []*logspb.ResourceLogs{{Resource: resource, ScopeLogs: []*logspb.ScopeLogs{flood}}}}
	if got := call(t, "POST", srv.URL+"/v1/logs", bytes.NewReader(packed(t, all)), bearer, asProto); got.status != 413 {
		t.Fatalf("%d", got.status)
	}
}

// serveH2 is serve on a server that speaks HTTP/2 without TLS, as ours does.
func serveH2(t testing.TB, w *world, o input.HTTPOptions) *httptest.Server {
	t.Helper()
	o.Intake, o.Registry = w.intake, w.registry
	srv := httptest.NewUnstartedServer(input.NewHTTP(o))
	var p http.Protocols
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	srv.Config.Protocols = &p
	srv.Start()
	t.Cleanup(srv.Close)
	return srv
}

const export = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"

func TestOTLPOverGRPC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := serveH2(t, w, input.HTTPOptions{MaxBodyBytes: 1 << 20})
	addr := srv.Listener.Addr().(*net.TCPAddr).String()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	say := func(token, method string, m proto.Message, opts ...grpc.CallOption) ([]byte, error) {
		var reply emptypb.Empty // keeps what it does not know
		err := conn.Invoke(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token), method, m, &reply, opts...)
		return reply.ProtoReflect().GetUnknown(), err
	}
	if reply, err := say(acmeToken, export, fullLogs(), grpc.UseCompressor("gzip")); err != nil || len(reply) != 0 {
		t.Fatalf("%q, %v", reply, err)
	}
	checkFull(t, w, "otlp-grpc")
	reply, err := say(betaToken, export, logs(&logspb.LogRecord{Body: str("plain")}, &logspb.LogRecord{}))
	if n, _ := partial(t, reply); err != nil || n != 1 {
		t.Fatalf("%d, %v", n, err)
	}
	if got := w.raws(); got[3] != "beta-token:plain" {
		t.Fatal(got)
	}
	one := logs(&logspb.LogRecord{Body: str("x")})
	for name, c := range map[string]struct {
		token, method string
		message       proto.Message
		opts          []grpc.CallOption
		code          codes.Code
	}{
		"token":  {"src_wrong", export, one, nil, codes.Unauthenticated},
		"traces": {acmeToken, strings.Replace(export, "logs", "trace", 1), one, nil, codes.Unimplemented},
		"size":   {acmeToken, export, logs(&logspb.LogRecord{Body: str(strings.Repeat("x", 2<<20))}), nil, codes.ResourceExhausted},
		"bomb":   {acmeToken, export, logs(&logspb.LogRecord{Body: str(strings.Repeat("x", 2<<20))}), []grpc.CallOption{grpc.UseCompressor("gzip")}, codes.ResourceExhausted},
	} {
		if _, err := say(c.token, c.method, c.message, c.opts...); status.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	w.refuse(fmt.Errorf("full: %w", fault.ErrUnavailable))
	if _, err := say(acmeToken, export, one); status.Code(err) != codes.Unavailable {
		t.Errorf("full queue: %v", err)
	}
	w.refuse(nil)
	if _, err := say(acmeToken, export, one); err != nil {
		t.Errorf("the queue takes again: %v", err)
	}
	for name, body := range map[string]string{"short": "\x00\x00", "two messages": "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "not gzip": "\x01\x00\x00\x00\x02xx"} {
		req, _ := http.NewRequest("POST", "http://"+addr+export, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/grpc")
		req.Header.Set("Grpc-Encoding", "gzip")
		req.Header.Set("Authorization", "Bearer "+acmeToken)
		var p http.Protocols
		p.SetUnencryptedHTTP2(true)
		resp, err := (&http.Client{Transport: &http.Transport{Protocols: &p}, Timeout: 20 * time.Second}).Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var rest bytes.Buffer
		_, _ = rest.ReadFrom(resp.Body)
		resp.Body.Close()
		if got := resp.Trailer.Get("Grpc-Status"); got != "3" {
			t.Errorf("%s: status %q", name, got)
		}
	}
}

func FuzzOTLP(f *testing.F) {
	f.Add(packed(f, fullLogs()), false)
	text, _ := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(fullLogs())
	f.Add(text, true)
	f.Add([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"kvlistValue":{"values":[{"key":"a"}]}},"timeUnixNano":1e99,"attributes":[{"key":"\u0000","value":{"intValue":"-1"}}]}]}]}]}`), true)
	broken, _ := hex.DecodeString("0a051203120aff")
	f.Add(broken, false)
	f.Fuzz(func(t *testing.T, body []byte, asText bool) {
		w := newWorld(t)
		h := input.NewHTTP(input.HTTPOptions{Intake: w.intake, Registry: w.registry, MaxRecords: 1000})
		req := httptest.NewRequest(http.MethodPost, "/v1/logs", bytes.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+acmeToken)
		req.Header.Set("Content-Type", "application/x-protobuf")
		if asText {
			req.Header.Set("Content-Type", "application/json")
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != 200 && rec.Code != 400 && rec.Code != 413 {
			t.Fatalf("status %d: %s", rec.Code, rec.Body)
		}
		for _, r := range w.records() {
			if len(r.Raw) == 0 || r.Tenant != acme || r.Source != "acme-token" {
				t.Fatalf("%+v", r)
			}
			if _, err := record.Encode([]record.Record{r}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
