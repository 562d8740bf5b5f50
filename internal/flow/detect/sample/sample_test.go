package sample_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/detect/correlate"
	"github.com/isoc-project/isoc/internal/flow/detect/sample"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
)

const rootLogin = `title: Root logs in with a password
id: 0a0b0c0d-0000-4000-8000-000000000001
logsource: {product: linux, service: sshd}
detection:
  login: {message|startswith: 'Accepted password for root '}
  condition: login
`

var received = time.Date(2026, 3, 2, 8, 15, 31, 0, time.UTC)

func runner(t testing.TB, text string) *sample.Runner {
	t.Helper()
	rules, bad := sigma.ParseRules("r.yml", []byte(text))
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	set, bad := sigma.Compile(rules, sigma.Options{})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return sample.NewRunner(set, rules, func() time.Time { return received })
}

func TestASampleGoesTheWayOfARecord(t *testing.T) {
	t.Parallel()
	const (
		accepted = "<86>Mar  2 08:15:30 web01 sshd[4121]: Accepted password for root from 198.51.100.23 port 50122 ssh2"
		key      = "<86>Mar  2 08:15:30 web01 sshd[4121]: Accepted publickey for root from 198.51.100.23 port 50122 ssh2"
		flat     = `{"@timestamp":"2026-01-02T03:04:05Z","message":"Accepted password for root from x","event.dataset":"linux.auth","process":{"name":"sshd"}}`
	)
	for name, c := range map[string]struct {
		sample sample.Sample
		fault  sample.Fault
		parser bool
		at     string
	}{
		"fires as it should":          {one(true, "", accepted), sample.None, true, "08:15:30"},
		"near miss":                   {one(false, "", key), sample.None, true, "08:15:30"},
		"silent":                      {one(true, "", key), sample.Silent, true, "08:15:30"},
		"fires and should not":        {one(false, "", accepted), sample.Fires, true, "08:15:30"},
		"nothing understands it":      {one(false, "", "what is this"), sample.Unread, false, "08:15:31"},
		"of another log source":       {one(true, "", strings.Replace(accepted, "sshd", "cron", 1)), sample.Silent, true, "08:15:30"},
		"an event understood already": {one(true, sample.Event, flat), sample.None, false, "03:04:05"},
		"broken JSON":                 {one(false, sample.Event, flat[1:]), sample.Unread, false, "08:15:31"},
	} {
		r, err := runner(t, rootLogin).Run(t.Context(), c.sample)
		if err != nil || r.Fault != c.fault {
			t.Errorf("%s: %q, %v; want %q", name, r.Fault, err, c.fault)
			continue
		}
		l := r.Lines[0]
		if (l.Parser() != "") != c.parser || l.Event.Time.Format(time.TimeOnly) != c.at || (len(l.Fired) == 1) != r.Fired {
			t.Errorf("%s: parser %q, time %s, fired %v", name, l.Parser(), l.Event.Time, l.Fired)
		}
	}
}

func one(fires bool, form sample.Form, raw string) sample.Sample {
	return sample.Sample{Fires: fires, Form: form, Kind: "linux", Lines: []sample.Line{{Raw: raw}}}
}

func TestLinesOfASequenceHappenOneAfterTheOther(t *testing.T) {
	t.Parallel()
	samples, err := sample.ReadFile([]byte(`
positive:
  - name: twice
    kind: linux
    lines:
      - raw: '<86>Mar  1 01:00:00 web01 sshd[1]: Failed password for root from 198.51.100.23 port 50122 ssh2'
      - raw: '<86>Mar  1 01:00:00 web01 sshd[1]: Accepted password for root from 198.51.100.23 port 50122 ssh2'
        after: 1m30s
`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := runner(t, rootLogin).Run(t.Context(), samples[0])
	if err != nil || r.Fault != sample.None || len(r.Lines) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, l := range r.Lines {
		want := received.Add(time.Duration(i) * 90 * time.Second)
		if !l.Event.Time.Equal(want) || l.Event.Value(event.HostName) != "web01" || (len(l.Fired) == 1) != (i == 1) {
			t.Errorf("line %d at %s fired %v", i, l.Event.Time, l.Fired)
		}
	}
}

const guessing = `title: Root is guessed
id: 0a0b0c0d-0000-4000-8000-000000000002
correlation: {type: event_count, rules: [0a0b0c0d-0000-4000-8000-000000000001], group-by: [source.ip], timespan: 1m, condition: {COUNT: 3}}
`

func TestACorrelationFiresOnTheLineThatCompletesIt(t *testing.T) {
	t.Parallel()
	samples, err := sample.ReadFile([]byte(`
positive:
  - lines:
      - {raw: '<86>Mar  1 01:00:00 web01 sshd[1]: Accepted password for root from 198.51.100.23 port 5000{n} ssh2', times: 3, every: 20s}
      - {raw: '<86>Mar  1 01:00:00 web01 sshd[1]: Accepted publickey for root from 198.51.100.23 port 50001 ssh2', after: 50s}
negative:
  - lines:
      - {raw: '<86>Mar  1 01:00:00 web01 sshd[1]: Accepted password for root from 198.51.100.2{n} port 50001 ssh2', times: 3, every: 20s}
  - lines:
      - {raw: '<86>Mar  1 01:00:00 web01 sshd[1]: Accepted password for root from 198.51.100.23 port 50001 ssh2', times: 3, every: 40s}
`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(samples[0].Lines); n != 4 || !strings.Contains(samples[0].Lines[2].Raw, "50003") || samples[0].Lines[2].After != 40*time.Second {
		t.Fatalf("%d lines: %+v", n, samples[0].Lines)
	}
	for _, bound := range []string{"gte", "eq"} { // the second waits for its window to close
		docs, bad := sigma.ParseDocuments("r.yml", []byte(rootLogin+"---\n"+strings.Replace(guessing, "COUNT", bound, 1)))
		program, worse := correlate.Compile(docs.Correlations, docs.Rules, correlate.Options{})
		set, worst := sigma.Compile(docs.Rules, sigma.Options{})
		if len(bad)+len(worse)+len(worst) > 0 {
			t.Fatal(bad, worse, worst)
		}
		run := sample.NewRunner(set, nil, func() time.Time { return received })
		run.Correlate(program, []string{docs.Correlations[0].ID})
		for i, s := range samples {
			r, err := run.Run(t.Context(), s)
			if err != nil || r.Fault != sample.None {
				t.Errorf("%s, sample %d: %q, %v", bound, i, r.Fault, err)
			}
			for at, l := range r.Lines {
				if (len(l.Fired) == 1) != (i == 0 && at == 2) {
					t.Errorf("%s, sample %d, line %d fired %v", bound, i, at, l.Fired)
				}
			}
		}
	}
}

func TestSamplesAreBounded(t *testing.T) {
	t.Parallel()
	lines := func(n, size int) (out []sample.Line) {
		for range n {
			out = append(out, sample.Line{Raw: strings.Repeat("x", size)})
		}
		return out
	}
	good := sample.Sample{Lines: lines(1, sample.MaxBytes)}
	for field, samples := range map[string][]sample.Sample{
		"":                          {good, {Lines: lines(sample.MaxLines, 1)}},
		"samples":                   make([]sample.Sample, sample.MaxSamples+1),
		"samples[1].lines":          {good, {Lines: lines(2, sample.MaxBytes/2+1)}},
		"samples[0].lines":          {{Lines: lines(sample.MaxLines+1, 1)}},
		"samples[0].lines[0]":       {{Lines: lines(1, 0)}},
		"samples[0].lines[1].after": {{Lines: []sample.Line{{Raw: "a", After: 2}, {Raw: "b", After: 1}}}},
		"samples[0].form":           {{Form: "xml", Lines: lines(1, 1)}},
		"samples[0]":                {{Name: strings.Repeat("n", 501), Lines: lines(1, 1)}},
	} {
		err := sample.Check(samples)
		var bad *fault.Invalid
		if field == "" && err != nil || field != "" && (!errors.As(err, &bad) || bad.Field != field) {
			t.Errorf("%q: %v", field, err)
		}
	}
	for name, text := range map[string]string{
		"no record": "positive: [{kind: linux}]", "unknown key": "positive: [{raw: a, line: 3}]", "not YAML": "{", "large": strings.Repeat("#\n", 8<<20),
		"many": "positive: [{lines: [{raw: a, times: 2000000000}]}]", "back in time": "positive: [{lines: [{raw: a, times: 2, every: -1s}]}]",
	} {
		if got, err := sample.ReadFile([]byte(text)); err == nil {
			t.Errorf("%s: %d samples", name, len(got))
		}
	}
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("positive: [{raw: 'x', kind: linux}]"))
	f.Add([]byte("negative: [{raw: '{}', form: event}, {lines: [{raw: a}, {raw: b, after: 3s}]}]"))
	run := runner(f, rootLogin)
	f.Fuzz(func(t *testing.T, data []byte) {
		samples, err := sample.ReadFile(data)
		if err != nil {
			return
		}
		for _, s := range samples {
			r, err := run.Run(t.Context(), s)
			if err != nil || len(r.Lines) != len(s.Lines) {
				t.Fatal(fmt.Sprint(r, err))
			}
		}
	})
}
