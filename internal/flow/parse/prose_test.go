package parse

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
	"github.com/isoc-project/isoc/internal/flow/record"
)

func alone() *Parser { return New(Options{Automatic: true, Packs: pack.NewShelf(nil)}) }

// TestFreeText holds what the automatic parser takes from sentences and columns, and what it leaves alone: "-field" must be absent.
func TestFreeText(t *testing.T) {
	t.Parallel()
	p := alone()
	for text, want := range map[string]string{
		"Failed password for root from 198.51.100.7 port 29160 ssh2":                                      "user.name=root source.ip=198.51.100.7 source.port=29160 event.outcome=failure",
		"login failed for user 'mira' from 198.51.100.8":                                                  "user.name=mira source.ip=198.51.100.8 event.outcome=failure",
		"subsystem request for sftp by user kai":                                                          "user.name=kai",
		"user experience was good":                                                                        "-user.name",
		"User [kai] logged in successfully from 2001:db8::7":                                              "user.name=kai source.ip=2001:db8::7 event.outcome=success",
		"list 100 denied udp 198.51.100.1(55934) -> 192.0.2.255(15600), 1 packet":                         "source.ip=198.51.100.1 source.port=55934 destination.ip=192.0.2.255 destination.port=15600 event.action=denied",
		"Deny tcp src outside:198.51.100.9/4433 dst inside:10.0.0.5/22 by rule":                           "source.ip=198.51.100.9 source.port=4433 destination.ip=10.0.0.5 destination.port=22 event.action=Deny",
		"{TCP} 192.0.2.1:1042 -> 10.1.1.1:80":                                                             "source.ip=192.0.2.1 source.port=1042 destination.ip=10.1.1.1 destination.port=80",
		"connection refused by peer 203.0.113.5:443":                                                      "source.ip=203.0.113.5",
		"mapped to nat 203.0.113.9":                                                                       "-source.ip -destination.ip",
		"用户kai从192.0.2.61登录失败，原因：密码错误":                                                                    "user.name=kai source.ip=192.0.2.61 event.outcome=failure",
		"源IP：192.0.2.44，目的IP：10.0.0.8，目的端口：22，动作：阻断，威胁等级：高危":                                              "source.ip=192.0.2.44 destination.ip=10.0.0.8 destination.port=22 event.action=blocked event.severity=8",
		`203.0.113.7 asked "GET /a/b?c=1 HTTP/1.1" 404 12`:                                                "url.original=/a/b?c=1 http.request.method=GET http.response.status_code=404 source.ip=203.0.113.7",
		"2024/06/14 10:00:05,fw-2,allow,10.4.4.4,203.0.113.80,51000,443,tcp,web":                          "source.ip=10.4.4.4 destination.ip=203.0.113.80 source.port=51000 destination.port=443 event.action=allow network.transport=tcp",
		"a|b|10.0.0.1|5000|10.0.0.2|53|udp|deny":                                                          "source.ip=10.0.0.1 source.port=5000 destination.ip=10.0.0.2 destination.port=53 event.action=deny",
		"type=X msg=audit(1714558272.345:1): pid=1 msg='op=login acct=\"kai\" addr=192.0.2.1 res=failed'": "user.name=kai source.ip=192.0.2.1 event.outcome=failure",
		"conn log: Users: kai, Source IP: 10.5.5.5, Computer name: desk-4":                                "user.name=kai source.ip=10.5.5.5 host.name=desk-4",
		"flow end src 198.51.100.30 dst 10.7.0.2 sport 50100 dport 8443":                                  "source.ip=198.51.100.30 source.port=50100 destination.ip=10.7.0.2 destination.port=8443",
		"flow end from 198.51.100.31 source-port 50101 to 10.7.0.3 dpt 993":                               "source.ip=198.51.100.31 source.port=50101 destination.ip=10.7.0.3 destination.port=993",
		"volume :: vault-2 :: 198.51.100.32 :: mount":                                                     "source.ip=198.51.100.32 -destination.ip",
		"neighbour 0.0.0.0 set aside on port four":                                                        "-source.ip -destination.ip",
		"operator mira logged in from 198.51.100.33":                                                      "source.ip=198.51.100.33 event.outcome=success",
		"operator mira is not logged in on desk 4":                                                        "-event.outcome",
		"version 2.4.1 started on build 10.20.30":                                                         "-source.ip",
	} {
		var ev event.Event
		p.Parse(&record.Record{Source: "s1", Received: received(), Raw: []byte(text)}, &ev)
		for _, w := range strings.Fields(want) {
			name, value, _ := strings.Cut(w, "=")
			if absent, ok := strings.CutPrefix(name, "-"); ok {
				if ev.Has(absent) {
					t.Errorf("%s: %s = %q, want none", text, absent, ev.Value(absent))
				}
				continue
			}
			if got := ev.Value(name); got != value {
				t.Errorf("%s: %s = %q, want %q (%s)", text, name, got, value, ev.Value(fieldMapped))
			}
			if name != event.Outcome && !strings.Contains(ev.Value(fieldMapped), name+"<") {
				t.Errorf("%s: %s is not accounted for in %q", text, name, ev.Value(fieldMapped))
			}
		}
	}
}

// BenchmarkAutomatic reads formats that nothing knows, and the labelled records of the shared data where they are.
func BenchmarkAutomatic(b *testing.B) {
	raw, err := os.ReadFile("testdata/unknown.log")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("unknown", func(b *testing.B) { benchmarkLines(b, strings.Split(strings.TrimSpace(string(raw)), "\n")) })
	b.Run("labelled", func(b *testing.B) {
		f, err := os.ReadFile(shared(b, "parse-bench", "dev.jsonl"))
		if err != nil {
			b.Fatal(err)
		}
		var lines []string
		for _, l := range strings.Split(strings.TrimSpace(string(f)), "\n") {
			var rec struct{ Raw string }
			if err := json.Unmarshal([]byte(l), &rec); err != nil {
				b.Fatal(err)
			}
			lines = append(lines, rec.Raw)
		}
		benchmarkLines(b, lines)
	})
}

func benchmarkLines(b *testing.B, lines []string) {
	b.Helper()
	records := make([]record.Record, len(lines))
	for i, l := range lines {
		records[i] = record.Record{Source: "s1", Received: received(), Raw: []byte(l)}
	}
	p := alone()
	var ev event.Event
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p.Parse(&records[i], &ev)
		if i++; i == len(records) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
