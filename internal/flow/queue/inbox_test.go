package queue_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
)

func unclaimed(remote, prefix string, n int) []record.Record {
	recs := records(prefix, n)
	for i := range recs {
		recs[i].Tenant, recs[i].Source, recs[i].Remote = "", "", remote
	}
	return recs
}

func TestInboxListsShowsAssignsAndDeletesGroups(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	a, b := unclaimed("192.0.2.1", "a", 700), unclaimed("192.0.2.2", "b", 2)
	if err := q.PublishInbox(t.Context(), append(a, b...)); err != nil {
		t.Fatal(err)
	}
	if err := q.PublishInbox(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	groups, err := q.InboxGroups(t.Context())
	if err != nil || len(groups) != 2 {
		t.Fatalf("%+v %v", groups, err)
	}
	if g := groups[0]; g.Name != "syslog-tcp-192-0-2-2" || g.Sender != "192.0.2.2" || g.Input != "syslog-tcp" || g.Records != 4 ||
		string(g.Sample) != "b-1" || g.Bytes == 0 || g.First.After(g.Last) || g.First.IsZero() {
		t.Errorf("%+v", g)
	}
	if g := groups[1]; g.Records != 700 {
		t.Errorf("%+v", g)
	}
	got, err := q.InboxRecords(t.Context(), "syslog-tcp-192-0-2-1", 600)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a[:600], got); diff != "" {
		t.Fatal(diff)
	}

	moved, err := q.AssignInbox(t.Context(), "syslog-tcp-192-0-2-1", func(r *record.Record) { r.Source = "s9" })
	if err != nil || moved != 700 {
		t.Fatalf("moved %d: %v", moved, err)
	}
	batch, err := q.Next(t.Context())
	if err != nil || len(batch.Records) != 500 || batch.Records[0].Source != "s9" || string(batch.Records[0].Raw) != "a-0" {
		t.Fatalf("%v %v", batch.Seq, err)
	}
	if dropped, err := q.DeleteInbox(t.Context(), "syslog-tcp-192-0-2-2"); err != nil || dropped != 4 {
		t.Fatalf("dropped %d: %v", dropped, err)
	}
	if groups, err := q.InboxGroups(t.Context()); err != nil || len(groups) != 0 {
		t.Fatalf("%+v %v", groups, err)
	}
	if s, err := q.Stats(t.Context()); err != nil || s.InboxDiscarded != 0 {
		t.Fatalf("%+v %v", s, err)
	}
}

func TestUnknownInboxGroupsAreNotFound(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	for _, group := range []string{"nobody", "", "*", ">", "a.b"} {
		_, errRecords := q.InboxRecords(t.Context(), group, 1)
		_, errAssign := q.AssignInbox(t.Context(), group, func(*record.Record) {})
		_, errDelete := q.DeleteInbox(t.Context(), group)
		for _, err := range []error{errRecords, errAssign, errDelete} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%q: %v", group, err)
			}
		}
	}
}

func TestAFullInboxDiscardsTheOldestAndCountsThem(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{InboxMaxBytes: 512 << 10})
	for i := range 10 {
		recs := unclaimed("192.0.2.1", fmt.Sprint(i), 1)
		recs[0].Raw = append(recs[0].Raw, make([]byte, 100<<10)...)
		if err := q.PublishInbox(t.Context(), recs); err != nil {
			t.Fatal(err)
		}
	}
	s, err := q.Stats(t.Context())
	if err != nil || s.InboxDiscarded < 5 || s.InboxDiscarded > 9 || s.InboxBytes > 512<<10 {
		t.Fatalf("%+v %v", s, err)
	}
}

func TestManySendersShareTheLastGroup(t *testing.T) {
	t.Parallel()
	q := open(t, queue.Options{})
	q.FillGroups(t, 10_000)
	if err := q.PublishInbox(t.Context(), unclaimed("198.51.100.9", "x", 1)); err != nil {
		t.Fatal(err)
	}
	groups, err := q.InboxGroups(t.Context())
	if err != nil || len(groups) != 1 || groups[0].Name != "other" || groups[0].Sender != "" {
		t.Fatalf("%+v %v", groups, err)
	}
}
