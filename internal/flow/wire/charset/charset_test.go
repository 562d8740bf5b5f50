package charset

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	const text = "源IP=192.0.2.1 动作=阻断 鎔"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, raw, setting, text, encoding string }{
		{"UTF-8", text, "auto", text, UTF8},
		{"UTF-8 with mark", "\xef\xbb\xbf" + text, "", text, UTF8},
		{"GBK found", gbk, "auto", text, GB18030},
		{"GBK told", gbk, "gbk", text, GB18030},
		{"UTF-16 with mark", wide, "auto", text, UTF16},
		{"UTF-16 told", wide[2:], "utf-16", text, UTF16},
		{"neither", "a\xffb", "auto", "a\ufffdb", Binary},
		{"UTF-8 told, broken", "a\xffb", "utf-8", "a\ufffdb", UTF8},
	}
	for _, c := range cases {
		got, enc := Decode([]byte(c.raw), c.setting)
		if got != c.text || enc != c.encoding {
			t.Errorf("%s: %q %s, want %q %s", c.name, got, enc, c.text, c.encoding)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"plain", "\xff\xfea\x00", "\xd4\xb4IP", "a\xff", "\xef\xbb\xbfx", "\x810\x810"} {
		f.Add([]byte(s), "auto")
		f.Add([]byte(s), "gbk")
		f.Add([]byte(s), "utf-16")
	}
	f.Fuzz(func(t *testing.T, raw []byte, setting string) {
		text, name := Decode(raw, setting)
		if !utf8.ValidString(text) {
			t.Errorf("Decode(%q, %q) is no UTF-8", raw, setting)
		}
		if name == "" {
			t.Error("no name")
		}
	})
}
