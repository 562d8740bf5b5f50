package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/isoc-project/isoc/internal/demo"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/logsource"
	"github.com/isoc-project/isoc/internal/flow/parse"
	"github.com/isoc-project/isoc/internal/flow/record"
)

// origin is an event and who reported it.
type origin struct {
	event  event.Event
	source string // what it was captured in, and the host
	turn   int    // among all that were read: those of one source in the order they were reported
}

// sample is one event in each engine's form.
type sample struct {
	origin
	profile logsource.Profile
	route   string
	fields  map[string]any // by the names that rules use
	texts   []string       // every value, for keywords
}

// set is events of one kind.
type set struct {
	name   string
	whole  bool // measured against every rule too
	events []sample
	bytes  int // of values, on average
}

func readEvents(data string) ([]set, error) {
	var windows []origin
	keep := func(file string, line []byte) error {
		var ev event.Event
		if err := parse.JSONEvent(line, &ev); err == nil {
			windows = append(windows, origin{ev, file + " " + ev.Value("winlog.computer_name"), len(windows)})
		}
		return nil
	}
	if err := eachGzipLine(filepath.Join(data, "windows-events", "evtx-to-mitre-attack.jsonl.gz"), keep); err != nil {
		return nil, err
	}
	if err := eachFileLine(filepath.Join(data, "sigma-regression", "events.jsonl"), keep); err != nil {
		return nil, err
	}
	if err := eachCapturedLine(filepath.Join(data, "mordor"), 10, keep); err != nil {
		return nil, err
	}
	var processes []origin
	for _, o := range windows {
		id := o.event.Value("winlog.event_id")
		if id == "4688" || id == "1" && o.event.Value("winlog.channel") == "Microsoft-Windows-Sysmon/Operational" {
			processes = append(processes, o)
		}
	}
	rules, err := readRules(filepath.Join(data, "sigma"))
	if err != nil {
		return nil, err
	}
	made := generated()
	named := namer(rules)
	return []set{
		newSet("recorded Windows, Linux and cloud", true, windows, named),
		newSet("process_creation", false, processes, named),
		newSet("generated Linux, web, proxy, DNS, firewall, cloud", true, made, named),
	}, nil
}

func newSet(name string, whole bool, events []origin, named func(*sample)) set {
	s := set{name: name, whole: whole}
	total := 0
	for _, o := range events {
		e := sample{origin: o, fields: map[string]any{}}
		sig := logsource.Sign(&e.event)
		e.profile = sig.Profile()
		e.route = e.profile.String()
		named(&e)
		for _, f := range e.event.Fields {
			e.texts = append(e.texts, f.Value)
			total += len(f.Value)
		}
		s.events = append(s.events, e)
	}
	s.bytes = total / max(1, len(events))
	return s
}

// namer returns what puts an event's values under the names that the rules of its log source use.
func namer(rules []rule) func(*sample) {
	type known struct {
		source logsource.Source
		fields map[string][]string
	}
	bySource := map[logsource.Source]*known{}
	for _, r := range rules {
		if r.read == nil {
			continue
		}
		k := bySource[r.read.LogSource]
		if k == nil {
			k = &known{source: r.read.LogSource, fields: map[string][]string{}}
			bySource[k.source] = k
		}
		for _, name := range fieldNames(r.read) {
			k.fields[name] = logsource.Fields(k.source, name)
		}
	}
	return func(s *sample) {
		for _, k := range bySource {
			if !s.profile.Accepts(k.source) {
				continue
			}
			for name, from := range k.fields {
				for _, f := range from {
					if v, ok := s.event.Get(f); ok {
						s.fields[name] = v
						break
					}
				}
			}
		}
		for _, f := range s.event.Fields {
			if _, ok := s.fields[f.Name]; !ok {
				s.fields[f.Name] = f.Value
			}
		}
	}
}

// generated are the demonstration's day, parsed as the product does, and an audit trail of a cloud.
func generated() []origin {
	p := parse.New(parse.Options{})
	day := demo.NewDay(1, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), nil)
	var events []origin
	add := func(at time.Time, text []byte) {
		var ev event.Event
		p.Parse(&record.Record{Raw: text, Received: at}, &ev)
		events = append(events, origin{ev, ev.Value(event.Dataset) + " " + ev.Value("host.name"), len(events)})
	}
	for m := 0; m < demo.Minutes; m += 5 {
		for _, r := range day.Minute(m) {
			add(r.At, r.Text)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	calls := []struct{ source, name string }{
		{"ec2.amazonaws.com", "DescribeInstances"}, {"s3.amazonaws.com", "GetObject"}, {"sts.amazonaws.com", "AssumeRole"}, {"iam.amazonaws.com", "CreateAccessKey"},
		{"signin.amazonaws.com", "ConsoleLogin"}, {"kms.amazonaws.com", "Decrypt"}, {"cloudtrail.amazonaws.com", "StopLogging"}, {"ec2.amazonaws.com", "AuthorizeSecurityGroupIngress"},
	}
	for i := range 4000 {
		c := calls[r.IntN(len(calls))]
		at := day.From().Add(time.Duration(i) * 20 * time.Second)
		text, err := json.Marshal(map[string]any{
			"eventVersion": "1.09", "eventTime": at.Format(time.RFC3339), "eventSource": c.source, "eventName": c.name, "awsRegion": "cn-north-1",
			"sourceIPAddress": fmt.Sprintf("203.0.113.%d", r.IntN(250)), "userAgent": "aws-sdk-go-v2/1.32.0 os/linux lang/go#1.24.1 md/GOOS#linux api/" + strings.TrimSuffix(c.source, ".amazonaws.com"),
			"userIdentity": map[string]any{"type": "AssumedRole", "principalId": fmt.Sprintf("AROAEXAMPLE%05d:deploy", r.IntN(400)), "arn": "arn:aws-cn:sts::111122223333:assumed-role/deploy/session",
				"accountId": "111122223333", "accessKeyId": fmt.Sprintf("ASIAEXAMPLE%09d", r.IntN(1e9))},
			"requestParameters": map[string]any{"bucketName": "ledger-archive", "key": fmt.Sprintf("2026/%02d/%06d.parquet", 1+r.IntN(12), r.IntN(1e6))},
			"responseElements":  nil, "requestID": fmt.Sprintf("%016x", r.Uint64()), "eventID": fmt.Sprintf("%016x-%016x", r.Uint64(), r.Uint64()), "readOnly": true,
			"eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management",
		})
		if err != nil {
			panic(err)
		}
		add(at, text)
	}
	r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	return events
}

func eachGzipLine(path string, fn func(string, []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return eachLine(z, func(line []byte) error { return fn(path, line) })
}

func eachFileLine(path string, fn func(string, []byte) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	defer f.Close()
	return eachLine(f, func(line []byte) error { return fn(path, line) })
}

// eachCapturedLine reads every nth line of the captures in a folder of archives.
func eachCapturedLine(folder string, nth int, fn func(string, []byte) error) error {
	n := 0
	return filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".zip" {
			return err
		}
		z, err := zip.OpenReader(path)
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		defer z.Close()
		for _, f := range z.File {
			if filepath.Ext(f.Name) != ".json" {
				continue
			}
			r, err := f.Open()
			if err != nil {
				return fmt.Errorf("read %s: %w", f.Name, err)
			}
			err = eachLine(r, func(line []byte) error {
				if n++; n%nth != 0 {
					return nil
				}
				return fn(path+" "+f.Name, line)
			})
			r.Close()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func eachLine(r io.Reader, fn func([]byte) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 1<<20), 1<<24)
	for s.Scan() {
		if line := bytes.TrimSpace(s.Bytes()); len(line) > 0 {
			if err := fn(line); err != nil {
				return err
			}
		}
	}
	return s.Err()
}
