package geo_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/isoc-project/isoc/internal/flow/enrich/geo"
)

func open(t testing.TB, f geo.Files) *geo.Database {
	t.Helper()
	d, err := geo.Open(f, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheCountriesThatShip(t *testing.T) {
	t.Parallel()
	d := open(t, geo.Files{})
	if d.Built().Before(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("built %v", d.Built())
	}
	for range 2 { // the second time from the cache
		for ip, want := range map[string]geo.Place{
			"8.8.8.8": {Country: "US", Name: "United States"}, "114.114.114.114": {Country: "CN", Name: "China"},
			"193.0.6.139": {Country: "NL", Name: "Netherlands"}, "2400:3200::1": {Country: "CN", Name: "China"}, "10.0.0.1": {},
		} {
			if got := d.Of(netip.MustParseAddr(ip)); got != want {
				t.Errorf("%s: %+v, want %+v", ip, got, want)
			}
		}
	}
}

// The cache answers for a whole /24 only where the database does.
func TestCachedAnswersAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	d := open(t, geo.Files{})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		base := rng.Uint32()
		for range 3 { // neighbours, which share a key
			var b [4]byte
			binary.BigEndian.PutUint32(b[:], base&^0xff|rng.Uint32()&0xff)
			a := netip.AddrFrom4(b)
			if fresh, got := geo.Uncached(d, a), d.Of(a); got != fresh {
				t.Fatalf("%s: %+v from the cache, %+v from the database", a, got, fresh)
			}
		}
	}
}

func TestFilesOfTheOperatorAreReadAnewWhenTheyChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	country, as := filepath.Join(dir, "country.mmdb"), filepath.Join(dir, "asn.mmdb")
	write := func(name string, data []byte, at time.Time) {
		t.Helper()
		if err := errors.Join(os.WriteFile(name, data, 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("x", 300)
	start := time.Unix(1_700_000_000, 0)
	write(country, mmdb(map[string]any{"country": map[string]any{"iso_code": "DE"}}), start)
	write(as, mmdb(map[string]any{"autonomous_system_number": uint32(64500), "autonomous_system_organization": long}), start)
	d := open(t, geo.Files{Country: country, AS: as})
	a := netip.MustParseAddr("1.2.3.4")
	if got, want := d.Of(a), (geo.Place{Country: "DE", Name: "Germany", AS: "64500", Org: long[:128]}); got != want {
		t.Fatalf("%+v", got)
	}
	write(country, mmdb(map[string]any{"country_code": "FR"}), start.Add(time.Minute))
	if err := d.Follow(t.Context()); err != nil || d.Of(a).Country != "FR" {
		t.Fatalf("%v, %+v", err, d.Of(a))
	}
	write(country, []byte("no database"), start.Add(2*time.Minute))
	if err := d.Follow(t.Context()); err == nil || d.Of(a).Country != "FR" {
		t.Fatalf("%v, %+v: what cannot be read must be told, and the last known stay", err, d.Of(a))
	}
}

func TestFilesThatDoNotServeAreRefusedByName(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "wrong.mmdb")
	for what, data := range map[string][]byte{
		"no database": []byte("text"), "empty": nil,
		"another sort of database": mmdb(map[string]any{"city": "x"}),
		"a code that is none":      mmdb(map[string]any{"country_code": "<b>"}),
	} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := geo.Open(geo.Files{Country: name}, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := geo.Open(geo.Files{AS: filepath.Join(t.TempDir(), "none")}, slog.New(slog.DiscardHandler)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

// mmdb is a database that says the same of every IPv4 address.
func mmdb(record map[string]any) []byte {
	const nodes = 1
	var b bytes.Buffer
	for range 2 { // both ways of the one node lead to the data, whose first byte stands 16 after the tree
		b.Write([]byte{0, 0, nodes + 16})
	}
	b.Write(make([]byte, 16))
	put(&b, record)
	b.WriteString("\xab\xcd\xefMaxMind.com")
	put(&b, map[string]any{
		"binary_format_major_version": uint32(2), "binary_format_minor_version": uint32(0), "build_epoch": uint32(1_700_000_000),
		"database_type": "test", "ip_version": uint32(4), "node_count": uint32(nodes), "record_size": uint32(24),
	})
	return b.Bytes()
}

func put(b *bytes.Buffer, v any) {
	control := func(kind, size int) {
		switch {
		case size < 29:
			b.WriteByte(byte(kind<<5 | size))
		case size < 285:
			b.Write([]byte{byte(kind<<5 | 29), byte(size - 29)})
		default:
			b.WriteByte(byte(kind<<5 | 30))
			_ = binary.Write(b, binary.BigEndian, uint16(size-285))
		}
	}
	switch v := v.(type) {
	case string:
		control(2, len(v))
		b.WriteString(v)
	case uint32:
		control(6, 4)
		_ = binary.Write(b, binary.BigEndian, v)
	case map[string]any:
		control(7, len(v))
		for key, value := range v {
			put(b, key)
			put(b, value)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	d := open(b, geo.Files{})
	rng := rand.New(rand.NewPCG(1, 2))
	for name, n := range map[string]int{"few": 1000, "many": 1 << 20} {
		addrs := make([]netip.Addr, n)
		for i := range addrs {
			var a [4]byte
			binary.BigEndian.PutUint32(a[:], rng.Uint32())
			addrs[i] = netip.AddrFrom4(a)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				d.Of(addrs[i%n])
			}
		})
	}
}
