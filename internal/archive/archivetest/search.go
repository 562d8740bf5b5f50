package archivetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/query"
	"github.com/isoc-project/isoc/internal/tenant"
)

func checkRoundTrip(t *testing.T, s *bench) {
	events := s.events(s.a,
		[]string{"message", "Failed password for root", "source.ip", "10.1.2.3", "user.name", "root", "process.pid", "4711"},
		[]string{"message", "Accepted publickey for ann", "source.ip", "10.1.2.4", "user.name", "ann"})
	if err := s.Append(Everyone(), events); err != nil {
		t.Fatal(err)
	}
	within(t, "appended events are found without a flush", func() bool { return len(s.find(t, "*", s.a)) == 2 })
	got := s.find(t, "*", s.a)
	for i, want := range []event.Event{events[1], events[0]} {
		if !got[i].Time.Equal(want.Time) || got[i].Tenant != s.a || got[i].ID != want.ID {
			t.Errorf("event %d is %v %v %v, want %v %v %v", i, got[i].Time, got[i].Tenant, got[i].ID, want.Time, s.a, want.ID)
		}
		fields := map[string]string{event.Timestamp: want.Time.Format(time.RFC3339Nano), query.Tenant: string(s.a)}
		for _, f := range want.Fields {
			fields[f.Name] = f.Value
		}
		if diff := cmp.Diff(fields, asMap(got[i])); diff != "" {
			t.Errorf("event %d (-want +got):\n%s", i, diff)
		}
	}
}

func asMap(ev event.Event) map[string]string {
	m := map[string]string{}
	for _, f := range ev.Fields {
		m[f.Name] = f.Value
	}
	return m
}

// checkQueries asks many kinds of query over one small set; want lists the field n of what is found.
func checkQueries(t *testing.T, s *bench) {
	at := s.now.Format(time.RFC3339)
	s.put(t, s.events(s.a,
		[]string{"n", "1", "message", "Failed password for root from 10.1.2.3", "source.ip", "10.1.2.3", "event.code", "4625", "user.name", "root"},
		[]string{"n", "2", "message", "Accepted publickey for ann", "source.ip", "10.9.0.1", "event.code", "4624", "user.name", "ann"},
		[]string{"n", "3", "message", "用户登录失败 来自外网", "source.ip", "2001:db8::1", "user.name", "张三"},
		[]string{"n", "4", "message", `C:\Windows\System32\cmd.exe /c "whoami"`, "process.name", "CMD.EXE", "event.code", "1"},
		[]string{"n", "5", "message", "disk full on /var", "event.dataset", "linux.kernel", "user.name", "root", "peer.name", "root"},
	))
	for text, want := range eventQueries(at, s.a) {
		got := values(s.find(t, text, s.a), "n")
		slices.Sort(got)
		if strings.Join(got, "") != want {
			t.Errorf("%s finds %v, want %s", text, got, want)
		}
	}
	for text, want := range rowQueries() {
		var got []string
		for _, ev := range s.find(t, text, s.a) {
			var fields []string
			for _, f := range ev.Fields {
				fields = append(fields, f.Name+"="+f.Value)
			}
			slices.Sort(fields)
			got = append(got, strings.Join(fields, " "))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// eventQueries maps queries to the fields n of the events of [checkQueries] they find.
func eventQueries(at string, id tenant.ID) map[string]string {
	return map[string]string{
		`*`:                                  "12345",
		`password`:                           "1",
		`PASSWORD`:                           "",
		`i(PASSWORD)`:                        "1",
		`pass*`:                              "1",
		`*sswor*`:                            "1",
		`"for ann"`:                          "2",
		`for -ann`:                           "1",
		`for !(root or ann)`:                 "",
		`root or ann`:                        "12",
		`message:password`:                   "1",
		`_msg:password`:                      "1",
		`登录`:                                 "3",
		`登录失败 and 外网`:                        "3",
		`user.name:张三`:                       "3",
		`user.name:="张三"`:                    "3",
		`user.name:张`:                        "3",
		`i(登录)`:                              "3",
		`user.name:root`:                     "15",
		`user.name:=root`:                    "15",
		`user.name:!=root`:                   "234",
		`user.name:(root or ann) -disk`:      "12",
		`user.name:in(root,"ann")`:           "125",
		`user.name:eq_field(peer.name)`:      "45",
		`source.ip:10.1.2.3`:                 "1",
		`source.ip:10.0.0.0/8`:               "12",
		`source.ip:ipv4_range(10.9.0.0/16)`:  "2",
		`source.ip:"2001:db8"*`:              "3",
		`event.code:>4624`:                   "1",
		`event.code:>=4624 event.code:<4625`: "2",
		`event.code:range[4624,4625]`:        "12",
		`event.code:*`:                       "124",
		`-event.code:*`:                      "35",
		`event.code:""`:                      "35",
		`~"for (root|ann)"`:                  "12",
		`message:~"(?i)WHOAMI"`:              "4",
		`"System32\\cmd.exe"`:                "4",
		`process.name:i(cmd.exe)`:            "4",
		`process.name:~"(?i)^cmd\\.exe$"`:    "4",
		`seq(Failed, root)`:                  "1",
		`event.dataset:=linux.kernel`:        "5",
		`len_range(0, 20)`:                   "35",
		`event.code:string_range("46","47")`: "12",
		`contains_any(disk, publickey)`:      "25",
		`contains_all(for, root)`:            "1",
		`_time:>=` + at:                      "5",
		`@timestamp:>=` + at:                 "5",
		`_time:1h`:                           "12345",
		`_time:>1000d`:                       "",
		`"@timestamp":>=` + at + ` or n:1`:   "15",
		`user.name:in(source.ip:10.1.2.3 | fields user.name)`:             "15",
		`* | filter user.name:root | filter -disk`:                        "1",
		`* | where disk or password`:                                      "15",
		`! (n:1 or n:2)`:                                                  "345",
		`not n:1 not n:2`:                                                 "345",
		`(n:1 or n:5) and user.name:root`:                                 "15",
		`isoc.tenant.id:=` + string(id) + ` n:=3`:                         "3",
		`event.dataset:linux* n:range(1,4)`:                               "23",
		`* | extract "Failed <what> for <who> " | filter who:=root`:       "1",
		`* | replace ("password", "secret") | filter secret`:              "1",
		`* | format "<user.name>@<source.ip>" as x | filter x:~"^root@1"`: "1",
	}
}

// rowQueries maps queries to the rows they give, each with its fields in order of name.
func rowQueries() map[string][]string {
	return map[string][]string{
		`* | stats count() as c`: {"c=5"},
		`* | count() as c`:       {"c=5"},
		`* | stats by (user.name) count() as c | sort by (c desc) | limit 1`:     {"c=2 user.name=root"},
		`* | stats by (message) count() as c | filter message:disk`:              {"c=1 message=disk full on /var"},
		`* | stats count() if (password) as p, count() if (*) as all`:            {"all=5 p=1"},
		`* | stats by (_time:1d) count() as c | fields c`:                        {"c=5"},
		`* | uniq by (event.dataset) | sort by (event.dataset)`:                  {"event.dataset=linux.kernel", "event.dataset=linux.syslog"},
		`* | top 1 by (user.name)`:                                               {"hits=2 user.name=root"},
		`* | sort by (n desc) | limit 2 | fields n`:                              {"n=5", "n=4"},
		`n:1 | fields n | union (n:2 | fields n) | sort by (n)`:                  {"n=1", "n=2"},
		`* | stats max(event.code) as m, min(event.code) if (event.code:*) as n`: {"m=4625 n=1"},
		`* | stats count_uniq(user.name) as u`:                                   {"u=3"},
		`n:4 | fields message, n`:                                                {`message=C:\Windows\System32\cmd.exe /c "whoami" n=4`},
		`n:5 | rename message as m | fields m`:                                   {"m=disk full on /var"},
		`n:5 | unpack_words as w | fields w`:                                     {`w=["disk","full","on","var"]`},
		`n:5 | len(message) as l | math l * 2 as d | fields d`:                   {"d=34"},
		`n:1 | fields @timestamp | stats count() as c`:                           {"c=1"},
	}
}

// checkPaging gives many events the same few times and walks them with several page sizes.
func checkPaging(t *testing.T, s *bench) {
	const n = 2345
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{"message", fmt.Sprintf("event number %d", i), "odd", fmt.Sprint(i % 2)}
	}
	events := s.events(s.a, rows...)
	for i := range events {
		events[i].Time = s.now.Add(-time.Duration(i/700) * 36 * time.Hour) // four moments, days apart
	}
	s.put(t, events)
	for i, limit := range []int{7, 100, 999, 1000, 7, 100, 999, 1000} {
		oldest := i >= 4
		seen := map[string]int{}
		var last event.Event
		for cursor, first := "", true; first || cursor != ""; first = false {
			r, err := s.Search(Everyone(), archive.Search{Tenants: []tenant.ID{s.a}, Query: parse(t, "event odd:0"), Limit: limit, Cursor: cursor, Oldest: oldest})
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Events) > limit || len(r.Events) < limit && r.Cursor != "" {
				t.Fatalf("limit %d: page of %d with cursor %q", limit, len(r.Events), r.Cursor)
			}
			for _, ev := range r.Events {
				newer := ev.Time.After(last.Time) || ev.Time.Equal(last.Time) && ev.ID > last.ID
				if last.ID != "" && (newer != oldest || ev.ID == last.ID) {
					t.Fatalf("limit %d, oldest first %t: %v %s comes after %v %s", limit, oldest, ev.Time, ev.ID, last.Time, last.ID)
				}
				seen[ev.ID]++
				last = ev
			}
			cursor = r.Cursor
		}
		if len(seen) != (n+1)/2 {
			t.Errorf("limit %d: %d different events, want %d", limit, len(seen), (n+1)/2)
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("limit %d: event %s found %d times", limit, id, times)
			}
		}
	}
}

// checkShapedPaging pages through rows whose pipes drop events and fields.
func checkShapedPaging(t *testing.T, s *bench) {
	rows := make([][]string, 500)
	for i := range rows {
		rows[i] = []string{"message", fmt.Sprintf("user=u%d size=%d", i%10, i), "n", fmt.Sprint(i)}
	}
	s.put(t, s.events(s.a, rows...))
	got := values(s.find(t, `size | extract "user=<u> size=<size>" | filter u:=u3 | fields size`, s.a), "size")
	var want []string
	for i := 493; i >= 0; i -= 10 {
		want = append(want, fmt.Sprint(i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := values(s.find(t, "size | limit 3", s.a), "n"); !cmp.Equal(got, []string{"499", "498", "497"}) {
		t.Errorf("limit 3 finds %v, want the newest three", got)
	}
	if got := s.find(t, "size | fields n | limit 250", s.a); len(got) != 250 {
		t.Errorf("limit 250 finds %d", len(got))
	}
}
