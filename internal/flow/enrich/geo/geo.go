package geo

import (
	"context"
	_ "embed" // the databases that ship
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/oschwald/maxminddb-golang/v2"
)

//go:embed country.mmdb.zst
var shipped []byte

//go:embed names.txt
var nameTable string

const (
	maxFile    = 512 << 20 // of a file of the operator's; it is held in memory
	maxShipped = 64 << 20
	maxOrg     = 128 // bytes kept of an organisation's name
	cached     = 1 << 14
	probed     = 10000 // networks looked at for what a file should hold
)

// Place is where an address is registered. What is not known is empty.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	Name    string // of the country, in English
	AS      string // number of the autonomous system, without "AS"
	Org     string // who runs it
}

// Files are databases that stand for those that ship; empty names keep them. Both are files in the MaxMind format.
type Files struct {
	Country string
	AS      string
}

// Database answers from memory, without waiting and without allocating for what it was asked lately. It is safe for concurrent use.
type Database struct {
	files Files
	log   *slog.Logger
	state atomic.Pointer[state]

	mu     sync.Mutex // guards what follows
	stamps [2]stamp
}

// state is one edition of the databases, with what was asked of it lately.
type state struct {
	country, as *maxminddb.Reader
	cache       [cached]atomic.Pointer[entry]
}

// entry is the answer for all addresses of a key.
type entry struct {
	key   uint64
	place Place
}

type stamp struct {
	at   time.Time
	size int64
}

// Open reads the databases. A file that cannot be read, or does not hold what it is named for, is an error that names it.
func Open(files Files, log *slog.Logger) (*Database, error) {
	d := &Database{files: files, log: log.With("component", "geo")}
	s, stamps, err := d.read()
	if err != nil {
		return nil, err
	}
	d.state.Store(s)
	d.stamps = stamps
	return d, nil
}

// Built tells of when the countries are.
func (d *Database) Built() time.Time {
	return time.Unix(int64(d.state.Load().country.Metadata.BuildEpoch), 0).UTC() //nolint:gosec // of a checked file
}

// Follow reads the operator's files anew where they changed. On an error those of before stay.
func (d *Database) Follow(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, err := d.stamped()
	if err != nil || now == d.stamps {
		return err
	}
	s, stamps, err := d.read()
	if err != nil {
		return err
	}
	d.state.Store(s)
	d.stamps = stamps
	d.log.Info("geography read anew", "built", d.Built())
	return nil
}

func (d *Database) stamped() (stamps [2]stamp, err error) {
	for i, name := range []string{d.files.Country, d.files.AS} {
		if name == "" {
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return stamps, fmt.Errorf("geography: %w", err)
		}
		stamps[i] = stamp{info.ModTime(), info.Size()}
	}
	return stamps, nil
}

func (d *Database) read() (*state, [2]stamp, error) {
	stamps, err := d.stamped()
	if err != nil {
		return nil, stamps, err
	}
	s := &state{}
	if d.files.Country == "" {
		s.country, err = builtIn()
	} else {
		s.country, err = fromFile(d.files.Country, "countries", func(r *row) bool { return r.iso() != "" })
	}
	if err == nil && d.files.AS != "" {
		s.as, err = fromFile(d.files.AS, "autonomous systems", func(r *row) bool { return r.Number != 0 })
	}
	return s, stamps, err
}

// builtIn unpacks what ships, once for the process.
var builtIn = sync.OnceValues(func() (*maxminddb.Reader, error) {
	z, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxShipped), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("built-in countries: %w", err)
	}
	defer z.Close()
	data, err := z.DecodeAll(shipped, nil)
	if err != nil {
		return nil, fmt.Errorf("built-in countries: %w", err)
	}
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("built-in countries: %w", err)
	}
	return r, nil
})

// fromFile reads a whole file into memory: one that is mapped could be cut short under its readers.
func fromFile(name, what string, holds func(*row) bool) (*maxminddb.Reader, error) {
	f, err := os.Open(name) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("geography: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("geography: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("geography: %s is larger than %d MiB", name, maxFile>>20)
	}
	r, err := maxminddb.OpenBytes(data)
	if err != nil {
		return nil, fmt.Errorf("geography: %s: %w", name, err)
	}
	n := 0
	for found := range r.Networks() {
		var one row
		if err := found.Decode(&one); err != nil {
			return nil, fmt.Errorf("geography: %s: %w", name, err)
		}
		if holds(&one) {
			return r, nil
		}
		if n++; n >= probed {
			break
		}
	}
	return nil, fmt.Errorf("geography: %s: %w of %s in the fields of MaxMind, DB-IP or ip-location-db", name, errNothing, what)
}

var errNothing = errors.New("holds nothing")

// row is what of a database's records is read: MaxMind's and DB-IP's countries, or ip-location-db's flat ones, and autonomous systems.
type row struct {
	Code    string `maxminddb:"country_code"`
	Country struct {
		ISO string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	Number uint32 `maxminddb:"autonomous_system_number"`
	Org    string `maxminddb:"autonomous_system_organization"`
}

// iso is the code of the country, where it is one.
func (r *row) iso() string {
	code := r.Country.ISO
	if code == "" {
		code = r.Code
	}
	if len(code) != 2 || code[0] < 'A' || code[0] > 'Z' || code[1] < 'A' || code[1] > 'Z' {
		return ""
	}
	return code
}

// Of tells the place of an address. The caller does not ask for addresses that are nobody's: databases answer for some of them.
func (d *Database) Of(addr netip.Addr) Place {
	s := d.state.Load()
	key, bits := keyOf(addr)
	slot := &s.cache[key*0x9E3779B97F4A7C15>>50]
	if e := slot.Load(); e != nil && e.key == key {
		return e.place
	}
	place, wide := s.find(addr)
	if wide <= bits { // all addresses of the key have it
		slot.Store(&entry{key, place})
	}
	return place
}

// keyOf is the /24 of an IPv4 address and the /48 of an IPv6 one.
func keyOf(a netip.Addr) (key uint64, bits int) {
	if a.Is4() {
		b := a.As4()
		return 1<<63 | uint64(b[0])<<16 | uint64(b[1])<<8 | uint64(b[2]), 24
	}
	b := a.As16()
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5]), 48
}

// find asks the databases; the answer holds for the address's network of that many bits.
func (s *state) find(addr netip.Addr) (p Place, bits int) {
	var r row
	found := s.country.Lookup(addr)
	bits = found.Prefix().Bits()
	if found.Found() && found.Decode(&r) == nil {
		p.Country = r.iso()
		p.Name = names()[p.Country]
	}
	if s.as == nil {
		return p, bits
	}
	found = s.as.Lookup(addr)
	bits = max(bits, found.Prefix().Bits())
	r = row{}
	if found.Found() && found.Decode(&r) == nil && r.Number != 0 {
		p.AS = strconv.FormatUint(uint64(r.Number), 10)
		p.Org = strings.ToValidUTF8(r.Org[:min(len(r.Org), maxOrg)], "")
	}
	return p, bits
}

// names are the countries in English, as Unicode's CLDR has them.
var names = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 300)
	for line := range strings.Lines(nameTable) {
		if code, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			m[code] = name
		}
	}
	return m
})
