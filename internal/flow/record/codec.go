package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/isoc-project/isoc/internal/event"
	"github.com/isoc-project/isoc/internal/tenant"
)

// Bounds of one batch, the unit the queue stores. A batch is one fsync, so it is as large as latency allows.
const (
	MaxBatchRecords = 500
	MaxBatchBytes   = 900 << 10 // encoded
	MaxFields       = 64        // envelope fields of one record
	MaxFieldBytes   = 64 << 10  // names and values of one record's envelope fields together
	maxOriginBytes  = 256       // each of tenant, source, input, remote
)

// A batch is the three header bytes and then records, each:
//
//	flags byte
//	origin    tenant, source, input, remote as length-prefixed text; only with flagOrigin, else as the record before
//	received  varint Unix nanoseconds: absolute with flagOrigin, else the difference to the record before
//	time      varint Unix nanoseconds; only with flagTime
//	fields    uvarint count, then name and value each length-prefixed; only with flagFields
//	raw       length-prefixed bytes
//
// A run that starts with flagOrigin stands by itself, so that the bodies of several callers' batches
// concatenate into one batch without being decoded.
const (
	magic0, magic1, version = 'i', 'R', 1

	flagOrigin = 1 << 0
	flagTime   = 1 << 1
	flagFields = 1 << 2
	flagsKnown = flagOrigin | flagTime | flagFields
)

// HeaderBytes is the length of what [AppendHeader] writes.
const HeaderBytes = 3

// Errors of the codec. ErrCorrupt covers every input that no encoder of this or an earlier version wrote.
var (
	ErrCorrupt  = errors.New("corrupt batch")
	ErrTooLarge = errors.New("record exceeds its bounds")
)

// AppendHeader starts a batch in dst.
func AppendHeader(dst []byte) []byte { return append(dst, magic0, magic1, version) }

// AppendRun appends records as one run. Runs may follow one another in a batch. It returns [ErrTooLarge], and dst
// as it was, for a record beyond [MaxRawBytes], [MaxFields] or [MaxFieldBytes].
func AppendRun(dst []byte, recs []Record) ([]byte, error) {
	start := len(dst)
	dst = slices.Grow(dst, encodedHint(recs))
	for i := range recs {
		if err := recs[i].check(); err != nil {
			return dst[:start], fmt.Errorf("record %d: %w", i, err)
		}
		var prev *Record
		if i > 0 {
			prev = &recs[i-1]
		}
		dst = appendRecord(dst, &recs[i], prev)
	}
	return dst, nil
}

// Encode returns recs as one whole batch.
func Encode(recs []Record) ([]byte, error) {
	return AppendRun(AppendHeader(nil), recs)
}

// EncodedBound returns an upper bound of what the record takes in a batch.
func (r *Record) EncodedBound() int {
	n := 64 + len(r.Tenant) + len(r.Source) + len(r.Input) + len(r.Remote) + len(r.Raw)
	for i := range r.Fields {
		n += len(r.Fields[i].Name) + len(r.Fields[i].Value) + 10
	}
	return n
}

// Decode reads a whole batch. Raw of the records aliases data. It never panics and never allocates more than a small
// multiple of len(data), whatever data holds.
func Decode(data []byte) ([]Record, error) {
	if len(data) < HeaderBytes || data[0] != magic0 || data[1] != magic1 {
		return nil, fmt.Errorf("%w: no header", ErrCorrupt)
	}
	if data[2] != version {
		return nil, fmt.Errorf("%w: version %d is not known", ErrCorrupt, data[2])
	}
	d := decoder{data: data[HeaderBytes:]}
	recs := make([]Record, 0, min(MaxBatchRecords, len(d.data)/3+1))
	for len(d.data) > 0 && d.err == nil {
		if len(recs) == MaxBatchRecords {
			return nil, fmt.Errorf("%w: more than %d records", ErrCorrupt, MaxBatchRecords)
		}
		recs = append(recs, Record{})
		d.record(recs)
	}
	if d.err != nil {
		return nil, d.err
	}
	return recs, nil
}

func (r *Record) check() error {
	if len(r.Raw) > MaxRawBytes || len(r.Fields) > MaxFields {
		return ErrTooLarge
	}
	if max(len(r.Tenant), len(r.Source), len(r.Input), len(r.Remote)) > maxOriginBytes {
		return ErrTooLarge
	}
	n := 0
	for i := range r.Fields {
		n += len(r.Fields[i].Name) + len(r.Fields[i].Value)
	}
	if n > MaxFieldBytes {
		return ErrTooLarge
	}
	return nil
}

func encodedHint(recs []Record) int {
	n := 0
	for i := range recs {
		n += len(recs[i].Raw) + 24
	}
	return n + HeaderBytes + 128
}

func sameOrigin(a, b *Record) bool {
	return a.Tenant == b.Tenant && a.Source == b.Source && a.Remote == b.Remote && a.Input == b.Input
}

func appendRecord(dst []byte, r, prev *Record) []byte {
	var flags byte
	if prev == nil || !sameOrigin(r, prev) {
		flags |= flagOrigin
	}
	if !r.Time.IsZero() {
		flags |= flagTime
	}
	if len(r.Fields) > 0 {
		flags |= flagFields
	}
	dst = append(dst, flags)
	received := r.Received.UnixNano()
	if flags&flagOrigin != 0 {
		dst = appendText(dst, string(r.Tenant))
		dst = appendText(dst, r.Source)
		dst = appendText(dst, r.Input)
		dst = appendText(dst, r.Remote)
	} else {
		received -= prev.Received.UnixNano()
	}
	dst = binary.AppendVarint(dst, received)
	if flags&flagTime != 0 {
		dst = binary.AppendVarint(dst, r.Time.UnixNano())
	}
	if flags&flagFields != 0 {
		dst = binary.AppendUvarint(dst, uint64(len(r.Fields)))
		for i := range r.Fields {
			dst = appendText(dst, r.Fields[i].Name)
			dst = appendText(dst, r.Fields[i].Value)
		}
	}
	dst = binary.AppendUvarint(dst, uint64(len(r.Raw)))
	return append(dst, r.Raw...)
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// decoder reads from the front of data; the first error sticks.
type decoder struct {
	data []byte
	err  error
}

// record fills the last of recs, which may refer to the one before it.
func (d *decoder) record(recs []Record) {
	r := &recs[len(recs)-1]
	flags := d.byte()
	switch {
	case flags&^flagsKnown != 0:
		d.fail("unknown flags")
	case flags&flagOrigin != 0:
		r.Tenant = tenant.ID(d.bytes(maxOriginBytes))
		r.Source = string(d.bytes(maxOriginBytes))
		r.Input = string(d.bytes(maxOriginBytes))
		r.Remote = string(d.bytes(maxOriginBytes))
		r.Received = time.Unix(0, d.varint()).UTC()
	case len(recs) == 1:
		d.fail("first record without origin")
	default:
		p := &recs[len(recs)-2]
		r.Tenant, r.Source, r.Input, r.Remote = p.Tenant, p.Source, p.Input, p.Remote
		r.Received = time.Unix(0, p.Received.UnixNano()+d.varint()).UTC()
	}
	if flags&flagTime != 0 {
		r.Time = time.Unix(0, d.varint()).UTC()
	}
	if flags&flagFields != 0 {
		r.Fields = d.fields()
	}
	r.Raw = d.bytes(MaxRawBytes)
}

func (d *decoder) fields() []event.Field {
	n := d.uvarint(MaxFields)
	if d.err != nil || n*2 > len(d.data) {
		d.fail("field count")
		return nil
	}
	fields := make([]event.Field, n)
	for i := range fields {
		fields[i] = event.Field{Name: string(d.bytes(MaxFieldBytes)), Value: string(d.bytes(MaxFieldBytes))}
	}
	return fields
}

func (d *decoder) byte() byte {
	if len(d.data) == 0 {
		d.fail("short")
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.data)
	if n <= 0 {
		d.fail("varint")
		return 0
	}
	d.data = d.data[n:]
	return v
}

func (d *decoder) uvarint(limit int) int {
	v, n := binary.Uvarint(d.data)
	if n <= 0 || v > uint64(limit) {
		d.fail("length")
		return 0
	}
	d.data = d.data[n:]
	return int(v)
}

// bytes returns the next length-prefixed bytes, capped so that an append by the caller cannot overwrite what follows.
func (d *decoder) bytes(limit int) []byte {
	n := d.uvarint(limit)
	if d.err != nil || n > len(d.data) {
		d.fail("short")
		return nil
	}
	b := d.data[:n:n]
	d.data = d.data[n:]
	return b
}

func (d *decoder) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: %s", ErrCorrupt, what)
	}
	d.data = nil
}
