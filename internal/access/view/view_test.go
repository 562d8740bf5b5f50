package view

import (
	"errors"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/fault"
)

func TestViewIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*View)
		field  string
	}{
		"fine":              {func(*View) {}, ""},
		"no filters":        {func(v *View) { v.Search = "" }, ""},
		"80 characters":     {func(v *View) { v.Name = strings.Repeat("研", 80) }, ""},
		"no name":           {func(v *View) { v.Name = "" }, "name"},
		"81 characters":     {func(v *View) { v.Name = strings.Repeat("研", 81) }, "name"},
		"blanks around":     {func(v *View) { v.Name = " x" }, "name"},
		"a control":         {func(v *View) { v.Name = "a\x07b" }, "name"},
		"a direction":       {func(v *View) { v.Name = "a\u202eb" }, "name"},
		"broken text":       {func(v *View) { v.Name = "a\xff" }, "name"},
		"a page's path":     {func(v *View) { v.Page = "/alerts" }, "page"},
		"capitals":          {func(v *View) { v.Page = "Alerts" }, "page"},
		"another address":   {func(v *View) { v.Search = "?q=x" }, "search"},
		"a fragment":        {func(v *View) { v.Search = "q=x#y" }, "search"},
		"a line break":      {func(v *View) { v.Search = "q=x\ny" }, "search"},
		"a broken escape":   {func(v *View) { v.Search = "q=%zz" }, "search"},
		"more than 8 KiB":   {func(v *View) { v.Search = "q=" + strings.Repeat("x", 8191) }, "search"},
		"exactly 8 KiB":     {func(v *View) { v.Search = "q=" + strings.Repeat("x", 8190) }, ""},
		"Chinese, escaped":  {func(v *View) { v.Search = "q=%E5%91%8A" }, ""},
		"Chinese, as it is": {func(v *View) { v.Search = "q=告警" }, ""},
	} {
		v := View{Page: "alerts", Name: "高危", Search: "level=high%2Ccritical"}
		c.change(&v)
		err := v.validate()
		var all fault.InvalidAll
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.field != "" && (!errors.As(err, &all) || len(all) != 1 || all[0].Field != c.field):
			t.Errorf("%s: %v, want %s refused", name, err, c.field)
		}
	}
}
