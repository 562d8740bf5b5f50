package archive_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/archive"
	"github.com/isoc-project/isoc/internal/event"
)

func TestArchivedEventsGetTheirFormBack(t *testing.T) {
	t.Parallel()
	stored := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	in := event.Event{Tenant: "t", Time: stored, ID: "e1", Fields: []event.Field{
		{Name: "@timestamp", Value: "2026-05-04T03:02:01Z"}, {Name: "isoc.tenant.id", Value: "t"},
		{Name: "host.ip", Value: `["192.0.2.1","192.0.2.2"]`},
		{Name: "message", Value: `["not","a list"]`},
		{Name: "isoc.displaced._time", Value: "theirs"},
		{Name: "isoc.folded", Value: `{"b.x":"1","a.x":"[\"2\",\"3\"]"}`},
		{Name: "isoc.time.original", Value: "2019-05-04T03:02:01.5Z"},
	}}
	want := &event.Event{Tenant: "t", Time: time.Date(2019, 5, 4, 3, 2, 1, 5e8, time.UTC), ID: "e1", Fields: []event.Field{
		{Name: "host.ip", Value: "192.0.2.1"}, {Name: "host.ip", Value: "192.0.2.2"},
		{Name: "message", Value: `["not","a list"]`}, {Name: "_time", Value: "theirs"},
		{Name: "a.x", Value: "2"}, {Name: "a.x", Value: "3"}, {Name: "b.x", Value: "1"},
	}}
	if d := cmp.Diff(want, archive.Restored(&in)); d != "" {
		t.Error(d)
	}
}
