package clock

import (
	"testing"
	"time"
)

func TestAnyReadsTheUsualForms(t *testing.T) {
	t.Parallel()
	east := time.FixedZone("", 8*3600)
	ref := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"2024-05-01T10:11:12.345Z":         "2024-05-01T10:11:12.345Z",
		"2024-05-01T10:11:12+0200":         "2024-05-01T08:11:12Z",
		"2024-05-01 10:11:12,500":          "2024-05-01T02:11:12.5Z",
		"2024/05/01 10:11:12":              "2024-05-01T02:11:12Z",
		"2024-05-01 10:11:12 UTC":          "2024-05-01T10:11:12Z",
		"[01/May/2024:10:11:12 -0700]":     "2024-05-01T17:11:12Z",
		"Dec 31 23:59:59":                  "2023-12-31T15:59:59Z",
		"Jan  2 00:00:00":                  "2024-01-01T16:00:00Z",
		"May 01 2024 10:11:12":             "2024-05-01T02:11:12Z",
		"Wed May  1 10:11:12 2024":         "2024-05-01T02:11:12Z",
		"Wed, 01 May 2024 10:11:12 GMT":    "2024-05-01T10:11:12Z",
		"1714558272":                       "2024-05-01T10:11:12Z",
		"1714558272.25":                    "2024-05-01T10:11:12.25Z",
		"1714558272345":                    "2024-05-01T10:11:12.345Z",
		"1714558272345678":                 "2024-05-01T10:11:12.345678Z",
		"1714558272345678901":              "2024-05-01T10:11:12.345678901Z",
		"05/31/2024 01:02:03 PM":           "2024-05-31T05:02:03Z",
		"31.05.2024 13:02:03":              "2024-05-31T05:02:03Z",
		"05/31/24,13:02:03":                "2024-05-31T05:02:03Z",
		"20240501101112.345":               "2024-05-01T02:11:12.345Z",
		"20240501T101112Z":                 "2024-05-01T10:11:12Z",
		"2024年05月01日 10:11:12":             "2024-05-01T02:11:12Z",
		"2024年5月1日10时11分12秒":               "2024-05-01T02:11:12Z",
		"2024-05-01T10:11:12.123456789+08": "2024-05-01T02:11:12.123456789Z",
	} {
		got, ok := Any(in, east, ref)
		if !ok || got.Format(time.RFC3339Nano) != want {
			t.Errorf("Any(%q) = %s %v, want %s", in, got.Format(time.RFC3339Nano), ok, want)
		}
	}
}

func TestTimesWithoutAYearAreNeverFarAhead(t *testing.T) {
	t.Parallel()
	ref := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"Nov 23 17:00:00": "2026-11-23T17:00:00Z",
		"Nov 24 03:00:00": "2026-11-24T03:00:00Z", // a clock ahead
		"Dec 24 03:00:00": "2025-12-24T03:00:00Z",
		"Mar 10 10:00:00": "2026-03-10T10:00:00Z", // more than half a year ago
		"Jan  1 00:00:00": "2026-01-01T00:00:00Z",
		"Feb 29 10:00:00": "2024-02-29T10:00:00Z",
	} {
		got, _, ok := BSD(in, time.UTC, ref)
		if !ok || got.Format(time.RFC3339) != want {
			t.Errorf("BSD(%q) = %s %v, want %s", in, got.Format(time.RFC3339), ok, want)
		}
	}
	newYear := time.Date(2027, 1, 1, 0, 0, 1, 0, time.UTC)
	if got, _, _ := BSD("Dec 31 23:59:59", time.UTC, newYear); got.Year() != 2026 {
		t.Errorf("at New Year: %s", got)
	}
	eve := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	if got, _, _ := BSD("Jan  1 00:00:02", time.UTC, eve); got.Year() != 2027 {
		t.Errorf("on New Year's Eve: %s", got)
	}
}

func TestAnyRefusesWhatIsNoTime(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "12", "hello world", "10.0.0.1:8080", "2024-13-01T00:00:00Z", "1234567890123456789012", "Mayday 10:11:12", "2024-05-01T10:11:12Z and more words"} {
		if got, ok := Any(in, time.UTC, time.Unix(0, 0)); ok {
			t.Errorf("Any(%q) = %s", in, got)
		}
	}
}

func TestFindPrefersATimeWithAYear(t *testing.T) {
	t.Parallel()
	ref := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"[7] 2024/05/01 10:11:12.5 [TRC] x":                     "2024-05-01T10:11:12.5Z",
		"May  1 10:11:12 node 1 2023-05-01T10:11:12+02:00 10.0": "2023-05-01T08:11:12Z",
		"type=X msg=audit(1714558272.345:595): pid=1":           "2024-05-01T10:11:12.345Z",
		"10.0.0.1 - 12/31/23 11:59:59 PM x":                     "2023-12-31T23:59:59Z",
		"node May  1 10:11:12 x":                                "2024-05-01T10:11:12Z",
		"05/01-10:11:12.5  [**] [1:20:3]":                       "2024-05-01T10:11:12.5Z",
		"2024年05月01日 10:11:12 主机":                               "2024-05-01T10:11:12Z",
		"version 2.4.1 of 10.20.30.40":                          "",
		"id 1714558272.345.1":                                   "",
	} {
		got, _, _, ok := Find(in, 96, time.UTC, ref)
		if text := got.Format(time.RFC3339Nano); ok != (want != "") || ok && text != want {
			t.Errorf("Find(%q) = %s %v, want %q", in, text, ok, want)
		}
	}
}

func FuzzAny(f *testing.F) {
	for _, s := range []string{"2024-05-01T10:11:12.345+08:00", "Jan  2 15:04:05 2024", "*Jan 2 15:04:05.1 UTC:", "01/May/2024:10:11:12 -0700", "1714558272345", "5/6/2024 1:02:03 PM", "Wed, 01 May 2024 10:11:12 GMT+8"} {
		f.Add(s)
	}
	ref := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		Any(s, time.UTC, ref)
		if when, n, _, ok := Find(s, 96, time.UTC, ref); ok && (n <= 0 || n > len(s) || when.Location() != time.UTC) {
			t.Errorf("Find(%q) took %d of %d bytes, %v", s, n, len(s), when)
		}
		for name, read := range map[string]func() (time.Time, int, bool){
			"ISO": func() (time.Time, int, bool) { return ISO(s, time.UTC) },
			"BSD": func() (time.Time, int, bool) { return BSD(s, time.UTC, ref) },
			"CLF": func() (time.Time, int, bool) { return CommonLog(s, time.UTC) },
		} {
			if when, n, ok := read(); ok && (n <= 0 || n > len(s) || when.Location() != time.UTC) {
				t.Errorf("%s(%q) took %d of %d bytes, %v", name, s, n, len(s), when)
			}
		}
	})
}

func BenchmarkBSD(b *testing.B) {
	ref := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		BSD("Jun  2 15:04:05 host", time.UTC, ref)
	}
}
