package collect_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isoc-project/isoc/internal/fault"
	"github.com/isoc-project/isoc/internal/flow/collect"
)

func TestASourceIsKnownByItsTokenFromCreationToDeletion(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	ctx := customer(t, acme)
	src, token, err := s.service.Create(ctx, acme, collect.Draft{Name: " web ", Senders: []string{"192.0.2.1", "2001:db8::1/64", "::ffff:198.51.100.0/120"}})
	if err != nil {
		t.Fatal(err)
	}
	if src.Name != "web" || src.Kind != "auto" || src.Encoding != "auto" || src.UpdatedBy != "ann" || src.Tenant != acme ||
		!strings.HasPrefix(token, "src_") || len(token) < 50 || src.TokenHint != token[:8] || strings.Contains(src.TokenHash, token) {
		t.Fatalf("%+v", src)
	}
	var senders []string
	for _, p := range src.Senders {
		senders = append(senders, p.String())
	}
	if diff := cmp.Diff([]string{"192.0.2.1/32", "2001:db8::/64", "198.51.100.0/24"}, senders); diff != "" {
		t.Fatal(diff)
	}
	if got, ok := s.registry.ByToken(token); !ok || got.ID != src.ID {
		t.Fatal("token is not known")
	}

	_, fresh, err := s.service.RotateToken(ctx, acme, src.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.registry.ByToken(token); ok {
		t.Fatal("the old token still works")
	}
	off := true
	if _, err := s.service.Update(ctx, acme, src.ID, collect.Patch{Disabled: &off, Version: 2}); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.registry.ByToken(fresh); ok {
		t.Fatal("a disabled source's token works")
	}
	if _, ok := s.registry.BySender(netip.MustParseAddr("192.0.2.1")); ok {
		t.Fatal("a disabled source's sender is claimed")
	}
	if _, ok := s.registry.ByID(src.ID); !ok {
		t.Fatal("a disabled source is unknown by id")
	}
	if err := s.service.Delete(ctx, acme, src.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.service.Get(ctx, acme, src.ID); !errors.Is(err, fault.ErrNotFound) {
		t.Fatal(err)
	}
	want := []string{"A source.create source", "A source.rotate_token source", "A source.update source", "A source.delete source"}
	if diff := cmp.Diff(want, s.audited); diff != "" {
		t.Fatal(diff)
	}
}

func TestEveryWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	for _, c := range []struct {
		draft collect.Draft
		field string
	}{
		{collect.Draft{}, "name"},
		{collect.Draft{Name: strings.Repeat("长", 201)}, "name"},
		{collect.Draft{Name: "x", Kind: "big toaster"}, "kind"},
		{collect.Draft{Name: "x", Encoding: "ebcdic"}, "encoding"},
		{collect.Draft{Name: "x", Port: 70000}, "port"},
		{collect.Draft{Name: "x", TimeZone: "Mars/Olympus"}, "time_zone"},
		{collect.Draft{Name: "x", TimeZone: "Local"}, "time_zone"},
		{collect.Draft{Name: "x", Senders: []string{"192.0.2.1", "nonsense"}}, "senders[1]"},
		{collect.Draft{Name: "x", CertNames: []string{"a", " "}}, "cert_names[1]"},
		{collect.Draft{Name: "x", CertNames: []string{"two\nlines"}}, "cert_names[0]"},
		{collect.Draft{Name: "x", CertNames: []string{strings.Repeat("x", 256)}}, "cert_names[0]"},
		{collect.Draft{Name: "x", Senders: []string{"::ffff:192.0.2.1/64"}}, "senders[0]"},
	} {
		_, _, err := s.service.Create(provider(t), acme, c.draft)
		var invalid *fault.Invalid
		if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Code == "" {
			t.Errorf("%+v: %v", c.draft, err)
		}
	}
	if len(s.sources) != 0 || len(s.audited) != 0 {
		t.Fatal("something was written")
	}
}

func TestSendersOfCustomersNeverOverlap(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if _, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "lan", Senders: []string{"10.0.0.0/8"}, Port: 5515}); err != nil {
		t.Fatal(err)
	}
	overlap := collect.Draft{Name: "mine", Senders: []string{"192.0.2.0/24", "10.1.2.3"}}
	var invalid *fault.Invalid
	_, _, err := s.service.Create(customer(t, beta), beta, overlap)
	if !errors.As(err, &invalid) || invalid.Field != "senders[1]" || strings.Contains(err.Error(), "lan") || strings.Contains(err.Error(), string(acme)) {
		t.Fatalf("a customer learns of another: %v", err)
	}
	_, _, err = s.service.Create(provider(t), beta, overlap)
	if !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, `"lan"`) || !strings.Contains(invalid.Reason, string(acme)) {
		t.Fatalf("the provider is not told whose: %v", err)
	}
	if _, _, err = s.service.Create(customer(t, beta), beta, collect.Draft{Name: "p", Port: 5515}); !errors.Is(err, fault.ErrConflict) {
		t.Fatalf("port taken: %v", err)
	}
	inner, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "host", Senders: []string{"10.1.2.3"}})
	if err != nil {
		t.Fatalf("nested within a customer: %v", err)
	}
	if _, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "again", Senders: []string{"10.1.2.3/32"}}); !errors.Is(err, fault.ErrInvalid) {
		t.Fatalf("the same prefix twice: %v", err)
	}
	if src, ok := s.registry.BySender(netip.MustParseAddr("::ffff:10.1.2.3")); !ok || src.ID != inner.ID {
		t.Fatal("the most specific prefix does not win")
	}
	if src, ok := s.registry.BySender(netip.MustParseAddr("10.9.9.9")); !ok || src.Name != "lan" {
		t.Fatal("the wide prefix does not match")
	}
	if _, ok := s.registry.BySender(netip.MustParseAddr("11.0.0.1")); ok {
		t.Fatal("a stranger is claimed")
	}
	if src, ok := s.registry.ByPort(5515); !ok || src.Name != "lan" || !cmp.Equal(s.registry.Ports(), []int{5515}) {
		t.Fatal("the port is not known")
	}
}

func TestANameOfACertificateIsOneSources(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	src, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "gate", CertNames: []string{" FW1.example.com", "fw1.example.com", "Branch Gate"}})
	if err != nil || !cmp.Equal(src.CertNames, []string{"fw1.example.com", "branch gate"}) {
		t.Fatalf("%q, %v", src.CertNames, err)
	}
	var invalid *fault.Invalid
	_, _, err = s.service.Create(customer(t, beta), beta, collect.Draft{Name: "x", CertNames: []string{"y", "fw1.EXAMPLE.com"}})
	if !errors.As(err, &invalid) || invalid.Field != "cert_names[1]" || invalid.Code != "source.cert_names.taken" || strings.Contains(err.Error(), "gate") {
		t.Fatalf("another customer's name: %v", err)
	}
	if _, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "x", CertNames: []string{"branch gate"}}); !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, `"gate"`) {
		t.Fatalf("the same name twice at a customer: %v", err)
	}
	off := true
	if _, err := s.service.Update(provider(t), acme, src.ID, collect.Patch{Disabled: &off, Version: src.Version}); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.registry.ByCertName("branch gate"); ok {
		t.Fatal("a disabled source is named")
	}
}

func TestAStaleVersionIsAConflictThatNamesTheWriter(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	src, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	name := "y"
	if src, err = s.service.Update(provider(t), acme, src.ID, collect.Patch{Name: &name, Version: 1}); err != nil || src.Version != 2 || src.Name != "y" {
		t.Fatalf("%+v %v", src, err)
	}
	var conflict *fault.Conflict
	if _, err := s.service.Update(provider(t), acme, src.ID, collect.Patch{Name: &name, Version: 1}); !errors.As(err, &conflict) || conflict.By != "ann" || conflict.Version != 2 {
		t.Fatal(err)
	}
	if _, err := s.service.Update(provider(t), beta, src.ID, collect.Patch{Name: &name, Version: 2}); !errors.Is(err, fault.ErrNotFound) {
		t.Fatalf("another customer's source: %v", err)
	}
}

func TestActivityIsCountedStoredAndLoaded(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	src, _, err := s.service.Create(provider(t), acme, collect.Draft{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	s.registry.Touch(src.ID, 3, 300)
	s.registry.Parsed(src.ID, 3, 1, nil)
	s.registry.Touch("nobody", 1, 1)
	if err := s.registry.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.activity) != 1 || s.activity[0].Records != 3 || s.activity[0].Unparsed != 1 || s.activity[0].LastSeen.IsZero() || s.activity[0].Tenant != acme {
		t.Fatalf("%+v", s.activity)
	}
	again := newShop(t)
	again.sources, again.activity = s.sources, s.activity
	if err := again.registry.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	again.registry.Touch(src.ID, 1, 0)
	list, err := again.service.List(provider(t), acme)
	if err != nil || len(list) != 1 || list[0].Activity.Records != 4 || list[0].Activity.Unparsed != 1 {
		t.Fatalf("%+v %v", list, err)
	}
}
