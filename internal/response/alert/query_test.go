package alert_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/isoc-project/isoc/internal/response/alert"
)

func FuzzCursor(f *testing.F) {
	f.Add("01J0000000000000000000000A")
	f.Add("73.01J0000000000000000000000A")
	f.Add("-1.01J0000000000000000000000A")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []alert.Sort{alert.Newest, alert.Riskest} {
			c, err := s.ReadCursor(text)
			if err != nil {
				continue
			}
			back, err := s.ReadCursor(s.CursorOf(alert.Alert{ID: c.ID, Risk: c.Risk}))
			if err != nil || back != c {
				t.Errorf("%s: %q reads as %+v, and written anew as %+v, %v", s, text, c, back, err)
			}
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("WEB01\x00\n中文")
	f.Add(strings.Repeat("字", 200) + "\xff")
	f.Fuzz(func(t *testing.T, value string) {
		folded := alert.Fold(value)
		if !utf8.ValidString(folded) || strings.ContainsAny(folded, "\x00\n") || len(folded) > 256 {
			t.Errorf("%q folds to %q", value, folded)
		}
		if again := alert.Fold(folded); again != folded {
			t.Errorf("%q folds to %q and that to %q", value, folded, again)
		}
	})
}
