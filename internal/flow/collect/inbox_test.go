package collect_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
	"github.com/isoc-project/isoc/internal/flow/queue"
	"github.com/isoc-project/isoc/internal/flow/record"
)

var _ collect.InboxQueue = (*queue.Queue)(nil)
var _ collect.Publisher = (*queue.Queue)(nil)

func newInbox(t *testing.T) (*collect.Inbox, *queue.Queue, *shop, string) {
	t.Helper()
	q, err := queue.Open(t.Context(), queue.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	s := newShop(t)
	src, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "lan"})
	if err != nil {
		t.Fatal(err)
	}
	s.audited = nil
	recs := []record.Record{
		{Input: "syslog-udp", Remote: "192.0.2.9", Received: time.Now().UTC(), Raw: []byte("<13>one")},
		{Input: "syslog-udp", Remote: "192.0.2.9", Received: time.Now().UTC(), Raw: []byte("<13>two")},
	}
	if err := q.PublishInbox(t.Context(), recs); err != nil {
		t.Fatal(err)
	}
	return collect.NewInbox(q, s.service, s.registry, s), q, s, src.ID
}

const group = "syslog-udp-192-0-2-9"

func TestAssignedRecordsFlowOnAndTheirSenderBelongsToTheSource(t *testing.T) {
	t.Parallel()
	inbox, q, s, src := newInbox(t)
	groups, err := inbox.Groups(provider(t))
	if err != nil || len(groups) != 1 || groups[0].Name != group || groups[0].Records != 2 || string(groups[0].Sample) != "<13>two" {
		t.Fatalf("%+v %v", groups, err)
	}
	if recs, err := inbox.Records(provider(t), group, 1); err != nil || len(recs) != 1 || string(recs[0].Raw) != "<13>one" {
		t.Fatalf("%v %v", recs, err)
	}
	moved, err := inbox.Assign(provider(t), group, acme, src, true)
	if err != nil || moved != 2 {
		t.Fatalf("moved %d: %v", moved, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	b, err := q.Next(ctx)
	if err != nil || len(b.Records) != 2 || b.Records[1].Tenant != acme || b.Records[1].Source != src || string(b.Records[1].Raw) != "<13>two" {
		t.Fatalf("%+v %v", b, err)
	}
	if found, ok := s.registry.BySender(netip.MustParseAddr("192.0.2.9")); !ok || found.ID != src || s.registry.Activity(src).Records != 2 {
		t.Fatal("the sender was not added")
	}
	want := []string{"r inbox.read inbox/", "A source.update source", "r inbox.assign inbox/", "A inbox.assign inbox/"}
	if diff := cmp.Diff(want, s.audited); diff != "" {
		t.Fatal(diff)
	}
	if _, err := inbox.Assign(provider(t), group, acme, src, false); !errors.Is(err, fault.ErrNotFound) {
		t.Fatalf("an empty group: %v", err)
	}
}

func TestTheInboxIsTheProvidersAlone(t *testing.T) {
	t.Parallel()
	inbox, _, s, src := newInbox(t)
	ctx := customer(t, acme)
	_, errGroups := inbox.Groups(ctx)
	_, errRecords := inbox.Records(ctx, group, 1)
	_, errAssign := inbox.Assign(ctx, group, acme, src, false)
	_, errDelete := inbox.Delete(ctx, group)
	_, errOther := inbox.Assign(provider(t), group, beta, src, false)
	for i, err := range []error{errGroups, errRecords, errAssign, errDelete, errOther} {
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if len(s.audited) != 0 {
		t.Fatal(s.audited)
	}
	if n, err := inbox.Delete(provider(t), group); err != nil || n != 2 {
		t.Fatalf("%d %v", n, err)
	}
}
