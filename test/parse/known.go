package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/isoc-project/isoc/content"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// known are formats that syslog-ng can take apart too, with the parser its manual gives for them. What it does is less: it neither tells
// message ids apart nor names fields alike for all vendors.
var known = []struct {
	name   string
	pack   string // whose samples are the records
	prefix string // of the samples to take
	parser string
}{
	{"access log", "access-log", "", `parser { csv-parser(columns("clientip","ident","auth","timestamp","request","status","bytes","referrer","agent") delimiters(" ") flags(escape-double-char,strip-whitespace) quote-pairs('""[]') prefix("f.")); };`},
	{"sshd", "openssh", "Jun", `parser { syslog-parser(); regexp-parser(patterns("^(?<verb>Failed|Accepted) (?<method>[^ ]+) for (?<who>.*) from (?<ip>[0-9a-fA-F.:]+) port (?<port>[0-9]+)", "^(?<text>.*)$") prefix("f.")); };`},
	{"FortiGate key=value", "fortinet-fortigate", "", `parser { kv-parser(prefix("f.")); };`},
	{"CEF", "", "", `parser { csv-parser(columns("version","vendor","product","release","signature","name","severity","extension") delimiters("|") flags(greedy) prefix("f.")); kv-parser(template("${f.extension}") prefix("f.")); };`},
	{"Windows JSON (Sysmon)", "windows-sysmon", "{", `parser { json-parser(prefix("f.")); };`},
	{"Huawei USG", "huawei-usg", "<", `parser { syslog-parser(); csv-parser(columns("head","pairs") delimiters(":") flags(greedy) prefix("f.")); kv-parser(template("${f.pairs}") pair-separator(",") prefix("f.")); };`},
}

// cefLines are CEF records; the packs of CEF devices are read by the same code.
const cefLines = `CEF:0|Acme|Gate|3.1|100|Connection denied|5|src=192.0.2.7 dst=198.51.100.9 spt=50123 dpt=443 proto=TCP act=blocked suser=kai dvchost=gate-1 rt=1718366400000 msg=policy 7 matched
CEF:0|Acme|Gate|3.1|200|Login failed|7|src=192.0.2.8 suser=root outcome=failure dvchost=gate-1 rt=1718366401000 reason=bad password cs1Label=Realm cs1=admins`

// knownFormats measures formats that packs read, beside syslog-ng where it is installed: the same lines from a file, processor time from
// start to end without what starting takes, all fields written as JSON.
func knownFormats(n int, span time.Duration) error {
	peer, err := exec.LookPath("syslog-ng")
	if err != nil {
		fmt.Println("no syslog-ng here: known formats without a peer")
		peer = ""
	}
	fmt.Println("known formats, events per processor second")
	fmt.Printf("  %-24s %12s %12s %8s\n", "", "iSOC", "syslog-ng", "ours is")
	for _, k := range known {
		records := strings.Split(cefLines, "\n")
		if k.pack != "" {
			if records, err = samplesOf(k.pack, k.prefix); err != nil {
				return err
			}
		}
		ours, err := rawSpeed(records, span)
		if err != nil {
			return err
		}
		if peer == "" {
			fmt.Printf("  %-24s %12.0f %12s %8s\n", k.name, ours, "-", "-")
			continue
		}
		theirs, err := peerSpeed(peer, k.parser, records, n)
		if err != nil {
			return fmt.Errorf("syslog-ng, %s: %w", k.name, err)
		}
		fmt.Printf("  %-24s %12.0f %12.0f %7.1f×\n", k.name, ours, theirs, ours/theirs)
	}
	return nil
}

func samplesOf(id, prefix string) ([]string, error) {
	text, err := fs.ReadFile(content.Parsers, "parsers/"+id+"/samples.yml")
	if err != nil {
		return nil, err
	}
	samples, err := pack.ReadSamples(text)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range samples {
		if raw := string(samples[i].Bytes()); strings.HasPrefix(raw, prefix) && !strings.Contains(raw, "\n") {
			out = append(out, raw)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("pack %s has no sample that begins with %q", id, prefix)
	}
	return out, nil
}

// rawSpeed reads raw lines to JSON over and over.
func rawSpeed(records []string, span time.Duration) (float64, error) {
	const rounds = 2000
	in := []byte(strings.Repeat(strings.Join(records, "\n")+"\n", rounds))
	n := 0
	start := used()
	for used()-start < span {
		if err := parse.Stream(bytes.NewReader(in), io.Discard, nil, false, false); err != nil {
			return 0, err
		}
		n += rounds * len(records)
	}
	return float64(n) / (used() - start).Seconds(), nil
}

func peerSpeed(peer, parser string, records []string, n int) (float64, error) {
	idle, err := peerTime(peer, parser, records, 1)
	if err != nil {
		return 0, err
	}
	busy, err := peerTime(peer, parser, records, n)
	if err != nil {
		return 0, err
	}
	return float64(n) / (busy - idle).Seconds(), nil
}

// peerTime runs syslog-ng over n lines in a folder of its own and returns the processor time it took.
func peerTime(peer, parser string, records []string, n int) (time.Duration, error) {
	dir, err := os.MkdirTemp("", "isoc-parse-bench")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	in := func(name string) string { return filepath.Join(dir, name) }
	var lines bytes.Buffer
	for i := range n {
		lines.WriteString(records[i%len(records)] + "\n")
	}
	settings := "@version: 3.35\noptions { stats-freq(0); threaded(no); };\nsource s { file(\"" + in("in") + "\" flags(no-parse) follow-freq(0.05) log-fetch-limit(1000)); };\n" +
		"destination d { file(\"" + in("out") + "\" template(\"$(format-json --key f.* --key MESSAGE --key HOST --key PROGRAM)\\n\")); };\nlog { source(s); " + parser + " destination(d); };\n"
	if err := errors.Join(os.WriteFile(in("in"), lines.Bytes(), 0o600), os.WriteFile(in("conf"), []byte(settings), 0o600)); err != nil {
		return 0, err
	}
	cmd := exec.Command(peer, "-F", "--no-caps", "-f", in("conf"), "--persist-file", in("persist"), "--pidfile", in("pid"), "--control", in("ctl"))
	var says bytes.Buffer
	cmd.Stderr = &says
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	done := false
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline) && !done; {
		time.Sleep(50 * time.Millisecond)
		done = linesOf(in("out")) >= n
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait() // it ends by the signal
	if !done {
		return 0, fmt.Errorf("%d of %d lines after two minutes: %s", linesOf(in("out")), n, says.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

func linesOf(name string) int {
	data, err := os.ReadFile(name)
	if err != nil {
		return 0
	}
	return bytes.Count(data, []byte{'\n'})
}
