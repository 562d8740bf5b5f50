package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/isoc-project/isoc/internal/api"
	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/flow/parse/pack"
)

// parsed puts events into the archive as parsers leave them: parser, format, dataset.
func (w *world) parsed(t *testing.T, of customer, seq uint64, source string, how ...[3]string) {
	t.Helper()
	texts := make([]string, len(how))
	w.messages(t, of, seq, texts, func(i int, ev *event.Event) {
		ev.Add(event.IsocParser, how[i][0])
		ev.Add(event.IsocFormat, how[i][1])
		ev.Add(event.Dataset, how[i][2])
		ev.Add(event.IsocSource, source)
	})
}

func TestParsersAreCountedFromWhatIsLoadedAndWhatCame(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	set := pack.ShippedShelf().Set()
	usg := set.Packs()[slices.IndexFunc(set.Packs(), func(d *pack.Document) bool { return d.ID == "huawei-usg" })]
	format := usg.Formats[0].ID
	device := set.Recognised()[0]
	w.parsed(t, w.one, 40, w.one.source, [3]string{"huawei-usg", format, "huawei.usg"}, [3]string{"huawei-usg", "", "huawei.usg"}, [3]string{"kv", "", device.Dataset}, [3]string{"none", "", "x"})
	w.parsed(t, w.one, 41, "gone", [3]string{"huawei-usg", format, "huawei.usg"})
	w.parsed(t, w.two, 42, w.two.source, [3]string{"huawei-usg", format, "huawei.usg"})

	viewer := w.viewerOf(w.one)
	got := into[api.ParserCatalogue](t, viewer.send(t, http.MethodGet, "/api/v1/parsers", nil), http.StatusOK)
	kinds, formats, recognised := set.Counts()
	if got.Totals.Kinds != kinds || got.Totals.Formats != formats || got.Totals.Recognised != recognised || len(got.Items) != kinds+recognised {
		t.Errorf("totals %+v of %d items; loaded are %d, %d, %d", got.Totals, len(got.Items), kinds, formats, recognised)
	}
	sum, samples, used := 0, 0, 0
	for _, p := range got.Items {
		sum, samples = sum+p.Formats, samples+p.Samples
		if p.Use.Events > 0 {
			used++
		}
		switch {
		case p.ID == "huawei-usg" && (p.Use.Events != 3 || p.Use.Sources != 2 || p.Use.LastAt == nil || p.VendorZH != "华为"):
			t.Errorf("%+v", p)
		case p.ID == "" && p.Dataset == device.Dataset && p.Use.Events != 1:
			t.Errorf("%+v", p)
		}
	}
	if sum != formats || samples != got.Totals.Samples || used != got.Totals.InUse || used < 2 {
		t.Errorf("rows have %d formats, %d samples, %d in use; totals %+v", sum, samples, used, got.Totals)
	}
	if u := got.Use; u.Packs != 3 || u.Unparsed != 1 || u.Events != u.Packs+u.Automatic+u.Unparsed || u.Partial {
		t.Errorf("%+v", u)
	}

	one := into[api.ParserDetail](t, viewer.send(t, http.MethodGet, "/api/v1/parsers/huawei-usg", nil), http.StatusOK)
	if one.Use.Events != 3 || one.Unmatched != 1 || one.List[0].Events != 2 || !strings.Contains(one.Source, "id: huawei-usg") || len(one.References) == 0 {
		t.Errorf("%+v", one)
	}
	if len(one.Proofs) != one.Samples || len(one.List) != one.Formats || len(one.Proofs[0].Want) == 0 || one.Proofs[0].Raw == "" {
		t.Errorf("%d samples, %d formats: %+v", len(one.Proofs), len(one.List), one.Parser)
	}
	if s := one.Senders; len(s) != 2 || s[0].ID != w.one.source || s[0].Name == "" || s[0].Events != 2 || s[1].Name != "" || s[1].Events != 1 {
		t.Errorf("%+v", s)
	}
	if all := into[api.ParserDetail](t, w.admin().send(t, http.MethodGet, "/api/v1/parsers/huawei-usg", nil), http.StatusOK); all.Use.Events != 4 {
		t.Errorf("all customers: %+v", all.Use)
	}
	wrong(t, viewer.send(t, http.MethodGet, "/api/v1/parsers/none-such", nil), http.StatusNotFound, "not_found")
}

func TestEventFieldsAreThoseOfTheSchema(t *testing.T) {
	t.Parallel()
	w := onSQLite(t)
	got := into[api.EventFields](t, w.viewerOf(w.one).send(t, http.MethodGet, "/api/v1/event-fields", nil), http.StatusOK)
	find := func(name string) *api.EventField {
		at := slices.IndexFunc(got.Items, func(f api.EventField) bool { return f.Name == name })
		if at < 0 {
			t.Fatalf("%s is not among %d fields", name, len(got.Items))
		}
		return &got.Items[at]
	}
	if f := find("source.ip"); f.Type != "text" || len(f.Values) != 0 {
		t.Errorf("source.ip is %+v", f)
	}
	if f := find("source.port"); f.Type != "number" {
		t.Errorf("source.port is %+v", f)
	}
	if f := find("event.outcome"); !slices.Contains(f.Values, "failure") {
		t.Errorf("event.outcome is %+v", f)
	}
	if !slices.IsSortedFunc(got.Items, func(a, b api.EventField) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not by name")
	}
}
