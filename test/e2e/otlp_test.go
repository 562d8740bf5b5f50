package e2e

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	logspb "go.opentelemetry.io/proto/otlp/logs/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"
)

// TestOTLPDelivers sends JSON with curl and protobuf with the Go client of gRPC, to two customers.
func TestOTLPDelivers(t *testing.T) {
	ctx := t.Context()
	p, c := customers(t)
	alpha, beta := source(t, c, "alpha", nil), source(t, c, "beta", nil)
	const n = 30
	at := time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	var entries []string
	for i := range n {
		entries = append(entries, fmt.Sprintf(`{"timeUnixNano":"%d","severityText":"WARN","severityNumber":13,"body":{"stringValue":"<86>sshd[99]: Failed password for invalid user alpha-secret%d from 198.51.100.4 port %d ssh2"}}`, at.UnixNano(), i, 40000+i))
	}
	body := `{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"db01"}},{"key":"k8s.namespace.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[` + strings.Join(entries, ",") + `]}]}]}`
	curl := exec.Command("curl", "--silent", "--show-error", "--fail-with-body", p.HTTP+"/v1/logs", "-H", "Authorization: Bearer "+alpha.Token, "-H", "Content-Type: application/json", "--data-binary", "@-")
	curl.Stdin = strings.NewReader(body)
	if out, err := curl.CombinedOutput(); err != nil || string(out) != "{}" {
		t.Fatalf("curl: %v: %s", err, out)
	}
	str := func(s string) *commonpb.AnyValue {
		return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: s}}
	}
	sent := &logspb.ScopeLogs{}
	for i := range n {
		sent.LogRecords = append(sent.LogRecords, &logspb.LogRecord{TimeUnixNano: uint64(at.UnixNano()), Body: str(fmt.Sprintf("<86>sshd[99]: Failed password for invalid user beta-secret%d from 203.0.113.9 port %d ssh2", i, 40000+i))})
	}
	conn, err := grpc.NewClient(strings.TrimPrefix(p.HTTP, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := &logspb.LogsData{ResourceLogs: []*logspb.ResourceLogs{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{{Key: "service.name", Value: str("login")}}}, ScopeLogs: []*logspb.ScopeLogs{sent},
	}}}
	out := metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+beta.Token)
	if err := conn.Invoke(out, "/opentelemetry.proto.collector.logs.v1.LogsService/Export", request, &emptypb.Empty{}, grpc.UseCompressor("gzip")); err != nil {
		t.Fatal(err)
	}
	ev := found(ctx, t, c, "alpha", `user.name:"alpha-secret"* event.outcome:=failure`, n)[0]
	if ev["host.name"] != "db01" || ev["k8s.namespace.name"] != "shop" || ev["log.level"] != "WARN" || ev["source.ip"] != "198.51.100.4" {
		t.Errorf("parsed as %v", ev)
	}
	if when, err := time.Parse(time.RFC3339Nano, fmt.Sprint(ev["@timestamp"])); err != nil || !when.Equal(at) {
		t.Errorf("time %v, want %s", ev["@timestamp"], at.UTC())
	}
	ev = found(ctx, t, c, "beta", `user.name:"beta-secret"* event.outcome:=failure`, n)[0]
	if ev["service.name"] != "login" || ev["source.ip"] != "203.0.113.9" {
		t.Errorf("parsed as %v", ev)
	}
	alerted(ctx, t, c, "alpha")
	alerted(ctx, t, c, "beta")
	found(ctx, t, c, "alpha", `user.name:"beta-secret"*`, 0)
}
