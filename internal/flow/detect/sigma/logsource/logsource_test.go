package logsource_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
)

func profile(pairs ...string) string {
	ev := &event.Event{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		ev.Add(name, value)
	}
	p := logsource.Sign(ev).Profile()
	return p.String()
}

func TestEventsBelongToLogSources(t *testing.T) {
	t.Parallel()
	const sysmon = "winlog.channel=Microsoft-Windows-Sysmon/Operational"
	for _, c := range []struct {
		want  string
		event []string
	}{
		{"windows/process_creation/sysmon", []string{sysmon, "winlog.event_id=1"}},
		{"windows/process_creation/security", []string{"winlog.channel=security", "winlog.event_id=4688"}},
		{"windows//security", []string{"winlog.channel=Security", "winlog.event_id=4624"}},
		{"windows/registry_event,registry_set/sysmon", []string{sysmon, "winlog.event_id=13"}},
		{"windows/registry_event,registry_add/sysmon", []string{sysmon, "winlog.event_id=12", "winlog.event_data.EventType=CreateKey"}},
		{"windows/registry_event,registry_delete/sysmon", []string{sysmon, "winlog.event_id=12", "winlog.event_data.EventType=deletevalue"}},
		{"windows/ps_script/powershell", []string{"winlog.channel=Microsoft-Windows-PowerShell/Operational", "winlog.event_id=4104"}},
		{"windows/ps_classic_start/powershell-classic", []string{"winlog.channel=Windows PowerShell", "winlog.event_id=400"}},
		{"windows/antivirus/windefend", []string{"winlog.channel=Microsoft-Windows-Windows Defender/Operational", "winlog.event_id=1116"}},
		{"windows//servicebus-client,microsoft-servicebus-client", []string{"winlog.channel=Microsoft-ServiceBus-Client/Admin"}},
		{"windows//", []string{"winlog.channel=Some-New/Channel", "winlog.event_id=1", "event.dataset=windows.new"}},
		{"linux/process_creation/sysmon", []string{"winlog.channel=Linux-Sysmon/Operational", "winlog.event_id=1"}},
		{"rpc_firewall/application/", []string{"winlog.channel=RPCFW", "winlog.event_id=3"}},
		{"linux//auth,sshd", []string{"event.dataset=linux.auth", "process.name=sshd"}},
		{"linux//auth,sshd", []string{"event.dataset=linux.auth", "process.name=sshd-session"}},
		{"linux//auth,sudo", []string{"event.dataset=linux.auth", "process.name=sudo"}},
		{"linux//cron,syslog", []string{"event.dataset=linux.cron", "process.name=CRON"}},
		{"linux//syslog,guacamole", []string{"event.dataset=linux.syslog", "process.name=guacd"}},
		{"linux//syslog,vsftpd", []string{"event.dataset=linux.syslog", "process.name=vsftpd"}},
		{"linux//kernel,syslog", []string{"event.dataset=linux.kernel", "process.name=kernel"}},
		{"linux//auditd", []string{"event.dataset=linux.audit", "process.name=auditd"}},
		{"linux/process_creation/auditd", []string{"event.dataset=linux.audit", "event.category=process", "event.type=start"}},
		{"linux/firewall/iptables,syslog", []string{"event.dataset=linux.firewall", "event.category=network"}},
		{"windows/process_creation/", []string{"host.os.type=windows", "event.category=process", "event.type=start"}},
		{"macos/file_event/", []string{"host.os.family=darwin", "event.category=file", "event.type=creation"}},
		{"linux/network_connection/", []string{"host.os.type=linux", "event.category=network", "event.type=start", "process.executable=/bin/nc"}},
		{"/webserver/", []string{"event.dataset=web.access", "event.category=web"}},
		{"/webserver/apache", []string{"event.dataset=web.access", "process.name=apache2"}},
		{"//apache,nginx", []string{"event.dataset=web.error"}},
		{"/dns/", []string{"event.dataset=dns.query"}},
		{"/proxy/", []string{"event.dataset=proxy.access", "event.category=web", "observer.type=proxy"}},
		{"/proxy/", []string{"event.dataset=proxy.access", "event.category=web"}},
		{"/webserver/", []string{"event.dataset=generic.json", "event.category=web"}},
		{"aws//cloudtrail", []string{"event.dataset=generic.json", "eventSource=s3.amazonaws.com", "eventName=GetObject", "awsRegion=x"}},
		{"kubernetes/application/audit", []string{"event.dataset=generic.json", "auditID=1", "objectRef.resource=pods"}},
		{"opencanary/application/", []string{"event.dataset=generic.json", "logtype=3000", "node_id=x"}},
		{"azure//signinlogs", []string{"event.dataset=azure.signinlogs"}},
		{"okta//okta", []string{"event.dataset=okta.system"}},
		{"github//audit", []string{"event.dataset=github.audit"}},
		{"cisco//aaa,syslog,bgp,ldp,ios", []string{"event.dataset=cisco.ios"}},
		{"fortigate/firewall/event", []string{"event.dataset=fortinet.fortigate"}},
		{"acme//widget", []string{"event.dataset=acme.widget"}},
		{"zeek/dns/dns", []string{"event.dataset=zeek.dns", "dns.question.name=example.org"}},
		{"zeek/dns,network/dns", []string{"event.dataset=packet.dns", "dns.question.name=example.org"}},
		{"zeek/proxy,webserver,network/http", []string{"event.dataset=packet.http", "event.category=network", "event.category=web"}},
		{"//", []string{"event.dataset=unparsed", "message=x"}},
		{"//", nil},
	} {
		if got := profile(c.event...); got != c.want {
			t.Errorf("%q: got %s, want %s", c.event, got, c.want)
		}
	}
}

func TestSourceIsMetInEveryPartItStates(t *testing.T) {
	t.Parallel()
	p := logsource.Profile{Product: "windows", Categories: []string{"a", "b"}, Services: []string{"s"}}
	for s, want := range map[logsource.Source]bool{
		{Product: "windows"}: true,
		{Category: "b"}:      true,
		{Product: "windows", Category: "a", Service: "s"}: true,
		{Product: "linux", Category: "a"}:                 false,
		{Product: "windows", Category: "c"}:               false,
		{Service: "t"}:                                    false,
	} {
		if p.Accepts(s) != want {
			t.Errorf("%+v: %v", s, !want)
		}
	}
}

func TestFieldNamesMeanVendorsFieldsBeforeECS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source logsource.Source
		field  string
		want   []string
	}{
		{logsource.Source{Product: "windows", Category: "process_creation"}, "Image",
			[]string{"winlog.event_data.Image", "winlog.user_data.Image", "Image", "winlog.event_data.NewProcessName", "process.executable"}},
		{logsource.Source{Product: "windows", Category: "process_creation"}, "ProcessId",
			[]string{"winlog.event_data.NewProcessId", "winlog.event_data.ProcessId", "winlog.user_data.ProcessId", "ProcessId", "process.pid"}},
		{logsource.Source{Product: "windows", Service: "security"}, "EventID", []string{"winlog.event_id", "EventID", "event.code",
			"winlog.event_data.EventID", "winlog.user_data.EventID"}},
		{logsource.Source{Product: "windows"}, "event.action", []string{"event.action", "winlog.event_data.event.action"}},
		{logsource.Source{Product: "windows"}, "winlog.channel", []string{"winlog.channel"}},
		{logsource.Source{Product: "linux", Category: "process_creation"}, "CommandLine",
			[]string{"CommandLine", "winlog.event_data.CommandLine", "linux.CommandLine", "process.command_line"}},
		{logsource.Source{Product: "linux", Service: "auditd"}, "exe",
			[]string{"exe", "auditd.log.exe", "auditd.exe", "auditd.data.exe", "linux.audit.exe", "process.executable"}},
		{logsource.Source{Category: "webserver"}, "cs-uri-query", []string{"cs-uri-query", "url.query"}},
		{logsource.Source{Category: "firewall"}, "dst_port", []string{"dst_port", "destination.port"}},
		{logsource.Source{Category: "dns"}, "query", []string{"query", "dns.question.name"}},
		{logsource.Source{Category: "antivirus"}, "Signature",
			[]string{"winlog.event_data.Signature", "winlog.user_data.Signature", "Signature", "winlog.event_data.ThreatName", "ThreatName", "threat.indicator.name"}},
		{logsource.Source{Product: "aws", Service: "cloudtrail"}, "eventName", []string{"eventName", "aws.cloudtrail.eventName", "aws.eventName", "event.action"}},
	} {
		if diff := cmp.Diff(c.want, logsource.Fields(c.source, c.field)); diff != "" {
			t.Errorf("%+v %s: %s", c.source, c.field, diff)
		}
	}
}

func TestSignatureOutlivesItsEvent(t *testing.T) {
	t.Parallel()
	buf := []byte("linux.auth")
	ev := &event.Event{}
	ev.Add("event.dataset", string(buf))
	sig := logsource.Sign(ev)
	if clone := sig.Clone(); clone != sig {
		t.Error("a clone differs")
	}
	p := sig.Profile()
	if !slices.Contains(p.Services, "auth") {
		t.Errorf("profile %s", p.String())
	}
}
