package clients

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	logspb "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// TestCurlSendsOTLP sends the same request with curl as JSON, as protobuf, and as protobuf in gzip over HTTP/2 without TLS.
func TestCurlSendsOTLP(t *testing.T) {
	t.Parallel()
	curl := tool(t, "curl")
	p := run(t)
	at := time.Now().Add(-time.Minute).Truncate(time.Microsecond).UTC()
	dir := t.TempDir()
	for way, extra := range map[string][]string{
		"json":     {"-H", "Content-Type: application/json"},
		"protobuf": {"-H", "Content-Type: application/x-protobuf"},
		"gzip":     {"-H", "Content-Type: application/x-protobuf", "-H", "Content-Encoding: gzip", "--http2-prior-knowledge"},
	} {
		body := filepath.Join(dir, way)
		if err := os.WriteFile(body, otlp(t, way, at), 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, curl, append(extra, "--silent", "--show-error", "--fail-with-body", p.Process.HTTP+"/v1/logs", "-H", "Authorization: Bearer "+p.token, "--data-binary", "@"+body)...)
	}
	for _, way := range []string{"json", "protobuf", "gzip"} {
		ev := p.found(fmt.Sprintf(`user.name:="%s"`, way), 1)[0]
		has(t, ev, map[string]string{
			"host.name": "db01", "service.name": "login", "log.level": "ERROR", "event.outcome": "failure", "source.ip": "198.51.100.4", "trace.id": "0102030405060708090a0b0c0d0e0f10",
		})
		if when, err := time.Parse(time.RFC3339Nano, fmt.Sprint(ev["@timestamp"])); err != nil || !when.Equal(at) {
			t.Errorf("%s: at %v, want %v", way, ev["@timestamp"], at)
		}
	}
	p.found("*", 3)
}

func otlp(t *testing.T, way string, at time.Time) []byte {
	t.Helper()
	str := func(s string) *commonpb.AnyValue {
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: s}}
	}
	request := &logspb.LogsData{ResourceLogs: []*logspb.ResourceLogs{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{{Key: "host.name", Value: str("db01")}, {Key: "service.name", Value: str("login")}}},
		ScopeLogs: []*logspb.ScopeLogs{{LogRecords: []*logspb.LogRecord{{
			TimeUnixNano: uint64(at.UnixNano()), SeverityText: "ERROR", SeverityNumber: logspb.SeverityNumber_SEVERITY_NUMBER_ERROR,
			TraceId: []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
			Body:    str("<86>sshd[99]: Failed password for " + way + " from 198.51.100.4 port 40001 ssh2"),
		}}}},
	}}}
	if way == "json" {
		// Ids are hexadecimal in OTLP's JSON, where the mapping of protobuf has Base64.
		text, err := protojson.Marshal(request)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Replace(text, []byte("AQIDBAUGBwgJCgsMDQ4PEA=="), []byte("0102030405060708090a0b0c0d0e0f10"), 1)
	}
	text, err := proto.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	if way == "protobuf" {
		return text
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return zipped.Bytes()
}
