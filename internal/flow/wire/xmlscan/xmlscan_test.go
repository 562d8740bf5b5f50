package xmlscan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type recorder struct {
	got   []string
	depth int
}

func (r *recorder) Open(name, attrs string) {
	r.depth++
	s := "<" + name
	EachAttr(attrs, func(n, v string) { s += " " + n + "=" + v })
	r.got = append(r.got, s+">")
}
func (r *recorder) Text(s string)     { r.got = append(r.got, s) }
func (r *recorder) Close(name string) { r.depth--; r.got = append(r.got, "</"+name+">") }

func TestScan(t *testing.T) {
	t.Parallel()
	var r recorder
	ok := Scan(`<?xml version="1.0"?><!DOCTYPE x><a k='1' l="&lt;&#x41;&bogus;"><!-- no > --><b/>t &amp; u<c><![CDATA[<raw>]]></c></a>`, &r)
	want := []string{"<a k=1 l=<A&bogus;>", "<b>", "</b>", "t & u", "<c>", "<raw>", "</c>", "</a>"}
	if diff := cmp.Diff(want, r.got); diff != "" || !ok {
		t.Errorf("%v (-want +got):\n%s", ok, diff)
	}
}

func TestScanRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"<a>", "<a></b>", "<a", "</a>", "<a><![CDATA[x</a>", strings.Repeat("<a>", MaxDepth+1), "<a>" + strings.Repeat("<b/>", MaxElements+1) + "</a>"} {
		if Scan(s, &recorder{}) {
			t.Errorf("Scan accepted %.40q", s)
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add(`<a k='1'><b/>t &amp; u<c><![CDATA[<raw>]]></c></a>`)
	f.Add(`<Event xmlns="x"><System><Provider Name="p"/></System></Event>`)
	f.Add("<a><!-- ")
	f.Fuzz(func(t *testing.T, s string) {
		var r recorder
		ok := Scan(s, &r)
		if ok && r.depth != 0 || r.depth < 0 || r.depth > MaxDepth {
			t.Errorf("Scan(%q): depth %d at the end", s, r.depth)
		}
		Unescape(s)
	})
}
