package charset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Names of the encodings that Decode reports.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	UTF16   = "utf-16"
	Binary  = "binary"
)

// Decode returns raw as valid UTF-8 text and the encoding it was read as. setting is a source's: "utf-8", "gb18030" ("gbk",
// "gb2312"), "utf-16", or "auto" (also ""): a byte order mark decides, then valid UTF-8, then GB18030, a superset of GBK. What
// no encoding explains is kept byte for byte with U+FFFD in place of what is not text, and named "binary".
func Decode(raw []byte, setting string) (text, name string) {
	switch strings.ToLower(setting) {
	case "utf-8", "utf8":
		return toValid(raw), UTF8
	case "gb18030", "gbk", "gb2312":
		if s, ok := decode(simplifiedchinese.GB18030, raw); ok {
			return s, GB18030
		}
		return toValid(raw), Binary
	case "utf-16", "utf16", "utf-16le":
		return utf16(raw)
	}
	return auto(raw)
}

func auto(raw []byte) (string, string) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		return toValid(raw[3:]), UTF8
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return utf16(raw)
	case utf8.Valid(raw):
		return string(raw), UTF8
	}
	if s, ok := decode(simplifiedchinese.GB18030, raw); ok {
		return s, GB18030
	}
	return toValid(raw), Binary
}

func utf16(raw []byte) (string, string) {
	if s, ok := decode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), raw); ok {
		return s, UTF16
	}
	return toValid(raw), Binary
}

// decode reports false where the bytes are not of the encoding.
func decode(e encoding.Encoding, raw []byte) (string, bool) {
	b, err := e.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(b, utf8.RuneError) && !bytes.Contains(raw, []byte("\xef\xbf\xbd")) {
		return "", false
	}
	return string(b), true
}

func toValid(raw []byte) string { return strings.ToValidUTF8(string(raw), "\ufffd") }
