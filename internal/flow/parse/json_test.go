package parse

import (
	"testing"

	"github.com/isoc-project/isoc/internal/event"
)

func TestJSONEventShapes(t *testing.T) {
	t.Parallel()
	sysmon := map[string]string{
		"winlog.channel": "Microsoft-Windows-Sysmon/Operational", "winlog.event_id": "1",
		"winlog.provider_name": "Microsoft-Windows-Sysmon", "winlog.computer_name": "ws7.example.test",
		"winlog.event_data.Image": `C:\Windows\System32\cmd.exe`, "winlog.event_data.CommandLine": "cmd  /c whoami ",
		"process.executable": `C:\Windows\System32\cmd.exe`, "process.name": "cmd.exe", "process.command_line": "cmd  /c whoami ",
		"host.name": "ws7.example.test", "event.code": "1", "event.dataset": "windows.sysmon", "user.name": "kai", "user.domain": "EXAMPLE",
	}
	const data = `{"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd  /c whoami ","User":"EXAMPLE\\kai"}`
	const system = `"Computer":"ws7.example.test","Channel":"Microsoft-Windows-Sysmon/Operational"`
	cases := []struct {
		name, line string
		want       map[string]string
	}{
		{"EVTX with attributes objects", `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":{"#text":1,"Qualifiers":0},` + system + `},"EventData":` + data + `}}`, sysmon},
		{"EVTX in a wrapper with plain attributes", `{"test":"x","file":"y","Event":{"System":{"Provider":{"Name":"Microsoft-Windows-Sysmon"},"EventID":"1",` + system + `},"EventData":` + data + `}}`, sysmon},
		{"EVTX without Event", `{"System":{"Provider":{"@Name":"Microsoft-Windows-Sysmon"},"EventID":{"Value":"1","Qualifiers":"0"},` + system + `},"EventData":{"Data":[{"@Name":"Image","#text":"C:\\Windows\\System32\\cmd.exe"},{"@Name":"CommandLine","#text":"cmd  /c whoami "},{"@Name":"User","#text":"EXAMPLE\\kai"}]}}`, sysmon},
		{"Winlogbeat nested", `{"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":1,"provider_name":"Microsoft-Windows-Sysmon","computer_name":"ws7.example.test","event_data":` + data + `}}`, sysmon},
		{"Winlogbeat dotted", `{"winlog.channel":"Microsoft-Windows-Sysmon/Operational","winlog.event_id":"1","winlog.provider_name":"Microsoft-Windows-Sysmon","winlog.computer_name":"ws7.example.test","winlog.event_data.Image":"C:\\Windows\\System32\\cmd.exe","winlog.event_data.CommandLine":"cmd  /c whoami ","winlog":{"event_data":{"User":"EXAMPLE\\kai"}}}`, sysmon},
		{"flat", `{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":1,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"ws7.example.test","Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd  /c whoami ","User":"EXAMPLE\\kai"}`, sysmon},
		{"ECS nested", `{"process":{"name":"nc","args":["nc","-e"]},"host.name":"h1","n":null}`, map[string]string{"process.name": "nc", "process.args": "nc", "host.name": "h1"}},
		{"platform names cannot be forged", `{"isoc":{"source":{"id":"x"}},"event":{"id":"1","original":"o"}}`, map[string]string{"labels.isoc.source.id": "x", "labels.event.id": "1", "labels.event.original": "o"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var ev event.Event
			if err := JSONEvent([]byte(c.line), &ev); err != nil {
				t.Fatal(err)
			}
			for name, want := range c.want {
				if got, ok := ev.Get(name); got != want || !ok {
					t.Errorf("%s = %q, want %q", name, got, want)
				}
			}
			for _, name := range []string{"isoc.source.id", "event.id", "event.original"} {
				if ev.Has(name) {
					t.Errorf("payload set %s", name)
				}
			}
		})
	}
}
