package sigma_test

import (
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma"
	"github.com/isoc-project/isoc/internal/flow/detect/sigma/naive"
)

// rule makes a rule of a detection section, whose lines are indented by nothing.
func rule(tb testing.TB, detection string) *sigma.Rule {
	tb.Helper()
	r, err := sigma.ParseRule([]byte(ruleText(detection)))
	if err != nil {
		tb.Fatalf("parse: %v\n%s", err, detection)
	}
	return r
}

func ruleText(detection string) string {
	var b strings.Builder
	b.WriteString("title: t\nid: 00000000-0000-4000-8000-000000000001\nlogsource:\n  product: test\ndetection:\n")
	for line := range strings.Lines(detection) {
		b.WriteString("  " + line)
	}
	return b.String()
}

// fields makes an event of "name=value" texts. A name without "=" is left out, so that "" is an event without fields.
func fields(pairs ...string) *event.Event {
	ev := &event.Event{Time: time.Date(2026, 3, 9, 23, 30, 5, 0, time.UTC)}
	for _, p := range pairs {
		if name, value, ok := strings.Cut(p, "="); ok {
			ev.Add(name, value)
		}
	}
	return ev
}

// fires asks the compiled matcher and the naive evaluator, which must agree.
func fires(tb testing.TB, r *sigma.Rule, opts sigma.Options, ev *event.Event) bool {
	tb.Helper()
	set, refused := sigma.Compile([]*sigma.Rule{r}, opts)
	if len(refused) > 0 {
		tb.Fatalf("refused: %v", refused[0])
	}
	compiled := false
	set.Matcher().FiredAll(ev, func(*sigma.Rule) { compiled = true })
	slow, err := naive.New(opts.Placeholders).Fires(r, ev)
	if err != nil {
		tb.Fatalf("naive: %v", err)
	}
	if compiled != slow {
		tb.Errorf("compiled says %v, naive %v", compiled, slow)
	}
	return compiled
}

type specCase struct {
	name      string
	detection string
	yes, no   [][]string // events
}

func checkSpec(t *testing.T, cases []specCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rule(t, c.detection)
			for _, e := range c.yes {
				if !fires(t, r, sigma.Options{}, fields(e...)) {
					t.Errorf("does not fire on %q", e)
				}
			}
			for _, e := range c.no {
				if fires(t, r, sigma.Options{}, fields(e...)) {
					t.Errorf("fires on %q", e)
				}
			}
		})
	}
}

func one(item string) string { return "sel:\n  " + item + "\ncondition: sel\n" }

func events(e ...string) (out [][]string) {
	for _, s := range e {
		out = append(out, []string{s})
	}
	return out
}

func TestTextModifiers(t *testing.T) {
	t.Parallel()
	checkSpec(t, []specCase{
		{"a value equals the whole field ignoring case", one(`F: Abc`), events("F=abc", "F=ABC"), events("F=abcd", "F=", "G=abc", "f=abc", "")},
		{"case folding is Unicode's", one(`F: straſse Ärger k`), events("F=STRASSE äRGER \u212a"), events("F=STRASSE aRGER k")},
		{"folding covers Greek sigmas", one(`F|contains: ΣΊΣΥΦΟΣ`), events("F=x σίσυφος"), events("F=σίσυφο")},
		{"cased compares as written", one(`F|cased: Abc`), events("F=Abc"), events("F=abc")},
		{"cased works with contains in either order", one(`F|contains|cased: bC`), events("F=abCd"), events("F=abcd")},
		{"cased first", one(`F|cased|startswith: aB`), events("F=aBc"), events("F=abc")},
		{"contains", one(`F|contains: b`), events("F=abc", "F=B"), events("F=ac", "F=")},
		{"startswith", one(`F|startswith: ab`), events("F=ABc", "F=ab"), events("F=cab")},
		{"endswith", one(`F|endswith: bc`), events("F=aBC", "F=bc"), events("F=bca")},
		{"star is any run", one(`F: a*c`), events("F=ac", "F=abc", "F=a\nc"), events("F=acd", "F=xac")},
		{"question mark is one character, not one byte", one(`F: a?c`), events("F=abc", "F=a中c", "F=a\xffc"), events("F=ac", "F=abbc", "F=a中中c")},
		{"question marks at the ends", one(`F: '?b?'`), events("F=abc", "F=中b中"), events("F=b", "F=ab", "F=abcd")},
		{"pattern within contains", one(`F|contains: 'a*b?c'`), events("F=xxaQQbQcxx"), events("F=xxbQcaxx")},
		{"a star alone wants the field there", one(`F: '*'`), events("F=", "F=x"), events("G=x", "")},
		{"an escaped star is a star", one(`F: 'a\*c'`), events("F=a*c"), events("F=abc", `F=a\bc`)},
		{"an escaped question mark is one", one(`F: 'a\?c'`), events("F=a?c"), events("F=abc")},
		{"an escaped backslash before a wildcard", one(`F: 'a\\*'`), events(`F=a\`, `F=a\bc`), events("F=a*", "F=ab")},
		{"three backslashes and a star are backslash and star", one(`F: 'a\\\*'`), events(`F=a\*`), events(`F=a\b`, `F=a\\*`)},
		{"four backslashes are two", one(`F: 'a\\\\b'`), events(`F=a\\b`), events(`F=a\b`)},
		{"three backslashes are two", one(`F: 'a\\\b'`), events(`F=a\\b`), events(`F=a\b`)},
		{"two backslashes are one", one(`F: 'a\\b'`), events(`F=a\b`), events(`F=a\\b`)},
		{"one backslash is one", one(`F: 'C:\Windows'`), events(`F=c:\windows`), events(`F=c:\\windows`)},
		{"a trailing backslash survives contains", one(`F|contains: '\Temp\'`), events(`F=C:\temp\x`, `F=\Temp\`), events(`F=C:\temp`, `F=C:\temp*`)},
		{"a trailing backslash survives startswith", one(`F|startswith: 'C:\'`), events(`F=C:\x`), events(`F=C:x`)},
		{"a trailing backslash before a star in the value", one(`F: 'C:\\*'`), events(`F=C:\x`), events(`F=C:*`)},
		{"brackets are brackets", one(`F|contains: '[a-z]'`), events("F=x[A-Z]y"), events("F=b")},
		{"numbers are their decimal text", one(`F: 4624`), events("F=4624"), events("F=04624", "F=46240")},
		{"hexadecimal text is text", one(`F: '0x17'`), events("F=0X17"), events("F=23")},
		{"booleans are their text", one(`F: true`), events("F=true", "F=True"), events("F=1")},
		{"a list is OR", one("F|contains:\n    - a\n    - b"), events("F=xa", "F=xb"), events("F=c")},
		{"all makes a list AND", one("F|contains|all:\n    - a\n    - b"), events("F=ba"), events("F=a", "F=b")},
		{"an array matches when any element does", one(`F: b`), [][]string{{"F=a", "F=b"}}, [][]string{{"F=a", "F=c"}}},
		{"all over an array may take several elements", one("F|all:\n    - a\n    - b"), [][]string{{"F=a", "F=b"}}, [][]string{{"F=a", "F=a"}}},
		{"neq is different from every value", one("F|neq:\n    - a\n    - b"), events("F=c", ""), events("F=A", "F=b")},
		{"neq with contains", one("F|contains|neq: a"), events("F=b"), events("F=xax")},
		{"blanks in field names do not count", one(`Threat Name: x`), events("ThreatName=x", "Threat Name=x"), events("Threat=x")},
		{"dots reach into objects", one(`a.b.c: x`), events("a.b.c=x"), events("a.b=x")},
		{"many values on one field", one("F|endswith:\n    - '\\a.exe'\n    - '\\b.exe'\n    - '\\c.exe'\n    - '\\d.exe'\n    - '\\e.exe'\n    - '\\f.exe'\n    - '\\g.exe'"), events(`F=C:\G.EXE`, `F=\a.exe`), events(`F=a.exe`, `F=\h.exe`)},
	})
}

func TestNullAndEmpty(t *testing.T) {
	t.Parallel()
	checkSpec(t, []specCase{
		{"null is absence", one(`F: null`), events("", "G=x"), events("F=", "F=x", "F=null")},
		{"empty is there and empty", one(`F: ''`), events("F="), events("", "F=x")},
		{"null among values", one("F:\n    - null\n    - a"), events("", "F=a"), events("F=b", "F=")},
		{"not null by negation", "sel:\n  G: x\nf:\n  F: null\ncondition: sel and not f\n", [][]string{{"G=x", "F="}}, [][]string{{"G=x"}}},
		{"exists true", one(`F|exists: true`), events("F=", "F=x"), events("G=x")},
		{"exists false", one(`F|exists: false`), events("G=x", ""), events("F=")},
		{"not on an absent field is true", "sel:\n  G: x\nf:\n  F|startswith: a\ncondition: sel and not f\n", [][]string{{"G=x"}, {"G=x", "F=b"}}, [][]string{{"G=x", "F=ab"}}},
		{"a rule of a negation only", "f:\n  F: a\ncondition: not f\n", events("", "F=b"), events("F=a")},
	})
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	checkSpec(t, []specCase{
		{"base64", one(`F|base64|contains: 'ping'`), events("F=xxcGluZw==yy"), events("F=ping")},
		{"base64offset finds all three shifts", one(`F|base64offset|contains: 'http://'`),
			events("F=aHR0cDovLw==", "F=eGh0dHA6Ly8=", "F=eHhodHRwOi8v", "F=QUJDaHR0cDovL0RFRg=="), events("F=http://", "F=aHR0cDov")},
		{"wide then base64offset", one(`F|wide|base64offset|contains: 'IEX'`), events("F=SQBFAFgA", "F=QQBJAEUAWAA"), events("F=SUVY")},
		{"utf16le is wide", one(`F|utf16le|base64offset|contains: 'IEX'`), events("F=SQBFAFgA"), events("F=SUVY")},
		{"utf16be", one(`F|utf16be|base64|contains: 'AB'`), events("F=AEEAQg=="), events("F=QQBCAA==")},
		{"utf16 begins with a byte order mark", one(`F|utf16|base64|contains: 'A'`), events("F=//5BAA=="), events("F=QQA=")},
		{"wide beyond ASCII", one(`F|wide|base64: '中'`), events("F=LU4="), events("F=5Lit")},
		{"windash covers every dash", one(`F|windash|contains: ' -enc'`),
			events("F=x -enc", "F=x /enc", "F=x –ENC", "F=x —enc", "F=x ―enc"), events("F=x enc", "F=x -e", "F=x _enc")},
		{"windash covers a slash as written", one(`F|contains|windash: ' /c '`), events("F=cmd -c x", "F=cmd /c x"), events("F=cmd c x")},
		{"windash mixes dashes", one(`F|contains|all|windash:
    - '-a'
    - '/b'`), events("F=/a -b", "F=-a –b"), events("F=-a")},
		{"windash with many dashes", one(`F|windash: '-a -b -c -d'`), events("F=/A –b —c -d"), events("F=-a -b -c d")},
	})
}

func TestTypedModifiers(t *testing.T) {
	t.Parallel()
	checkSpec(t, []specCase{
		{"re is unanchored and case-sensitive", one(`F|re: 'a[0-9]+b'`), events("F=xa12by"), events("F=xA12by", "F=ab")},
		{"re with i", one(`F|re|i: 'a[0-9]+b'`), events("F=xA12By"), events("F=ab")},
		{"re with s", one(`F|re|s: 'a.b'`), events("F=a\nb"), nil},
		{"re without s", one(`F|re: 'a.b'`), events("F=acb"), events("F=a\nb")},
		{"re with m", one(`F|re|m: '^b$'`), events("F=a\nb\nc"), events("F=ab")},
		{"re without m", one(`F|re: '^b$'`), events("F=b"), events("F=a\nb\nc")},
		{"re keeps backslashes and stars", one(`F|re: '\\\*+x'`), events(`F=\**x`), events(`F=\x`)},
		{"re with alternatives and classes", one(`F|re: '(?:foo|ba[rz])\.exe'`), events("F=foo.exe", "F=baz.exe"), events("F=fooXexe", "F=qux.exe")},
		{"re that matches nothing in particular", one(`F|re: '.{5,}'`), events("F=12345"), events("F=1234")},
		{"re ignoring case within", one(`F|re: '(?i)PowerShell'`), events("F=powershell"), events("F=power")},
		{"cidr of IPv4", one(`F|cidr: 10.0.0.0/8`), events("F=10.1.2.3", "F=::ffff:10.1.2.3"), events("F=11.1.2.3", "F=10.1.2", "F=10.1.2.3.4", "F=x")},
		{"cidr of IPv6", one(`F|cidr: 'fe80::/10'`), events("F=fe80::1", "F=FEBF::1%eth0"), events("F=fec0::1", "F=10.0.0.1")},
		{"cidr of one address", one(`F|cidr: 192.0.2.7`), events("F=192.0.2.7"), events("F=192.0.2.8")},
		{"cidr with host bits", one(`F|cidr: 192.0.2.7/24`), events("F=192.0.2.200"), events("F=192.0.3.1")},
		{"cidr list", one("F|cidr:\n    - 127.0.0.0/8\n    - '::1/128'"), events("F=127.9.9.9", "F=::1"), events("F=::2")},
		{"lt", one(`F|lt: 10`), events("F=9", "F=-3", "F=9.99"), events("F=10", "F=11", "F=abc", "F=", "")},
		{"lte", one(`F|lte: 10`), events("F=10", "F=10.0"), events("F=10.5")},
		{"gt compares numbers, not texts", one(`F|gt: 9`), events("F=10", "F=1e3"), events("F=9", "F=8")},
		{"gte on large numbers is exact", one(`F|gte: 99999999999999999`), events("F=99999999999999999"), events("F=99999999999999998")},
		{"gt of a quoted number", one(`F|gt: '1.5'`), events("F=1.6"), events("F=1.5")},
		{"neq on a number", one(`F|neq: 5`), events("F=6"), events("F=5")},
		{"fieldref", one(`F|fieldref: G`), [][]string{{"F=a", "G=A"}}, [][]string{{"F=a", "G=b"}, {"F=a"}, {"G=a"}, {""}}},
		{"fieldref neq", one(`F|fieldref|neq: G`), [][]string{{"F=a", "G=b"}}, [][]string{{"F=a", "G=a"}}},
		{"fieldref startswith", one(`F|fieldref|startswith: G`), [][]string{{"F=abc", "G=AB"}}, [][]string{{"F=abc", "G=bc"}}},
		{"fieldref endswith", one(`F|fieldref|endswith: G`), [][]string{{"F=abc", "G=BC"}}, [][]string{{"F=abc", "G=ab"}}},
		{"fieldref contains", one(`F|fieldref|contains: G`), [][]string{{"F=abc", "G=B"}}, [][]string{{"F=abc", "G=x"}}},
		{"fieldref cased", one(`F|fieldref|cased: G`), [][]string{{"F=a", "G=a"}}, [][]string{{"F=a", "G=A"}}},
		{"minute", one(`F|minute: 45`), events("F=2026-03-09T10:45:00Z"), events("F=2026-03-09T10:44:00Z", "F=45")},
		{"hour as written, zone unread", one(`F|hour: 23`), events("F=2026-03-09T23:45:00+08:00", "F=2026-03-09 23:45:00.123"), events("F=2026-03-09T15:45:00Z")},
		{"hour compared", one(`F|hour|gte: 22`), events("F=2026-03-09T23:00:00Z"), events("F=2026-03-09T21:59:00Z")},
		{"day", one(`F|day: 9`), events("F=2026-03-09"), events("F=2026-03-10")},
		{"week", one(`F|week: 11`), events("F=2026-03-09"), events("F=2026-03-08")},
		{"month", one(`F|month: 3`), events("F=2026-03-09"), events("F=2026-04-09")},
		{"year", one(`F|year|lt: 2026`), events("F=2025-12-31"), events("F=2026-01-01")},
		{"the event's time is @timestamp", one(`'@timestamp|hour': 23`), events("G=x"), nil},
	})
}

func TestConditions(t *testing.T) {
	t.Parallel()
	abc := "a:\n  A: 1\nb1:\n  B: 1\nb2:\n  C: 1\n_c:\n  D: 1\ncondition: "
	checkSpec(t, []specCase{
		{"or binds weaker than and", abc + "a or b1 and b2\n", [][]string{{"A=1"}, {"B=1", "C=1"}}, [][]string{{"B=1"}}},
		{"parentheses", abc + "(a or b1) and b2\n", [][]string{{"A=1", "C=1"}}, [][]string{{"A=1"}}},
		{"not binds tighter than and", abc + "not a and b1\n", [][]string{{"B=1"}}, [][]string{{"A=1", "B=1"}, {""}}},
		{"not of parentheses", abc + "b1 and not (a or b2)\n", [][]string{{"B=1"}}, [][]string{{"B=1", "A=1"}, {"B=1", "C=1"}}},
		{"double negation", abc + "not not a\n", [][]string{{"A=1"}}, [][]string{{""}}},
		{"1 of pattern", abc + "1 of b*\n", [][]string{{"B=1"}, {"C=1"}}, [][]string{{"A=1"}}},
		{"any of pattern", abc + "any of b*\n", [][]string{{"B=1"}}, [][]string{{"A=1"}}},
		{"all of pattern", abc + "all of b*\n", [][]string{{"B=1", "C=1"}}, [][]string{{"B=1"}}},
		{"2 of pattern", abc + "2 of *\n", [][]string{{"B=1", "C=1"}, {"A=1", "D=1"}}, [][]string{{"B=1"}, {""}}},
		{"not 2 of pattern", abc + "not 2 of them\n", [][]string{{"B=1"}, {""}}, [][]string{{"B=1", "A=1"}, {"B=1", "C=1", "A=1"}}},
		{"them leaves out underscored names", abc + "all of them\n", [][]string{{"A=1", "B=1", "C=1"}}, [][]string{{"A=1", "B=1", "D=1"}}},
		{"1 of them leaves out underscored names", abc + "1 of them\n", [][]string{{"A=1"}}, [][]string{{"D=1"}}},
		{"a pattern may name underscored ones", abc + "1 of _*\n", [][]string{{"D=1"}}, [][]string{{"A=1"}}},
		{"not 1 of pattern", abc + "a and not 1 of b*\n", [][]string{{"A=1"}}, [][]string{{"A=1", "C=1"}}},
		{"a pattern with a star inside", "sel_x_1:\n  A: 1\nsel_y_1:\n  B: 1\nsel_x_2:\n  C: 1\ncondition: all of sel_*_1\n", [][]string{{"A=1", "B=1"}}, [][]string{{"A=1", "C=1"}}},
		{"keywords in capitals", abc + "a AND NOT b1 OR ALL OF b*\n", [][]string{{"A=1"}, {"B=1", "C=1"}}, [][]string{{"A=1", "B=1"}}},
		{"a list of conditions is OR", "a:\n  A: 1\nb:\n  B: 1\ncondition:\n  - a\n  - b\n", [][]string{{"A=1"}, {"B=1"}}, [][]string{{""}}},
		{"a list of maps is OR, a map is AND", "s:\n  - A: 1\n    B: 1\n  - C: 1\ncondition: s\n", [][]string{{"A=1", "B=1"}, {"C=1"}}, [][]string{{"A=1"}}},
		{"a condition over several lines", "a:\n  A: 1\nb:\n  B: 1\ncondition: |\n  a\n  and b\n", [][]string{{"A=1", "B=1"}}, [][]string{{"A=1"}}},
	})
}

func TestKeywords(t *testing.T) {
	t.Parallel()
	checkSpec(t, []specCase{
		{"keywords search every field", "k:\n  - evil\n  - 'bad thing'\ncondition: k\n", events("message=so EVIL it is", "x=a bad thing"), events("message=good", "evil=x", "")},
		{"keywords do not search our bookkeeping", "k:\n  - evil\ncondition: k\n", nil, events("isoc.parser=evil", "event.id=evil", "event.dataset=evil")},
		{"keywords with wildcards", "k:\n  - 'a*z'\ncondition: k\n", events("m=xx a..z yy"), events("m=z a")},
		{"all of the keywords", "k:\n  '|all':\n    - foo\n    - bar\ncondition: k\n", [][]string{{"m=foo bar"}, {"m=foo", "n=bar"}}, events("m=foo")},
		{"a keyword with re", "k:\n  '|re': 'a\\d'\ncondition: k\n", events("m=xa1"), events("m=xA1")},
		{"one keyword without a list", "k: evil\ncondition: k\n", events("m=evil"), events("m=good")},
		{"keywords and maps mixed", "k:\n  - evil\n  - F: x\ncondition: k\n", events("m=evil", "F=x"), events("m=x")},
		{"a number as keyword", "k:\n  - 4625\ncondition: k\n", events("m=id 4625 x"), events("m=4624")},
		{"not a keyword", "s:\n  F: x\nk:\n  - evil\ncondition: s and not k\n", [][]string{{"F=x"}}, [][]string{{"F=x", "m=evil"}}},
	})
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	opts := sigma.Options{Placeholders: map[string][]string{"admins": {"root", "adm*"}, "x": {"1"}}}
	r := rule(t, one(`F|expand: '%admins%'`))
	for text, want := range map[string]bool{"F=root": true, "F=ADMIN": true, "F=user": false, "F=%admins%": false} {
		if got := fires(t, r, opts, fields(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	r = rule(t, one(`F|contains|expand: 'a%x%\%b%'`))
	if !fires(t, r, opts, fields("F=zza1%b%zz")) || fires(t, r, opts, fields("F=a%x%%b%")) {
		t.Error("escaped percent signs are not placeholders")
	}
	r = rule(t, one(`F: '%admins%'`))
	if !fires(t, r, opts, fields("F=%ADMINS%")) {
		t.Error("without expand, percent signs are text")
	}
}
